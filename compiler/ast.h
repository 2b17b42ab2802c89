/*
 * ast: the syntax tree of one document. Everything lives in the arena of its compilation, is
 * immutable once parsed, and knows its place in the source.
 */
#ifndef SCML_AST_H
#define SCML_AST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

struct ast_name {
	const char *text; /* NUL-terminated */
	struct span span;
};

/** An integer literal: |value| and its sign as written. */
struct ast_number {
	uint64_t magnitude;
	bool negative;
	struct span span;
};

enum ast_part_kind {
	AST_CONST,     /* O_RDONLY, NULL */
	AST_NUMBER,    /* 0x10 */
	AST_REFERENCE, /* <name>, <INTEGER>, <PATH> */
};

/** One part of a flag pattern. */
struct ast_part {
	enum ast_part_kind kind;
	struct ast_name name;	  /* AST_CONST, AST_REFERENCE: without the angle brackets */
	struct ast_number number; /* AST_NUMBER */
	struct span span;	  /* with the angle brackets */
};

enum ast_pattern_kind { AST_FLAGS, AST_STRUCT, AST_ARRAY };

struct ast_pattern {
	enum ast_pattern_kind kind;
	struct span span;

	const struct ast_part *parts; /* AST_FLAGS */
	size_t part_count;

	const struct ast_param *fields; /* AST_STRUCT */
	size_t field_count;
	bool is_open; /* ends with `..` */
	struct span dots;

	const struct ast_pattern *const *elements; /* AST_ARRAY */
	size_t element_count;
};

/** A parameter of a system call rule, or a field of a struct pattern. */
struct ast_param {
	struct ast_name name;		   /* text "" for a bare number */
	const struct ast_pattern *pattern; /* NULL: unconstrained */
	bool is_bare_number;		   /* `f(a, 0)`: then PATTERN is that number */
	struct span span;
};

enum ast_rule_kind { AST_SYSCALL_RULE, AST_STRUCT_RULE, AST_FLAGS_RULE };

struct ast_rule {
	enum ast_rule_kind kind;
	struct ast_name name;
	struct span span; /* from its first token to its semicolon, semicolon included */

	const struct ast_param *params; /* AST_SYSCALL_RULE */
	size_t param_count;
	bool is_open; /* ends with `..` */
	struct span dots;

	const struct ast_pattern *pattern; /* AST_STRUCT_RULE, AST_FLAGS_RULE */

	size_t first_comment;  /* comments between the rule before and this one, and ... */
	size_t inside_comment; /* ... from here those within it, and ... */
	size_t end_comment;    /* ... up to here, one that trails on its last line included */
};

enum ast_comment_kind {
	AST_LINE_COMMENT,  /* // */
	AST_BLOCK_COMMENT, /* slash star */
	AST_DOC_COMMENT,   /* ///: about the next rule */
	AST_INNER_COMMENT, /* //!: about the document or a section */
};

struct ast_comment {
	enum ast_comment_kind kind;
	struct span span;
	const char *text; /* without the marker and one blank after it */
	bool is_own_line; /* nothing but blanks stands before it on its line */
};

/** One parsed document. */
struct ast_document {
	const struct source_document *source;
	const struct ast_rule *const *rules; /* in reading order; broken ones are left out */
	size_t rule_count;
	const struct ast_name
		*lost; /* what the broken rules were called, where one could tell */
	size_t lost_count;
	const struct ast_comment *comments; /* all of them, in reading order */
	size_t comment_count;
};

#endif
