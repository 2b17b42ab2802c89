/*
 * occurrences: all places that mean the same as the name under the cursor. Definitions and
 * references are those of one file, and of the pages that include it; calls and constants are
 * the same everywhere, parameters are those of their call.
 */
#ifndef SCML_LSP_OCCURRENCES_H
#define SCML_LSP_OCCURRENCES_H

#include "document.h"
#include "names.h"

enum occurrence_kind { OCCURRENCE_DEFINITION, OCCURRENCE_USE };

struct occurrence {
	struct lsp_document *document; /* in whose analysis ... */
	struct span span;	       /* ... this is */
	enum occurrence_kind kind;
};

struct occurrences {
	VEC(struct occurrence) list;
	bool is_local; /* of a definition of the file, so that it can be renamed */
};

/**
 * Those of what is at SPOT, in SPOT's document and where IS_WIDE is set in all that are open. A
 * place in a file that several pages include is listed once.
 */
struct occurrences occurrences_at(struct lsp_server *server, const struct lsp_spot *spot,
				  bool is_wide);

#endif
