#include "run_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/action.h"
#include "version.h"

/* One option. SET takes its value, "" where it has none, and is false where that is wrong; it
 * is NULL for the two options that print something and stop. */
struct option {
	const char *letter; /* with its dash; NULL: none */
	const char *name;   /* with its dashes; NULL: none */
	const char *value;  /* what its value is called in --help; NULL: it takes none */
	const char *help;
	bool (*set)(struct run_options *options, const char *value);
};

static bool set_output(struct run_options *options, const char *value)
{
	options->output = value;
	return *value;
}

static bool set_quiet(struct run_options *options, const char *value)
{
	(void)value;
	options->is_quiet = true;
	return true;
}

static bool set_verbose(struct run_options *options, const char *value)
{
	(void)value;
	options->is_verbose = true;
	return true;
}

static bool set_plain(struct run_options *options, const char *value)
{
	(void)value;
	options->is_plain = true;
	return true;
}

static bool set_on_mismatch(struct run_options *options, const char *value)
{
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

static bool set_on_undecided(struct run_options *options, const char *value)
{
	return bpf_action_parse(value, &options->filter.on_undecided);
}

static bool set_on_bad_arch(struct run_options *options, const char *value)
{
	return bpf_action_parse(value, &options->filter.on_bad_arch);
}

static bool set_on_unknown(struct run_options *options, const char *value)
{
	options->filter.has_on_unknown = true;
	return bpf_action_parse(value, &options->filter.on_unknown);
}

static bool set_scope(struct run_options *options, const char *value)
{
	bool is_listed = strcmp(value, "listed") == 0;

	options->filter.scope = is_listed ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	return is_listed || strcmp(value, "all") == 0;
}

static bool set_overlay(struct run_options *options, const char *value)
{
	vec_push(options->compilation->arena, &options->overlays, value);
	return true;
}

static bool set_warning(struct run_options *options, const char *value)
{
	return diags_option(options->compilation->diags, value);
}

static bool set_color(struct run_options *options, const char *value)
{
	if (strcmp(value, "auto") == 0)
		return true;
	options->color = strcmp(value, "always") == 0;
	return options->color || strcmp(value, "never") == 0;
}

static const struct option table[] = {
	{"-o", "--output", "FILE", "name stopped calls in FILE instead of standard error",
	 set_output},
	{"-q", "--quiet", NULL, "do not name stopped calls", set_quiet},
	{"-v", "--verbose", NULL, "warnings about the rules too", set_verbose},
	{NULL, "--plain", NULL, "put the filter on and execute the program; nobody watches",
	 set_plain},
	{NULL, "--on-mismatch", "[CALL=]ACTION",
	 "for calls that no rule matches (errno:ENOSYS)", set_on_mismatch},
	{NULL, "--on-undecided", "ACTION", "for calls that only memory decides (allow)",
	 set_on_undecided},
	{NULL, "--on-bad-arch", "ACTION", "for calls of other architectures (kill)",
	 set_on_bad_arch},
	{NULL, "--on-unknown", "ACTION", "for numbers beyond the database (as on mismatch)",
	 set_on_unknown},
	{NULL, "--scope", "all|listed", "listed: only calls that have rules are judged (all)",
	 set_scope},
	{NULL, "--abi", "FILE.yaml", "lay calls, constants and structs over the database",
	 set_overlay},
	{"-W", NULL, "[no-]NAME", "switch a warning on or off; also -Werror, -Werror=NAME",
	 set_warning},
	{NULL, "--color", "auto|always|never", "colours in messages (auto: on a terminal)",
	 set_color},
	{"-h", "--help", NULL, "this text", NULL},
	{NULL, "--version", NULL, "the version", NULL},
};

enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

static const char usage[] = "Usage: scmlrun FILTER.bpf [options] -- PROG ARG...\n"
			    "       scmlrun SPEC... [options] -- PROG ARG...\n";

static void print_help(void)
{
	printf("Run a program under a seccomp filter and name the calls that it stops.\n\n"
	       "%sExample: scmlrun specs/ -- ls -l\n\n"
	       "FILTER.bpf is a raw filter; SPEC is an .scml or .md file, or a folder that is "
	       "searched for\n.scml files, and is compiled first.\n\nOptions:\n",
	       usage);
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[64];

		snprintf(left, sizeof(left), "%s%s%s%s%s",
			 table[i].letter ? table[i].letter : "",
			 table[i].letter && table[i].name ? ", " : "",
			 table[i].name ? table[i].name : "", table[i].value ? " " : "",
			 table[i].value ? table[i].value : "");
		printf("  %-29s %s\n", left, table[i].help);
	}
	printf("\nACTION is %s.\n\nThe program's exit status is passed on.\n",
	       BPF_ACTION_FORMS);
}

static int usage_error(const char *what, const char *word)
{
	fprintf(stderr, "scmlrun: %s '%s'; 'scmlrun --help' lists what there is\n", what, word);
	return RUN_USAGE;
}

/* ARG is `--name`, `--name=value`, `-l` or, where it takes a value, `-lvalue`. *VALUE is what
 * is stuck to it, NULL where nothing is. */
static bool is_option(const struct option *option, const char *arg, const char **value)
{
	size_t len;

	*value = NULL;
	if (option->name && strncmp(arg, option->name, strlen(option->name)) == 0) {
		len = strlen(option->name);
		if (arg[len] == '=' && option->value)
			*value = arg + len + 1;
		return !arg[len] || *value;
	}
	if (!option->letter || strncmp(arg, option->letter, 2) != 0)
		return false;
	if (arg[2] && option->value)
		*value = arg + 2;
	return !arg[2] || *value;
}

static int parse_option(struct run_options *options, int argc, char **argv, int *at, bool *stop)
{
	const struct option *option = table;
	const char *arg = argv[*at], *value = NULL;

	while (option < table + OPTIONS && !is_option(option, arg, &value))
		option++;
	if (option == table + OPTIONS)
		return usage_error("there is no option", arg);
	if (!option->set) {
		*stop = true;
		if (strcmp(option->name, "--version") == 0)
			puts("scmlrun " SCML_VERSION);
		else
			print_help();
		return RUN_DONE;
	}
	if (option->value && !value && *at + 1 < argc && strcmp(argv[*at + 1], "--") != 0)
		value = argv[++*at];
	if (option->value && !value)
		return usage_error("a value is missing after", arg);
	if (option->set(options, value ? value : ""))
		return RUN_DONE;
	fprintf(stderr, "scmlrun: '%s' is no %s for %s (%s)\n", value, option->value,
		option->name ? option->name : option->letter, option->help);
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
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*stop = false;
	options->filter = bpf_options_default();
	options->color = isatty(STDERR_FILENO) && !(no_color && *no_color) &&
			 !(term && strcmp(term, "dumb") == 0);
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
