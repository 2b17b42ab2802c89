#include <inttypes.h>
#include <string.h>

#include "report_state.h"

static void write_prefix(const struct report *report, pid_t tid)
{
	if (report->has_many_tids && tid)
		fprintf(report->options.out, "[pid %5d] ", (int)tid);
}

static void text_call(const struct report *report, const struct report_call *call)
{
	const struct report_kind_info *kind = &report_kinds[call->kind];
	FILE *out = report->options.out;

	write_prefix(report, call->tid);
	fputs(call->text, out);
	fputs(kind->mark, out);
	if (*call->cause)
		fprintf(out, ": %s", call->cause);
	if (call->file && call->kind != REPORT_SUPPORTED)
		fprintf(out, "; %s%s:%" PRIu32, kind->rule, call->file, call->line);
	fputc('\n', out);
}

static void text_loss(const struct report *report, const struct report_call *call,
		      const char *why)
{
	if (report->options.is_quiet)
		return;
	write_prefix(report, call->tid);
	fprintf(report->options.out, "%s (visibility lost from here): %s\n", call->text, why);
}

static void text_note(const struct report *report, const char *text)
{
	fprintf(report->options.out, "scmltrace: %s\n", text);
}

static void text_cause(void *context, const struct report_cause *cause)
{
	const struct report_kind_info *kind = &report_kinds[cause->kind];
	FILE *out = context;

	fprintf(out, "%8" PRIu64 " %-11s %s", cause->count, kind->name, cause->name);
	if (*cause->text)
		fprintf(out, ": %s", cause->text);
	if (cause->file)
		fprintf(out, "; %s%s:%" PRIu32, kind->rule, cause->file, cause->line);
	fputc('\n', out);
}

static void say(void *context, const char *sentence)
{
	text_note(context, sentence);
}

static void text_rule(void *context, const struct report_rule *rule)
{
	FILE *out = context;

	if (rule->count)
		fprintf(out, "%8" PRIu64 " ", rule->count);
	else
		fprintf(out, "%8s ", rule->open ? "open" : "never");
	fprintf(out, "%s:%" PRIu32 ": %s\n", rule->file, rule->line, rule->name);
}

static void text_rule_file(void *context, const struct report_rule_file *file)
{
	fprintf(context, "%s: %" PRIu64 " of %" PRIu64 " rules were used\n", file->file,
		file->used, file->rules);
}

static void text_end(const struct report *report)
{
	FILE *out = report->options.out;

	fprintf(out,
		"scmltrace: calls: %" PRIu64 " unsupported, %" PRIu64 " undecided, %" PRIu64
		" of other tables, %" PRIu64 " supported%s\n",
		report->counts[REPORT_UNSUPPORTED],
		report->counts[REPORT_UNDECIDED] + report->counts[REPORT_UNREADABLE],
		report->counts[REPORT_FOREIGN], report->counts[REPORT_SUPPORTED],
		report->totals.beside);
	if (report->options.only_summary)
		report_table(report);
	else
		report_causes_each(report->causes, text_cause, out);
	if (report->coverage)
		report_coverage_each(report->coverage, text_rule_file, text_rule, out);
	report_remarks(report, say, (void *)(uintptr_t)report);
}

const struct report_writer report_text_writer = {
	.call = text_call,
	.loss = text_loss,
	.note = text_note,
	.end = text_end,
};
