/* tokens: the words of a document and what they are, for colours that know the language. */
#include <string.h>

#include "document.h"
#include "features.h"
#include "tree.h"

/* Rows of the legend. */
#define TOKEN_TYPES(X)            \
	X(FUNCTION, "function")   \
	X(PARAMETER, "parameter") \
	X(PROPERTY, "property")   \
	X(CONSTANT, "enumMember") \
	X(STRUCT, "struct")       \
	X(VARIABLE, "variable")   \
	X(NUMBER, "number")       \
	X(KEYWORD, "keyword")     \
	X(COMMENT, "comment")     \
	X(OPERATOR, "operator")

enum token_type {
#define X(id, name) TYPE_##id,
	TOKEN_TYPES(X)
#undef X
};

enum token_modifier { MODIFIER_DECLARATION = 1, MODIFIER_BUILTIN = 2, MODIFIER_DOC = 4 };

json_t *lsp_tokens_legend(void)
{
	static const char *const types[] = {
#define X(id, name) name,
		TOKEN_TYPES(X)
#undef X
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		json_array_append_new(list, json_string(types[i]));
	return json_pack("{s:o,s:[s,s,s]}", "tokenTypes", list, "tokenModifiers", "declaration",
			 "defaultLibrary", "documentation");
}

struct painter {
	struct lsp_server *server;
	struct lsp_document *document;
	const struct outline *outline;
	uint32_t start, end; /* bytes that are asked for */
	size_t comment;	     /* the next one */
	struct lsp_position last;
	json_t *data;
};

static void put(struct painter *painter, uint32_t line, uint32_t column, uint32_t length,
		enum token_type type, unsigned modifiers)
{
	const uint32_t numbers[] = {line - painter->last.line,
				    line == painter->last.line ? column - painter->last.column
							       : column,
				    length, type, modifiers};

	if (!length)
		return;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		json_array_append_new(painter->data, json_integer(numbers[i]));
	painter->last = (struct lsp_position){line, column};
}

/* A token does not cross lines: what does is cut. */
static void paint(struct painter *painter, struct span span, enum token_type type,
		  unsigned modifiers)
{
	const struct lsp_text *text = &painter->document->text;
	uint32_t at = span.start;

	if (span.file != 0 || span.end <= painter->start || span.start >= painter->end)
		return;
	while (at < span.end) {
		struct lsp_position from =
			document_position(painter->server, painter->document, at);
		uint32_t next = from.line + 1 < text->lines.count
					? text->lines.starts[from.line + 1]
					: (uint32_t)text->size;
		uint32_t end = next < span.end ? next : span.end;
		uint32_t shown = end;

		while (shown > at &&
		       (text->bytes[shown - 1] == '\n' || text->bytes[shown - 1] == '\r'))
			shown--;
		put(painter, from.line, from.column,
		    document_position(painter->server, painter->document, shown).column -
			    from.column,
		    type, modifiers);
		at = end;
	}
}

/* Comments up to OFFSET of FILE. */
static void paint_comments(struct painter *painter, uint32_t offset)
{
	for (; painter->comment < painter->outline->comment_count; painter->comment++) {
		const struct ast_comment *comment =
			&painter->outline->comments[painter->comment];
		bool is_doc =
			comment->kind == AST_DOC_COMMENT || comment->kind == AST_INNER_COMMENT;

		if (comment->span.file == 0 && comment->span.start >= offset)
			return;
		paint(painter, comment->span, TYPE_COMMENT, is_doc ? MODIFIER_DOC : 0);
	}
}

static void paint_name(struct painter *painter, const struct outline_rule *rule,
		       const struct tree *tree, const struct outline_token *token, size_t *hint)
{
	size_t node = tree_node_after(tree, token, hint);
	size_t parent;

	if (token == rule->name) {
		if (rule->kind == OUTLINE_CALL)
			paint(painter, token->span, TYPE_FUNCTION, 0);
		else
			paint(painter, token->span,
			      rule->kind == OUTLINE_STRUCT ? TYPE_STRUCT : TYPE_VARIABLE,
			      MODIFIER_DECLARATION);
		return;
	}
	if (node == TREE_NONE)
		return;
	parent = tree->nodes[node].parent;
	switch (tree->nodes[node].kind) {
	case TREE_ITEM:
		paint(painter, token->span,
		      tree->nodes[parent].kind == TREE_RULE ? TYPE_PARAMETER : TYPE_PROPERTY,
		      0);
		break;
	case TREE_REFERENCE:
		paint(painter, token->span, TYPE_VARIABLE,
		      names_is_builtin(token->text) ? MODIFIER_BUILTIN : 0);
		break;
	default:
		paint(painter, token->span, TYPE_CONSTANT,
		      names_is_builtin(token->text) ? MODIFIER_BUILTIN : 0);
		break;
	}
}

static void paint_rule(struct painter *painter, const struct outline_rule *rule)
{
	struct tree tree;
	size_t hint = 0;

	if (rule->span.file != 0 || rule->span.end <= painter->start ||
	    rule->span.start >= painter->end)
		return;
	tree = tree_new(painter->server->scratch, painter->outline, rule);
	for (size_t i = rule->first; i < rule->end; i++) {
		const struct outline_token *token = &painter->outline->tokens[i];

		paint_comments(painter, token->span.start);
		switch (token->kind) {
		case OUTLINE_NAME:
			paint_name(painter, rule, &tree, token, &hint);
			break;
		case OUTLINE_NUMBER:
			paint(painter, token->span, TYPE_NUMBER, 0);
			break;
		case OUTLINE_WORD_STRUCT:
			paint(painter, token->span, TYPE_KEYWORD, 0);
			break;
		case OUTLINE_DOTS:
		case OUTLINE_PIPE:
		case OUTLINE_EQUALS:
			paint(painter, token->span, TYPE_OPERATOR, 0);
			break;
		default:
			break;
		}
	}
}

static json_t *paint_all(struct lsp_server *server, struct lsp_document *document,
			 uint32_t start, uint32_t end)
{
	struct painter painter = {.server = server,
				  .document = document,
				  .outline = analysis_outline(analysis_of(server, document)),
				  .start = start,
				  .end = end,
				  .data = json_array()};

	for (size_t i = 0; i < painter.outline->rule_count; i++)
		paint_rule(&painter, &painter.outline->rules[i]);
	paint_comments(&painter, UINT32_MAX);
	return json_pack("{s:o}", "data", painter.data);
}

json_t *lsp_tokens_full(struct lsp_server *server, const json_t *params)
{
	struct lsp_document *document = document_of(server, params);

	return document ? paint_all(server, document, 0, UINT32_MAX) : NULL;
}

json_t *lsp_tokens_range(struct lsp_server *server, const json_t *params)
{
	struct lsp_document *document = document_of(server, params);
	uint32_t start, end;

	if (!document)
		return NULL;
	if (!document_range(server, document, params, "range", &start, &end))
		return lsp_fail(server, LSP_INVALID_PARAMS, "'range' is missing");
	return paint_all(server, document, start, end);
}
