/* edits: changes of several files, in the form that the editor takes. */
#ifndef SCML_LSP_EDITS_H
#define SCML_LSP_EDITS_H

#include "document.h"

/** Changes that are being gathered. */
struct edits {
	json_t *by_uri; /* object of arrays of TextEdit */
};

struct edits edits_new(void);

/** Replace SPAN of DOCUMENT's analysis by TEXT. */
void edits_add(struct lsp_server *server, struct edits *edits, struct lsp_document *document,
	       struct span span, const char *text);

/** The WorkspaceEdit; EDITS is used up. */
json_t *edits_value(struct lsp_server *server, struct edits *edits);

#endif
