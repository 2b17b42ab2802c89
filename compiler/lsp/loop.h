/* loop: the language server on a pair of file descriptors. */
#ifndef SCML_LSP_LOOP_H
#define SCML_LSP_LOOP_H

#include "server.h"

/**
 * Serve until `exit`, the end of IN, or an error in reading or writing. The status that the
 * program ends with: 0 after an orderly end, 1 after one without `shutdown`, 3 where IN or OUT
 * fails.
 */
int lsp_loop(const struct lsp_options *options, int in, int out);

#endif
