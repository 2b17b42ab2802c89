/*
 * parser: what the grammar's actions work with. The tokens come through a window in which the
 * parser sees where a bracket or a semicolon was forgotten (parser_token.c), the actions build
 * nodes (parser_build.c), and what is wrong is put into words (parser_report.c).
 */
#ifndef SCML_PARSER_H
#define SCML_PARSER_H

#include "ast.h"
#include "scan.h"

enum { PARSER_AHEAD = 3 };

/** A token that stands for one that is missing. */
struct missing {
	size_t index;	   /* of the token, to see that two of them are neighbours */
	struct span span;  /* where it should be */
	struct span open;  /* the bracket that it would close; none for a semicolon */
	const char *text;  /* what should be there */
	const char *after; /* what stands before, quoted */
};

/** The first token of a rule: its name, or for a struct rule the word `struct`. */
struct rule_start {
	struct ast_name name;
	size_t comments;
};

struct open_bracket {
	int kind;
	struct span span;
};

struct parser {
	struct arena *arena;
	struct diags *diags;
	struct scan scan;

	/* the window */
	struct token ahead[PARSER_AHEAD];
	size_t ahead_count;
	struct token last;	/* the real token before SEEN */
	struct token before;	/* the token before SEEN, real or not */
	struct token seen;	/* what the grammar looks at */
	struct missing missing; /* SEEN as one, if it is */
	size_t index;		/* of SEEN */
	struct open_bracket open[PARSE_MAX_DEPTH + 1];
	size_t open_count;
	uint32_t rule_column;
	bool is_at_boundary; /* a rule may begin with the next token ... */
	bool is_at_start;    /* ... or might have with this one, but does not */

	/* what was said */
	bool is_recovering; /* tokens are skipped up to an anchor */
	bool is_muted;	    /* nothing more is said about this rule */
	bool is_broken;	    /* the rule is left out of the tree */
	size_t quiet_until; /* the last token that may still be an echo of a guess */
	bool is_chain;	    /* the token at CHAIN_INDEX was missing ... */
	size_t chain_index;
	struct diag *chain; /* ... and this says so; NULL if nothing was said */
	struct span fault;  /* of the last token that made no sense */
	struct ast_name rule_name;

	/* lists under construction: each nonterminal knows where its own begins */
	VEC(struct ast_part) parts;
	VEC(struct ast_param) members;
	VEC(const struct ast_pattern *) elements;

	VEC(struct ast_rule *) rules;
	VEC(struct ast_name) lost;
};

/** What may come next, for messages. */
enum want {
	WANT_NAME = 1 << 0,
	WANT_NUMBER = 1 << 1,
	WANT_LESS = 1 << 2,
	WANT_LBRACE = 1 << 3,
	WANT_LBRACKET = 1 << 4,
	WANT_DOTS = 1 << 5,
	WANT_LPAREN = 1 << 6,
	WANT_EQUALS = 1 << 7,
	WANT_PIPE = 1 << 8,
	WANT_COMMA = 1 << 9,
	WANT_GREATER = 1 << 10,
	WANT_SEMICOLON = 1 << 11,
	WANT_RPAREN = 1 << 12,
	WANT_RBRACE = 1 << 13,
	WANT_RBRACKET = 1 << 14,
	WANT_RULE = 1 << 15,
};

/* parser_token.c */

/** Move the window: the next token is in PARSER->seen (and ->missing). */
void parser_advance(struct parser *parser);
/** The token INDEX places after the one that the grammar looks at. */
const struct token *parser_peek(struct parser *parser, size_t index);
/** The grammar cannot use the bracket it looks at: skip up to the one that closes it. */
void parser_skip_group(struct parser *parser);

/* parser_report.c */

/** Report a mistake of this rule; NULL where that was done already. The rule is left out. */
struct diag *parser_error(struct parser *parser, struct span span, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/** The grammar has no use for the token that it looks at; WANT is a set of enum want. */
void parser_unexpected(struct parser *parser, unsigned int want);
/** A missing token was taken for granted. */
void parser_missing(struct parser *parser, const struct missing *missing);
/** TEXT is missing after the token of span NAME. */
void parser_missing_after(struct parser *parser, struct span name, const char *text);
/** TEXT is missing between what BEFORE and AFTER cover. */
void parser_missing_between(struct parser *parser, struct span before, struct span after,
			    const char *text);
/** A `,`, `|` or `=` is missing between the last two of the members. */
void parser_missing_separator(struct parser *parser, struct span before, struct span after);
/** A second `|`. */
void parser_doubled_bar(struct parser *parser, struct span span);

/* parser_build.c */

void parser_push_member(struct parser *parser, struct ast_name name,
			const struct ast_pattern *pattern, struct span span);
void parser_push_number(struct parser *parser, struct ast_number number);
void parser_push_dots(struct parser *parser, struct span span);
void parser_push_broken(struct parser *parser, struct span span);
/** Push one part of a flag pattern; where it stands among the parts is returned. */
size_t parser_push_part(struct parser *parser, enum ast_part_kind kind, struct ast_name name,
			struct span span);
size_t parser_push_literal(struct parser *parser, struct ast_number number);
/* What was pushed from FIRST on becomes a node, and is taken from the list. */
const struct ast_pattern *parser_flags(struct parser *parser, size_t first, struct span span);
const struct ast_pattern *parser_struct(struct parser *parser, size_t first, struct span span);
const struct ast_pattern *parser_array(struct parser *parser, size_t first, struct span span);
struct ast_rule *parser_syscall(struct parser *parser, const struct rule_start *start,
				size_t first, struct span span);
struct ast_rule *parser_struct_rule(struct parser *parser, size_t comments,
				    struct ast_name name, const struct ast_pattern *pattern,
				    struct span word, struct span span);
struct ast_rule *parser_flags_rule(struct parser *parser, const struct rule_start *start,
				   const struct ast_pattern *pattern, struct span span);
/** A rule and its semicolon are complete; RULE is NULL where nothing could be made of it. */
void parser_end_rule(struct parser *parser, struct ast_rule *rule, struct span span,
		     size_t comments);

#endif
