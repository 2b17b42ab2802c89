/* trace_log: judge the calls in a log of strace's. */
#ifndef SCML_TRACE_LOG_H
#define SCML_TRACE_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "judge.h"
#include "report.h"

struct trace_log_options {
	bool shows_progress; /* on standard error, if that is a terminal */
	bool is_careful;     /* judge every line anew and as a whole: what tests compare with */
};

/**
 * Read the log at PATH (`-` is standard input; gzip and zstd are unpacked) and add its calls to
 * the judge's report. What was lost goes to TOTALS and, in words, to the report.
 * @param problem  why the log could not be read to its end, or NULL; what was read is judged
 * @return 0 or a negative errno: nothing was read, or memory ran out
 */
int trace_log(const struct judge *judge, const char *path,
	      const struct trace_log_options *options, struct report_totals *totals,
	      const char **problem);

#endif
