#include "trace_options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "trace_plan.h"

enum { JUDGE = 1 << TRACE_JUDGE, MERGE = 1 << TRACE_MERGE, PLAN = 1 << TRACE_PLAN };

/* A command other than judging. */
static const struct command {
	const char *name;
	const char *summary;
	const char *usage;
	const char *example;
} commands[] = {
	[TRACE_MERGE] = {"merge", "Add up reports that --json wrote, in any order.",
			 "merge [options] REPORT.json...",
			 "scmltrace merge --summary logs/*.json"},
	[TRACE_PLAN] = {"plan",
			"Say what to support next so that most programs need nothing more.",
			"plan [options] [SPEC...] LOG|REPORT.json...",
			"scmltrace plan specs/ logs/*.json"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static bool set_input(void *data, const char *value)
{
	struct trace_options *options = data;

	options->input = value;
	options->inputs++;
	return *value;
}

static bool set_output(void *data, const char *value)
{
	struct trace_options *options = data;

	options->output = value;
	return *value;
}

static bool set_quiet(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->report.is_quiet = true;
	return true;
}

static bool set_verbose(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->is_verbose = true;
	options->report.shows_undecided = true;
	return true;
}

static bool set_all(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->report.shows_supported = true;
	options->report.shows_undecided = true;
	return true;
}

static bool set_summary(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->report.only_summary = true;
	return true;
}

static bool set_json(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->report.format = REPORT_JSON;
	return true;
}

static bool set_csv(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->report.format = REPORT_CSV;
	return true;
}

static bool set_coverage(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->wants_coverage = true;
	return true;
}

static bool set_learn(void *data, const char *value)
{
	struct trace_options *options = data;

	options->learn = value;
	return *value;
}

static bool set_page(void *data, const char *value)
{
	struct trace_options *options = data;

	options->page = value;
	return *value;
}

static bool set_max(void *data, const char *value)
{
	struct trace_options *options = data;
	char *end;

	options->report.max_lines = strtoull(value, &end, 10);
	return *value >= '0' && *value <= '9' && !*end;
}

static bool set_fail(void *data, const char *value)
{
	struct trace_options *options = data;

	(void)value;
	options->must_fail = true;
	return true;
}

static bool set_scope(void *data, const char *value)
{
	struct trace_options *options = data;

	options->only_listed = strcmp(value, "listed") == 0;
	return options->only_listed || strcmp(value, "all") == 0;
}

static bool set_engine(void *data, const char *value)
{
	struct trace_options *options = data;

	options->engine = engine_find(value);
	return options->engine || strcmp(value, "auto") == 0;
}

static bool set_pid(void *data, const char *value)
{
	struct trace_options *options = data;
	char *end;
	long pid = strtol(value, &end, 10);

	if (*value < '1' || *value > '9' || *end || pid > INT_MAX)
		return false;
	options->pid = (pid_t)pid;
	return true;
}

static bool set_arch(void *data, const char *value)
{
	struct trace_options *options = data;

	options->arch = value;
	return true;
}

static bool set_overlay(void *data, const char *value)
{
	struct trace_options *options = data;

	vec_push(options->compilation->arena, &options->overlays, value);
	return true;
}

static bool set_warning(void *data, const char *value)
{
	struct trace_options *options = data;

	return diags_option(options->compilation->diags, value);
}

static bool set_color(void *data, const char *value)
{
	struct trace_options *options = data;

	if (strcmp(value, "auto") == 0)
		return true;
	options->color = strcmp(value, "always") == 0;
	return options->color || strcmp(value, "never") == 0;
}

static const struct option options_of_trace[] = {
	{"-p", NULL, "PID", "attach to a process that runs already; Ctrl-C lets it go", set_pid,
	 JUDGE},
	{NULL, "--input", "LOG",
	 "judge a log of strace's instead of a program (-: standard input)", set_input, JUDGE},
	{"-o", "--output", "FILE",
	 "write to FILE, not to standard error; of merge and plan: not to standard output",
	 set_output, JUDGE | MERGE | PLAN},
	{"-q", "--quiet", NULL, "only the lines of calls, no summary", set_quiet, JUDGE},
	{"-v", "--verbose", NULL, "undecided calls too, and warnings about the rules",
	 set_verbose, JUDGE | PLAN},
	{NULL, "--all", NULL, "supported calls too; every call is then held, which costs time",
	 set_all, JUDGE},
	{NULL, "--summary", NULL,
	 "no calls, only a table of the causes, the most frequent first", set_summary,
	 JUDGE | MERGE},
	{NULL, "--json", NULL, "one JSON object a line", set_json, JUDGE | MERGE},
	{NULL, "--csv", NULL,
	 "comma-separated values, a row a call; with --summary a row a cause", set_csv,
	 JUDGE | MERGE},
	{NULL, "--coverage", NULL, "which rules were used, how often, and which never",
	 set_coverage, JUDGE},
	{NULL, "--learn", "FILE.scml",
	 "write the smallest spec that covers the run to FILE.scml", set_learn, JUDGE},
	{NULL, "--html", "FILE.html",
	 "write a page to FILE.html: verdicts, causes, a timeline, the rules used", set_page,
	 JUDGE},
	{NULL, "--max", "N", "show at most N calls; all are counted (0: no limit)", set_max,
	 JUDGE},
	{NULL, "--fail", NULL,
	 "exit 1 if a call was unsupported, 4 if not everything was seen and decided", set_fail,
	 JUDGE | MERGE},
	{NULL, "--scope", "all|listed", "listed: calls that have no rules are left alone (all)",
	 set_scope, JUDGE | PLAN},
	{NULL, "--engine", "NAME",
	 "how to watch the program: auto or one of those below (auto)", set_engine, JUDGE},
	{NULL, "--arch", "ARCH", "architecture of the calls (default: this machine's)",
	 set_arch, JUDGE | PLAN},
	{NULL, "--abi", "FILE.yaml", "lay calls, constants and structs over the database",
	 set_overlay, JUDGE | PLAN},
	{"-W", NULL, "[no-]NAME", "switch a warning on or off; also -Werror, -Werror=NAME",
	 set_warning, JUDGE | PLAN},
	{NULL, "--color", "auto|always|never", "colours in messages (auto: on a terminal)",
	 set_color, JUDGE | PLAN},
	{"-h", "--help", NULL, "this text", NULL, JUDGE | MERGE | PLAN},
	{NULL, "--version", NULL, "the version", NULL, JUDGE | MERGE | PLAN},
	{NULL, NULL, NULL, NULL, NULL, 0},
};

static const struct option_table table = {"scmltrace", options_of_trace};

enum { COLUMN = 20 }; /* of what --help says on a line */

static const char usage[] = "Usage: scmltrace SPEC... [options] -- PROG ARG...\n"
			    "       scmltrace SPEC... [options] -p PID\n"
			    "       scmltrace SPEC... [options] --input LOG\n"
			    "       scmltrace merge [options] REPORT.json...\n"
			    "       scmltrace plan [options] [SPEC...] LOG|REPORT.json...\n";

static void print_command_help(enum trace_command command)
{
	printf("%s\n\nUsage: scmltrace %s\nExample: %s\n\nOptions:\n",
	       commands[command].summary, commands[command].usage, commands[command].example);
	option_print(&table, 1U << command, COLUMN);
}

static void print_help(void)
{
	printf("Run a program and say which of its system calls go beyond the rules of "
	       "SPEC.\n\n"
	       "%sExample: scmltrace specs/ -o report.txt -- ls -l\n\n"
	       "SPEC is an .scml or .md file, or a folder that is searched for .scml files.\n"
	       "'merge' adds up reports that --json wrote, in any order. 'plan' says what to "
	       "support\nnext so that most of many programs need nothing more, and writes the "
	       "SCML for it;\neach LOG or REPORT.json is one program.\n\n"
	       "Options:\n",
	       usage);
	option_print(&table, JUDGE, COLUMN);
	printf("\nEngines:\n");
	for (const struct engine *engine = engines; engine->name; engine++)
		printf("  %-*s %s\n", COLUMN, engine->name, engine->help);
	printf("\nOther commands (scmltrace COMMAND --help):\n");
	for (size_t i = TRACE_MERGE; i < COMMANDS; i++)
		printf("  %-*s %s\n", COLUMN, commands[i].name, commands[i].summary);
	printf("\nThe program's exit status is passed on. Otherwise: 0 done, 1 errors in the "
	       "rules "
	       "or in a\nreport, 2 wrong usage, 3 system error, 126 the program cannot be "
	       "executed, 127 it was not\nfound. With --fail, after the run: 1 a call was "
	       "unsupported, 4 it cannot be certified,\nbecause something was lost, unreadable "
	       "or "
	       "undecided.\n");
}

static int parse_option(struct trace_options *options, int argc, char **argv, int *at,
			bool *stop)
{
	const struct option *option;
	const char *value;

	switch (option_read(&table, options, argc, argv, at, &option, &value)) {
	case OPTION_SET:
		return TRACE_DONE;
	case OPTION_STOPS:
		*stop = true;
		if (strcmp(option->name, "--version") == 0)
			puts("scmltrace " SCML_VERSION);
		else if (options->command != TRACE_JUDGE)
			print_command_help(options->command);
		else
			print_help();
		return TRACE_DONE;
	case OPTION_WRONG:
		break;
	}
	return TRACE_USAGE;
}

static int check_engine(const struct trace_options *options)
{
	const struct engine *engine = options->engine;

	if (engine && !engine->run)
		fprintf(stderr, "scmltrace: this build has no engine '%s'\n", engine->name);
	else if (engine && options->pid && !(engine->traits & ENGINE_ATTACHES))
		fprintf(stderr,
			"scmltrace: the engine '%s' cannot be put on a process that runs "
			"already; leave it to '--engine auto'\n",
			engine->name);
	else
		return TRACE_DONE;
	return TRACE_USAGE;
}

static int check(const struct trace_options *options)
{
	int subjects = !!options->input + !!options->program + !!options->pid;

	if (options->command == TRACE_MERGE && !options->specs.count)
		fprintf(stderr, "scmltrace: no reports are given\n%s", usage);
	else if (options->command == TRACE_PLAN && !options->files.count)
		fprintf(stderr, "scmltrace: no logs or reports are given\n%s", usage);
	else if (options->command != TRACE_JUDGE && subjects)
		fprintf(stderr, "scmltrace: 'merge' and 'plan' read files, and run nothing\n");
	else if (options->command != TRACE_JUDGE)
		return TRACE_DONE;
	else if (!options->specs.count && !options->learn)
		fprintf(stderr, "scmltrace: no rules are given\n%s", usage);
	else if (subjects > 1)
		fprintf(stderr, "scmltrace: give one of a program, a process and a log\n");
	else if (options->inputs > 1)
		fprintf(stderr, "scmltrace: '--input' takes one log; several are judged as one "
				"with 'cat LOG... | scmltrace SPEC... --input -'\n");
	else if (!subjects || (options->program && !*options->program))
		fprintf(stderr,
			"scmltrace: no program is given behind '--', no process by -p, and no "
			"log by --input\n%s",
			usage);
	else
		return check_engine(options);
	return TRACE_USAGE;
}

static void add_operand(struct trace_options *options, const char *word)
{
	struct arena *arena = options->compilation->arena;
	bool is_first = options->command == TRACE_JUDGE && !options->specs.count;

	for (size_t i = TRACE_MERGE; is_first && i < COMMANDS; i++) {
		if (strcmp(word, commands[i].name) == 0) {
			options->command = (enum trace_command)i;
			return;
		}
	}
	if (options->command == TRACE_PLAN && !trace_plan_is_spec(word))
		vec_push(arena, &options->files, word);
	else
		vec_push(arena, &options->specs, word);
}

int trace_options_parse(struct trace_options *options, int argc, char **argv, bool *stop)
{

	*stop = false;
	options->color = diags_want_color();
	for (int i = 1; i < argc; i++) {
		int status;

		if (strcmp(argv[i], "--") == 0) {
			options->program = argv + i + 1;
			break;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			add_operand(options, argv[i]);
			continue;
		}
		status = parse_option(options, argc, argv, &i, stop);
		if (status != TRACE_DONE || *stop)
			return status;
	}
	return check(options);
}
