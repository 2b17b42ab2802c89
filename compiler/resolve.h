/*
 * resolve: what names mean within one document. References are replaced by what they refer to,
 * so that every pattern comes out flat; constants are still names.
 */
#ifndef SCML_RESOLVE_H
#define SCML_RESOLVE_H

#include "ast.h"
#include "diag.h"

enum res_kind {
	RES_WORD,    /* a value: constants and numbers */
	RES_STRUCTS, /* memory with one of some layouts */
	RES_ARRAY,   /* elements, each of which matches one of some patterns */
	RES_INTEGER, /* <INTEGER>: any value */
	RES_PATH,    /* <PATH> */
};

struct res_pattern;

struct res_field {
	struct ast_name name;
	const struct res_pattern *pattern; /* NULL: unconstrained */
};

/** One alternative of a struct. */
struct res_struct {
	struct span span;
	const char *name; /* of its struct rule; NULL: written in place */
	const struct res_field *fields;
	size_t field_count;
	bool is_open;
};

struct res_pattern {
	enum res_kind kind;
	bool is_broken;	  /* something in it has an error; the rest can still be checked */
	struct span span; /* in the rule, not where a reference leads */
	const struct ast_part *const *parts; /* RES_WORD: AST_CONST and AST_NUMBER only */
	size_t part_count;
	bool or_null;			  /* RES_PATH: `<PATH> | NULL` */
	const struct res_struct *structs; /* RES_STRUCTS */
	size_t struct_count;
	const struct res_pattern *const *elements; /* RES_ARRAY */
	size_t element_count;
};

struct res_param {
	const struct ast_param *ast;
	const struct res_pattern *pattern; /* NULL: unconstrained */
};

/** A system call rule whose references are resolved. */
struct res_rule {
	const struct ast_rule *ast;
	const struct res_param *params;
	size_t param_count;
	bool is_broken; /* a pattern of it is: it can be checked, but means nothing */
};

struct res_document {
	const struct ast_document *ast;
	const struct res_rule *rules; /* in reading order */
	size_t rule_count;
};

/** Resolve AST; never NULL, in ARENA. Errors go to DIAGS. */
const struct res_document *resolve_document(struct arena *arena, struct diags *diags,
					    const struct ast_document *ast);

/**
 * The same for ASTS[INDEX] of a compilation of COUNT documents. Names of the others stay out of
 * sight, but a message about an unknown name says where another document has it.
 */
const struct res_document *resolve_document_among(struct arena *arena, struct diags *diags,
						  const struct ast_document *const *asts,
						  size_t count, size_t index);

#endif
