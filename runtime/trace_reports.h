/* trace_reports: what a run writes beside the report itself. */
#ifndef SCML_TRACE_REPORTS_H
#define SCML_TRACE_REPORTS_H

#include "judge.h"
#include "trace_options.h"

/** Attach to the judge's report what OPTIONS ask for. What that needs is the compilation's. */
void trace_reports_attach(const struct trace_options *options, const struct judge *judge);

#endif
