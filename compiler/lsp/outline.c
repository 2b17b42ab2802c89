#include "outline.h"

#include <string.h>

#include "scan.h"
#include "scml_parser.h"
#include "vec.h"

/* The outline while it is made. */
struct maker {
	struct arena *arena;
	struct scan scan;
	VEC(struct outline_token) tokens;
	VEC(struct outline_rule) rules;
	struct token ahead[2];
	size_t ahead_count;
	bool is_at_boundary;
	size_t depth;	 /* of open brackets */
	uint32_t column; /* of the rule */
};

static const struct token *peek(struct maker *maker, size_t index)
{
	while (maker->ahead_count <= index)
		maker->ahead[maker->ahead_count++] = scan_next(&maker->scan);
	return &maker->ahead[index];
}

static struct token take(struct maker *maker)
{
	struct token token = *peek(maker, 0);

	maker->ahead[0] = maker->ahead[1];
	maker->ahead_count--;
	return token;
}

static enum outline_token_kind token_kind(int kind)
{
	switch (kind) {
	case TOKEN_NAME:
		return OUTLINE_NAME;
	case TOKEN_NUMBER:
		return OUTLINE_NUMBER;
	case TOKEN_LPAREN:
		return OUTLINE_LPAREN;
	case TOKEN_RPAREN:
		return OUTLINE_RPAREN;
	case TOKEN_LBRACE:
		return OUTLINE_LBRACE;
	case TOKEN_RBRACE:
		return OUTLINE_RBRACE;
	case TOKEN_LBRACKET:
		return OUTLINE_LBRACKET;
	case TOKEN_RBRACKET:
		return OUTLINE_RBRACKET;
	case TOKEN_LESS:
		return OUTLINE_LESS;
	case TOKEN_GREATER:
		return OUTLINE_GREATER;
	case TOKEN_EQUALS:
		return OUTLINE_EQUALS;
	case TOKEN_PIPE:
		return OUTLINE_PIPE;
	case TOKEN_COMMA:
		return OUTLINE_COMMA;
	case TOKEN_SEMICOLON:
		return OUTLINE_SEMICOLON;
	case TOKEN_DOTS:
		return OUTLINE_DOTS;
	default:
		return OUTLINE_BAD;
	}
}

static const struct outline_token *last_token(const struct maker *maker)
{
	return maker->tokens.count ? &maker->tokens.items[maker->tokens.count - 1] : NULL;
}

static bool is_struct_word(const struct token *token)
{
	return token->kind == TOKEN_NAME && token->text && strcmp(token->text, "struct") == 0;
}

/* Does a rule begin with the next token although the one before has no semicolon? Told by the
 * layout, and as the parser does, by what can follow what. */
static bool begins_early(struct maker *maker)
{
	const struct token *token = peek(maker, 0);
	const struct outline_token *last = last_token(maker);
	int after = peek(maker, 1)->kind;
	bool is_laid_out = token->is_first && token->column <= maker->column;

	if (token->kind != TOKEN_NAME || !last)
		return false;
	if (is_struct_word(token))
		return is_laid_out && after == TOKEN_NAME;
	if (!is_laid_out)
		return after == TOKEN_LPAREN && maker->depth == 0 &&
		       last->kind == OUTLINE_RPAREN;
	if (after == TOKEN_LPAREN || (maker->depth == 0 && last->kind == OUTLINE_RPAREN))
		return true;
	return after == TOKEN_EQUALS && (maker->depth == 0 || (last->kind != OUTLINE_COMMA &&
							       last->kind != OUTLINE_LPAREN &&
							       last->kind != OUTLINE_LBRACE));
}

static void begin_rule(struct maker *maker)
{
	const struct token *token = peek(maker, 0);
	struct outline_rule rule = {.first = maker->tokens.count};
	int after = peek(maker, 1)->kind;

	rule.kind = is_struct_word(token)	? OUTLINE_STRUCT
		    : token->kind != TOKEN_NAME ? OUTLINE_OTHER
		    : after == TOKEN_LPAREN	? OUTLINE_CALL
		    : after == TOKEN_EQUALS	? OUTLINE_FLAGS
						: OUTLINE_OTHER;
	maker->depth = 0;
	maker->column = token->column;
	maker->is_at_boundary = false;
	vec_push(maker->arena, &maker->rules, rule);
}

static void count_brackets(struct maker *maker, enum outline_token_kind kind)
{
	bool opens =
		kind == OUTLINE_LPAREN || kind == OUTLINE_LBRACE || kind == OUTLINE_LBRACKET;
	bool closes =
		kind == OUTLINE_RPAREN || kind == OUTLINE_RBRACE || kind == OUTLINE_RBRACKET;

	if (opens)
		maker->depth++;
	else if (closes && maker->depth)
		maker->depth--;
}

static void push_token(struct maker *maker)
{
	struct token token = take(maker);
	struct outline_token own = {.kind = token_kind(token.kind), .span = token.span};

	if (own.kind == OUTLINE_NAME)
		own.text = token.text;
	if (own.kind == OUTLINE_NUMBER)
		own.number = token.number;
	count_brackets(maker, own.kind);
	vec_push(maker->arena, &maker->tokens, own);
	maker->rules.items[maker->rules.count - 1].end = maker->tokens.count;
	if (own.kind != OUTLINE_SEMICOLON)
		return;
	maker->rules.items[maker->rules.count - 1].has_end = true;
	maker->is_at_boundary = true;
}

static void make_rules(struct maker *maker)
{
	maker->is_at_boundary = true;
	for (int kind; (kind = peek(maker, 0)->kind) != TOKEN_END;) {
		if (kind == TOKEN_BLOCK_END) {
			take(maker);
			maker->is_at_boundary = true;
			continue;
		}
		if (maker->is_at_boundary || begins_early(maker))
			begin_rule(maker);
		push_token(maker);
	}
}

/* The end of the block of text that SPAN is in. */
static uint32_t block_end(const struct source_document *document, struct span span)
{
	for (size_t i = 0; i < document->chunk_count; i++) {
		const struct source_chunk *chunk = &document->chunks[i];

		if (chunk->file == span.file && chunk->start <= span.start &&
		    span.start < chunk->end) {
			while (i + 1 < document->chunk_count &&
			       document->chunks[i + 1].continues)
				i++;
			return document->chunks[i].end;
		}
	}
	return span.end;
}

static void finish_rule(struct maker *maker, size_t index)
{
	struct outline_rule *rule = &maker->rules.items[index];
	struct outline_token *tokens = maker->tokens.items;
	const struct outline_rule *next = rule + 1;

	if (rule->kind == OUTLINE_STRUCT) {
		tokens[rule->first].kind = OUTLINE_WORD_STRUCT;
		if (rule->first + 1 < rule->end && tokens[rule->first + 1].kind == OUTLINE_NAME)
			rule->name = &tokens[rule->first + 1];
	} else if (tokens[rule->first].kind == OUTLINE_NAME) {
		rule->name = &tokens[rule->first];
	}
	rule->span = span_join(tokens[rule->first].span, tokens[rule->end - 1].span);
	rule->limit = block_end(maker->scan.document, tokens[rule->first].span);
	if (index + 1 < maker->rules.count &&
	    tokens[next->first].span.file == rule->span.file &&
	    tokens[next->first].span.start < rule->limit)
		rule->limit = tokens[next->first].span.start;
}

const struct outline *outline_new(struct arena *arena, const struct sources *sources,
				  const struct source_document *document)
{
	struct outline *outline = ARENA_NEW(arena, struct outline);
	struct maker maker = {.arena = arena};

	outline->source = document;
	if (!document)
		return outline;
	maker.scan.arena = arena;
	maker.scan.diags = diags_new(arena, sources);
	maker.scan.sources = sources;
	maker.scan.document = document;
	scan_begin(&maker.scan);
	make_rules(&maker);
	scan_end(&maker.scan);
	for (size_t i = 0; i < maker.rules.count; i++)
		finish_rule(&maker, i);
	outline->tokens = maker.tokens.items;
	outline->token_count = maker.tokens.count;
	outline->rules = maker.rules.items;
	outline->rule_count = maker.rules.count;
	outline->comments = maker.scan.comments.items;
	outline->comment_count = maker.scan.comments.count;
	return outline;
}

const struct outline_rule *outline_rule_at(const struct outline *outline, uint32_t file,
					   uint32_t offset)
{
	for (size_t i = 0; i < outline->rule_count; i++) {
		const struct outline_rule *rule = &outline->rules[i];

		if (rule->span.file != file || offset < rule->span.start)
			continue;
		if (offset < rule->span.end || (offset == rule->span.end && !rule->has_end) ||
		    (!rule->has_end && offset <= rule->limit &&
		     (i + 1 == outline->rule_count || rule[1].span.file != file ||
		      offset < rule[1].span.start)))
			return rule;
	}
	return NULL;
}

const struct outline_token *outline_token_at(const struct outline *outline, uint32_t file,
					     uint32_t offset)
{
	const struct outline_token *found = NULL;

	for (size_t i = 0; i < outline->token_count; i++) {
		const struct outline_token *token = &outline->tokens[i];

		if (token->span.file != file || offset < token->span.start ||
		    offset > token->span.end)
			continue;
		if (token->kind == OUTLINE_NAME || token->kind == OUTLINE_NUMBER)
			return token;
		if (!found || offset < token->span.end)
			found = token;
	}
	return found;
}

bool outline_in_comment(const struct outline *outline, uint32_t file, uint32_t offset)
{
	for (size_t i = 0; i < outline->comment_count; i++) {
		const struct ast_comment *comment = &outline->comments[i];
		bool is_line = comment->kind != AST_BLOCK_COMMENT;

		if (comment->span.file == file && offset > comment->span.start &&
		    (offset < comment->span.end || (is_line && offset == comment->span.end)))
			return true;
	}
	return false;
}

bool outline_has(const struct outline *outline, uint32_t file, uint32_t offset)
{
	for (size_t i = 0; outline->source && i < outline->source->chunk_count; i++) {
		const struct source_chunk *chunk = &outline->source->chunks[i];

		if (chunk->file == file && chunk->start <= offset && offset <= chunk->end)
			return true;
	}
	return false;
}
