#include "tree.h"

#include <string.h>

#include "vec.h"

/* A list that is open: a call's, a struct's or an array's. */
struct open_list {
	size_t node;
	size_t item; /* that is being read */
	size_t count;
};

struct planter {
	struct arena *arena;
	const struct outline *outline;
	const struct outline_rule *rule;
	VEC(struct tree_node) nodes;
	struct open_list open[TREE_MAX_DEPTH];
	size_t depth;
	size_t ignored; /* brackets too deep to be looked at */
	bool is_done;	/* the list of the call was closed */
};

static struct tree_node *node_at(struct planter *planter, size_t index)
{
	return &planter->nodes.items[index];
}

static size_t add_node(struct planter *planter, size_t parent, struct tree_node node)
{
	size_t index = planter->nodes.count;

	node.parent = parent;
	node.first = node.last = node.next = TREE_NONE;
	vec_push(planter->arena, &planter->nodes, node);
	if (parent == TREE_NONE)
		return index;
	if (node_at(planter, parent)->last == TREE_NONE)
		node_at(planter, parent)->first = index;
	else
		node_at(planter, node_at(planter, parent)->last)->next = index;
	node_at(planter, parent)->last = index;
	return index;
}

static struct open_list *top(struct planter *planter)
{
	return planter->depth ? &planter->open[planter->depth - 1] : NULL;
}

static void begin_item(struct planter *planter, uint32_t from)
{
	struct open_list *list = top(planter);
	struct tree_node item = {.kind = TREE_ITEM,
				 .from = from,
				 .to = planter->rule->limit,
				 .position = list->count++};

	item.span = (struct span){planter->rule->span.file, from, from};
	item.has_value = node_at(planter, list->node)->kind == TREE_ARRAY ||
			 (list->node == 0 && planter->rule->kind != OUTLINE_CALL);
	item.value_from = from;
	list->item = add_node(planter, list->node, item);
}

static void end_item(struct planter *planter, uint32_t to)
{
	node_at(planter, top(planter)->item)->to = to;
}

static void open_list(struct planter *planter, size_t node, uint32_t from)
{
	if (planter->depth == TREE_MAX_DEPTH) {
		planter->ignored++;
		return;
	}
	planter->open[planter->depth++] = (struct open_list){.node = node};
	begin_item(planter, from);
}

/* What is read belongs to the item at hand. */
static void cover(struct planter *planter, struct span span)
{
	struct tree_node *item = node_at(planter, top(planter)->item);

	if (item->span.start == item->span.end)
		item->span = span;
	else
		item->span = span_join(item->span, span);
}

static void take_opener(struct planter *planter, const struct outline_token *token)
{
	struct tree_node node = {
		.span = token->span, .from = token->span.end, .to = planter->rule->limit};
	struct tree_node *item;

	if (!planter->depth || planter->ignored) {
		planter->ignored += planter->ignored != 0;
		return;
	}
	cover(planter, token->span);
	item = node_at(planter, top(planter)->item);
	if (!item->has_value)
		item->value_from = token->span.start;
	item->has_value = true;
	node.kind = token->kind == OUTLINE_LBRACE ? TREE_STRUCT : TREE_ARRAY;
	open_list(planter, add_node(planter, top(planter)->item, node), token->span.end);
}

static enum tree_kind closed_kind(enum outline_token_kind kind)
{
	return kind == OUTLINE_RPAREN	? TREE_RULE
	       : kind == OUTLINE_RBRACE ? TREE_STRUCT
					: TREE_ARRAY;
}

/* A closing bracket ends its list and those within that were left open. */
static void take_closer(struct planter *planter, const struct outline_token *token)
{
	enum tree_kind kind = closed_kind(token->kind);
	size_t depth = planter->depth;

	if (planter->ignored) {
		planter->ignored--;
		return;
	}
	while (depth && node_at(planter, planter->open[depth - 1].node)->kind != kind)
		depth--;
	if (!depth || (kind == TREE_RULE && planter->rule->kind != OUTLINE_CALL))
		return;
	while (planter->depth >= depth) {
		struct tree_node *list = node_at(planter, top(planter)->node);

		end_item(planter, token->span.start);
		list->to = token->span.start;
		list->span = span_join(list->span, token->span);
		if (--planter->depth)
			cover(planter, token->span);
	}
	planter->is_done |= kind == TREE_RULE;
}

static void add_part(struct planter *planter, enum tree_kind kind, struct span span,
		     const struct outline_token *token)
{
	struct tree_node *item = node_at(planter, top(planter)->item);
	struct tree_node node = {
		.kind = kind, .span = span, .from = span.start, .to = span.end, .token = token};

	cover(planter, span);
	if (!item->has_value)
		item->value_from = span.start;
	item->has_value = true;
	add_node(planter, top(planter)->item, node);
}

static void take_name(struct planter *planter, const struct outline_token *token)
{
	struct tree_node *item = node_at(planter, top(planter)->item);

	if (!item->has_value && !item->token) {
		item->token = token;
		cover(planter, token->span);
	} else {
		add_part(planter, TREE_CONST, token->span, token);
	}
}

/* `<`, with the name and the `>` that may follow it; how many tokens that is. */
static size_t take_reference(struct planter *planter, size_t at)
{
	const struct outline_token *tokens = planter->outline->tokens;
	const struct outline_token *name = NULL;
	struct span span = tokens[at].span;
	size_t end = at + 1;

	if (end < planter->rule->end && tokens[end].kind == OUTLINE_NAME) {
		name = &tokens[end];
		span = span_join(span, tokens[end++].span);
	}
	if (end < planter->rule->end && tokens[end].kind == OUTLINE_GREATER)
		span = span_join(span, tokens[end++].span);
	add_part(planter, TREE_REFERENCE, span, name);
	return end - at;
}

/* Take what stands at token AT of an open list; how many tokens that is. */
static size_t take_in_list(struct planter *planter, size_t at)
{
	const struct outline_token *token = &planter->outline->tokens[at];
	struct tree_node *item = node_at(planter, top(planter)->item);

	switch (token->kind) {
	case OUTLINE_LBRACE:
	case OUTLINE_LBRACKET:
		take_opener(planter, token);
		break;
	case OUTLINE_COMMA:
		end_item(planter, token->span.start);
		begin_item(planter, token->span.end);
		break;
	case OUTLINE_EQUALS:
		cover(planter, token->span);
		item->has_value = true;
		item->value_from = token->span.end;
		break;
	case OUTLINE_DOTS:
		cover(planter, token->span);
		item->is_dots = true;
		break;
	case OUTLINE_NAME:
		take_name(planter, token);
		break;
	case OUTLINE_NUMBER:
		add_part(planter, TREE_NUMBER, token->span, token);
		break;
	case OUTLINE_LESS:
		return take_reference(planter, at);
	default:
		if (token->kind != OUTLINE_SEMICOLON)
			cover(planter, token->span);
		break;
	}
	return 1;
}

static bool is_closer(enum outline_token_kind kind)
{
	return kind == OUTLINE_RPAREN || kind == OUTLINE_RBRACE || kind == OUTLINE_RBRACKET;
}

/* The first token that belongs to the rule's list, which is opened. */
static size_t open_rule(struct planter *planter)
{
	const struct outline_rule *rule = planter->rule;
	const struct outline_token *tokens = planter->outline->tokens;
	size_t at = rule->first + 1 + (rule->kind == OUTLINE_STRUCT && rule->name);
	enum outline_token_kind mark =
		rule->kind == OUTLINE_CALL ? OUTLINE_LPAREN : OUTLINE_EQUALS;

	if (rule->kind == OUTLINE_OTHER || at >= rule->end)
		return rule->end;
	if (tokens[at].kind == mark)
		at++;
	else if (rule->kind != OUTLINE_STRUCT || tokens[at].kind != OUTLINE_LBRACE)
		return rule->end;
	open_list(planter, 0, tokens[at - 1].span.end);
	return at;
}

struct tree tree_new(struct arena *arena, const struct outline *outline,
		     const struct outline_rule *rule)
{
	struct planter planter = {.arena = arena, .outline = outline, .rule = rule};
	struct tree_node root = {.kind = TREE_RULE,
				 .span = rule->span,
				 .from = rule->span.start,
				 .to = rule->limit,
				 .token = rule->name};
	size_t at;

	add_node(&planter, TREE_NONE, root);
	at = open_rule(&planter);
	while (at < rule->end && !planter.is_done) {
		const struct outline_token *token = &outline->tokens[at];

		if (token->kind == OUTLINE_SEMICOLON) {
			while (planter.depth) {
				end_item(&planter, token->span.start);
				planter.depth--;
			}
			break;
		}
		if (is_closer(token->kind)) {
			take_closer(&planter, token);
			at++;
		} else if (planter.ignored) {
			take_opener(&planter, token);
			at++;
		} else {
			at += take_in_list(&planter, at);
		}
	}
	return (struct tree){rule, planter.nodes.items, planter.nodes.count};
}

size_t tree_item_at(const struct tree *tree, uint32_t offset)
{
	size_t found = TREE_NONE;

	/* inner items come after those that they are in */
	for (size_t i = 0; i < tree->count; i++) {
		const struct tree_node *node = &tree->nodes[i];

		if (node->kind == TREE_ITEM && node->from <= offset && offset <= node->to)
			found = i;
	}
	return found;
}

size_t tree_node_of(const struct tree *tree, const struct outline_token *token)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->nodes[i].token == token)
			return i;
	}
	return TREE_NONE;
}

/* Nodes stand in the order of their tokens. */
size_t tree_node_after(const struct tree *tree, const struct outline_token *token, size_t *hint)
{
	while (*hint < tree->count &&
	       (!tree->nodes[*hint].token || tree->nodes[*hint].token < token))
		++*hint;
	return *hint < tree->count && tree->nodes[*hint].token == token ? *hint : TREE_NONE;
}

size_t tree_item_of(const struct tree *tree, size_t node)
{
	while (node != TREE_NONE && tree->nodes[node].kind != TREE_ITEM)
		node = tree->nodes[node].parent;
	return node;
}
