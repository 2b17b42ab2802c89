/* trace_plan: `scmltrace plan`. */
#ifndef SCML_TRACE_PLAN_H
#define SCML_TRACE_PLAN_H

#include "judge.h"
#include "trace_options.h"

/** Is PATH, an operand of `plan`, a spec and not a log or a report? */
bool trace_plan_is_spec(const char *path);

/**
 * Plan for the logs and JSON reports in OPTIONS->files, to OUT. JUDGE, which has no report, has
 * the rules. @return an exit status; what went wrong has been said
 */
int trace_plan(const struct trace_options *options, const struct judge *judge, FILE *out);

#endif
