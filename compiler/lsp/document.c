#include "document.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "uri.h"

struct lsp_document *document_find(const struct lsp_server *server, const char *uri)
{
	struct lsp_document *document = server->documents;

	while (document && strcmp(document->uri, uri) != 0)
		document = document->next;
	return document;
}

struct lsp_document *document_at_path(const struct lsp_server *server, const char *path)
{
	struct lsp_document *document = server->documents;

	while (document && strcmp(document->path, path) != 0)
		document = document->next;
	return document;
}

struct lsp_document *document_of(struct lsp_server *server, const json_t *params)
{
	const char *uri = value_string(params, "textDocument.uri");
	struct lsp_document *document = uri ? document_find(server, uri) : NULL;

	if (!document)
		lsp_fail(server, LSP_INVALID_PARAMS,
			 uri ? "the document is not open" : "'textDocument.uri' is missing");
	return document;
}

bool document_spot(struct lsp_server *server, const json_t *params, struct lsp_spot *spot)
{
	struct lsp_position position;

	spot->document = document_of(server, params);
	if (!spot->document)
		return false;
	if (!value_position(params, "position", &position)) {
		lsp_fail(server, LSP_INVALID_PARAMS, "'position' is missing");
		return false;
	}
	spot->analysis = analysis_of(server, spot->document);
	spot->file = spot->analysis->source ? spot->analysis->source->file->id : 0;
	spot->offset = document_offset(server, spot->document, position);
	return true;
}

struct lsp_position document_position(const struct lsp_server *server,
				      const struct lsp_document *document, uint32_t offset)
{
	const struct lsp_text *text = &document->text;

	return lsp_position_at(&text->lines, text->bytes, text->size, server->encoding, offset);
}

uint32_t document_offset(const struct lsp_server *server, const struct lsp_document *document,
			 struct lsp_position position)
{
	const struct lsp_text *text = &document->text;

	return lsp_offset_at(&text->lines, text->bytes, text->size, server->encoding, position);
}

bool document_range(const struct lsp_server *server, const struct lsp_document *document,
		    const json_t *params, const char *path, uint32_t *start, uint32_t *end)
{
	const json_t *range = value_at(params, path);
	struct lsp_position from, to;

	if (!value_position(range, "start", &from) || !value_position(range, "end", &to))
		return false;
	*start = document_offset(server, document, from);
	*end = document_offset(server, document, to);
	if (*end < *start) {
		uint32_t swap = *start;

		*start = *end;
		*end = swap;
	}
	return true;
}

/* The lines of FILE, found when they are first asked for. */
static const struct lsp_lines *file_lines(struct lsp_analysis *analysis,
					  const struct source_file *file)
{
	const struct compilation *compilation = analysis->compilation;

	if (!analysis->lines) {
		analysis->line_count = source_file_count(compilation->sources);
		analysis->lines = ARENA_ARRAY(compilation->arena, struct lsp_lines,
					      analysis->line_count + 1);
	}
	if (!analysis->lines[file->id].count)
		lsp_lines_build(&analysis->lines[file->id], file->text, file->size);
	return &analysis->lines[file->id];
}

void document_places(const struct lsp_server *server, struct lsp_analysis *analysis,
		     struct span span, struct lsp_position *start, struct lsp_position *end)
{
	const struct source_file *file = source_file(analysis->compilation->sources, span.file);
	const struct lsp_lines *lines;

	*start = *end = (struct lsp_position){0};
	if (!file)
		return;
	lines = file_lines(analysis, file);
	*start = lsp_position_at(lines, file->text, file->size, server->encoding, span.start);
	*end = lsp_position_at(lines, file->text, file->size, server->encoding, span.end);
}

json_t *document_span(const struct lsp_server *server, struct lsp_analysis *analysis,
		      struct span span)
{
	struct lsp_position start, end;

	document_places(server, analysis, span, &start, &end);
	return value_of_range(start, end);
}

const char *document_file_uri(const struct lsp_server *server,
			      const struct lsp_document *document,
			      const struct lsp_analysis *analysis, uint32_t file)
{
	const struct source_file *source = source_file(analysis->compilation->sources, file);
	const struct lsp_document *other;
	const char *path;

	if (!source || !analysis->source || file == analysis->source->file->id)
		return document->uri;
	path = path_tidy(server->scratch, source->path);
	other = document_at_path(server, path);
	return other ? other->uri : uri_of_path(server->scratch, path);
}

json_t *document_location(const struct lsp_server *server, const struct lsp_document *document,
			  struct lsp_analysis *analysis, struct span span)
{
	json_t *location = json_object();

	json_object_set_new(
		location, "uri",
		value_text(document_file_uri(server, document, analysis, span.file)));
	json_object_set_new(location, "range", document_span(server, analysis, span));
	return location;
}

static void document_forget(struct lsp_document *document)
{
	analysis_free(document->analysis);
	document->analysis = NULL;
	document->is_stale = true;
}

/* Does DOCUMENT, as it was last analysed, include the file PATH? */
static bool document_includes(const struct lsp_server *server,
			      const struct lsp_document *document, const char *path)
{
	const struct sources *sources;

	if (!document->analysis)
		return false;
	if (!document->analysis->source)
		return true; /* perhaps it is this file that could not be read */
	sources = document->analysis->compilation->sources;
	for (uint32_t i = 1; i < source_file_count(sources); i++) {
		if (strcmp(path_tidy(server->scratch, source_file(sources, i)->path), path) ==
		    0)
			return true;
	}
	return false;
}

void document_touch_path(struct lsp_server *server, const char *path)
{
	for (struct lsp_document *other = server->documents; other; other = other->next) {
		if (document_includes(server, other, path))
			document_forget(other);
	}
}

/* What was known of DOCUMENT is out of date; also of those that include it. */
static void document_touch(struct lsp_server *server, struct lsp_document *document)
{
	document_touch_path(server, document->path);
	document_forget(document);
}

void document_touch_all(struct lsp_server *server)
{
	for (struct lsp_document *other = server->documents; other; other = other->next)
		document_forget(other);
}

static char *copy_text(const char *text, const char *suffix)
{
	char *copy = malloc(strlen(text) + strlen(suffix) + 1);

	if (!copy)
		arena_out_of_memory();
	stpcpy(stpcpy(copy, text), suffix);
	return copy;
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len >= suffix_len && strcasecmp(text + len - suffix_len, suffix) == 0;
}

/* The compiler tells pages by their names; a page without a file has none yet. */
static char *document_path(struct lsp_server *server, const char *uri, const char *language)
{
	const char *path = path_tidy(server->scratch, uri_to_path(server->scratch, uri));
	bool is_page = language && strcmp(language, "markdown") == 0;

	return copy_text(path, is_page && !has_suffix(path, ".md") ? ".md" : "");
}

static void document_take_text(struct lsp_document *document, const json_t *text)
{
	size_t len = json_string_length(text);

	lsp_text_set(&document->text, json_string_value(text),
		     len <= LSP_MAX_TEXT ? len : LSP_MAX_TEXT);
}

void document_did_open(struct lsp_server *server, const json_t *params)
{
	const char *uri = value_string(params, "textDocument.uri");
	const json_t *text = value_at(params, "textDocument.text");
	struct lsp_document *document;

	if (!uri || !json_is_string(text))
		return;
	document = document_find(server, uri);
	if (!document) {
		document = calloc(1, sizeof(*document));
		if (!document)
			arena_out_of_memory();
		document->uri = copy_text(uri, "");
		document->path = document_path(server, uri,
					       value_string(params, "textDocument.languageId"));
		document->next = server->documents;
		server->documents = document;
	}
	document->version = json_integer_value(value_at(params, "textDocument.version"));
	document_take_text(document, text);
	document_touch(server, document);
}

static void apply_change(struct lsp_server *server, struct lsp_document *document,
			 const json_t *change)
{
	const json_t *text = value_at(change, "text");
	uint32_t start, end;

	if (!json_is_string(text))
		return;
	if (!document_range(server, document, change, "range", &start, &end))
		document_take_text(document, text);
	else if (document->text.size + json_string_length(text) <= LSP_MAX_TEXT)
		lsp_text_replace(&document->text, start, end, json_string_value(text),
				 json_string_length(text));
}

void document_did_change(struct lsp_server *server, const json_t *params)
{
	const char *uri = value_string(params, "textDocument.uri");
	struct lsp_document *document = uri ? document_find(server, uri) : NULL;
	const json_t *changes = value_at(params, "contentChanges");

	if (!document)
		return;
	for (size_t i = 0; i < json_array_size(changes); i++)
		apply_change(server, document, json_array_get(changes, i));
	document->version = json_integer_value(value_at(params, "textDocument.version"));
	document_touch(server, document);
}

static void document_free(struct lsp_document *document)
{
	analysis_free(document->analysis);
	lsp_text_free(&document->text);
	free(document->uri);
	free(document->path);
	free(document);
}

void document_did_close(struct lsp_server *server, const json_t *params)
{
	const char *uri = value_string(params, "textDocument.uri");
	struct lsp_document **at = &server->documents;
	struct lsp_document *document;

	while (uri && *at && strcmp((*at)->uri, uri) != 0)
		at = &(*at)->next;
	document = uri ? *at : NULL;
	if (!document)
		return;
	document_touch(server, document);
	*at = document->next;
	document_free(document);
}

void document_free_all(struct lsp_server *server)
{
	while (server->documents) {
		struct lsp_document *next = server->documents->next;

		document_free(server->documents);
		server->documents = next;
	}
}
