#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report_state.h"

enum { HELD_BYTES = 64 << 10 }; /* of lines for which nobody waits */

const struct report_kind_info report_kinds[REPORT_KINDS] = {
	[REPORT_UNSUPPORTED] = {"unsupported", " (unsupported)", "nearest "},
	[REPORT_UNDECIDED] = {"undecided", " (undecided)", ""},
	[REPORT_UNREADABLE] = {"unreadable", " (undecided)", ""},
	[REPORT_FOREIGN] = {"foreign", " (other table)", ""},
	[REPORT_SUPPORTED] = {"supported", "", ""},
};

static const struct report_writer *const writers[REPORT_FORMATS] = {
	[REPORT_TEXT] = &report_text_writer,
	[REPORT_JSON] = &report_json_writer,
	[REPORT_CSV] = &report_csv_writer,
};

static const struct report_writer *writer_of(const struct report *report)
{
	return writers[report->options.format];
}

struct report *report_new(const struct report_options *options)
{
	struct arena *arena = arena_new();
	struct report *report = ARENA_NEW(arena, struct report);

	report->arena = arena;
	report->options = *options;
	report->causes = report_causes_new(arena, REPORT_MAX_CAUSES);
	if (options->coverage)
		report->coverage = report_coverage_new(arena, options->coverage);
	if (options->needs)
		report->needs = report_needs_new(arena, options->needs);
	if (writer_of(report)->start)
		writer_of(report)->start(report);
	return report;
}

void report_attach(struct report *report, const struct report_sink *sink)
{
	vec_push(report->arena, &report->sinks, *sink);
	report->wants_each |= sink->wants_each;
	report->wants_text |= sink->wants_text;
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
	if (report->wants_text && kind != REPORT_SUPPORTED)
		return true;
	return is_shown(report, kind) && !is_full(report);
}

bool report_wants_each(const struct report *report)
{
	return is_shown(report, REPORT_SUPPORTED) || report->coverage || report->wants_each;
}

/* As strace does it: the pid is shown once there is more than one. */
static void note_tid(struct report *report, pid_t tid)
{
	if (!report->first_tid)
		report->first_tid = tid;
	else if (tid && tid != report->first_tid)
		report->has_many_tids = true;
}

bool report_wants_values(const struct report *report, enum report_kind kind)
{
	return report->needs || report->sinks.count ||
	       (report->options.format != REPORT_TEXT && report_wants_text(report, kind));
}

void report_hold(struct report *report)
{
	/* Standard error has no buffer: each line would be a call of its own. */
	report->is_held = !setvbuf(report->options.out, arena_alloc(report->arena, HELD_BYTES),
				   _IOFBF, HELD_BYTES);
}

void report_flush(struct report *report)
{
	if ((fflush(report->options.out) || ferror(report->options.out)) && !report->error)
		report->error = errno ? errno : EIO;
}

/* Lines come while the program waits: they reach the reader before it goes on. */
static void flush(struct report *report)
{
	if (!report->is_held)
		report_flush(report);
}

static void show(struct report *report, const struct report_call *call)
{
	if (is_full(report)) {
		report->lines_left_out++;
		return;
	}
	report->lines++;
	writer_of(report)->call(report, call);
	flush(report);
}

void report_add_many(struct report *report, const struct report_call *call, uint64_t count)
{
	const struct report_sink *sink;

	report->counts[call->kind] += count;
	note_tid(report, call->tid);
	if (call->kind != REPORT_SUPPORTED)
		report_causes_count(report->causes, call, count);
	if (report->coverage)
		report_coverage_count(report->coverage, call, count);
	if (report->needs)
		report_needs_count(report->needs, call, count);
	vec_each (sink, &report->sinks)
		sink->add(sink->state, call, count);
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
	report->losses++;
	note_tid(report, call->tid);
	writer_of(report)->loss(report, call, why);
	flush(report);
}

void report_note(struct report *report, const char *format, ...)
{
	va_list args;
	const char *text;

	if (report->options.is_quiet)
		return;
	va_start(args, format);
	text = arena_vprintf(report->arena, format, args);
	va_end(args);
	writer_of(report)->note(report, text);
	flush(report);
}

void report_note_loss(struct report *report, const char *text)
{
	report->losses++;
	report_note(report, "%s", text);
}

void report_remarks(const struct report *report,
		    void (*say)(void *context, const char *sentence), void *context)
{
	const uint64_t never = report->totals.interrupted + report->totals.withdrawn;
	const struct {
		uint64_t count;
		const char *one, *many; /* of which % is the number */
	} remarks[] = {
		{report->lines_left_out, "1 more line is left out",
		 "%" PRIu64 " more lines are left out"},
		{never, "1 call never happened: a signal interrupted or killed the caller",
		 "%" PRIu64 " calls never happened: a signal interrupted or killed the caller"},
		{report->counts[REPORT_UNREADABLE], "the memory of 1 call could not be read",
		 "the memory of %" PRIu64 " calls could not be read"},
		{report->totals.lost, "1 line or call was lost or could not be read",
		 "%" PRIu64 " lines or calls were lost or could not be read"},
	};

	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++) {
		if (remarks[i].count == 1)
			say(context, remarks[i].one);
		else if (remarks[i].count)
			say(context,
			    arena_printf(report->arena, remarks[i].many, remarks[i].count));
	}
	if (!report_is_complete(report))
		say(context, "cannot certify: not everything was seen and decided");
}

int report_end(struct report *report, const struct report_totals *totals)
{
	const struct report_sink *sink;

	report->totals = *totals;
	if (!report->options.is_quiet)
		writer_of(report)->end(report);
	report_flush(report);
	vec_each (sink, &report->sinks) {
		int error = sink->end(sink->state, report);

		report->error = report->error ? report->error : error;
	}
	return report->error;
}

uint64_t report_count(const struct report *report, enum report_kind kind)
{
	return report->counts[kind];
}

bool report_is_complete(const struct report *report)
{
	return !report->losses && !report->totals.lost && !report->counts[REPORT_UNDECIDED] &&
	       !report->counts[REPORT_UNREADABLE] && !report->counts[REPORT_FOREIGN];
}

void report_free(struct report *report)
{
	if (report && report->is_held)
		setvbuf(report->options.out, NULL, _IONBF, 0);
	if (report)
		arena_free(report->arena);
}
