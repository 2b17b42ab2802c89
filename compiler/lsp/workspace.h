/* workspace: the folders that the editor has open, and the definitions in their files. */
#ifndef SCML_LSP_WORKSPACE_H
#define SCML_LSP_WORKSPACE_H

#include "state.h"

enum {
	WORKSPACE_MAX_FILES = 20000,  /* that are looked at */
	WORKSPACE_MAX_DEPTH = 32,     /* of folders */
	WORKSPACE_MAX_SYMBOLS = 1000, /* of one answer */
};

/** Folders come and go; URI may be NULL. */
void workspace_add_folder(struct lsp_server *server, const char *uri);
void workspace_remove_folder(struct lsp_server *server, const char *uri);

void workspace_free(struct lsp_server *server);

#endif
