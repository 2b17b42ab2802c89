#include "fmt_tokens.h"

#include <string.h>

#include "diag.h"
#include "scan.h"
#include "scml_parser.h"

struct reader {
	struct arena *arena;
	const char *text;
	VEC(struct fmt_token) tokens;
	VEC(struct fmt_comment) comments;
	VEC(size_t) open;
	size_t at; /* up to which the text was read */
};

static size_t text_width(const char *text, size_t len)
{
	size_t width = 0;

	for (size_t i = 0; i < len; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/* The line ends between the last element and START; the element ends with END. */
static size_t reader_skip(struct reader *reader, size_t start, size_t end)
{
	size_t newlines = 0;

	for (size_t i = reader->at; i < start; i++)
		newlines += reader->text[i] == '\n';
	reader->at = end;
	return newlines;
}

static void reader_comment(struct reader *reader, const struct ast_comment *comment)
{
	struct fmt_comment out = {
		.text = reader->text + comment->span.start,
		.len = comment->span.end - comment->span.start,
		.newlines = reader_skip(reader, comment->span.start, comment->span.end),
		.is_line = comment->kind != AST_BLOCK_COMMENT,
	};
	const char *newline;

	/* two blanks at the end of a line mean something in documentation */
	while (comment->kind == AST_LINE_COMMENT && strchr(" \t\r\f\v", out.text[out.len - 1]))
		out.len--;
	newline = memchr(out.text, '\n', out.len);
	out.is_on_lines = newline != NULL;
	out.width = text_width(out.text, newline ? (size_t)(newline - out.text) : out.len);
	vec_push(reader->arena, &reader->comments, out);
}

static bool is_opener(int kind)
{
	return kind == TOKEN_LPAREN || kind == TOKEN_LBRACE || kind == TOKEN_LBRACKET;
}

static bool is_closer(int kind)
{
	return kind == TOKEN_RPAREN || kind == TOKEN_RBRACE || kind == TOKEN_RBRACKET;
}

static void reader_match(struct reader *reader, struct fmt_token *token)
{
	size_t index = reader->tokens.count;

	if (is_opener(token->kind)) {
		vec_push(reader->arena, &reader->open, index);
	} else if (is_closer(token->kind) && reader->open.count > 0) {
		token->partner = reader->open.items[--reader->open.count];
		reader->tokens.items[token->partner].partner = index;
	}
}

static void reader_run(struct reader *reader, struct scan *scan)
{
	struct token token;
	size_t comments = 0;

	do {
		struct fmt_token out = {.first_comment = comments};

		token = scan_next(scan);
		for (; comments < scan->comments.count; comments++) {
			/* the scanner may be ahead of the token, never behind */
			if (comments == token.comments)
				break;
			reader_comment(reader, &scan->comments.items[comments]);
		}
		out.kind = token.kind;
		out.text = reader->text + token.span.start;
		out.len = token.span.end - token.span.start;
		out.newlines = reader_skip(reader, token.span.start, token.span.end);
		if (token.kind == TOKEN_END && out.newlines == 0)
			out.newlines = 1;
		out.end_comment = comments;
		reader_match(reader, &out);
		vec_push(reader->arena, &reader->tokens, out);
	} while (token.kind != TOKEN_END);
}

/* Within rules, keep the line ends that comments ask for alone. */
static void tokens_reflow(struct fmt_tokens *tokens)
{
	for (size_t i = 1; i + 1 < tokens->count; i++) {
		struct fmt_token *token = &tokens->items[i];
		const struct fmt_comment *last = NULL;

		if (tokens->items[i - 1].kind == TOKEN_SEMICOLON)
			continue;
		if (token->end_comment > token->first_comment)
			last = &tokens->comments[token->end_comment - 1];
		if (!last || (!last->is_line && last->newlines == 0))
			token->newlines = 0;
	}
}

/* Where a line ends before a separator, let it end after it, comments and all. */
static void tokens_hoist(struct fmt_tokens *tokens)
{
	for (size_t i = 0; i + 1 < tokens->count; i++) {
		struct fmt_token *token = &tokens->items[i];
		struct fmt_token *next = token + 1;
		struct fmt_comment *after = NULL;

		if (token->kind != TOKEN_COMMA && token->kind != TOKEN_PIPE &&
		    token->kind != TOKEN_SEMICOLON)
			continue;
		if (!fmt_gap_is_hard(tokens, i))
			continue;
		if (next->first_comment < next->end_comment)
			after = &tokens->comments[next->first_comment];
		if (!after && next->newlines < token->newlines)
			next->newlines = token->newlines;
		else if (after && after->newlines < token->newlines &&
			 (after->newlines > 0 || token->first_comment < token->end_comment))
			after->newlines = token->newlines;
		next->first_comment = token->first_comment;
		token->end_comment = token->first_comment;
		token->newlines = 0;
	}
}

/* Can a line end before a token of kind AFTER be the author's wish? */
static bool may_break(int before, int after)
{
	switch (after) {
	case TOKEN_EQUALS:
	case TOKEN_LPAREN:
	case TOKEN_GREATER:
		return false;
	case TOKEN_LBRACE:
	case TOKEN_LBRACKET:
		return before != TOKEN_EQUALS;
	case TOKEN_NAME:
		return before != TOKEN_LESS && before != TOKEN_NAME;
	}
	return true;
}

static void tokens_join(struct fmt_tokens *tokens)
{
	for (size_t i = 1; i < tokens->count; i++) {
		struct fmt_token *token = &tokens->items[i];
		size_t newlines = token->newlines;

		token->newlines = 0;
		if (may_break(token[-1].kind, token->kind) || fmt_gap_is_hard(tokens, i))
			token->newlines = newlines;
	}
}

static void tokens_measure(struct arena *arena, struct fmt_tokens *tokens)
{
	tokens->flat = ARENA_ARRAY(arena, size_t, tokens->count + 1);
	tokens->hard = ARENA_ARRAY(arena, size_t, tokens->count + 1);
	for (size_t i = 0; i < tokens->count; i++) {
		tokens->flat[i + 1] =
			tokens->flat[i] + fmt_gap_width(tokens, i) + tokens->items[i].len;
		tokens->hard[i + 1] = tokens->hard[i] + fmt_gap_is_hard(tokens, i);
	}
}

struct fmt_tokens fmt_tokens_read(struct arena *arena, const char *text, size_t len,
				  bool reflow)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *document =
		source_from_text(sources, diags, "", text, len);
	struct scan scan = {
		.arena = arena, .diags = diags, .sources = sources, .document = document};
	struct reader reader = {.arena = arena, .text = document->file->text};
	struct fmt_tokens tokens;

	scan_begin(&scan);
	reader.at = document->chunks[0].start;
	reader_run(&reader, &scan);
	scan_end(&scan);
	tokens = (struct fmt_tokens){
		.items = reader.tokens.items,
		.count = reader.tokens.count,
		.comments = reader.comments.items,
		.comment_count = reader.comments.count,
	};
	if (reflow)
		tokens_reflow(&tokens);
	tokens_hoist(&tokens);
	tokens_join(&tokens);
	tokens_measure(arena, &tokens);
	return tokens;
}

bool fmt_wants_blank(int before, int after)
{
	switch (after) {
	case TOKEN_COMMA:
	case TOKEN_SEMICOLON:
	case TOKEN_RPAREN:
	case TOKEN_GREATER:
	case TOKEN_LPAREN:
		return false;
	}
	return before != TOKEN_LPAREN && before != TOKEN_LESS;
}

size_t fmt_gap_width(const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];
	int before = index > 0 ? tokens->items[index - 1].kind : TOKEN_LPAREN;
	size_t width = 0;

	if (token->first_comment == token->end_comment)
		return fmt_wants_blank(before, token->kind);
	for (size_t i = token->first_comment; i < token->end_comment; i++)
		width += 1 + tokens->comments[i].width;
	/* a blank before each, one after the last, but none within a bracket's edge */
	return width - (before == TOKEN_LPAREN) + fmt_wants_blank(TOKEN_NAME, token->kind);
}

bool fmt_gap_is_hard(const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];

	for (size_t i = token->first_comment; i < token->end_comment; i++) {
		const struct fmt_comment *comment = &tokens->comments[i];

		if (comment->newlines > 0 || comment->is_line || comment->is_on_lines)
			return true;
	}
	return token->newlines > 0;
}

bool fmt_starts_line(const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];
	bool begins_line = false; /* one of the comments does */

	if (token->first_comment == token->end_comment)
		return token->breaks;
	if (tokens->comments[token->end_comment - 1].is_line)
		return true;
	for (size_t i = token->first_comment; i < token->end_comment; i++)
		begins_line |= tokens->comments[i].newlines > 0;
	if (token->breaks)
		return fmt_gap_is_hard(tokens, index) && (token->newlines > 0 || !begins_line);
	return token->newlines > 0 && begins_line;
}

size_t fmt_column_after(const struct fmt_comment *comment, size_t column)
{
	const char *line = memrchr(comment->text, '\n', comment->len);
	size_t len, blanks = 0;

	if (!line)
		return column + comment->width;
	len = comment->len - (size_t)(++line - comment->text);
	while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	if (line[blanks] == '*')
		return column + 1 + text_width(line + blanks, len - blanks);
	return text_width(line, len);
}

size_t fmt_flat_width(const struct fmt_tokens *tokens, size_t start, size_t end)
{
	return tokens->flat[end] - tokens->flat[start + 1] + tokens->items[start].len;
}

bool fmt_has_newline(const struct fmt_tokens *tokens, size_t start, size_t end)
{
	return end > start + 1 && tokens->hard[end] != tokens->hard[start + 1];
}
