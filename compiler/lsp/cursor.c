#include "cursor.h"

#include "settings.h"

struct view cursor_view(struct lsp_server *server, struct lsp_analysis *analysis)
{
	struct view view = {.arena = server->scratch,
			    .db = server->settings.db,
			    .arch = settings_arch(server),
			    .names = analysis_names(analysis)};

	view.budget = ARENA_NEW(server->scratch, size_t);
	*view.budget = PLACES_BUDGET;
	return view;
}

/* Does the name of ITEM end before OFFSET, so that what comes now is its value? */
static bool is_past_name(const struct tree_node *item, uint32_t offset)
{
	return item->token && item->token->span.end < offset && !item->has_value;
}

static enum cursor_kind kind_in_item(const struct cursor *cursor, uint32_t offset)
{
	const struct tree_node *item = &cursor->tree.nodes[cursor->item];
	const struct tree_node *list = &cursor->tree.nodes[item->parent];

	if (cursor->node != TREE_NONE &&
	    cursor->tree.nodes[cursor->node].kind == TREE_REFERENCE)
		return CURSOR_REFERENCE;
	for (size_t i = item->first; i != TREE_NONE; i = cursor->tree.nodes[i].next) {
		const struct tree_node *part = &cursor->tree.nodes[i];

		if (part->kind == TREE_REFERENCE && part->span.start < offset &&
		    (offset < part->span.end || (!part->token && offset == part->span.end)))
			return CURSOR_REFERENCE;
	}
	if (item->has_value && offset >= item->value_from &&
	    (!item->token || offset > item->token->span.end))
		return CURSOR_VALUE;
	if (is_past_name(item, offset) || item->is_dots)
		return CURSOR_NOWHERE;
	return list->kind == TREE_RULE ? CURSOR_PARAM : CURSOR_FIELD;
}

static bool is_word(const struct outline_token *token)
{
	return token && (token->kind == OUTLINE_NAME || token->kind == OUTLINE_NUMBER ||
			 token->kind == OUTLINE_WORD_STRUCT);
}

struct cursor cursor_at(struct lsp_server *server, const struct lsp_spot *spot)
{
	const struct outline *outline = analysis_outline(spot->analysis);
	struct cursor cursor = {.view = cursor_view(server, spot->analysis),
				.item = TREE_NONE,
				.node = TREE_NONE,
				.typed = {spot->file, spot->offset, spot->offset}};
	const struct outline_rule *rule;

	if (!outline_has(outline, spot->file, spot->offset) ||
	    outline_in_comment(outline, spot->file, spot->offset))
		return cursor;
	cursor.kind = CURSOR_RULE;
	cursor.token = outline_token_at(outline, spot->file, spot->offset);
	if (!is_word(cursor.token))
		cursor.token = NULL;
	if (cursor.token)
		cursor.typed = cursor.token->span;
	rule = outline_rule_at(outline, spot->file, spot->offset);
	if (!rule)
		return cursor;
	cursor.tree = tree_new(server->scratch, outline, rule);
	if (cursor.token)
		cursor.node = tree_node_of(&cursor.tree, cursor.token);
	cursor.item = tree_item_at(&cursor.tree, spot->offset);
	if (cursor.item != TREE_NONE)
		cursor.kind = kind_in_item(&cursor, spot->offset);
	else if (rule->name ? cursor.token != rule->name : !cursor.token)
		cursor.kind = CURSOR_NOWHERE;
	return cursor;
}
