/* parse: from a document's text to its syntax tree. */
#ifndef SCML_PARSE_H
#define SCML_PARSE_H

#include "ast.h"
#include "diag.h"
#include "source.h"

enum {
	PARSE_MAX_DEPTH = 200,		     /* nested patterns */
	PARSE_MAX_TOKENS = 10 * 1000 * 1000, /* of one document */
};

/**
 * Parse DOCUMENT. Every independent syntax error of it is pushed to DIAGS in one go; the tree
 * that comes back (never NULL, living in ARENA) holds the rules that were well formed.
 * Reentrant.
 */
const struct ast_document *parse_document(struct arena *arena, struct diags *diags,
					  const struct sources *sources,
					  const struct source_document *document);

#endif
