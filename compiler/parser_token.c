/*
 * The window between scanner and grammar. It looks up to three tokens ahead to tell the name
 * that begins a rule from any other name, keeps book of the open brackets, and puts in a token
 * for each bracket or semicolon that is missing where a rule has to end.
 *
 * None of this changes what a right document means: where a rule may begin, a name followed by
 * '(' or '=' always does, and elsewhere only layout that no right document has is looked at.
 */
#include <string.h>

#include "parser.h"
#include "scml_parser.h"

const struct token *parser_peek(struct parser *parser, size_t index)
{
	while (parser->ahead_count <= index)
		parser->ahead[parser->ahead_count++] = scan_next(&parser->scan);
	return &parser->ahead[index];
}

static void parser_drop(struct parser *parser)
{
	parser_peek(parser, 0);
	parser->last = parser->ahead[0];
	parser->ahead_count--;
	memmove(parser->ahead, parser->ahead + 1,
		parser->ahead_count * sizeof(parser->ahead[0]));
}

static bool is_opener(int kind)
{
	return kind == TOKEN_LPAREN || kind == TOKEN_LBRACE || kind == TOKEN_LBRACKET;
}

static bool is_closer(int kind)
{
	return kind == TOKEN_RPAREN || kind == TOKEN_RBRACE || kind == TOKEN_RBRACKET;
}

static int opener_of(int kind)
{
	return kind == TOKEN_RPAREN   ? TOKEN_LPAREN
	       : kind == TOKEN_RBRACE ? TOKEN_LBRACE
				      : TOKEN_LBRACKET;
}

/* Could a value, a parameter or a bracket have ended with a token of KIND? */
static bool ends_value(int kind)
{
	return kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_BAD ||
	       kind == TOKEN_DOTS || kind == TOKEN_GREATER || is_closer(kind);
}

/* Does the next token stand at the start of a line, no further in than the rule? */
static bool is_laid_out_as_rule(struct parser *parser)
{
	const struct token *token = parser_peek(parser, 0);

	return token->is_first && token->column <= parser->rule_column;
}

static bool is_struct_word(const struct token *token)
{
	return token->kind == TOKEN_NAME && strcmp(token->text, "struct") == 0;
}

/* Does the next token begin `struct NAME =`, which can stand nowhere but at the start of a
 * rule? */
static bool begins_struct_rule(struct parser *parser)
{
	int kind;

	if (!is_struct_word(parser_peek(parser, 0)) ||
	    parser_peek(parser, 1)->kind != TOKEN_NAME)
		return false;
	kind = parser_peek(parser, 2)->kind;
	return kind == TOKEN_EQUALS || kind == TOKEN_LBRACE;
}

/* Does the next token, a name, begin a rule although the one before it has not ended? */
static bool begins_rule_early(struct parser *parser, int after)
{
	int last = parser->last.kind;

	if (parser->open_count == 0)
		return ends_value(last) || last == TOKEN_COMMA || is_laid_out_as_rule(parser);
	if (after == TOKEN_LPAREN)
		return ends_value(last) || is_laid_out_as_rule(parser);
	return is_laid_out_as_rule(parser) && last != TOKEN_COMMA && !is_opener(last);
}

static bool begins_rule(struct parser *parser)
{
	int after;

	if (parser_peek(parser, 0)->kind != TOKEN_NAME || parser->seen.kind == TOKEN_STRUCT)
		return false;
	if (is_struct_word(parser_peek(parser, 0)))
		return parser->is_at_boundary || begins_struct_rule(parser);
	after = parser_peek(parser, 1)->kind;
	if (after != TOKEN_LPAREN && after != TOKEN_EQUALS)
		return false;
	return parser->is_at_boundary || begins_rule_early(parser, after);
}

/* Is the next token one that no rule goes past? */
static bool ends_rule(struct parser *parser)
{
	int kind = parser_peek(parser, 0)->kind;

	return kind == TOKEN_SEMICOLON || kind == TOKEN_BLOCK_END || kind == TOKEN_END;
}

/* Drop tokens until the rule ends, or as many brackets as *NESTING were closed. */
static void parser_drop_until(struct parser *parser, size_t *nesting)
{
	while (*nesting > 0 && !ends_rule(parser)) {
		int kind = parser_peek(parser, 0)->kind;

		if (is_laid_out_as_rule(parser) && begins_rule(parser))
			return;
		if (is_opener(kind))
			++*nesting;
		else if (is_closer(kind))
			--*nesting;
		parser_drop(parser);
	}
}

/* Drop a bracket, which is the next token, with all that is in it. */
static struct span parser_drop_group(struct parser *parser)
{
	struct span span = parser_peek(parser, 0)->span;
	size_t nesting = 1;

	parser_drop(parser);
	parser_drop_until(parser, &nesting);
	parser->is_muted |= nesting > 0;
	return span_join(span, parser->last.span);
}

void parser_skip_group(struct parser *parser)
{
	size_t nesting = 1;

	if (!is_opener(parser->seen.kind))
		return;
	if (parser->open_count > 0)
		parser->open_count--;
	parser_drop_until(parser, &nesting);
	parser->is_muted |= nesting > 0;
}

/* A token that is not in the text, after the last one that is. */
static struct token virtual_token(const struct parser *parser, int kind)
{
	struct span span = parser->last.span;

	span.start = span.end;
	return (struct token){.kind = kind, .span = span, .text = ""};
}

static struct token missing_token(struct parser *parser, int kind, const char *text,
				  struct span open)
{
	struct token token = virtual_token(parser, kind);

	parser->missing = (struct missing){parser->index, token.span, open, text,
					   scan_quote(&parser->scan, parser->last.span)};
	return token;
}

/* Close the innermost bracket, whose closing bracket is missing. */
static struct token missing_closer(struct parser *parser)
{
	const struct open_bracket *open = &parser->open[--parser->open_count];

	switch (open->kind) {
	case TOKEN_LPAREN:
		return missing_token(parser, TOKEN_MISSING_PAREN, ")", open->span);
	case TOKEN_LBRACE:
		return missing_token(parser, TOKEN_MISSING_BRACE, "}", open->span);
	default:
		return missing_token(parser, TOKEN_MISSING_BRACKET, "]", open->span);
	}
}

static struct token take(struct parser *parser)
{
	struct token token = *parser_peek(parser, 0);

	parser_drop(parser);
	return token;
}

/* A token for what was dropped because it makes no sense. */
static struct token bad_token(const struct parser *parser, struct span span)
{
	struct token token = virtual_token(parser, TOKEN_BAD);

	token.span = span;
	return token;
}

static struct token take_too_deep(struct parser *parser)
{
	struct span span = parser_peek(parser, 0)->span;
	size_t nesting = SIZE_MAX / 2;

	if (!parser->is_muted)
		scan_error(&parser->scan, DIAG_TOO_DEEP, span,
			   "patterns are nested more than %d deep", PARSE_MAX_DEPTH);
	parser->is_muted = true;
	parser->is_broken = true;
	parser_drop(parser);
	parser_drop_until(parser, &nesting);
	return bad_token(parser, span);
}

/* Is '(' the grammar's business here, be it right or wrong? Elsewhere it groups something. */
static bool expects_paren(const struct parser *parser)
{
	return parser->seen.kind == TOKEN_RULE || parser->seen.kind == TOKEN_STRUCT ||
	       parser->before.kind == TOKEN_STRUCT || parser->is_at_start;
}

static struct token take_opener(struct parser *parser)
{
	struct token token = *parser_peek(parser, 0);

	if (token.kind == TOKEN_LPAREN && !expects_paren(parser)) {
		if (!token.is_after_stray)
			parser_error(
				parser, token.span,
				"'(' cannot stand here: SCML has no grouping and no macros");
		return bad_token(parser, parser_drop_group(parser));
	}
	if (parser->open_count > PARSE_MAX_DEPTH ||
	    (parser->open_count == PARSE_MAX_DEPTH && parser->open[0].kind != TOKEN_LPAREN))
		return take_too_deep(parser);
	parser->open[parser->open_count++] = (struct open_bracket){token.kind, token.span};
	parser_drop(parser);
	return token;
}

static int closer_of(int kind)
{
	return kind == TOKEN_LPAREN   ? TOKEN_RPAREN
	       : kind == TOKEN_LBRACE ? TOKEN_RBRACE
				      : TOKEN_RBRACKET;
}

/* A ')' with which no rule can end was meant to be the bracket that is open. */
static bool is_wrong_closer(struct parser *parser)
{
	int after = parser_peek(parser, 1)->kind;

	return parser_peek(parser, 0)->kind == TOKEN_RPAREN &&
	       (after == TOKEN_COMMA || is_closer(after));
}

static struct token take_wrong_closer(struct parser *parser)
{
	const struct open_bracket *open = &parser->open[--parser->open_count];
	const char *wanted = open->kind == TOKEN_LBRACE ? "}" : "]";
	struct token token = take(parser);
	struct diag *diag =
		parser_error(parser, token.span, "expected '%s', found ')'", wanted);

	if (diag) {
		diag_edit(parser->diags, diag, token.span, "%s", wanted);
		diag_remark(parser->diags, diag, open->span, "this %s is not closed",
			    scan_quote(&parser->scan, open->span));
	}
	token.kind = closer_of(open->kind);
	return token;
}

/* A closing bracket; where inner ones are open, those end first. */
static struct token take_closer(struct parser *parser)
{
	int opener = opener_of(parser_peek(parser, 0)->kind);
	size_t count = parser->open_count;

	while (count > 0 && parser->open[count - 1].kind != opener)
		count--;
	if (count == 0)
		return take(parser);
	if (count < parser->open_count)
		return is_wrong_closer(parser) ? take_wrong_closer(parser)
					       : missing_closer(parser);
	parser->open_count--;
	return take(parser);
}

/* A name, where no rule begins with it. */
static struct token take_name(struct parser *parser)
{
	struct token token = take(parser);

	if (parser->seen.kind == TOKEN_STRUCT || parser_peek(parser, 0)->kind != TOKEN_LPAREN)
		return token;
	if (!token.is_after_stray)
		parser_error(
			parser, span_join(token.span, parser_peek(parser, 0)->span),
			"'%s(' cannot stand here: SCML has no macros; write what it stands for",
			token.text);
	return bad_token(parser, span_join(token.span, parser_drop_group(parser)));
}

/* The end of a rule, or of more: brackets and semicolon come first. */
static struct token take_end(struct parser *parser)
{
	if (parser->open_count > 0)
		return missing_closer(parser);
	if (parser_peek(parser, 0)->kind == TOKEN_SEMICOLON || parser->is_at_boundary) {
		parser->is_at_boundary = true;
		return take(parser);
	}
	parser->is_at_boundary = true;
	return missing_token(parser, TOKEN_MISSING_SEMICOLON, ";", SPAN_NONE);
}

static struct token take_rule_start(struct parser *parser)
{
	struct token token;

	if (!parser->is_at_boundary)
		return take_end(parser);
	token = take(parser);
	parser->rule_column = token.column;
	parser->is_at_boundary = false;
	token.kind = is_struct_word(&token) ? TOKEN_STRUCT : TOKEN_RULE;
	if (token.kind == TOKEN_RULE)
		parser->rule_name = (struct ast_name){token.text, token.span};
	return token;
}

static struct token take_any(struct parser *parser)
{
	int kind;

	if (ends_rule(parser))
		return take_end(parser);
	if (begins_rule(parser))
		return take_rule_start(parser);
	kind = parser_peek(parser, 0)->kind;
	parser->is_at_start = parser->is_at_boundary;
	if (parser->is_at_boundary) {
		parser->rule_column = parser_peek(parser, 0)->column;
		parser->is_at_boundary = false;
	}
	if (parser->seen.kind == TOKEN_STRUCT && kind == TOKEN_NAME) {
		const struct token *name = parser_peek(parser, 0);

		parser->rule_name = (struct ast_name){name->text, name->span};
	}
	if (is_opener(kind))
		return take_opener(parser);
	if (is_closer(kind))
		return take_closer(parser);
	return kind == TOKEN_NAME ? take_name(parser) : take(parser);
}

void parser_advance(struct parser *parser)
{
	struct token token;

	/* what is skipped is skipped bracket by bracket */
	while (parser->is_recovering && (parser_peek(parser, 0)->kind == TOKEN_LBRACE ||
					 parser_peek(parser, 0)->kind == TOKEN_LBRACKET))
		parser_drop_group(parser);
	parser->index++;
	token = take_any(parser);
	parser->before = parser->seen;
	parser->seen = token;
	if (token.kind == TOKEN_RULE || token.kind == TOKEN_STRUCT) {
		parser->is_broken = false;
	} else if (token.is_after_stray || token.kind == TOKEN_BAD) {
		parser->is_broken = true;
		parser->fault = token.span;
	}
}
