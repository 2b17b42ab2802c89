/* uri: from the editor's names of files to paths, and back. */
#ifndef SCML_LSP_URI_H
#define SCML_LSP_URI_H

#include "arena.h"

/** The path of a `file:` URI, percent signs decoded; of another URI the URI itself. In ARENA.
 */
const char *uri_to_path(struct arena *arena, const char *uri);

/** The `file:` URI of an absolute PATH; of another text that text. In ARENA. */
const char *uri_of_path(struct arena *arena, const char *path);

/** PATH without `.`, `..` and doubled slashes, as far as text alone tells. In ARENA. */
const char *path_tidy(struct arena *arena, const char *path);

#endif
