/* Comma-separated values as RFC 4180 has them: one header, and the same columns in every row.
 */
#include <inttypes.h>
#include <string.h>

#include "report_state.h"

enum { MAX_NUMBER = 24 };

/* What a row says; NULL is an empty cell. The order is that of the columns. */
struct row {
	const char *type, *verdict, *count, *pid, *log_line, *name, *param, *what, *cause,
		*error, *file, *line, *text;
};

enum { COLUMNS = sizeof(struct row) / sizeof(const char *) };

static void put_cell(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void put_row(FILE *out, const struct row *row)
{
	const char *cells[COLUMNS];

	memcpy(cells, row, sizeof(cells));
	for (size_t i = 0; i < COLUMNS; i++) {
		if (i)
			putc(',', out);
		if (cells[i])
			put_cell(out, cells[i]);
	}
	fputs("\r\n", out);
}

/* NUMBER as text, NULL where it is 0. */
static const char *number(char text[static MAX_NUMBER], uint64_t value)
{
	snprintf(text, MAX_NUMBER, "%" PRIu64, value);
	return value ? text : NULL;
}

static void csv_start(const struct report *report)
{
	static const struct row header = {"type", "verdict", "count", "pid",   "log_line",
					  "name", "param",   "what",  "cause", "errno",
					  "file", "line",    "text"};

	put_row(report->options.out, &header);
}

static void csv_call(const struct report *report, const struct report_call *call)
{
	char pid[MAX_NUMBER], log_line[MAX_NUMBER], line[MAX_NUMBER];
	struct row row = {
		.type = "call",
		.verdict = report_kinds[call->kind].name,
		.count = "1",
		.pid = number(pid, (uint64_t)call->tid),
		.log_line = number(log_line, call->log_line),
		.name = call->name,
		.param = call->param,
		.what = call->what,
		.cause = call->cause,
		.file = call->file,
		.line = number(line, call->line),
		.text = call->text,
	};

	if (call->call && call->call->has_returned && call->call->ret < 0 &&
	    call->call->ret >= -4095)
		row.error = strerrorname_np((int)-call->call->ret);
	put_row(report->options.out, &row);
}

static void csv_loss(const struct report *report, const struct report_call *call,
		     const char *why)
{
	char pid[MAX_NUMBER];
	const struct row row = {
		.type = "loss",
		.pid = number(pid, (uint64_t)call->tid),
		.name = call->name,
		.cause = why,
		.text = call->text,
	};

	put_row(report->options.out, &row);
}

static void csv_note(const struct report *report, const char *text)
{
	const struct row row = {.type = "note", .text = text};

	put_row(report->options.out, &row);
}

static const char *errnos_text(struct arena *arena, const struct report_cause *cause)
{
	const char *text = NULL;

	for (size_t i = 0; i < cause->errnos.count; i++) {
		const struct report_errno *one = &cause->errnos.items[i];
		const char *name = strerrorname_np(one->error);

		text = arena_printf(arena, "%s%s%s:%" PRIu64, text ? text : "", text ? " " : "",
				    name ? name : arena_printf(arena, "%d", one->error),
				    one->count);
	}
	return text;
}

static void csv_cause(void *context, const struct report_cause *cause)
{
	const struct report *report = context;
	char count[MAX_NUMBER], pid[MAX_NUMBER], log_line[MAX_NUMBER], line[MAX_NUMBER];
	const struct row row = {
		.type = "cause",
		.verdict = report_kinds[cause->kind].name,
		.count = number(count, cause->count),
		.pid = number(pid, (uint64_t)cause->tid),
		.log_line = number(log_line, cause->log_line),
		.name = cause->name,
		.param = cause->param,
		.what = cause->what,
		.cause = cause->text,
		.error = errnos_text(report->arena, cause),
		.file = cause->file,
		.line = number(line, cause->line),
		.text = cause->example,
	};

	put_row(report->options.out, &row);
}

static void csv_rule(void *context, const struct report_rule *rule)
{
	const struct report *report = context;
	char count[MAX_NUMBER], line[MAX_NUMBER], column[sizeof("column ") + MAX_NUMBER];
	struct row row = {
		.type = "rule",
		.verdict = rule->count	? "used"
			   : rule->open ? "open"
					: "never",
		.count = "0",
		.name = rule->name,
		.file = rule->file,
		.line = number(line, rule->line),
	};

	if (rule->count)
		row.count = number(count, rule->count);
	snprintf(column, sizeof(column), "column %" PRIu32, rule->column);
	if (rule->shares_line)
		row.text = column;
	put_row(report->options.out, &row);
}

static void say(void *context, const char *sentence)
{
	csv_note(context, sentence);
}

static void csv_end(const struct report *report)
{
	void *context = (void *)(uintptr_t)report;

	if (report->options.only_summary)
		report_causes_each(report->causes, csv_cause, context);
	if (report->coverage)
		report_coverage_each(report->coverage, NULL, csv_rule, context);
	report_remarks(report, say, context);
}

const struct report_writer report_csv_writer = {
	.start = csv_start,
	.call = csv_call,
	.loss = csv_loss,
	.note = csv_note,
	.end = csv_end,
};
