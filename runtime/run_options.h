/* run_options: the command line of scmlrun. */
#ifndef SCML_RUN_OPTIONS_H
#define SCML_RUN_OPTIONS_H

#include <stdbool.h>

#include "bpf/codegen.h"
#include "compile.h"
#include "vec.h"

/** Exit statuses of scmlrun itself; where a program ran, its own is passed on. */
enum run_status {
	RUN_DONE = 0,
	RUN_ERRORS = 1, /* in the rules or the filter */
	RUN_USAGE = 2,
	RUN_SYSTEM = 3,
	RUN_NOT_EXECUTABLE = 126,
	RUN_NOT_FOUND = 127,
};

struct run_options {
	struct compilation *compilation; /* its diags have the -W options already */
	VEC(const char *) inputs;
	VEC(const char *) overlays;
	VEC(struct bpf_call_action) call_actions;
	char *const *program;	   /* behind `--`, ended by NULL */
	const char *output;	   /* -o; NULL: standard error */
	struct bpf_options filter; /* but for call_actions */
	bool is_plain;		   /* nobody watches */
	bool is_quiet;
	bool is_verbose;
	bool color; /* of diagnostics */
};

/**
 * Read ARGV into OPTIONS, whose compilation is there already. RUN_DONE; with *STOP set, help or
 * version was asked for and printed. RUN_USAGE: a message was printed.
 */
int run_options_parse(struct run_options *options, int argc, char **argv, bool *stop);

#endif
