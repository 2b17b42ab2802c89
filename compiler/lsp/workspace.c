#include "workspace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "document.h"
#include "features.h"
#include "symbols.h"
#include "uri.h"

/* What one file defines, as it was when it was read last. */
struct indexed_file {
	struct arena *arena;
	const char *path;
	struct timespec changed;
	off_t size;
	struct lsp_analysis analysis; /* with an outline alone */
	bool is_seen;		      /* in the walk at hand */
	struct indexed_file *next;
};

struct lsp_index {
	struct indexed_file *files;
	size_t looked_at;
};

void workspace_add_folder(struct lsp_server *server, const char *uri)
{
	const char *path = uri ? uri_to_path(server->arena, uri) : "";

	if (path[0] != '/')
		return;
	path = path_tidy(server->arena, path);
	for (size_t i = 0; i < server->folders.count; i++) {
		if (strcmp(server->folders.items[i], path) == 0)
			return;
	}
	vec_push(server->arena, &server->folders, path);
}

void workspace_remove_folder(struct lsp_server *server, const char *uri)
{
	const char *path =
		uri ? path_tidy(server->scratch, uri_to_path(server->scratch, uri)) : "";
	size_t kept = 0;

	for (size_t i = 0; i < server->folders.count; i++) {
		if (strcmp(server->folders.items[i], path) != 0)
			server->folders.items[kept++] = server->folders.items[i];
	}
	server->folders.count = kept;
}

static void indexed_file_free(struct indexed_file *file)
{
	for (size_t i = 0; i < file->analysis.line_count; i++)
		lsp_lines_free(&file->analysis.lines[i]);
	arena_free(file->arena);
}

void workspace_free(struct lsp_server *server)
{
	while (server->index && server->index->files) {
		struct indexed_file *file = server->index->files;

		server->index->files = file->next;
		indexed_file_free(file);
	}
}

static bool is_spec(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcasecmp(name + len - 5, ".scml") == 0;
}

static struct indexed_file *index_file(const char *path, const struct stat *status)
{
	struct arena *arena = arena_new();
	struct indexed_file *file = ARENA_NEW(arena, struct indexed_file);
	struct compilation *compilation = ARENA_NEW(arena, struct compilation);

	file->arena = arena;
	file->path = arena_strdup(arena, path);
	file->changed = status->st_mtim;
	file->size = status->st_size;
	compilation->arena = arena;
	compilation->sources = sources_new(arena);
	compilation->diags = diags_new(arena, compilation->sources);
	file->analysis.compilation = compilation;
	file->analysis.source = source_read(compilation->sources, compilation->diags, path);
	analysis_outline(&file->analysis);
	return file;
}

static void visit_file(struct lsp_server *server, const char *path, const struct stat *status)
{
	struct indexed_file **at = &server->index->files;
	struct indexed_file *file;

	if (document_at_path(server, path) || status->st_size > SOURCE_MAX_BYTES)
		return;
	while (*at && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	file = *at;
	if (file &&
	    (file->size != status->st_size || file->changed.tv_sec != status->st_mtim.tv_sec ||
	     file->changed.tv_nsec != status->st_mtim.tv_nsec)) {
		*at = file->next;
		indexed_file_free(file);
		file = NULL;
	}
	if (!file) {
		file = index_file(path, status);
		file->next = server->index->files;
		server->index->files = file;
	}
	file->is_seen = true;
}

/* Hidden folders and links to folders are left out. */
static void visit_folder(struct lsp_server *server, const char *path, unsigned depth)
{
	DIR *folder = depth < WORKSPACE_MAX_DEPTH ? opendir(path) : NULL;
	const struct dirent *entry;
	struct stat status;

	while (folder && (entry = readdir(folder))) {
		const char *name;

		if (entry->d_name[0] == '.')
			continue;
		if (server->index->looked_at++ > WORKSPACE_MAX_FILES)
			break;
		name = arena_printf(server->scratch, "%s/%s", path, entry->d_name);
		if (lstat(name, &status) < 0)
			continue;
		if (S_ISDIR(status.st_mode))
			visit_folder(server, name, depth + 1);
		else if (S_ISREG(status.st_mode) && is_spec(name))
			visit_file(server, name, &status);
	}
	if (folder)
		closedir(folder);
}

/* Look at all folders again; files that have not changed are not read. */
static void refresh(struct lsp_server *server)
{
	if (!server->index)
		server->index = ARENA_NEW(server->arena, struct lsp_index);
	server->index->looked_at = 0;
	for (struct indexed_file *file = server->index->files; file; file = file->next)
		file->is_seen = false;
	for (size_t i = 0; i < server->folders.count; i++)
		visit_folder(server, server->folders.items[i], 0);
	for (struct indexed_file **at = &server->index->files; *at;) {
		struct indexed_file *file = *at;

		if (file->is_seen) {
			at = &file->next;
			continue;
		}
		*at = file->next;
		indexed_file_free(file);
	}
}

/* Do the letters of QUERY stand in NAME in that order? */
static bool matches(const char *name, const char *query)
{
	for (; *name && *query; name++) {
		if ((*name | 0x20) == (*query | 0x20))
			query++;
	}
	return *query == '\0';
}

static void add_symbols(struct lsp_server *server, json_t *list, const char *query,
			const struct lsp_document *document, struct lsp_analysis *analysis,
			const char *uri)
{
	const struct outline *outline = analysis_outline(analysis);

	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *rule = &outline->rules[i];

		if (!rule->name || !matches(rule->name->text, query) ||
		    json_array_size(list) >= WORKSPACE_MAX_SYMBOLS || rule->span.file != 0)
			continue;
		json_array_append_new(
			list,
			json_pack("{s:o,s:i,s:o,s:{s:s,s:o}}", "name",
				  value_text(rule->name->text), "kind", symbol_kind_of(rule),
				  "containerName",
				  value_text(symbol_detail(server->scratch, outline, rule)),
				  "location", "uri", document ? document->uri : uri, "range",
				  document_span(server, analysis, rule->span)));
	}
}

json_t *lsp_workspace_symbols(struct lsp_server *server, const json_t *params)
{
	const char *query = value_string(params, "query");
	json_t *list = json_array();

	refresh(server);
	for (struct lsp_document *document = server->documents; document;
	     document = document->next)
		add_symbols(server, list, query ? query : "", document,
			    analysis_of(server, document), NULL);
	for (struct indexed_file *file = server->index->files; file; file = file->next)
		add_symbols(server, list, query ? query : "", NULL, &file->analysis,
			    uri_of_path(server->scratch, file->path));
	return list;
}
