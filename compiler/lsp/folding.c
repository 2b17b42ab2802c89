#include <string.h>

#include "document.h"
#include "features.h"

struct folder {
	struct lsp_server *server;
	struct lsp_document *document;
	json_t *list;
};

/* Fold from the line of START to that of END, the last line of which stays in sight if
 * KEEPS_END. */
static void add_fold(struct folder *folder, uint32_t start, uint32_t end, const char *kind,
		     bool keeps_end)
{
	struct lsp_position from = document_position(folder->server, folder->document, start);
	struct lsp_position to = document_position(folder->server, folder->document, end);
	json_t *fold;

	if (keeps_end && to.line)
		to.line--;
	if (to.line <= from.line)
		return;
	fold = json_pack("{s:i,s:i}", "startLine", (int)from.line, "endLine", (int)to.line);
	if (kind)
		json_object_set_new(fold, "kind", json_string(kind));
	json_array_append_new(folder->list, fold);
}

/* Comments that follow each other, each on a line of its own, fold as one. */
static void fold_comments(struct folder *folder, const struct outline *outline)
{
	for (size_t i = 0; i < outline->comment_count;) {
		const struct ast_comment *first = &outline->comments[i];
		const struct ast_comment *last = first;
		uint32_t line;

		for (i++; i < outline->comment_count; i++) {
			const struct ast_comment *next = &outline->comments[i];

			line = document_position(folder->server, folder->document,
						 last->span.end)
				       .line;
			if (next->span.file != first->span.file || !next->is_own_line ||
			    document_position(folder->server, folder->document,
					      next->span.start)
					    .line != line + 1)
				break;
			last = next;
		}
		if (first->span.file == 0)
			add_fold(folder, first->span.start, last->span.end, "comment", false);
	}
}

static bool is_opener(enum outline_token_kind kind)
{
	return kind == OUTLINE_LPAREN || kind == OUTLINE_LBRACE || kind == OUTLINE_LBRACKET;
}

static bool is_closer(enum outline_token_kind kind)
{
	return kind == OUTLINE_RPAREN || kind == OUTLINE_RBRACE || kind == OUTLINE_RBRACKET;
}

static void fold_rule(struct folder *folder, const struct outline *outline,
		      const struct outline_rule *rule)
{
	enum { MAX_DEPTH = 32 };
	uint32_t open[MAX_DEPTH];
	size_t depth = 0;

	for (size_t i = rule->first; i < rule->end; i++) {
		const struct outline_token *token = &outline->tokens[i];

		if (is_opener(token->kind)) {
			if (depth < MAX_DEPTH)
				open[depth] = token->span.start;
			depth++;
		} else if (is_closer(token->kind) && depth) {
			depth--;
			if (depth < MAX_DEPTH)
				add_fold(folder, open[depth], token->span.start, NULL, true);
		}
	}
	if (rule->kind == OUTLINE_FLAGS && depth == 0)
		add_fold(folder, rule->span.start, rule->span.end, NULL, false);
}

/* From one heading of the page to the next. */
static void fold_sections(struct folder *folder, const struct outline *outline)
{
	const struct ast_comment *section = NULL;
	uint32_t end = 0;
	size_t rule = 0;

	for (size_t i = 0; i <= outline->comment_count; i++) {
		const struct ast_comment *comment =
			i < outline->comment_count ? &outline->comments[i] : NULL;
		bool is_heading = comment && comment->kind == AST_INNER_COMMENT &&
				  comment->span.file == 0 &&
				  strncmp(comment->text, "## ", 3) == 0;

		if (comment && !is_heading)
			continue;
		for (; rule < outline->rule_count &&
		       (!comment || outline->rules[rule].span.start < comment->span.start);
		     rule++) {
			if (outline->rules[rule].span.file == 0)
				end = outline->rules[rule].span.end;
		}
		if (section && end > section->span.end)
			add_fold(folder, section->span.start, end, "region", false);
		section = comment;
	}
}

json_t *lsp_folding(struct lsp_server *server, const json_t *params)
{
	struct folder folder = {.server = server, .document = document_of(server, params)};
	const struct outline *outline;

	if (!folder.document)
		return NULL;
	outline = analysis_outline(analysis_of(server, folder.document));
	folder.list = json_array();
	for (size_t i = 0; i < outline->rule_count; i++) {
		if (outline->rules[i].span.file == 0)
			fold_rule(&folder, outline, &outline->rules[i]);
	}
	fold_comments(&folder, outline);
	fold_sections(&folder, outline);
	return folder.list;
}
