/* trace_output: where the results of scmltrace go. */
#ifndef SCML_TRACE_OUTPUT_H
#define SCML_TRACE_OUTPUT_H

#include <stdio.h>

#include "trace_options.h"

/**
 * Would a result that OPTIONS ask for replace a file that was or will be read? Says so on
 * standard error and gives TRACE_USAGE; else TRACE_DONE. To be asked when the specs are read.
 */
int trace_output_check(const struct trace_options *options);

/** What makes a result on OUT; gives an exit status. */
typedef int trace_make(const struct trace_options *options, FILE *out);

/**
 * Have MAKE write where OPTIONS say, and give its status: a report of calls as they come, to
 * standard error if nowhere else; a sum or a plan at once when it is whole, to standard output.
 */
int trace_output_run(const struct trace_options *options, trace_make *make);

#endif
