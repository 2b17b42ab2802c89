/* settings: how rules are checked, from the command line and from the editor. */
#ifndef SCML_LSP_SETTINGS_H
#define SCML_LSP_SETTINGS_H

#include "server.h"
#include "state.h"

/** Take OPTIONS; an overlay that cannot be read is shown to the user later on. */
void settings_from_options(struct lsp_server *server, const struct lsp_options *options);

/**
 * Take what the editor sets: `{arch: [...], abi: [FILE...], minKernel: "6.1", portable: bool,
 * warnings: ["no-covered", ...]}`, on top of the command line; FILE is relative to the first
 * folder. What is wrong is shown to the
 * user with window/showMessage.
 */
void settings_from_value(struct lsp_server *server, const json_t *value);

/** The architecture that answers are about: the first that was asked for, or the host. */
unsigned settings_arch(const struct lsp_server *server);

void settings_free(struct lsp_settings *settings);

#endif
