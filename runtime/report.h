/*
 * report: what scmltrace says about calls, as lines for people or as JSON, one object a line.
 * Where the calls come from (a live program, a log) is all the same here.
 */
#ifndef SCML_REPORT_H
#define SCML_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "scml.h"

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_CSV, REPORT_FORMATS };

struct report_needs_of;

struct report_options {
	FILE *out;
	enum report_format format;
	uint64_t max_lines;   /* calls that are shown; 0: all */
	bool is_quiet;	      /* no summary */
	bool only_summary;    /* no lines */
	bool shows_undecided; /* a line for each undecided call */
	bool shows_supported; /* a line for each supported call */
	/** Say which rules of this table were used, and how often; NULL: do not. */
	const struct scml_table *coverage;
	/** Tell what would have to be added to rules of this table; NULL: do not. */
	const struct report_needs_of *needs;
};

/** What a call turned out to be. */
enum report_kind {
	REPORT_UNSUPPORTED,
	REPORT_UNDECIDED,  /* not to be known by this engine */
	REPORT_UNREADABLE, /* undecided because memory could not be read */
	REPORT_FOREIGN,	   /* of another table than the rules are for */
	REPORT_SUPPORTED,
	REPORT_KINDS
};

/**
 * One judged call. All strings are copied where they are kept. Of a supported call, FILE and
 * LINE name the rule that supports it.
 */
struct report_call {
	enum report_kind kind;
	uint64_t log_line; /* on which it ends in the log, from 1; 0: it was seen alive */
	pid_t tid;	   /* 0: not known */
	const char *name;  /* of the call */
	const char *text;  /* the call in strace's form */
	const char *cause; /* why, in words; "" where nothing needs to be said */
	const char *param; /* the place that failed, `addr.sa_family`; NULL: none */
	const char *what;  /* what was found there, `AF_INET6`; NULL: nothing that has a name */
	uint32_t rule;	   /* that FILE and LINE are of, in the table, from 1; 0: not known */
	const char *file;  /* of the nearest rule, or the one that matches; NULL: none */
	uint32_t line;	   /* of that rule */
	bool has_value;	   /* the word that failed is known: */
	uint64_t value;
	const struct scml_call *call;	  /* NULL: not known by value */
	const struct scml_memory *memory; /* behind the pointers of CALL; NULL: out of sight */
};

struct report;

/** What the end of a run adds to what the calls said. */
struct report_totals {
	uint64_t lost;	      /* calls or lines that could not be seen or read at all */
	uint64_t withdrawn;   /* calls that never happened: their thread was killed */
	uint64_t interrupted; /* calls that never happened: a signal came first */
	const char *beside;   /* what is to be said behind the number of supported calls */
};

/**
 * Something beside the lines and the summary that takes the same calls: a page, a spec. A new
 * one is a file and a row of the table in trace_reports.c.
 */
struct report_sink {
	void *state;
	bool wants_each; /* supported calls too, each with values, memory and rule */
	bool wants_text; /* of all calls that are not supported */
	void (*add)(void *state, const struct report_call *call, uint64_t count);
	/** The run is over. @return 0 or an errno: writing failed */
	int (*end)(void *state, const struct report *report);
};

/** An empty report. Never NULL. */
struct report *report_new(const struct report_options *options);

/** Have SINK take the calls too, from now on. */
void report_attach(struct report *report, const struct report_sink *sink);

/** Does anything come of the text of a call of KIND? If not, nobody needs to make one. */
bool report_wants_text(const struct report *report, enum report_kind kind);

/**
 * Must every supported call be added by itself, with its values, its memory and its rule? If
 * not, a count of them is enough, by report_add_many() with all but the kind left out.
 */
bool report_wants_each(const struct report *report);

/**
 * Must calls of KIND, which is not REPORT_SUPPORTED, come with their registers and memory? If
 * not, what they returned is enough.
 */
bool report_wants_values(const struct report *report, enum report_kind kind);

/** Nobody waits for the lines: from now on they are kept until report_flush(), or for long. */
void report_hold(struct report *report);

/** Let all lines reach their reader. */
void report_flush(struct report *report);

/** Add a call: a line, where it is to be shown, and a count. */
void report_add(struct report *report, const struct report_call *call);

/** Add the same call COUNT times. */
void report_add_many(struct report *report, const struct report_call *call, uint64_t count);

/** From CALL on something is out of sight; WHY in words. */
void report_add_loss(struct report *report, const struct report_call *call, const char *why);

/** Say in plain words something about the run that is no call. */
void report_note(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** The same of something that was out of sight all the time. */
void report_note_loss(struct report *report, const char *text);

/** Write the summary. @return 0 or the errno with which writing failed at any time */
int report_end(struct report *report, const struct report_totals *totals);

/** How many calls of KIND there were. */
uint64_t report_count(const struct report *report, enum report_kind kind);

/**
 * Was everything seen and decided? Not so after a loss, and with calls that are undecided,
 * unreadable, lost or of another table.
 */
bool report_is_complete(const struct report *report);

void report_free(struct report *report);

#endif
