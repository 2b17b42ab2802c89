#include "diagnostics.h"

#include <string.h>

#include "document.h"
#include "markdown.h"
#include "uri.h"

enum severity { SEVERITY_ERROR = 1, SEVERITY_WARNING, SEVERITY_INFORMATION };
enum tag { TAG_NONE, TAG_UNNECESSARY };

static json_t *severity_of(const struct diag *diag)
{
	static const enum severity severities[] = {[DIAG_NOTE] = SEVERITY_INFORMATION,
						   [DIAG_WARNING] = SEVERITY_WARNING,
						   [DIAG_ERROR] = SEVERITY_ERROR};

	return json_integer(severities[diag->level]);
}

/* What does nothing is shown faded. */
static enum tag tag_of(enum diag_id id)
{
	return id == DIAG_UNUSED || id == DIAG_COVERED || id == DIAG_DUPLICATE ? TAG_UNNECESSARY
									       : TAG_NONE;
}

/* The path in the line of PAGE that includes FILE, the first of several. */
static struct span include_span(struct lsp_server *server, const struct source_file *page,
				const struct source_file *file)
{
	struct markdown_page blocks = markdown_find_blocks(server->scratch, page);
	const char *slash = strrchr(page->path, '/');
	size_t folder = slash ? (size_t)(slash - page->path) + 1 : 0;
	size_t len = strlen(file->path);

	for (size_t i = 0; i < blocks.block_count; i++) {
		for (size_t j = 0; j < blocks.blocks[i].piece_count; j++) {
			const struct markdown_piece *piece = &blocks.blocks[i].pieces[j];
			size_t size = piece->span.end - piece->span.start;
			const char *name = page->text + piece->span.start;

			if (piece->kind != MARKDOWN_INCLUDE)
				continue;
			if ((len == size && memcmp(file->path, name, size) == 0) ||
			    (len == folder + size &&
			     memcmp(file->path, page->path, folder) == 0 &&
			     memcmp(file->path + folder, name, size) == 0))
				return piece->span;
		}
	}
	return (struct span){page->id, 0, 0};
}

struct span diagnostics_span(struct lsp_server *server, struct lsp_document *document,
			     const struct diag *diag)
{
	const struct lsp_analysis *analysis = analysis_of(server, document);
	const struct sources *sources = analysis->compilation->sources;
	const struct source_file *page = source_file(sources, 0);
	const struct source_file *file = source_file(sources, diag->span.file);

	if (!page || !file)
		return (struct span){0, 0, 0};
	return file == page ? diag->span : include_span(server, page, file);
}

static void add_related(json_t *related, json_t *location, const char *text)
{
	json_t *one = json_object();

	json_object_set_new(one, "location", location);
	json_object_set_new(one, "message", value_text(text));
	json_array_append_new(related, one);
}

/* The places beside the first; what has none, and all where the editor shows none, is added to
 * the message. */
static json_t *related_of(struct lsp_server *server, struct lsp_document *document,
			  const struct diag *diag, const char **message)
{
	struct lsp_analysis *analysis = analysis_of(server, document);
	const struct sources *sources = analysis->compilation->sources;
	json_t *related = json_array();

	if (diag->span.file != UINT32_MAX && diag->span.file != 0) {
		if (server->client.related_information)
			add_related(related,
				    document_location(server, document, analysis, diag->span),
				    "in the file that is included here");
		else
			*message = arena_printf(server->scratch, "%s: %s",
						source_file(sources, diag->span.file)->path,
						*message);
	}
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		if (remark->span.file == UINT32_MAX || !server->client.related_information)
			*message = arena_printf(server->scratch, "%s\nnote: %s", *message,
						remark->text);
		else
			add_related(related,
				    document_location(server, document, analysis, remark->span),
				    remark->text);
	}
	return related;
}

json_t *diagnostics_value(struct lsp_server *server, struct lsp_document *document,
			  const struct diag *diag)
{
	struct lsp_analysis *analysis = analysis_of(server, document);
	const char *message = diag->text;
	json_t *value = json_object();
	json_t *related = related_of(server, document, diag, &message);

	json_object_set_new(
		value, "range",
		document_span(server, analysis, diagnostics_span(server, document, diag)));
	json_object_set_new(value, "severity", severity_of(diag));
	json_object_set_new(value, "code", json_string(diag_info(diag->id)->name));
	json_object_set_new(value, "source", json_string("scmlc"));
	json_object_set_new(value, "message", value_text(message));
	if (server->client.tags && tag_of(diag->id) != TAG_NONE)
		json_object_set_new(value, "tags", json_pack("[i]", tag_of(diag->id)));
	if (json_array_size(related))
		json_object_set(value, "relatedInformation", related);
	json_decref(related);
	return value;
}

static void send_list(struct lsp_server *server, const char *uri, json_t *list,
		      const struct lsp_document *document)
{
	json_t *params = json_object();

	json_object_set_new(params, "uri", value_text(uri));
	if (document)
		json_object_set_new(params, "version", json_integer(document->version));
	json_object_set_new(params, "diagnostics", list);
	lsp_notify(server, "textDocument/publishDiagnostics", params);
}

void diagnostics_publish(struct lsp_server *server, struct lsp_document *document)
{
	const struct lsp_analysis *analysis = analysis_of(server, document);
	json_t *list = json_array();

	for (const struct diag *diag = diags_first(analysis->compilation->diags); diag;
	     diag = diag->next)
		json_array_append_new(list, diagnostics_value(server, document, diag));
	document->is_stale = false;
	send_list(server, document->uri, list, document);
}

void diagnostics_clear(struct lsp_server *server, const char *uri)
{
	send_list(server, uri, json_array(), NULL);
}
