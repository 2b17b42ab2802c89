#include <inttypes.h>
#include <string.h>

#include "report_state.h"

/* A line that is being put together. Logs have many, and what locks a file and looks for its
 * end with each word would take as long as all the rest. */
struct line {
	FILE *out;
	size_t len;
	char bytes[4096];
};

static void put_bytes(struct line *line, const char *bytes, size_t len)
{
	if (len > sizeof(line->bytes) - line->len) {
		fwrite(line->bytes, 1, line->len, line->out);
		line->len = 0;
	}
	if (len > sizeof(line->bytes)) {
		fwrite(bytes, 1, len, line->out);
		return;
	}
	memcpy(line->bytes + line->len, bytes, len);
	line->len += len;
}

static void put(struct line *line, const char *text)
{
	put_bytes(line, text, strlen(text));
}

static void put_number(struct line *line, uint32_t number, unsigned width)
{
	char digits[16];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while (number /= 10);
	while (sizeof(digits) - at < width)
		digits[--at] = ' ';
	put_bytes(line, digits + at, sizeof(digits) - at);
}

static void put_prefix(struct line *line, const struct report *report, pid_t tid)
{
	if (!report->has_many_tids || !tid)
		return;
	put(line, "[pid ");
	put_number(line, (uint32_t)tid, 5);
	put(line, "] ");
}

static void end_line(struct line *line)
{
	put_bytes(line, "\n", 1);
	fwrite(line->bytes, 1, line->len, line->out);
}

static void text_call(const struct report *report, const struct report_call *call)
{
	const struct report_kind_info *kind = &report_kinds[call->kind];
	struct line line;

	line.out = report->options.out;
	line.len = 0;
	put_prefix(&line, report, call->tid);
	put(&line, call->text);
	put(&line, kind->mark);
	if (*call->cause) {
		put(&line, ": ");
		put(&line, call->cause);
	}
	if (call->file && call->kind != REPORT_SUPPORTED) {
		put(&line, "; ");
		put(&line, kind->rule);
		put(&line, call->file);
		put(&line, ":");
		put_number(&line, call->line, 0);
	}
	end_line(&line);
}

static void text_loss(const struct report *report, const struct report_call *call,
		      const char *why)
{
	struct line line;

	if (report->options.is_quiet)
		return;
	line.out = report->options.out;
	line.len = 0;
	put_prefix(&line, report, call->tid);
	put(&line, call->text);
	put(&line, " (visibility lost from here): ");
	put(&line, why);
	end_line(&line);
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
	fprintf(out, "%s:%" PRIu32, rule->file, rule->line);
	if (rule->shares_line && rule->column)
		fprintf(out, ":%" PRIu32, rule->column);
	fprintf(out, ": %s\n", rule->name);
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
