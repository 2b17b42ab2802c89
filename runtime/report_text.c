#include <inttypes.h>
#include <string.h>

#include "report_state.h"

/* Logs have many lines; fprintf() would take as long as all the rest. */
static void put_number(FILE *out, uint32_t number, unsigned width)
{
	char digits[16];
	size_t at = sizeof(digits);

	digits[--at] = '\0';
	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	while (sizeof(digits) - 1 - at < width)
		digits[--at] = ' ';
	fputs(digits + at, out);
}

static void write_prefix(const struct report *report, pid_t tid)
{
	if (!report->has_many_tids || !tid)
		return;
	fputs("[pid ", report->options.out);
	put_number(report->options.out, (uint32_t)tid, 5);
	fputs("] ", report->options.out);
}

static void text_call(const struct report *report, const struct report_call *call)
{
	const struct report_kind_info *kind = &report_kinds[call->kind];
	FILE *out = report->options.out;

	write_prefix(report, call->tid);
	fputs(call->text, out);
	fputs(kind->mark, out);
	if (*call->cause) {
		fputs(": ", out);
		fputs(call->cause, out);
	}
	if (call->file && call->kind != REPORT_SUPPORTED) {
		fputs("; ", out);
		fputs(kind->rule, out);
		fputs(call->file, out);
		fputc(':', out);
		put_number(out, call->line, 0);
	}
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
