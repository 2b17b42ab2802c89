#include <inttypes.h>
#include <string.h>

#include "json_text.h"
#include "report_state.h"

static void put_key(FILE *out, const char *key, const char *value)
{
	fprintf(out, ",\"%s\":", key);
	json_write_string(out, value);
}

static void put_optional(FILE *out, const char *key, const char *value)
{
	if (value)
		put_key(out, key, value);
}

static void put_rule(FILE *out, const char *file, uint32_t line)
{
	if (!file)
		return;
	put_key(out, "file", file);
	fprintf(out, ",\"line\":%" PRIu32, line);
}

/* 64-bit words travel as strings: readers that take numbers for doubles would round them. */
static void put_registers(FILE *out, const struct scml_call *call)
{
	fprintf(out, ",\"arch\":\"0x%" PRIx32 "\",\"nr\":%" PRIu32 ",\"args\":[", call->arch,
		call->nr);
	for (size_t i = 0; i < SCML_REGISTERS; i++)
		fprintf(out, "%s\"0x%" PRIx64 "\"", i ? "," : "", call->args[i]);
	fputc(']', out);
	if (call->has_returned)
		fprintf(out, ",\"ret\":\"0x%" PRIx64 "\"", (uint64_t)call->ret);
}

static void json_call(const struct report *report, const struct report_call *call)
{
	FILE *out = report->options.out;

	fprintf(out, "{\"type\":\"call\",\"verdict\":\"%s\"", report_kinds[call->kind].name);
	if (call->tid)
		fprintf(out, ",\"pid\":%d", (int)call->tid);
	if (call->log_line)
		fprintf(out, ",\"log_line\":%" PRIu64, call->log_line);
	put_key(out, "name", call->name);
	if (call->call)
		put_registers(out, call->call);
	put_key(out, "text", call->text);
	if (*call->cause)
		put_key(out, "cause", call->cause);
	put_optional(out, "param", call->param);
	put_optional(out, "what", call->what);
	if (call->has_value)
		fprintf(out, ",\"value\":\"0x%" PRIx64 "\"", call->value);
	put_rule(out, call->file, call->line);
	fputs("}\n", out);
}

static void json_loss(const struct report *report, const struct report_call *call,
		      const char *why)
{
	FILE *out = report->options.out;

	if (report->options.only_summary)
		return;
	fprintf(out, "{\"type\":\"loss\",\"pid\":%d", (int)call->tid);
	put_key(out, "name", call->name);
	put_key(out, "text", call->text);
	put_key(out, "cause", why);
	fputs("}\n", out);
}

/* A summary is there to be added up; notes are not. What they count stands in its numbers. */
static void json_note(const struct report *report, const char *text)
{
	FILE *out = report->options.out;

	if (report->options.only_summary)
		return;
	fputs("{\"type\":\"note\"", out);
	put_key(out, "text", text);
	fputs("}\n", out);
}

static void put_errnos(FILE *out, const struct report_cause *cause)
{
	if (!cause->errnos.count)
		return;
	fputs(",\"errnos\":{", out);
	for (size_t i = 0; i < cause->errnos.count; i++) {
		const struct report_errno *one = &cause->errnos.items[i];
		const char *name = strerrorname_np(one->error);

		fprintf(out, "%s\"", i ? "," : "");
		if (name)
			fprintf(out, "%s", name);
		else
			fprintf(out, "%d", one->error);
		fprintf(out, "\":%" PRIu64, one->count);
	}
	fputc('}', out);
}

static void json_cause(void *context, const struct report_cause *cause)
{
	FILE *out = context;

	fprintf(out, "{\"type\":\"cause\",\"verdict\":\"%s\",\"count\":%" PRIu64,
		report_kinds[cause->kind].name, cause->count);
	put_key(out, "name", cause->name);
	put_key(out, "cause", cause->text);
	put_optional(out, "param", cause->param);
	put_optional(out, "what", cause->what);
	put_rule(out, cause->file, cause->line);
	put_errnos(out, cause);
	fputs("}\n", out);
}

static void json_need(void *context, const struct report_cause *need)
{
	FILE *out = context;

	fprintf(out, "{\"type\":\"need\",\"count\":%" PRIu64, need->count);
	put_key(out, "name", need->name);
	put_optional(out, "param", need->param);
	put_optional(out, "what", need->what);
	put_rule(out, need->file, need->line);
	fputs("}\n", out);
}

static void json_rule(void *context, const struct report_rule *rule)
{
	FILE *out = context;

	fprintf(out, "{\"type\":\"rule\",\"count\":%" PRIu64 ",\"open\":%" PRIu64, rule->count,
		rule->open);
	put_key(out, "name", rule->name);
	put_rule(out, rule->file, rule->line);
	if (rule->column)
		fprintf(out, ",\"column\":%" PRIu32, rule->column);
	fputs("}\n", out);
}

static void json_end(const struct report *report)
{
	const struct report_totals *totals = &report->totals;
	FILE *out = report->options.out;

	report_causes_each(report->causes, json_cause, out);
	if (report->needs)
		report_needs_each(report->needs, json_need, out);
	if (report->coverage)
		report_coverage_each(report->coverage, NULL, json_rule, out);
	fputs("{\"type\":\"summary\",\"version\":1", out);
	for (size_t i = 0; i < REPORT_KINDS; i++)
		fprintf(out, ",\"%s\":%" PRIu64, report_kinds[i].name, report->counts[i]);
	fprintf(out,
		",\"left_out\":%" PRIu64 ",\"losses\":%" PRIu64 ",\"lost\":%" PRIu64
		",\"withdrawn\":%" PRIu64 ",\"interrupted\":%" PRIu64 ",\"complete\":%s}\n",
		report->lines_left_out, report->losses, totals->lost, totals->withdrawn,
		totals->interrupted, report_is_complete(report) ? "true" : "false");
}

const struct report_writer report_json_writer = {
	.call = json_call,
	.loss = json_loss,
	.note = json_note,
	.end = json_end,
};
