/* trace_merge: `scmltrace merge`. */
#ifndef SCML_TRACE_MERGE_H
#define SCML_TRACE_MERGE_H

#include "trace_options.h"

/** Add up the reports that OPTIONS name, to OUT. @return an exit status; what went wrong has
 * been said */
int trace_merge(const struct trace_options *options, FILE *out);

/** Open PATH (`-`: standard input); NULL after a message. */
FILE *trace_open(const char *path);

#endif
