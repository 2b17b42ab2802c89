#include "report_merge.h"

#include "report_state.h"

void report_merge_cause(struct report *report, const struct report_cause *cause)
{
	report_causes_add(report->causes, cause);
}

void report_merge_need(struct report *report, const struct report_cause *need)
{
	if (!report->needs)
		report->needs = report_needs_new(report->arena, NULL);
	report_needs_add(report->needs, need);
}

void report_merge_rule(struct report *report, const struct report_rule *rule)
{
	if (!report->coverage)
		report->coverage = report_coverage_new(report->arena, NULL);
	report_coverage_add(report->coverage, rule);
}

void report_merge_sums(struct report *report, const struct report_sums *sums)
{
	for (size_t i = 0; i < REPORT_KINDS; i++)
		report->counts[i] += sums->counts[i];
	report->lines_left_out += sums->left_out;
	report->losses += sums->losses;
	report->totals.lost += sums->lost;
	report->totals.withdrawn += sums->withdrawn;
	report->totals.interrupted += sums->interrupted;
}

int report_merge_end(struct report *report)
{
	struct report_totals totals = report->totals;

	totals.beside = "";
	return report_end(report, &totals);
}
