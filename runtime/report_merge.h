/* report_merge: what other reports counted, added to one. */
#ifndef SCML_REPORT_MERGE_H
#define SCML_REPORT_MERGE_H

#include "report.h"
#include "report_causes.h"
#include "report_coverage.h"
#include "report_read.h"

/** Add to REPORT; strings are copied. Nothing is written before report_merge_end(). */
void report_merge_cause(struct report *report, const struct report_cause *cause);
void report_merge_need(struct report *report, const struct report_cause *need);
void report_merge_rule(struct report *report, const struct report_rule *rule);
void report_merge_sums(struct report *report, const struct report_sums *sums);

/** Write it as one run over everything would have done. @return 0 or an errno */
int report_merge_end(struct report *report);

#endif
