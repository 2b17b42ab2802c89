#include "diagnostics.h"

#include <string.h>

#include "document.h"
#include "markdown.h"
#include "writer.h"

enum severity { SEVERITY_ERROR = 1, SEVERITY_WARNING, SEVERITY_INFORMATION };
enum tag { TAG_NONE, TAG_UNNECESSARY };

static enum severity severity_of(const struct diag *diag)
{
	static const enum severity severities[] = {[DIAG_NOTE] = SEVERITY_INFORMATION,
						   [DIAG_WARNING] = SEVERITY_WARNING,
						   [DIAG_ERROR] = SEVERITY_ERROR};

	return severities[diag->level];
}

/* What does nothing is shown faded. */
static enum tag tag_of(enum diag_id id)
{
	return id == DIAG_UNUSED || id == DIAG_COVERED || id == DIAG_DUPLICATE ? TAG_UNNECESSARY
									       : TAG_NONE;
}

/* The path in the line of PAGE that includes FILE, the first of several. */
static struct span include_span(struct lsp_analysis *analysis, const struct source_file *page,
				const struct source_file *file)
{
	struct markdown_page blocks = analysis_page(analysis);
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
	struct lsp_analysis *analysis = analysis_of(server, document);
	const struct sources *sources = analysis->compilation->sources;
	const struct source_file *page = source_file(sources, 0);
	const struct source_file *file = source_file(sources, diag->span.file);

	if (!page || !file)
		return (struct span){0, 0, 0};
	return file == page ? diag->span : include_span(analysis, page, file);
}

static void write_span(struct lsp_server *server, struct lsp_analysis *analysis,
		       struct span span, struct writer *out)
{
	struct lsp_position start, end;

	document_places(server, analysis, span, &start, &end);
	writer_range(out, start, end);
}

static void write_related(struct lsp_server *server, struct lsp_document *document,
			  struct span span, const char *text, struct writer *out)
{
	struct lsp_analysis *analysis = analysis_of(server, document);

	writer_add(out, "{\"location\":{\"uri\":");
	writer_string(out, document_file_uri(server, document, analysis, span.file));
	writer_add(out, ",\"range\":");
	write_span(server, analysis, span, out);
	writer_add(out, "},\"message\":");
	writer_string(out, text);
	writer_add(out, "}");
}

/* Is there a place beside the first that the editor can show? */
static bool is_related(const struct lsp_server *server, struct span span)
{
	return server->client.related_information && span.file != UINT32_MAX;
}

static bool is_included(const struct diag *diag)
{
	return diag->span.file != UINT32_MAX && diag->span.file != 0;
}

static void write_all_related(struct lsp_server *server, struct lsp_document *document,
			      const struct diag *diag, struct writer *out)
{
	const char *before = ",\"relatedInformation\":[";

	if (is_included(diag) && server->client.related_information) {
		writer_add(out, before);
		write_related(server, document, diag->span, "in the file that is included here",
			      out);
		before = ",";
	}
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		if (!is_related(server, remark->span))
			continue;
		writer_add(out, before);
		write_related(server, document, remark->span, remark->text, out);
		before = ",";
	}
	if (before[1] == '\0')
		writer_add(out, "]");
}

/* The text, with what has no place, or none that the editor can show. */
static const char *message_of(struct lsp_server *server, struct lsp_document *document,
			      const struct diag *diag)
{
	const struct sources *sources = analysis_of(server, document)->compilation->sources;
	const char *text = diag->text;

	if (is_included(diag) && !server->client.related_information)
		text = arena_printf(server->scratch, "%s: %s",
				    source_file(sources, diag->span.file)->path, text);
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		if (!is_related(server, remark->span))
			text = arena_printf(server->scratch, "%s\nnote: %s", text,
					    remark->text);
	}
	return text;
}

static void write_diag(struct lsp_server *server, struct lsp_document *document,
		       const struct diag *diag, struct writer *out)
{
	struct lsp_analysis *analysis = analysis_of(server, document);

	writer_add(out, "{\"range\":");
	write_span(server, analysis, diagnostics_span(server, document, diag), out);
	writer_add(out, ",\"severity\":");
	writer_number(out, severity_of(diag));
	writer_add(out, ",\"code\":");
	writer_string(out, diag_info(diag->id)->name);
	writer_add(out, ",\"source\":\"scmlc\",\"message\":");
	writer_string(out, message_of(server, document, diag));
	if (server->client.tags && tag_of(diag->id) != TAG_NONE) {
		writer_add(out, ",\"tags\":[");
		writer_number(out, tag_of(diag->id));
		writer_add(out, "]");
	}
	write_all_related(server, document, diag, out);
	writer_add(out, "}");
}

json_t *diagnostics_value(struct lsp_server *server, struct lsp_document *document,
			  const struct diag *diag)
{
	struct writer out = {0};
	json_t *value;

	write_diag(server, document, diag, &out);
	value = json_loadb(out.bytes, out.len, 0, NULL);
	writer_free(&out);
	return value;
}

/* `publishDiagnostics` for URI, up to the list. */
static void begin_message(struct writer *out, const char *uri)
{
	writer_add(out, "{\"jsonrpc\":\"2.0\",\"method\":"
			"\"textDocument/publishDiagnostics\",\"params\":{\"uri\":");
	writer_string(out, uri);
}

static void send_message(struct lsp_server *server, struct writer *out)
{
	writer_add(out, "]}}");
	server->send(server->context, out->bytes, out->len);
	writer_free(out);
}

void diagnostics_publish(struct lsp_server *server, struct lsp_document *document)
{
	const struct lsp_analysis *analysis = analysis_of(server, document);
	const struct diag *first = diags_first(analysis->compilation->diags);
	struct writer out = {0};

	begin_message(&out, document->uri);
	writer_add(&out, ",\"version\":");
	writer_number(&out, document->version);
	writer_add(&out, ",\"diagnostics\":[");
	for (const struct diag *diag = first; diag; diag = diag->next) {
		writer_add(&out, diag == first ? "" : ",");
		write_diag(server, document, diag, &out);
	}
	document->is_stale = false;
	send_message(server, &out);
}

void diagnostics_clear(struct lsp_server *server, const char *uri)
{
	struct writer out = {0};

	begin_message(&out, uri);
	writer_add(&out, ",\"diagnostics\":[");
	send_message(server, &out);
}
