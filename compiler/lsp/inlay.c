#include "cursor.h"
#include "describe.h"
#include "features.h"

enum { HINT_MAX = 5000 };

struct hints {
	struct lsp_server *server;
	struct lsp_analysis *analysis;
	struct lsp_document *document;
	struct view view;
	uint32_t start, end;
	json_t *list;
};

static void add_hint(struct hints *hints, uint32_t offset, const char *text, bool is_before)
{
	json_t *hint;

	if (json_array_size(hints->list) >= HINT_MAX)
		return;
	hint = json_pack(
		"{s:o,s:o,s:b,s:b}", "position",
		value_of_position(document_position(hints->server, hints->document, offset)),
		"label", value_text(text), "paddingLeft", !is_before, "paddingRight",
		is_before);
	if (is_before)
		json_object_set_new(hint, "kind", json_integer(2)); /* a parameter's */
	json_array_append_new(hints->list, hint);
}

static void hint_const(struct hints *hints, const struct tree_node *node,
		       const struct abi_slot *slot)
{
	const struct abi_const *constant = abi_const_find(hints->view.db, node->token->text);
	uint64_t value;

	if (!constant)
		return;
	if (abi_num(hints->view.db, constant->value, hints->view.arch, &value))
		add_hint(hints, node->span.end,
			 arena_printf(hints->server->scratch, "= %s",
				      describe_value(hints->server->scratch, slot, value)),
			 false);
	else
		add_hint(hints, node->span.end, "= absent", false);
}

/* The names that a number stands for, where there are any. */
static void hint_number(struct hints *hints, const struct tree *tree, size_t node)
{
	struct places places = places_of_item(&hints->view, tree, tree->nodes[node].parent);
	const struct ast_number *number = &tree->nodes[node].token->number;
	const struct abi_slot *slot = places.list.count == 1 ? places.list.items[0].slot : NULL;
	unsigned bits = slot ? abi_type_bits(hints->view.db, (enum abi_type)slot->type,
					     hints->view.arch)
			     : 0;
	uint64_t value = number->negative ? 0 - number->magnitude : number->magnitude;
	const char *names;

	if (!slot || !slot->set || !value)
		return;
	if (bits && bits < 64)
		value &= (UINT64_C(1) << bits) - 1;
	names = describe_names(&hints->view, &hints->view.db->sets[slot->set], value);
	if (names)
		add_hint(hints, tree->nodes[node].span.end,
			 arena_printf(hints->server->scratch, "= %s", names), false);
}

/* A number where a parameter's name belongs gets that name. */
static void hint_bare(struct hints *hints, const struct tree *tree, size_t item)
{
	struct places places;

	if (tree->nodes[item].token || tree->nodes[item].parent != 0 ||
	    tree->rule->kind != OUTLINE_CALL || tree->nodes[item].first == TREE_NONE)
		return;
	places = places_of_item(&hints->view, tree, item);
	if (places.list.count)
		add_hint(
			hints, tree->nodes[item].span.start,
			arena_printf(hints->server->scratch, "%s =", places.list.items[0].name),
			true);
}

static void hint_rule(struct hints *hints, const struct outline *outline,
		      const struct outline_rule *rule)
{
	struct tree tree = tree_new(hints->server->scratch, outline, rule);

	for (size_t i = 0; i < tree.count; i++) {
		const struct tree_node *node = &tree.nodes[i];

		if (node->span.start < hints->start || node->span.end > hints->end)
			continue;
		if (node->kind == TREE_ITEM)
			hint_bare(hints, &tree, i);
		else if (node->kind == TREE_CONST)
			hint_const(hints, node, NULL);
		else if (node->kind == TREE_NUMBER)
			hint_number(hints, &tree, i);
	}
}

json_t *lsp_inlay_hints(struct lsp_server *server, const json_t *params)
{
	struct hints hints = {.server = server, .document = document_of(server, params)};
	const struct outline *outline;

	if (!hints.document)
		return NULL;
	if (!document_range(server, hints.document, params, "range", &hints.start, &hints.end))
		return lsp_fail(server, LSP_INVALID_PARAMS, "'range' is missing");
	hints.analysis = analysis_of(server, hints.document);
	hints.view = cursor_view(server, hints.analysis);
	hints.list = json_array();
	outline = analysis_outline(hints.analysis);
	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *rule = &outline->rules[i];

		if (rule->span.file == 0 && rule->span.start < hints.end &&
		    rule->span.end > hints.start)
			hint_rule(&hints, outline, rule);
	}
	return hints.list;
}
