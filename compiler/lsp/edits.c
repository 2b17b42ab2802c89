#include "edits.h"

struct edits edits_new(void)
{
	return (struct edits){json_object()};
}

void edits_add(struct lsp_server *server, struct edits *edits, struct lsp_document *document,
	       struct span span, const char *text)
{
	struct lsp_analysis *analysis = analysis_of(server, document);
	const char *uri = document_file_uri(server, document, analysis, span.file);
	json_t *list = json_object_get(edits->by_uri, uri);

	if (!list) {
		list = json_array();
		json_object_set_new(edits->by_uri, uri, list);
	}
	json_array_append_new(list, json_pack("{s:o,s:o}", "range",
					      document_span(server, analysis, span), "newText",
					      value_text(text)));
}

json_t *edits_value(struct lsp_server *server, struct edits *edits)
{
	json_t *changes, *list;
	const char *uri;

	if (!server->client.document_changes)
		return json_pack("{s:o}", "changes", edits->by_uri);
	changes = json_array();
	json_object_foreach(edits->by_uri, uri, list)
	{
		const struct lsp_document *document = document_find(server, uri);

		json_array_append_new(
			changes,
			json_pack("{s:{s:s,s:o},s:O}", "textDocument", "uri", uri, "version",
				  document ? json_integer(document->version) : json_null(),
				  "edits", list));
	}
	json_decref(edits->by_uri);
	return json_pack("{s:o}", "documentChanges", changes);
}
