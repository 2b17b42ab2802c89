#include "parse.h"

#include "parser.h"
#include "scml_parser.h"

/* Does the comment begin on the line on which SPAN ends? */
static bool comment_trails(const struct sources *sources, const struct ast_comment *comment,
			   struct span span)
{
	const struct source_file *file = source_file(sources, span.file);

	return comment->span.file == span.file && comment->span.start >= span.end &&
	       source_place(file, comment->span.start).line ==
		       source_place(file, span.end).line;
}

/*
 * Give each rule its comments. What was read before its first token and its semicolon is known;
 * what trails on its last line is found here. A documentation comment is about the next rule
 * even there.
 */
static void parser_assign_comments(struct parser *parser)
{
	const struct ast_comment *comments = parser->scan.comments.items;
	size_t count = parser->scan.comments.count;
	size_t next = 0;

	for (size_t i = 0; i < parser->rules.count; i++) {
		struct ast_rule *rule = parser->rules.items[i];
		size_t limit = i + 1 < parser->rules.count
				       ? parser->rules.items[i + 1]->inside_comment
				       : count;

		rule->first_comment = next;
		next = rule->end_comment;
		while (next < limit && comments[next].kind <= AST_BLOCK_COMMENT &&
		       comment_trails(parser->scan.sources, &comments[next], rule->span))
			next++;
		rule->end_comment = next;
	}
}

const struct ast_document *parse_document(struct arena *arena, struct diags *diags,
					  const struct sources *sources,
					  const struct source_document *document)
{
	struct ast_document *ast = ARENA_NEW(arena, struct ast_document);
	struct parser *parser = ARENA_NEW(arena, struct parser);

	parser->arena = arena;
	parser->diags = diags;
	parser->is_at_boundary = true;
	parser->fault = SPAN_NONE;
	parser->seen.kind = parser->last.kind = TOKEN_BLOCK_END;
	parser->scan.arena = arena;
	parser->scan.diags = diags;
	parser->scan.sources = sources;
	parser->scan.document = document;
	scan_begin(&parser->scan);
	scml_yyparse(parser);
	scan_end(&parser->scan);
	parser_assign_comments(parser);
	ast->source = document;
	ast->rules = (const struct ast_rule *const *)parser->rules.items;
	ast->rule_count = parser->rules.count;
	ast->lost = parser->lost.items;
	ast->lost_count = parser->lost.count;
	ast->comments = parser->scan.comments.items;
	ast->comment_count = parser->scan.comments.count;
	return ast;
}
