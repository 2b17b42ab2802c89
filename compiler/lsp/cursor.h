/* cursor: what the cursor is at, in text that may be broken. */
#ifndef SCML_LSP_CURSOR_H
#define SCML_LSP_CURSOR_H

#include "document.h"
#include "places.h"

enum cursor_kind {
	CURSOR_NOWHERE,	  /* a comment, a page's prose, between things */
	CURSOR_RULE,	  /* where a rule begins: a call, `struct`, a definition */
	CURSOR_PARAM,	  /* the name of a parameter */
	CURSOR_FIELD,	  /* the name of a field */
	CURSOR_VALUE,	  /* a part of a pattern */
	CURSOR_REFERENCE, /* behind `<` */
};

struct cursor {
	enum cursor_kind kind;
	struct view view;
	struct tree tree;		   /* count 0: there is no rule here */
	size_t item;			   /* of the tree, or TREE_NONE */
	size_t node;			   /* whose token the cursor is at, or TREE_NONE */
	const struct outline_token *token; /* the name or number that the cursor is in or at
					      an end of, or NULL */
	struct span typed; /* the bytes of that name, that something else may replace */
};

/** The view of ANALYSIS, with a new budget. */
struct view cursor_view(struct lsp_server *server, struct lsp_analysis *analysis);

/** What is at SPOT. */
struct cursor cursor_at(struct lsp_server *server, const struct lsp_spot *spot);

#endif
