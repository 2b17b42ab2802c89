/* trace_options: the command line of scmltrace. */
#ifndef SCML_TRACE_OPTIONS_H
#define SCML_TRACE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compile.h"
#include "engine.h"
#include "report.h"
#include "vec.h"

/** Exit statuses of scmltrace itself; where a program ran, its own is passed on. */
enum trace_status {
	TRACE_DONE = 0,
	TRACE_SPEC_ERRORS = 1,
	TRACE_UNSUPPORTED = 1, /* --fail */
	TRACE_USAGE = 2,
	TRACE_SYSTEM = 3,
	TRACE_INCOMPLETE = 4, /* --fail: it cannot be certified */
	TRACE_NOT_EXECUTABLE = 126,
	TRACE_NOT_FOUND = 127,
};

/** What is asked for: the first word, where it is one of these. */
enum trace_command { TRACE_JUDGE, TRACE_MERGE, TRACE_PLAN };

struct trace_options {
	enum trace_command command;
	struct compilation *compilation; /* its diags have the -W options already */
	VEC(const char *) specs;	 /* of TRACE_MERGE: the reports */
	VEC(const char *) files;	 /* of TRACE_PLAN: logs and reports */
	VEC(const char *) overlays;
	char *const *program;	      /* behind `--`, ended by NULL; NULL: none */
	const char *output;	      /* -o; NULL: standard error */
	const char *input;	      /* --input; NULL: a program is run */
	unsigned inputs;	      /* how often --input stands there */
	const char *arch;	      /* NULL: the host's */
	pid_t pid;		      /* -p; 0: a program is run, or a log read */
	const struct engine *engine;  /* NULL: the first that works */
	struct report_options report; /* without OUT */
	bool only_listed;
	bool must_fail;	     /* --fail */
	bool wants_coverage; /* --coverage */
	const char *learn;   /* --learn: a file; NULL: nothing is learned */
	const char *page;    /* --html: a file; NULL: no page is written */
	bool is_verbose;
	bool color; /* of diagnostics */
};

/**
 * Read ARGV into OPTIONS, whose compilation is there already. TRACE_DONE; with *STOP set, help
 * or version was asked for and printed. TRACE_USAGE: a message was printed.
 */
int trace_options_parse(struct trace_options *options, int argc, char **argv, bool *stop);

#endif
