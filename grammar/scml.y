/*
 * scml.y: the grammar of SCML. Actions only build nodes and name mistakes.
 *
 * Two things are settled before a token gets here (compiler/parser_token.c), because they take
 * more than one token of look-ahead: whether a name begins a rule, and where a bracket or a
 * semicolon was forgotten. A forgotten one comes as a token of its own (MISSING_…), so that
 * every rule ends and every bracket closes, whatever the input.
 */
%define api.pure full
%define api.prefix {scml_yy}
%define api.token.prefix {TOKEN_}
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param { struct parser *parser }

%code requires {
	#include "parser.h"
}

%code {
	/* A location covers what it is made of; that of nothing lies after the token before. */
	#define YYLLOC_DEFAULT(current, rhs, n)                                             \
		((current) = (n) ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))            \
				 : (struct span){YYRHSLOC(rhs, 0).file, YYRHSLOC(rhs, 0).end, \
						 YYRHSLOC(rhs, 0).end})

	static int scml_yylex(SCML_YYSTYPE *value, struct span *span, struct parser *parser);
	static void scml_yyerror(const struct span *span, struct parser *parser,
				 const char *text);

	/* An anchor was found: what comes now is a mistake of its own. */
	#define RESUME()                               \
		do {                                   \
			yyerrok;                       \
			parser->is_recovering = false; \
		} while (0)
}

%token END 0 "end of the document"
%token BLOCK_END "end of the block"
%token <struct rule_start> RULE "name of a rule"
%token <struct rule_start> STRUCT "struct"
%token <struct ast_name> NAME "name"
%token <struct ast_number> NUMBER "number"
%token BAD "what was reported already"
%token <size_t> SEMICOLON ";"
%token LPAREN "(" RPAREN ")" LBRACE "{" RBRACE "}" LBRACKET "[" RBRACKET "]"
%token LESS "<" GREATER ">" EQUALS "=" PIPE "|" COMMA "," DOTS ".."
%token <struct missing> MISSING_PAREN MISSING_BRACE MISSING_BRACKET MISSING_SEMICOLON

%nterm <struct ast_rule *> body syscall_rule struct_rule flags_rule
%nterm <const struct ast_pattern *> pattern flag_pattern struct_pattern array_pattern
%nterm <size_t> rule_end
/* where the list begins in the parser's list of its kind */
%nterm <size_t> members member_list sound_members broken_members
%nterm <size_t> elements element_list sound_elements broken_elements
%nterm <size_t> flags rule_flags flag

%%

document:
	%empty
|	document item
;

item:
	body rule_end		{ parser_end_rule(parser, $body, @$, $rule_end); }
|	body error rule_end	{ parser_end_rule(parser, $body, @$, $rule_end); }
|	error rule_end		{ parser_end_rule(parser, NULL, @$, $rule_end); }
|	BLOCK_END
;

rule_end:
	";"			{ $$ = $1; RESUME(); }
|	MISSING_SEMICOLON	{ $$ = parser->last.comments; parser_missing(parser, &$1); RESUME(); }
;

body:
	syscall_rule
|	struct_rule
|	flags_rule
;

/* access(path, mode = <flags>, ..); */

syscall_rule:
	RULE "(" members right_paren
		{ $$ = parser_syscall(parser, &$RULE, $members, @$); }
;

members:
	%empty			{ $$ = parser->members.count; }
|	member_list
|	member_list comma
;

/* A mistake within a member is skipped up to the next comma or closing bracket. */
member_list:
	sound_members
|	broken_members
;

sound_members:
	member			{ $$ = parser->members.count - 1; }
|	member_list comma member	{ $$ = $1; }
|	sound_members member	{ $$ = $1; parser_missing_separator(parser, @1, @2); }
;

broken_members:
	error			{ $$ = parser->members.count; }
|	member_list comma error	{ $$ = $1; }
;

/* a parameter of a system call or a field of a struct */
member:
	NAME			{ parser_push_member(parser, $NAME, NULL, @$); }
|	NAME "=" pattern	{ parser_push_member(parser, $NAME, $pattern, @$); }
|	NAME struct_pattern	{ parser_missing_after(parser, @NAME, "=");
				  parser_push_member(parser, $NAME, $2, @$); }
|	NAME array_pattern	{ parser_missing_after(parser, @NAME, "=");
				  parser_push_member(parser, $NAME, $2, @$); }
|	NUMBER			{ parser_push_number(parser, $NUMBER); }
|	".."			{ parser_push_dots(parser, @$); }
|	BAD			{ parser_push_broken(parser, @$); }
;

/* struct sockaddr = { sa_family = AF_INET, .. }; */

struct_rule:
	STRUCT NAME "=" pattern
		{ $$ = parser_struct_rule(parser, $1.comments, $NAME, $pattern, @1, @$); }
|	STRUCT NAME struct_pattern
		{ parser_missing_after(parser, @NAME, "=");
		  $$ = parser_struct_rule(parser, $1.comments, $NAME, $3, @1, @$); }
;

/* access_mode = O_RDONLY | O_WRONLY | O_RDWR; */

flags_rule:
	RULE "=" rule_flags
		{ $$ = parser_flags_rule(parser, &$RULE, parser_flags(parser, $3, @3), @$); }
|	RULE "=" struct_pattern	{ $$ = parser_flags_rule(parser, &$RULE, $3, @$); }
|	RULE "=" array_pattern	{ $$ = parser_flags_rule(parser, &$RULE, $3, @$); }
;

/* only here does a name after a flag leave no doubt about what is missing */
rule_flags:
	flag
|	rule_flags bar flag	{ $$ = $1; }
|	rule_flags flag		{ $$ = $1; parser_missing_between(parser, @1, @2, "|"); }
;

pattern:
	flag_pattern
|	struct_pattern
|	array_pattern
;

flag_pattern:
	flags			{ $$ = parser_flags(parser, $flags, @$); }
;

flags:
	flag
|	flags bar flag		{ $$ = $1; }
;

flag:
	NAME		{ $$ = parser_push_part(parser, AST_CONST, $NAME, @$); }
|	NUMBER		{ $$ = parser_push_literal(parser, $NUMBER); }
|	"<" NAME ">"	{ $$ = parser_push_part(parser, AST_REFERENCE, $NAME, @$); }
|	"<" NAME	{ $$ = parser_push_part(parser, AST_REFERENCE, $NAME, @$);
			  parser_missing_after(parser, @NAME, ">"); }
|	BAD		{ $$ = parser_push_part(parser, AST_CONST, (struct ast_name){"", @$}, @$);
			  parser->is_broken = true; }
;

struct_pattern:
	"{" members right_brace		{ $$ = parser_struct(parser, $members, @$); }
;

array_pattern:
	"[" elements right_bracket	{ $$ = parser_array(parser, $elements, @$); }
;

elements:
	%empty			{ $$ = parser->elements.count; }
|	element_list
|	element_list comma
;

element_list:
	sound_elements
|	broken_elements
;

sound_elements:
	pattern			{ $$ = parser->elements.count;
				  vec_push(parser->arena, &parser->elements, $pattern); }
|	element_list comma pattern
				{ $$ = $1;
				  vec_push(parser->arena, &parser->elements, $pattern); }
|	sound_elements pattern	{ $$ = $1; parser_missing_between(parser, @1, @2, ",");
				  vec_push(parser->arena, &parser->elements, $2); }
;

broken_elements:
	error			{ $$ = parser->elements.count; }
|	element_list comma error	{ $$ = $1; }
;

bar:
	"|"
|	bar "|"			{ parser_doubled_bar(parser, @2); }
;

comma:
	","			{ RESUME(); }
;

right_paren:
	")"			{ RESUME(); }
|	MISSING_PAREN		{ parser_missing(parser, &$1); RESUME(); }
;

right_brace:
	"}"			{ RESUME(); }
|	MISSING_BRACE		{ parser_missing(parser, &$1); RESUME(); }
;

right_bracket:
	"]"			{ RESUME(); }
|	MISSING_BRACKET		{ parser_missing(parser, &$1); RESUME(); }
;

%%

/* The next token, with what the grammar wants to know of it. */
static int scml_yylex(SCML_YYSTYPE *value, struct span *span, struct parser *parser)
{
	const struct token *token = &parser->seen;

	parser_advance(parser);
	*span = token->span;
	switch (token->kind) {
	case TOKEN_RULE:
	case TOKEN_STRUCT:
		value->TOKEN_RULE = (struct rule_start){{token->text, token->span}, token->comments};
		break;
	case TOKEN_NAME:
		value->TOKEN_NAME = (struct ast_name){token->text, token->span};
		break;
	case TOKEN_NUMBER:
		value->TOKEN_NUMBER = token->number;
		break;
	case TOKEN_SEMICOLON:
		value->TOKEN_SEMICOLON = token->comments;
		break;
	case TOKEN_MISSING_PAREN:
	case TOKEN_MISSING_BRACE:
	case TOKEN_MISSING_BRACKET:
	case TOKEN_MISSING_SEMICOLON:
		value->TOKEN_MISSING_PAREN = parser->missing;
		break;
	}
	return token->kind;
}

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *parser)
{
	static const unsigned int wants[YYNTOKENS] = {
		[YYSYMBOL_NAME] = WANT_NAME,	       [YYSYMBOL_NUMBER] = WANT_NUMBER,
		[YYSYMBOL_LESS] = WANT_LESS,	       [YYSYMBOL_LBRACE] = WANT_LBRACE,
		[YYSYMBOL_LBRACKET] = WANT_LBRACKET,   [YYSYMBOL_DOTS] = WANT_DOTS,
		[YYSYMBOL_LPAREN] = WANT_LPAREN,       [YYSYMBOL_RPAREN] = WANT_RPAREN,
		[YYSYMBOL_RBRACE] = WANT_RBRACE,       [YYSYMBOL_RBRACKET] = WANT_RBRACKET,
		[YYSYMBOL_GREATER] = WANT_GREATER,     [YYSYMBOL_EQUALS] = WANT_EQUALS,
		[YYSYMBOL_PIPE] = WANT_PIPE,	       [YYSYMBOL_COMMA] = WANT_COMMA,
		[YYSYMBOL_SEMICOLON] = WANT_SEMICOLON, [YYSYMBOL_RULE] = WANT_RULE,
	};
	yysymbol_kind_t expected[YYNTOKENS];
	int count = yypcontext_expected_tokens(context, expected, YYNTOKENS);
	unsigned int want = 0;

	for (int i = 0; i < count; i++)
		want |= wants[expected[i]];
	parser_unexpected(parser, want);
	return 0;
}

/* Bison calls this only where its stack is full; the bound on depth keeps that from happening. */
static void scml_yyerror(const struct span *span, struct parser *parser, const char *text)
{
	(void)text;
	diag_add(parser->diags, DIAG_TOO_DEEP, *span, "nested too deeply");
}
