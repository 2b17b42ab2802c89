#include "spec_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct search {
	struct spec_files *files;
	struct arena *arena;
	struct diags *diags;
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void search_folder(const struct search *search, const char *path, unsigned depth);

static void search_entry(const struct search *search, const char *path, unsigned depth)
{
	struct stat status;

	if (lstat(path, &status))
		return;
	if (S_ISDIR(status.st_mode)) {
		search_folder(search, path, depth + 1);
		return;
	}
	if (!ends_with(path, ".scml"))
		return;
	if (search->files->paths.count < SPEC_MAX_FILES)
		vec_push(search->arena, &search->files->paths, path);
	else
		diag_add(search->diags, DIAG_FILE_ERROR, SPAN_NONE,
			 "more than %d SCML files are too many", SPEC_MAX_FILES);
}

static void search_folder(const struct search *search, const char *path, unsigned depth)
{
	bool has_slash = *path && path[strlen(path) - 1] == '/';
	struct dirent **entries;
	int count;

	if (depth > SPEC_MAX_DEPTH) {
		diag_add(search->diags, DIAG_FILE_ERROR, SPAN_NONE,
			 "folder '%s' lies more than %d folders deep", path, SPEC_MAX_DEPTH);
		return;
	}
	count = scandir(path, &entries, is_visible, by_name);
	if (count < 0) {
		diag_add(search->diags, DIAG_FILE_ERROR, SPAN_NONE,
			 "cannot read folder '%s': %s", path, strerror(errno));
		return;
	}
	for (int i = 0; i < count; i++) {
		search_entry(search,
			     arena_printf(search->arena, "%s%s%s", path, has_slash ? "" : "/",
					  entries[i]->d_name),
			     depth);
		free(entries[i]);
	}
	free(entries);
}

void spec_files_add(struct spec_files *files, struct arena *arena, struct diags *diags,
		    const char *path)
{
	const struct search search = {files, arena, diags};
	size_t before = files->paths.count, errors = diags_count(diags, DIAG_ERROR);
	struct stat status;

	if (stat(path, &status) || !S_ISDIR(status.st_mode)) {
		vec_push(arena, &files->paths, path);
		return;
	}
	search_folder(&search, path, 0);
	if (files->paths.count == before && diags_count(diags, DIAG_ERROR) == errors)
		diag_add(diags, DIAG_FILE_ERROR, SPAN_NONE, "folder '%s' holds no .scml file",
			 path);
}
