#include <string.h>

#include "cursor.h"
#include "describe.h"
#include "features.h"

enum { SIGNATURE_MAX = 4 };

/* One order of the parameters, each with what it holds. */
static json_t *signature_of(struct lsp_server *server, const struct cursor *cursor,
			    const struct abi_call *call, const struct place_form *form)
{
	const struct view *view = &cursor->view;
	const struct abi_variant *variant = abi_call_variant(view->db, call, view->arch);
	const char *label =
		arena_printf(server->scratch, "%s(", abi_string(view->db, call->name));
	json_t *params = json_array();

	if (!variant)
		variant = &view->db->variants[call->variants.first];
	for (size_t i = 0; i < form->count; i++) {
		const char *text = form->names[i];
		struct prose prose = {.arena = server->scratch};
		json_t *param = json_object();
		size_t start;

		if (form->params[i] >= 0) {
			const struct abi_slot *slot =
				&view->db->params[variant->params.first +
						  (uint32_t)form->params[i]]
					 .slot;

			text = arena_printf(server->scratch, "%s: %s", text,
					    describe_type(view, slot));
			if (slot->set)
				prose_add(&prose, "values of the set %s",
					  abi_string(view->db, view->db->sets[slot->set].name));
			else if (slot->mux)
				prose_add(&prose, "another parameter selects what it is");
		} else {
			prose_add(&prose, "the kernel never sees it");
		}
		label = arena_printf(server->scratch, "%s%s", label, i ? ", " : "");
		start = strlen(label);
		label = arena_printf(server->scratch, "%s%s", label, text);
		json_object_set_new(param, "label",
				    json_pack("[i,i]", (int)start, (int)strlen(label)));
		if (prose.buffer.bytes.count)
			json_object_set_new(
				param, "documentation",
				value_text(doc_buffer_text(prose.arena, &prose.buffer)));
		json_array_append_new(params, param);
	}
	return json_pack("{s:o,s:o}", "label",
			 value_text(arena_printf(server->scratch, "%s)", label)), "parameters",
			 params);
}

/* The item of the call's own list that the cursor is in, however deep. */
static size_t call_item(const struct cursor *cursor)
{
	size_t item = cursor->item;

	while (item != TREE_NONE && cursor->tree.nodes[item].parent != 0)
		item = cursor->tree.nodes[item].parent;
	return item;
}

json_t *lsp_signature_help(struct lsp_server *server, const json_t *params)
{
	struct place_form forms[SIGNATURE_MAX];
	const struct abi_call *call;
	json_t *signatures;
	struct lsp_spot spot;
	struct cursor cursor;
	size_t item, count;

	if (!document_spot(server, params, &spot))
		return NULL;
	cursor = cursor_at(server, &spot);
	item = cursor.tree.count ? call_item(&cursor) : TREE_NONE;
	if (item == TREE_NONE || cursor.tree.rule->kind != OUTLINE_CALL)
		return NULL;
	call = abi_call_find(cursor.view.db, cursor.tree.rule->name->text);
	if (!call)
		return NULL;
	count = places_forms(&cursor.view, &cursor.tree, call, forms, SIGNATURE_MAX);
	signatures = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(signatures,
				      signature_of(server, &cursor, call, &forms[i]));
	return json_pack("{s:o,s:i,s:i}", "signatures", signatures, "activeSignature", 0,
			 "activeParameter", (int)cursor.tree.nodes[item].position);
}
