/* fmt_check: what has to hold whatever is formatted. */
#ifndef SCML_FMT_CHECK_H
#define SCML_FMT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/**
 * Lay out the SIZE bytes at TEXT under the name PATH. NULL if the layout is stable and keeps
 * every token and every comment, of the whole and of any range; or what is wrong, in ARENA.
 * What has syntax errors must stay as it is.
 */
const char *fmt_check(struct arena *arena, const char *path, const char *text, size_t size);

/** The text of PATH laid out, in ARENA; its length goes to *SIZE. NULL: it has errors. */
const char *fmt_lay_out_text(struct arena *arena, const char *path, const char *text,
			     size_t len, bool reflow, size_t *size);

#endif
