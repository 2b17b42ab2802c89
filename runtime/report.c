#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json_text.h"
#include "report_causes.h"

struct report {
	struct arena *arena;
	struct report_options options;
	struct report_causes *causes;
	uint64_t counts[REPORT_KINDS];
	uint64_t losses;
	uint64_t lost; /* of the totals */
	uint64_t lines;
	uint64_t lines_left_out;
	pid_t first_tid;
	bool has_many_tids; /* from then on every line says whose it is */
	int error;
};

static const struct {
	const char *name; /* in JSON, and of the cause's line in the summary */
	const char *mark; /* behind the call */
	const char *rule; /* what the rule that is named is to the call */
} kinds[REPORT_KINDS] = {
	[REPORT_UNSUPPORTED] = {"unsupported", " (unsupported)", "nearest "},
	[REPORT_UNDECIDED] = {"undecided", " (undecided)", ""},
	[REPORT_UNREADABLE] = {"unreadable", " (undecided)", ""},
	[REPORT_FOREIGN] = {"foreign", " (other table)", ""},
	[REPORT_SUPPORTED] = {"supported", "", ""},
};

struct report *report_new(const struct report_options *options)
{
	struct arena *arena = arena_new();
	struct report *report = ARENA_NEW(arena, struct report);

	report->arena = arena;
	report->options = *options;
	report->causes = report_causes_new(arena);
	return report;
}

static bool is_shown(const struct report *report, enum report_kind kind)
{
	switch (kind) {
	case REPORT_UNSUPPORTED:
	case REPORT_FOREIGN:
		return !report->options.only_summary;
	case REPORT_UNDECIDED:
	case REPORT_UNREADABLE:
		return report->options.shows_undecided && !report->options.only_summary;
	case REPORT_SUPPORTED:
		return report->options.shows_supported && !report->options.only_summary;
	case REPORT_KINDS:
		break;
	}
	return false;
}

static bool is_full(const struct report *report)
{
	return report->options.max_lines && report->lines >= report->options.max_lines;
}

bool report_wants_text(const struct report *report, enum report_kind kind)
{
	return is_shown(report, kind) && !is_full(report);
}

/* As strace does it: the pid is shown once there is more than one. */
static void note_tid(struct report *report, pid_t tid)
{
	if (!report->first_tid)
		report->first_tid = tid;
	else if (tid && tid != report->first_tid)
		report->has_many_tids = true;
}

static void write_prefix(const struct report *report, pid_t tid)
{
	if (report->has_many_tids && tid)
		fprintf(report->options.out, "[pid %5d] ", (int)tid);
}

static void write_text(const struct report *report, const struct report_call *call)
{
	FILE *out = report->options.out;

	write_prefix(report, call->tid);
	fputs(call->text, out);
	fputs(kinds[call->kind].mark, out);
	if (*call->cause)
		fprintf(out, ": %s", call->cause);
	if (call->file && call->kind != REPORT_SUPPORTED)
		fprintf(out, "; %s%s:%" PRIu32, kinds[call->kind].rule, call->file, call->line);
	fputc('\n', out);
}

static void write_json_key(FILE *out, const char *key, const char *value)
{
	fprintf(out, ",\"%s\":", key);
	json_write_string(out, value);
}

/* 64-bit words travel as strings: readers that take numbers for doubles would round them. */
static void write_json_registers(FILE *out, const struct scml_call *call)
{
	fprintf(out, ",\"arch\":\"0x%" PRIx32 "\",\"nr\":%" PRIu32 ",\"args\":[", call->arch,
		call->nr);
	for (size_t i = 0; i < SCML_REGISTERS; i++)
		fprintf(out, "%s\"0x%" PRIx64 "\"", i ? "," : "", call->args[i]);
	fputc(']', out);
	if (call->has_returned)
		fprintf(out, ",\"ret\":\"0x%" PRIx64 "\"", (uint64_t)call->ret);
}

static void write_json(const struct report *report, const struct report_call *call)
{
	FILE *out = report->options.out;

	fprintf(out, "{\"type\":\"call\",\"verdict\":\"%s\"", kinds[call->kind].name);
	if (call->tid)
		fprintf(out, ",\"pid\":%d", (int)call->tid);
	write_json_key(out, "name", call->name);
	if (call->call)
		write_json_registers(out, call->call);
	write_json_key(out, "text", call->text);
	if (*call->cause)
		write_json_key(out, "cause", call->cause);
	if (call->param)
		write_json_key(out, "param", call->param);
	if (call->has_value)
		fprintf(out, ",\"value\":\"0x%" PRIx64 "\"", call->value);
	if (call->file) {
		write_json_key(out, "file", call->file);
		fprintf(out, ",\"line\":%" PRIu32, call->line);
	}
	fputs("}\n", out);
}

/* Lines come while the program waits: they reach the reader before it goes on. */
static void flush(struct report *report)
{
	if ((fflush(report->options.out) || ferror(report->options.out)) && !report->error)
		report->error = errno ? errno : EIO;
}

bool report_wants_each(const struct report *report)
{
	return report->options.shows_supported || report->options.wants_each;
}

static void show(struct report *report, const struct report_call *call)
{
	if (is_full(report)) {
		report->lines_left_out++;
		return;
	}
	report->lines++;
	if (report->options.format == REPORT_JSON)
		write_json(report, call);
	else
		write_text(report, call);
	flush(report);
}

void report_add_many(struct report *report, const struct report_call *call, uint64_t count)
{
	report->counts[call->kind] += count;
	note_tid(report, call->tid);
	if (call->kind != REPORT_SUPPORTED)
		report_causes_count(report->causes, call, count);
	if (is_shown(report, call->kind))
		for (uint64_t i = 0; i < count; i++)
			show(report, call);
}

void report_add(struct report *report, const struct report_call *call)
{
	report_add_many(report, call, 1);
}

void report_add_loss(struct report *report, const struct report_call *call, const char *why)
{
	FILE *out = report->options.out;

	report->losses++;
	note_tid(report, call->tid);
	if (report->options.format == REPORT_JSON) {
		fprintf(out, "{\"type\":\"loss\",\"pid\":%d", (int)call->tid);
		write_json_key(out, "name", call->name);
		write_json_key(out, "text", call->text);
		write_json_key(out, "cause", why);
		fputs("}\n", out);
	} else if (!report->options.is_quiet) {
		write_prefix(report, call->tid);
		fprintf(out, "%s (visibility lost from here): %s\n", call->text, why);
	}
	flush(report);
}

void report_note(struct report *report, const char *format, ...)
{
	FILE *out = report->options.out;
	va_list args;
	char *text;

	if (report->options.is_quiet)
		return;
	va_start(args, format);
	text = arena_vprintf(report->arena, format, args);
	va_end(args);
	if (report->options.format == REPORT_JSON) {
		fputs("{\"type\":\"note\"", out);
		write_json_key(out, "text", text);
		fputs("}\n", out);
	} else {
		fprintf(out, "scmltrace: %s\n", text);
	}
	flush(report);
}

static void summary_cause_text(void *context, const struct report_cause *cause)
{
	FILE *out = context;

	fprintf(out, "%8" PRIu64 " %-11s %s", cause->count, kinds[cause->kind].name,
		cause->name);
	if (*cause->text)
		fprintf(out, ": %s", cause->text);
	if (cause->file)
		fprintf(out, "; %s%s:%" PRIu32, kinds[cause->kind].rule, cause->file,
			cause->line);
	fputc('\n', out);
}

static void summary_cause_json(void *context, const struct report_cause *cause)
{
	FILE *out = context;

	fprintf(out, "{\"type\":\"cause\",\"verdict\":\"%s\",\"count\":%" PRIu64,
		kinds[cause->kind].name, cause->count);
	write_json_key(out, "name", cause->name);
	write_json_key(out, "cause", cause->text);
	if (cause->file) {
		write_json_key(out, "file", cause->file);
		fprintf(out, ",\"line\":%" PRIu32, cause->line);
	}
	fputs("}\n", out);
}

static void summary_text(const struct report *report, const struct report_totals *totals)
{
	FILE *out = report->options.out;

	fprintf(out,
		"scmltrace: calls: %" PRIu64 " unsupported, %" PRIu64 " undecided, %" PRIu64
		" of other tables, %" PRIu64 " supported%s\n",
		report->counts[REPORT_UNSUPPORTED],
		report->counts[REPORT_UNDECIDED] + report->counts[REPORT_UNREADABLE],
		report->counts[REPORT_FOREIGN], report->counts[REPORT_SUPPORTED],
		totals->beside);
	report_causes_each(report->causes, summary_cause_text, out);
	if (report->lines_left_out)
		fprintf(out, "scmltrace: %" PRIu64 " more lines are left out\n",
			report->lines_left_out);
	if (totals->interrupted || totals->withdrawn)
		fprintf(out,
			"scmltrace: %" PRIu64
			" calls never happened: a signal interrupted or killed the caller\n",
			totals->interrupted + totals->withdrawn);
	if (report->counts[REPORT_UNREADABLE])
		fprintf(out, "scmltrace: the memory of %" PRIu64 " calls could not be read\n",
			report->counts[REPORT_UNREADABLE]);
	if (totals->lost)
		fprintf(out, "scmltrace: %" PRIu64 " were lost or could not be read\n",
			totals->lost);
	if (!report_is_complete(report))
		fprintf(out,
			"scmltrace: cannot certify: not everything was seen and decided\n");
}

static void summary_json(const struct report *report, const struct report_totals *totals)
{
	FILE *out = report->options.out;

	report_causes_each(report->causes, summary_cause_json, out);
	fputs("{\"type\":\"summary\"", out);
	for (size_t i = 0; i < REPORT_KINDS; i++)
		fprintf(out, ",\"%s\":%" PRIu64, kinds[i].name, report->counts[i]);
	fprintf(out,
		",\"left_out\":%" PRIu64 ",\"losses\":%" PRIu64 ",\"lost\":%" PRIu64
		",\"withdrawn\":%" PRIu64 ",\"interrupted\":%" PRIu64 ",\"complete\":%s}\n",
		report->lines_left_out, report->losses, totals->lost, totals->withdrawn,
		totals->interrupted, report_is_complete(report) ? "true" : "false");
}

int report_end(struct report *report, const struct report_totals *totals)
{
	report->lost = totals->lost;
	if (!report->options.is_quiet) {
		if (report->options.format == REPORT_JSON)
			summary_json(report, totals);
		else
			summary_text(report, totals);
	}
	flush(report);
	return report->error;
}

uint64_t report_count(const struct report *report, enum report_kind kind)
{
	return report->counts[kind];
}

bool report_is_complete(const struct report *report)
{
	return !report->losses && !report->lost && !report->counts[REPORT_UNDECIDED] &&
	       !report->counts[REPORT_UNREADABLE] && !report->counts[REPORT_FOREIGN];
}

void report_free(struct report *report)
{
	if (report)
		arena_free(report->arena);
}
