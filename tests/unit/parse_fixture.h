/* parse_fixture: one document parsed, for the tests of the parser. */
#ifndef SCML_PARSE_FIXTURE_H
#define SCML_PARSE_FIXTURE_H

#include <stddef.h>

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "source.h"

extern struct arena *arena;
extern struct sources *sources;
extern struct diags *diags;

void set_up(void);
void tear_down(void);

/** Parse SIZE bytes under the name PATH; the diagnostics are added to those in `diags`. */
const struct ast_document *parse_bytes(const char *path, const char *text, size_t size);
/** The same for a whole .scml file. */
const struct ast_document *parse(const char *text);

/** The diagnostics as `LINE:COLUMN message`, a line each. */
const char *messages(void);
/** The tree in one fixed form: numbers in decimal, `#` before a bare one, no needless blanks.
 */
const char *show(const struct ast_document *document);

#endif
