/* What is wrong with a document, in words: what was seen, what was wanted, and the way out. */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "parser.h"
#include "scml_parser.h"

enum {
	PARSER_QUIET = 2, /* tokens after a guess in which nothing more is said */
	WANT_STARTERS =
		WANT_NAME | WANT_NUMBER | WANT_LESS | WANT_LBRACE | WANT_LBRACKET | WANT_DOTS,
	WANT_FOLLOWERS = WANT_COMMA | WANT_PIPE | WANT_SEMICOLON | WANT_EQUALS,
};

/* Is what the grammar looks at the echo of what was said already? */
static bool is_echo(const struct parser *parser)
{
	return parser->is_muted || parser->is_recovering || parser->scan.is_over ||
	       parser->seen.is_after_stray || parser->seen.kind == TOKEN_BAD ||
	       parser->before.is_after_stray || parser->before.kind == TOKEN_BAD;
}

struct diag *parser_error(struct parser *parser, struct span span, const char *format, ...)
{
	struct diag *diag = NULL;
	va_list args;

	parser->is_broken = true;
	if (parser->is_muted || parser->is_recovering || parser->scan.is_over)
		return NULL;
	va_start(args, format);
	diag = scan_error(&parser->scan, DIAG_SYNTAX, span, "%s",
			  arena_vprintf(parser->arena, format, args));
	va_end(args);
	return diag;
}

static struct span span_after(struct span span)
{
	return (struct span){span.file, span.end, span.end};
}

static bool is_missing(int kind)
{
	return kind == TOKEN_MISSING_PAREN || kind == TOKEN_MISSING_BRACE ||
	       kind == TOKEN_MISSING_BRACKET || kind == TOKEN_MISSING_SEMICOLON;
}

static const char *token_quote(const struct parser *parser, const struct token *token)
{
	if (token->kind == TOKEN_END)
		return "the end of the document";
	if (token->kind == TOKEN_BLOCK_END)
		return "the end of the block";
	return scan_quote(&parser->scan, token->span);
}

/* `A`, `A or B`, `A, B or C` from what WANT has. */
static const char *want_text(const struct parser *parser, unsigned int want)
{
	static const char *const texts[] = {
		"a name", "a number", "'<'", "'{'", "'['", "'..'", "'('", "'='",
		"'|'",	  "','",      "'>'", "';'", "')'", "'}'",  "']'", "a rule",
	};
	const char *text = "";
	size_t left = (size_t)__builtin_popcount(want);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!(want & 1u << i))
			continue;
		left--;
		text = arena_printf(parser->arena, "%s%s%s", text, texts[i],
				    left == 0	? ""
				    : left == 1 ? " or "
						: ", ");
	}
	return text;
}

/* What WANT amounts to for a reader: "a value" rather than all that a value can begin with. */
static const char *want_phrase(const struct parser *parser, unsigned int want)
{
	const char *thing = NULL;
	int last = parser->before.kind;

	if (want & WANT_RULE)
		return "a rule";
	if (last == TOKEN_PIPE)
		want &= ~(unsigned int)WANT_PIPE;
	if (want & WANT_FOLLOWERS)
		want &= ~(unsigned int)WANT_STARTERS;
	if (want & WANT_LESS)
		thing = "a value";
	else if (want & WANT_NUMBER)
		thing = parser->open_count > 0 && parser->open[parser->open_count - 1].kind ==
							  TOKEN_LBRACE
				? "a field"
				: "a parameter";
	if (!thing)
		return want_text(parser, want);
	want &= ~(unsigned int)WANT_STARTERS;
	if (last == TOKEN_LBRACE || last == TOKEN_LBRACKET)
		want &= ~(unsigned int)(WANT_RBRACE | WANT_RBRACKET);
	if (want == 0)
		return thing;
	return arena_printf(parser->arena, "%s or %s", thing, want_text(parser, want));
}

static void parser_insert(struct parser *parser, struct diag *diag, struct span after,
			  const char *text)
{
	if (diag)
		diag_edit(parser->diags, diag, span_after(after), "%s", text);
}

static void parser_remove(struct parser *parser, struct diag *diag, struct span span)
{
	if (diag)
		diag_edit(parser->diags, diag, span, "%s", "");
}

/* A name where a rule should begin, but it does not go on like one. */
static void report_rule_name(struct parser *parser)
{
	const struct token *name = &parser->seen;
	const struct token *after = parser_peek(parser, 0);
	int second = parser_peek(parser, 1)->kind;
	const char *quoted = token_quote(parser, name);

	if (after->kind == TOKEN_NUMBER || after->kind == TOKEN_LESS ||
	    after->kind == TOKEN_LBRACE || after->kind == TOKEN_LBRACKET ||
	    (after->kind == TOKEN_NAME &&
	     (second == TOKEN_PIPE || second == TOKEN_SEMICOLON))) {
		parser_missing_after(parser, name->span, "=");
		return;
	}
	if (after->kind == TOKEN_END || after->kind == TOKEN_BLOCK_END)
		parser_error(parser, span_after(name->span),
			     "expected '(' or '=' after %s, found %s", quoted,
			     token_quote(parser, after));
	else
		parser_error(parser, after->span, "expected '(' or '=' after %s, found %s",
			     quoted, token_quote(parser, after));
}

/* The mistakes that have words of their own; false for the others. */
static bool report_known(struct parser *parser, unsigned int want)
{
	const struct token *seen = &parser->seen;
	bool wants_value = (want & WANT_STARTERS) && !(want & WANT_FOLLOWERS);
	bool is_closer = seen->kind == TOKEN_RPAREN || seen->kind == TOKEN_RBRACE ||
			 seen->kind == TOKEN_RBRACKET;

	if ((want & WANT_RULE) && seen->kind == TOKEN_NAME) {
		report_rule_name(parser);
	} else if ((want & WANT_RULE) && seen->kind == TOKEN_SEMICOLON) {
		parser_remove(
			parser,
			parser_error(parser, seen->span, "there is no rule before this ';'"),
			seen->span);
	} else if (is_closer && !wants_value && parser->open_count == 0) {
		parser_remove(parser,
			      parser_error(parser, seen->span, "%s closes nothing",
					   token_quote(parser, seen)),
			      seen->span);
	} else if ((want & WANT_EQUALS) && seen->kind == TOKEN_LESS) {
		parser_missing_after(parser, parser->before.span, "=");
	} else if (wants_value && seen->kind == TOKEN_EQUALS &&
		   parser->before.kind == TOKEN_EQUALS) {
		parser_remove(parser, parser_error(parser, seen->span, "one '=' is enough"),
			      seen->span);
	} else if ((want & WANT_LESS) && wants_value && seen->kind == TOKEN_DOTS) {
		parser_error(parser, seen->span,
			     "'..' is no value: it ends a list of parameters or fields");
	} else {
		return false;
	}
	return true;
}

/* `expected A after B, found C`. */
static void report_plain(struct parser *parser, unsigned int want)
{
	const struct token *seen = &parser->seen;
	const struct token *found = seen;
	struct span span = seen->span;
	const char *after = "";
	const char *phrase = want_phrase(parser, want);
	struct diag *diag;

	if (is_missing(seen->kind))
		found = parser_peek(parser, 0);
	if (seen->kind == TOKEN_END || seen->kind == TOKEN_BLOCK_END)
		span = span_after(parser->before.span);
	if (!(want & WANT_RULE))
		after = arena_printf(parser->arena, " after %s",
				     token_quote(parser, &parser->before));
	diag = parser_error(parser, span, "expected %s%s, found %s", phrase, after,
			    token_quote(parser, found));
	if (!diag)
		return;
	if ((want & WANT_LESS) && !(want & WANT_FOLLOWERS) && seen->kind == TOKEN_PIPE)
		parser_remove(parser, diag, span);
	else if (parser->open_count == 0 && (want & WANT_PIPE) && seen->kind == TOKEN_COMMA)
		diag_edit(parser->diags, diag, span, " |");
}

void parser_unexpected(struct parser *parser, unsigned int want)
{
	parser->is_broken = true;
	parser->fault = parser->seen.span;
	if (!is_echo(parser) && parser->index > parser->quiet_until &&
	    !report_known(parser, want))
		report_plain(parser, want);
	parser->is_recovering = true;
	parser_skip_group(parser);
}

/* Several missing tokens at one place are one mistake. */
static void parser_extend_chain(struct parser *parser, const struct missing *missing)
{
	struct diag *diag = parser->chain;

	diag->edits->text =
		arena_printf(parser->arena, "%s%s", diag->edits->text, missing->text);
	diag->text = arena_printf(parser->arena, "'%s' is missing after %s", diag->edits->text,
				  missing->after);
}

void parser_missing(struct parser *parser, const struct missing *missing)
{
	bool is_next = parser->is_chain && parser->chain_index + 1 == missing->index;
	bool has_bracket = missing->open.file != UINT32_MAX;

	parser->is_broken |= has_bracket;
	if (is_next && parser->chain) {
		parser_extend_chain(parser, missing);
	} else if (is_next || parser->is_muted || parser->is_recovering ||
		   parser->scan.is_over || parser_peek(parser, 0)->is_after_stray) {
		parser->chain = NULL;
	} else {
		parser->chain =
			scan_error(&parser->scan, DIAG_SYNTAX, missing->span,
				   "'%s' is missing after %s", missing->text, missing->after);
		diag_edit(parser->diags, parser->chain, missing->span, "%s", missing->text);
	}
	if (parser->chain && has_bracket)
		diag_remark(parser->diags, parser->chain, missing->open,
			    "this %s is not closed", scan_quote(&parser->scan, missing->open));
	parser->is_chain = true;
	parser->chain_index = missing->index;
	parser->quiet_until = missing->index + PARSER_QUIET;
}

void parser_missing_after(struct parser *parser, struct span name, const char *text)
{
	struct diag *diag = parser_error(parser, span_after(name), "'%s' is missing after %s",
					 text, scan_quote(&parser->scan, name));

	if (text[0] != '>') {
		parser_insert(parser, diag, name, arena_printf(parser->arena, " %s", text));
		return;
	}
	/* `<A | B>` is another mistake, and what follows is its echo */
	if (parser->seen.kind != TOKEN_PIPE)
		parser_insert(parser, diag, name, text);
	parser->quiet_until = parser->index + PARSER_QUIET;
}

void parser_missing_between(struct parser *parser, struct span before, struct span after,
			    const char *text)
{
	struct diag *diag;

	parser->is_broken = true;
	if (is_echo(parser))
		return;
	diag = parser_error(parser, span_after(before), "'%s' is missing before %s", text,
			    scan_quote(&parser->scan, after));
	parser_insert(parser, diag, before,
		      text[0] == ',' ? text : arena_printf(parser->arena, " %s", text));
}

/* Constants are written in capitals, parameters and fields are not. */
static bool looks_constant(const char *name)
{
	for (const char *at = name; *at; at++)
		if (islower((unsigned char)*at))
			return false;
	return name[0] != '\0';
}

void parser_missing_separator(struct parser *parser, struct span before, struct span after)
{
	const struct ast_param *left = &parser->members.items[parser->members.count - 2];
	const struct ast_param *right = left + 1;
	bool is_value = right->is_bare_number || (right->name.text && !right->pattern &&
						  looks_constant(right->name.text));
	const char *text = !is_value || !left->name.text ? "," : left->pattern ? "|" : "=";

	parser_missing_between(parser, before, after, text);
}

void parser_doubled_bar(struct parser *parser, struct span span)
{
	parser_remove(parser, parser_error(parser, span, "one '|' is enough"), span);
}
