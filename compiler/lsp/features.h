/*
 * features: the handlers of requests, one file each. Each gives what is to be answered (NULL
 * stands for null), or NULL after lsp_fail().
 */
#ifndef SCML_LSP_FEATURES_H
#define SCML_LSP_FEATURES_H

#include "state.h"

/* session.c */
json_t *lsp_initialize(struct lsp_server *server, const json_t *params);
void lsp_initialized(struct lsp_server *server, const json_t *params);
void lsp_configure(struct lsp_server *server, const json_t *params);
void lsp_folders_changed(struct lsp_server *server, const json_t *params);
void lsp_files_changed(struct lsp_server *server, const json_t *params);

/* hover.c */
json_t *lsp_hover(struct lsp_server *server, const json_t *params);
/* completion.c */
json_t *lsp_completion(struct lsp_server *server, const json_t *params);
json_t *lsp_completion_resolve(struct lsp_server *server, const json_t *params);
/* signature.c */
json_t *lsp_signature_help(struct lsp_server *server, const json_t *params);
/* definition.c */
json_t *lsp_definition(struct lsp_server *server, const json_t *params);
json_t *lsp_references(struct lsp_server *server, const json_t *params);
json_t *lsp_highlight(struct lsp_server *server, const json_t *params);
/* rename.c */
json_t *lsp_prepare_rename(struct lsp_server *server, const json_t *params);
json_t *lsp_rename(struct lsp_server *server, const json_t *params);
/* symbols.c */
json_t *lsp_document_symbols(struct lsp_server *server, const json_t *params);
/* workspace.c */
json_t *lsp_workspace_symbols(struct lsp_server *server, const json_t *params);
/* folding.c */
json_t *lsp_folding(struct lsp_server *server, const json_t *params);
/* selection.c */
json_t *lsp_selection(struct lsp_server *server, const json_t *params);
/* tokens.c */
json_t *lsp_tokens_full(struct lsp_server *server, const json_t *params);
json_t *lsp_tokens_range(struct lsp_server *server, const json_t *params);
json_t *lsp_tokens_legend(void);
/* actions.c */
json_t *lsp_code_actions(struct lsp_server *server, const json_t *params);
/* inlay.c */
json_t *lsp_inlay_hints(struct lsp_server *server, const json_t *params);

/* formatting.c */
json_t *lsp_formatting(struct lsp_server *server, const json_t *params);
json_t *lsp_range_formatting(struct lsp_server *server, const json_t *params);

#endif
