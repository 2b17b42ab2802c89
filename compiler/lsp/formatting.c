#include "document.h"
#include "features.h"
#include "fmt.h"

/* The edits that lay out SPAN of DOCUMENT, or all of it. A text with errors stays as it is. */
static json_t *format(struct lsp_server *server, struct lsp_document *document,
		      struct span span)
{
	struct lsp_analysis *analysis = analysis_of(server, document);
	const struct sources *sources = analysis->compilation->sources;
	const struct fmt_options options = {.range = span};
	const struct fmt_result *result;
	json_t *list = json_array();

	if (!analysis->source)
		return list;
	result = fmt_document(server->scratch, diags_new(server->scratch, sources), sources,
			      analysis->source, &options);
	for (size_t i = 0; !result->has_errors && i < result->edit_count; i++) {
		const struct fmt_edit *edit = &result->edits[i];

		json_array_append_new(
			list, json_pack("{s:o,s:o}", "range",
					document_span(server, analysis, edit->span), "newText",
					value_text_n(edit->text, edit->size)));
	}
	return list;
}

json_t *lsp_formatting(struct lsp_server *server, const json_t *params)
{
	struct lsp_document *document = document_of(server, params);

	return document ? format(server, document, SPAN_NONE) : NULL;
}

json_t *lsp_range_formatting(struct lsp_server *server, const json_t *params)
{
	struct lsp_document *document = document_of(server, params);
	struct span span = {0};

	if (!document)
		return NULL;
	if (!document_range(server, document, params, "range", &span.start, &span.end))
		return lsp_fail(server, LSP_INVALID_PARAMS, "'range' is missing");
	return format(server, document, span);
}
