/* trace_log: judge the calls in a log of strace's. */
#ifndef SCML_TRACE_LOG_H
#define SCML_TRACE_LOG_H

#include "judge.h"
#include "report.h"

/**
 * Read the log at PATH (`-` is standard input) and add its calls to the judge's report. What
 * was lost goes to TOTALS and, in words, to the report.
 * @return 0 or a negative errno
 */
int trace_log(const struct judge *judge, const char *path, struct report_totals *totals);

#endif
