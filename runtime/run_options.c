#include "run_options.h"

#include <stdio.h>
#include <string.h>

#include "bpf/action.h"
#include "options.h"
#include "version.h"

static bool set_output(void *data, const char *value)
{
	struct run_options *options = data;

	options->output = value;
	return *value;
}

static bool set_quiet(void *data, const char *value)
{
	struct run_options *options = data;

	(void)value;
	options->is_quiet = true;
	return true;
}

static bool set_verbose(void *data, const char *value)
{
	struct run_options *options = data;

	(void)value;
	options->is_verbose = true;
	return true;
}

static bool set_plain(void *data, const char *value)
{
	struct run_options *options = data;

	(void)value;
	options->is_plain = true;
	return true;
}

static bool set_on_mismatch(void *data, const char *value)
{
	struct run_options *options = data;
	const char *equals = strchr(value, '=');
	struct bpf_call_action one;

	if (!equals)
		return bpf_action_parse(value, &options->filter.on_mismatch);
	one.call = arena_strndup(options->compilation->arena, value, (size_t)(equals - value));
	if (!bpf_action_parse(equals + 1, &one.action))
		return false;
	vec_push(options->compilation->arena, &options->call_actions, one);
	return true;
}

static bool set_on_undecided(void *data, const char *value)
{
	struct run_options *options = data;

	return bpf_action_parse(value, &options->filter.on_undecided);
}

static bool set_on_bad_arch(void *data, const char *value)
{
	struct run_options *options = data;

	return bpf_action_parse(value, &options->filter.on_bad_arch);
}

static bool set_on_unknown(void *data, const char *value)
{
	struct run_options *options = data;

	options->filter.has_on_unknown = true;
	return bpf_action_parse(value, &options->filter.on_unknown);
}

static bool set_scope(void *data, const char *value)
{
	struct run_options *options = data;
	bool is_listed = strcmp(value, "listed") == 0;

	options->filter.scope = is_listed ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	return is_listed || strcmp(value, "all") == 0;
}

static bool set_overlay(void *data, const char *value)
{
	struct run_options *options = data;

	vec_push(options->compilation->arena, &options->overlays, value);
	return true;
}

static bool set_warning(void *data, const char *value)
{
	struct run_options *options = data;

	return diags_option(options->compilation->diags, value);
}

static bool set_color(void *data, const char *value)
{
	struct run_options *options = data;

	if (strcmp(value, "auto") == 0)
		return true;
	options->color = strcmp(value, "always") == 0;
	return options->color || strcmp(value, "never") == 0;
}

enum { ALL = 1, COLUMN = 29 };

static const struct option options_of_run[] = {
	{"-o", "--output", "FILE", "name stopped calls in FILE instead of standard error",
	 set_output, ALL},
	{"-q", "--quiet", NULL, "do not name stopped calls", set_quiet, ALL},
	{"-v", "--verbose", NULL, "warnings about the rules too", set_verbose, ALL},
	{NULL, "--plain", NULL, "put the filter on and execute the program; nobody watches",
	 set_plain, ALL},
	{NULL, "--on-mismatch", "[CALL=]ACTION",
	 "for calls that no rule matches (errno:ENOSYS)", set_on_mismatch, ALL},
	{NULL, "--on-undecided", "ACTION", "for calls that only memory decides (allow)",
	 set_on_undecided, ALL},
	{NULL, "--on-bad-arch", "ACTION", "for calls of other architectures (kill)",
	 set_on_bad_arch, ALL},
	{NULL, "--on-unknown", "ACTION", "for numbers beyond the database (as on mismatch)",
	 set_on_unknown, ALL},
	{NULL, "--scope", "all|listed", "listed: only calls that have rules are judged (all)",
	 set_scope, ALL},
	{NULL, "--abi", "FILE.yaml", "lay calls, constants and structs over the database",
	 set_overlay, ALL},
	{"-W", NULL, "[no-]NAME", "switch a warning on or off; also -Werror, -Werror=NAME",
	 set_warning, ALL},
	{NULL, "--color", "auto|always|never", "colours in messages (auto: on a terminal)",
	 set_color, ALL},
	{"-h", "--help", NULL, "this text", NULL, ALL},
	{NULL, "--version", NULL, "the version", NULL, ALL},
	{NULL, NULL, NULL, NULL, NULL, 0},
};

static const struct option_table table = {"scmlrun", options_of_run};

static const char usage[] = "Usage: scmlrun FILTER.bpf [options] -- PROG ARG...\n"
			    "       scmlrun SPEC... [options] -- PROG ARG...\n";

static void print_help(void)
{
	printf("Run a program under a seccomp filter and name the calls that it stops.\n\n"
	       "%sExample: scmlrun specs/ -- ls -l\n\n"
	       "FILTER.bpf is a raw filter; SPEC is an .scml or .md file, or a folder that is "
	       "searched for\n.scml files, and is compiled first.\n\nOptions:\n",
	       usage);
	option_print(&table, ALL, COLUMN);
	printf("\nACTION is %s.\n\nThe program's exit status is passed on.\n",
	       BPF_ACTION_FORMS);
}

static int parse_option(struct run_options *options, int argc, char **argv, int *at, bool *stop)
{
	const struct option *option;
	const char *value;

	switch (option_read(&table, options, argc, argv, at, &option, &value)) {
	case OPTION_SET:
		return RUN_DONE;
	case OPTION_STOPS:
		*stop = true;
		if (strcmp(option->name, "--version") == 0)
			puts("scmlrun " SCML_VERSION);
		else
			print_help();
		return RUN_DONE;
	case OPTION_WRONG:
		break;
	}
	return RUN_USAGE;
}

static int check(const struct run_options *options)
{
	if (!options->inputs.count)
		fprintf(stderr, "scmlrun: no filter and no rules are given\n%s", usage);
	else if (!options->program || !*options->program)
		fprintf(stderr, "scmlrun: no program is given behind '--'\n%s", usage);
	else
		return RUN_DONE;
	return RUN_USAGE;
}

int run_options_parse(struct run_options *options, int argc, char **argv, bool *stop)
{

	*stop = false;
	options->filter = bpf_options_default();
	options->color = diags_want_color();
	for (int i = 1; i < argc; i++) {
		int status;

		if (strcmp(argv[i], "--") == 0) {
			options->program = argv + i + 1;
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			vec_push(options->compilation->arena, &options->inputs, argv[i]);
			continue;
		}
		status = parse_option(options, argc, argv, &i, stop);
		if (status != RUN_DONE || *stop)
			return status;
	}
	return check(options);
}
