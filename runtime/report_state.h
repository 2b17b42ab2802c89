/*
 * report_state: what a report has gathered, for the formats that write it. A format is a row of
 * the table in report.c and a file of its own.
 */
#ifndef SCML_REPORT_STATE_H
#define SCML_REPORT_STATE_H

#include "arena.h"
#include "report.h"
#include "report_causes.h"
#include "report_coverage.h"
#include "report_needs.h"
#include "vec.h"

struct report {
	struct arena *arena;
	struct report_options options;
	struct report_causes *causes;
	struct report_coverage *coverage; /* NULL: nobody asked */
	struct report_needs *needs;	  /* NULL: nobody asked */
	VEC(struct report_sink) sinks;
	bool wants_each; /* a sink does */
	bool wants_text; /* a sink does */
	bool is_held;	 /* lines are flushed only when that is asked for */
	uint64_t counts[REPORT_KINDS];
	uint64_t losses;
	struct report_totals totals; /* known at the end */
	uint64_t lines;
	uint64_t lines_left_out;
	pid_t first_tid;
	bool has_many_tids; /* from then on every line says whose it is */
	int error;
};

/** What a kind is called. */
struct report_kind_info {
	const char *name; /* in JSON and CSV, and of the cause's line in the summary */
	const char *mark; /* behind the call */
	const char *rule; /* what the rule that is named is to the call */
};

extern const struct report_kind_info report_kinds[REPORT_KINDS];

/** How a report is written. All write to options.out; END is left out of quiet reports. */
struct report_writer {
	void (*start)(const struct report *report); /* NULL: nothing comes first */
	void (*call)(const struct report *report, const struct report_call *call);
	void (*loss)(const struct report *report, const struct report_call *call,
		     const char *why);
	void (*note)(const struct report *report, const char *text);
	void (*end)(const struct report *report);
};

extern const struct report_writer report_text_writer, report_json_writer, report_csv_writer;

/** The table of --summary. */
void report_table(const struct report *report);

/**
 * What the end of REPORT has to say beside counts and causes, sentence by sentence: what was
 * left out, what could not be read, that it cannot certify.
 */
void report_remarks(const struct report *report,
		    void (*say)(void *context, const char *sentence), void *context);

#endif
