/* diag_sinks: the writers behind diags_write(), one file each. */
#ifndef SCML_DIAG_SINKS_H
#define SCML_DIAG_SINKS_H

#include "diag.h"

/** Write DIAGS, whose spans are of FILES, to OUT. COLOR is heeded by the text alone. */
void diag_write_text(const struct diags *diags, const struct sources *files, bool color,
		     FILE *out);
void diag_write_json(const struct diags *diags, const struct sources *files, bool color,
		     FILE *out);
void diag_write_sarif(const struct diags *diags, const struct sources *files, bool color,
		      FILE *out);
void diag_write_github(const struct diags *diags, const struct sources *files, bool color,
		       FILE *out);

/** "note", "warning" or "error". */
const char *diag_level_name(enum diag_level level);

#endif
