#include <string.h>

#include "cursor.h"
#include "describe.h"
#include "features.h"

enum { HOVER_MAX_SOURCE = 2000 };

static const char *source_text(struct lsp_server *server, const struct lsp_analysis *analysis,
			       struct span span)
{
	const struct source_file *file = source_file(analysis->compilation->sources, span.file);
	size_t len = span.end - span.start;

	return arena_strndup(server->scratch, file->text + span.start,
			     len < HOVER_MAX_SOURCE ? len : HOVER_MAX_SOURCE);
}

static void hover_call(struct prose *prose, const struct cursor *cursor,
		       struct lsp_analysis *analysis)
{
	const struct outline_token *name = cursor->tree.rule->name;
	const struct abi_call *call = abi_call_find(cursor->view.db, name->text);
	const struct rule *rule = analysis_rule(analysis, name->span);

	if (!call)
		return;
	describe_call(prose, &cursor->view, call);
	if (rule)
		describe_rule(prose, rule, cursor->view.db, cursor->view.arch);
	prose_add(prose, "[%s(2)](https://man7.org/linux/man-pages/man2/%s.2.html)\n",
		  name->text, name->text);
}

/* The first definition of GROUP as it stands in the source, and what it is used for. */
static void hover_group(struct prose *prose, struct lsp_server *server,
			const struct cursor *cursor, struct lsp_analysis *analysis,
			const struct name_group *group)
{
	const struct names *names = cursor->view.names;
	const struct outline_rule *rules = names->outline->rules;
	struct abi_struct const *object = NULL;
	struct place_structs structs;
	size_t uses = 0;

	prose_add(prose, "```c\n");
	for (size_t i = group->first; i <= group->last; i++)
		prose_add(prose, "%s\n", source_text(server, analysis, rules[i].span));
	prose_add(prose, "```\n\n");
	for (size_t i = 0; i < names->use_count; i++)
		uses += names->uses[i].group == group && !names->uses[i].is_definition;
	prose_add(prose, "Referred to %zu time%s in this file.\n\n", uses,
		  uses == 1 ? "" : "s");
	if (group->kind == OUTLINE_STRUCT) {
		struct tree tree =
			tree_new(server->scratch, names->outline, &rules[group->first]);

		for (size_t i = 0; i < tree.count && !object; i++) {
			if (tree.nodes[i].kind != TREE_STRUCT)
				continue;
			structs = places_of_struct(&cursor->view, &tree, i);
			object = structs.list.count ? structs.list.items[0] : NULL;
		}
	}
	if (object)
		describe_struct(prose, &cursor->view, object);
}

static void hover_builtin(struct prose *prose, const char *name)
{
	static const struct {
		const char *name, *text;
	} builtins[] = {
		{"INTEGER", "`<INTEGER>`: any value.\n"},
		{"PATH", "`<PATH>`: a pointer to a string that can be read.\n"},
		{"NULL", "`NULL`: the null pointer.\n"},
	};

	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		if (strcmp(builtins[i].name, name) == 0)
			prose_add(prose, "%s", builtins[i].text);
	}
}

static const char *const dots_text =
	"`..`: the parameters or fields that are not named may be anything.\n";

static void hover_item(struct prose *prose, struct lsp_server *server,
		       const struct cursor *cursor, struct lsp_analysis *analysis)
{
	struct places places = places_of_item(&cursor->view, &cursor->tree, cursor->item);
	const struct rule *rule =
		cursor->tree.rule->name ? analysis_rule(analysis, cursor->tree.rule->name->span)
					: NULL;
	const struct tree_node *item = &cursor->tree.nodes[cursor->item];
	const struct place *place;
	size_t count = 0;

	vec_each (place, &places.list) {
		if (count++ == 3)
			break;
		describe_place(prose, &cursor->view, place);
	}
	if (places.list.count > 3)
		prose_add(prose, "… and %zu other meanings, as other values select.\n\n",
			  places.list.count - 3);
	for (size_t i = 0; rule && i < rule->cond_count; i++) {
		if (rule->conds[i].span.start != item->span.start)
			continue;
		prose_add(prose, "This rule asks: `%s`\n\n",
			  source_text(server, analysis, rule->conds[i].span));
		break;
	}
	if (item->parent != 0 || cursor->tree.rule->kind != OUTLINE_CALL)
		prose_add(prose, "It lies in memory: no seccomp filter sees it.\n");
	else if (item->has_value && rule && !rule->is_undecidable)
		prose_add(prose, "A seccomp filter sees it: it is a register.\n");
}

static void hover_node(struct prose *prose, struct lsp_server *server,
		       const struct cursor *cursor, struct lsp_analysis *analysis)
{
	const struct tree_node *node = &cursor->tree.nodes[cursor->node];
	struct places places = {0};
	const struct abi_const *constant;

	switch (node->kind) {
	case TREE_ITEM:
		hover_item(prose, server, cursor, analysis);
		break;
	case TREE_CONST:
		constant = abi_const_find(cursor->view.db, node->token->text);
		if (constant)
			describe_const(prose, &cursor->view, constant);
		else
			hover_builtin(prose, node->token->text);
		break;
	case TREE_NUMBER:
		places = places_of_item(&cursor->view, &cursor->tree, cursor->item);
		describe_number(prose, &cursor->view,
				node->token->number.negative ? 0 - node->token->number.magnitude
							     : node->token->number.magnitude,
				places.list.count ? &places.list.items[0] : NULL);
		break;
	default:
		break;
	}
}

/* Without Markdown the marks for code are in the way. */
static const char *plain_text(struct arena *arena, const char *text)
{
	char *plain = arena_strdup(arena, text), *to = plain;

	for (const char *from = text; *from; from++) {
		if (*from != '`' && *from != '*')
			*to++ = *from;
	}
	*to = '\0';
	return plain;
}

static json_t *hover_result(struct lsp_server *server, struct lsp_analysis *analysis,
			    struct prose *prose, struct span span)
{
	const char *text = doc_buffer_text(prose->arena, &prose->buffer);
	bool is_markdown = server->client.markdown_hover;

	if (!*text)
		return NULL;
	return json_pack("{s:{s:s,s:o},s:o}", "contents", "kind",
			 is_markdown ? "markdown" : "plaintext", "value",
			 value_text(is_markdown ? text : plain_text(server->scratch, text)),
			 "range", document_span(server, analysis, span));
}

json_t *lsp_hover(struct lsp_server *server, const json_t *params)
{
	struct prose prose = {.arena = server->scratch};
	const struct outline_token *token;
	const struct name_use *use;
	struct lsp_spot spot;
	struct cursor cursor;

	if (!document_spot(server, params, &spot))
		return NULL;
	cursor = cursor_at(server, &spot);
	if (cursor.kind == CURSOR_NOWHERE && !cursor.token) {
		token = outline_token_at(cursor.view.names->outline, spot.file, spot.offset);
		if (!token || token->kind != OUTLINE_DOTS)
			return NULL;
		prose_add(&prose, "%s", dots_text);
		return hover_result(server, spot.analysis, &prose, token->span);
	}
	if (!cursor.token || !cursor.tree.count)
		return NULL;
	use = names_use_at(cursor.view.names, spot.file, cursor.token->span.start);
	if (use && use->group)
		hover_group(&prose, server, &cursor, spot.analysis, use->group);
	else if (use)
		hover_builtin(&prose, use->token->text);
	else if (cursor.tree.rule->name == cursor.token &&
		 cursor.tree.rule->kind == OUTLINE_CALL)
		hover_call(&prose, &cursor, spot.analysis);
	else if (cursor.node != TREE_NONE)
		hover_node(&prose, server, &cursor, spot.analysis);
	return hover_result(server, spot.analysis, &prose, cursor.token->span);
}
