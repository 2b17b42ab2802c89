/* diagnostics: what the compiler says of a document, as the protocol has it. */
#ifndef SCML_LSP_DIAGNOSTICS_H
#define SCML_LSP_DIAGNOSTICS_H

#include "state.h"

/** Send the diagnostics of DOCUMENT; CLEARED: none, for one that is closed. */
void diagnostics_publish(struct lsp_server *server, struct lsp_document *document);
void diagnostics_clear(struct lsp_server *server, const char *uri);

/** DIAG of DOCUMENT's analysis as the protocol has it; a new value. */
json_t *diagnostics_value(struct lsp_server *server, struct lsp_document *document,
			  const struct diag *diag);

/** Where DIAG is shown in DOCUMENT: one about an included file, at the line that includes it.
 */
struct span diagnostics_span(struct lsp_server *server, struct lsp_document *document,
			     const struct diag *diag);

#endif
