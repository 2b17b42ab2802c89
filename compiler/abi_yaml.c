#include "abi_yaml.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi_load.h"

static bool read_file(struct arena *arena, struct diags *diags, struct sources *sources,
		      const char *path, struct abi_files *files)
{
	const struct source_document *document = source_read(sources, diags, path);

	if (!document)
		return false;
	files->files[files->count] = document->file;
	files->roots[files->count] = abi_node_parse(arena, diags, document->file);
	return files->roots[files->count++] != NULL;
}

static int is_yaml(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 5 && entry->d_name[0] != '.' &&
	       strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

bool abi_yaml_read(struct arena *arena, struct diags *diags, struct sources *sources,
		   const char *path, struct abi_files *files)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_yaml, alphasort);
	bool is_good = true;

	files->count = 0;
	if (count <= 0 || count > ABI_YAML_MAX_FILES) {
		diag_add(diags, DIAG_FILE_ERROR, SPAN_NONE, "%s: %s", path,
			 count < 0    ? strerror(errno)
			 : count == 0 ? "no YAML files in it"
				      : "too many YAML files");
		is_good = false;
	}
	for (int i = 0; i < count; i++) {
		if (count <= ABI_YAML_MAX_FILES)
			is_good &= read_file(
				arena, diags, sources,
				arena_printf(arena, "%s/%s", path, entries[i]->d_name), files);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return is_good;
}

const struct abi_db *abi_yaml_load(struct arena *arena, struct diags *diags,
				   const struct abi_files *files)
{
	struct abi_build *build = abi_build_new(arena, diags, NULL);

	abi_load(build, files->roots, files->count);
	abi_check(build);
	return abi_build_finish(build);
}

const struct abi_db *abi_overlay(struct arena *arena, struct diags *diags,
				 struct sources *sources, const struct abi_db *base,
				 const char *path)
{
	struct abi_files files = {.count = 0};
	struct abi_build *build;
	const struct abi_node *archs;

	if (!read_file(arena, diags, sources, path, &files))
		return NULL;
	build = abi_build_new(arena, diags, base);
	archs = abi_node_get(files.roots[0], "archs");
	if (archs)
		abi_build_error(build, archs->key->span,
				"an overlay cannot add architectures: the numbers of the "
				"built-in database have no values for them");
	abi_load(build, files.roots, files.count);
	abi_check(build);
	return abi_build_finish(build);
}
