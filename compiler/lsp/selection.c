#include "cursor.h"
#include "features.h"

/* From the rule inwards: each range holds the one before. */
static json_t *selection_at(struct lsp_server *server, const struct lsp_spot *spot)
{
	struct cursor cursor = cursor_at(server, spot);
	size_t path[TREE_MAX_DEPTH * 2 + 4];
	size_t depth = 0;
	json_t *range = NULL;
	size_t node = cursor.node != TREE_NONE ? cursor.node : cursor.item;

	if (!cursor.tree.count)
		return json_pack("{s:o}", "range",
				 document_span(server, spot->analysis, cursor.typed));
	for (; node != TREE_NONE && depth < sizeof(path) / sizeof(*path);
	     node = cursor.tree.nodes[node].parent)
		path[depth++] = node;
	if (!depth)
		path[depth++] = 0;
	while (depth--) {
		struct span span = cursor.tree.nodes[path[depth]].span;
		json_t *inner;

		if (spot->offset < span.start || spot->offset > span.end)
			break;
		inner = json_pack("{s:o}", "range",
				  document_span(server, spot->analysis, span));
		if (range)
			json_object_set_new(inner, "parent", range);
		range = inner;
	}
	if (cursor.token) {
		json_t *inner = json_pack("{s:o}", "range",
					  document_span(server, spot->analysis, cursor.typed));

		if (range)
			json_object_set_new(inner, "parent", range);
		range = inner;
	}
	return range ? range
		     : json_pack("{s:o}", "range",
				 document_span(server, spot->analysis, cursor.typed));
}

json_t *lsp_selection(struct lsp_server *server, const json_t *params)
{
	struct lsp_spot spot = {.document = document_of(server, params)};
	const json_t *positions = value_at(params, "positions");
	json_t *list;

	if (!spot.document)
		return NULL;
	spot.analysis = analysis_of(server, spot.document);
	list = json_array();
	for (size_t i = 0; i < json_array_size(positions); i++) {
		struct lsp_position position;

		if (!value_position(json_array_get(positions, i), "", &position))
			position = (struct lsp_position){0};
		spot.offset = document_offset(server, spot.document, position);
		json_array_append_new(list, selection_at(server, &spot));
	}
	return list;
}
