#include "trace_options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace_plan.h"

/* One option. SET takes its value, "" where it has none, and is false where that is wrong; it
 * is NULL for the two options that print something and stop. */
struct option {
	const char *letter; /* with its dash; NULL: none */
	const char *name;   /* with its dashes; NULL: none */
	const char *value;  /* what its value is called in --help; NULL: it takes none */
	const char *help;
	bool (*set)(struct trace_options *options, const char *value);
	unsigned commands; /* which others have it too: bits 1 << enum trace_command */
};

enum { MERGE = 1 << TRACE_MERGE, PLAN = 1 << TRACE_PLAN };

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

static bool set_input(struct trace_options *options, const char *value)
{
	options->input = value;
	return *value;
}

static bool set_output(struct trace_options *options, const char *value)
{
	options->output = value;
	return *value;
}

static bool set_quiet(struct trace_options *options, const char *value)
{
	(void)value;
	options->report.is_quiet = true;
	return true;
}

static bool set_verbose(struct trace_options *options, const char *value)
{
	(void)value;
	options->is_verbose = true;
	options->report.shows_undecided = true;
	return true;
}

static bool set_all(struct trace_options *options, const char *value)
{
	(void)value;
	options->report.shows_supported = true;
	options->report.shows_undecided = true;
	return true;
}

static bool set_summary(struct trace_options *options, const char *value)
{
	(void)value;
	options->report.only_summary = true;
	return true;
}

static bool set_json(struct trace_options *options, const char *value)
{
	(void)value;
	options->report.format = REPORT_JSON;
	return true;
}

static bool set_csv(struct trace_options *options, const char *value)
{
	(void)value;
	options->report.format = REPORT_CSV;
	return true;
}

static bool set_coverage(struct trace_options *options, const char *value)
{
	(void)value;
	options->wants_coverage = true;
	return true;
}

static bool set_learn(struct trace_options *options, const char *value)
{
	options->learn = value;
	return *value;
}

static bool set_page(struct trace_options *options, const char *value)
{
	options->page = value;
	return *value;
}

static bool set_max(struct trace_options *options, const char *value)
{
	char *end;

	options->report.max_lines = strtoull(value, &end, 10);
	return *value >= '0' && *value <= '9' && !*end;
}

static bool set_fail(struct trace_options *options, const char *value)
{
	(void)value;
	options->must_fail = true;
	return true;
}

static bool set_scope(struct trace_options *options, const char *value)
{
	options->only_listed = strcmp(value, "listed") == 0;
	return options->only_listed || strcmp(value, "all") == 0;
}

static bool set_engine(struct trace_options *options, const char *value)
{
	options->engine = engine_find(value);
	return options->engine || strcmp(value, "auto") == 0;
}

static bool set_pid(struct trace_options *options, const char *value)
{
	char *end;
	long pid = strtol(value, &end, 10);

	if (*value < '1' || *value > '9' || *end || pid > INT_MAX)
		return false;
	options->pid = (pid_t)pid;
	return true;
}

static bool set_arch(struct trace_options *options, const char *value)
{
	options->arch = value;
	return true;
}

static bool set_overlay(struct trace_options *options, const char *value)
{
	vec_push(options->compilation->arena, &options->overlays, value);
	return true;
}

static bool set_warning(struct trace_options *options, const char *value)
{
	return diags_option(options->compilation->diags, value);
}

static bool set_color(struct trace_options *options, const char *value)
{
	if (strcmp(value, "auto") == 0)
		return true;
	options->color = strcmp(value, "always") == 0;
	return options->color || strcmp(value, "never") == 0;
}

static const struct option table[] = {
	{"-p", NULL, "PID", "attach to a process that runs already; Ctrl-C lets it go", set_pid,
	 0},
	{NULL, "--input", "LOG",
	 "judge a log of strace's instead of a program (-: standard input)", set_input, 0},
	{"-o", "--output", "FILE",
	 "write to FILE, not to standard error; of merge and plan: not to standard output",
	 set_output, MERGE | PLAN},
	{"-q", "--quiet", NULL, "only the lines of calls, no summary", set_quiet, 0},
	{"-v", "--verbose", NULL, "undecided calls too, and warnings about the rules",
	 set_verbose, PLAN},
	{NULL, "--all", NULL, "supported calls too; every call is then held, which costs time",
	 set_all, 0},
	{NULL, "--summary", NULL,
	 "no calls, only a table of the causes, the most frequent first", set_summary, MERGE},
	{NULL, "--json", NULL, "one JSON object a line", set_json, MERGE},
	{NULL, "--csv", NULL,
	 "comma-separated values, a row a call; with --summary a row a cause", set_csv, MERGE},
	{NULL, "--coverage", NULL, "which rules were used, how often, and which never",
	 set_coverage, 0},
	{NULL, "--learn", "FILE.scml",
	 "write the smallest spec that covers the run to FILE.scml", set_learn, 0},
	{NULL, "--html", "FILE.html",
	 "write a page to FILE.html: verdicts, causes, a timeline, the rules used", set_page,
	 0},
	{NULL, "--max", "N", "show at most N calls; all are counted (0: no limit)", set_max, 0},
	{NULL, "--fail", NULL,
	 "exit 1 if a call was unsupported, 4 if not everything was seen and decided", set_fail,
	 MERGE},
	{NULL, "--scope", "all|listed", "listed: calls that have no rules are left alone (all)",
	 set_scope, PLAN},
	{NULL, "--engine", "NAME",
	 "how to watch the program: auto or one of those below (auto)", set_engine, 0},
	{NULL, "--arch", "ARCH", "architecture of the calls (default: this machine's)",
	 set_arch, PLAN},
	{NULL, "--abi", "FILE.yaml", "lay calls, constants and structs over the database",
	 set_overlay, PLAN},
	{"-W", NULL, "[no-]NAME", "switch a warning on or off; also -Werror, -Werror=NAME",
	 set_warning, PLAN},
	{NULL, "--color", "auto|always|never", "colours in messages (auto: on a terminal)",
	 set_color, PLAN},
	{"-h", "--help", NULL, "this text", NULL, MERGE | PLAN},
	{NULL, "--version", NULL, "the version", NULL, MERGE | PLAN},
};

enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

static const char usage[] = "Usage: scmltrace SPEC... [options] -- PROG ARG...\n"
			    "       scmltrace SPEC... [options] -p PID\n"
			    "       scmltrace SPEC... [options] --input LOG\n"
			    "       scmltrace merge [options] REPORT.json...\n"
			    "       scmltrace plan [options] [SPEC...] LOG|REPORT.json...\n";

/* The options of COMMAND; all for TRACE_JUDGE. */
static void print_options(enum trace_command command)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[64];

		if (command != TRACE_JUDGE && !(table[i].commands & 1U << command))
			continue;
		snprintf(left, sizeof(left), "%s%s%s%s%s",
			 table[i].letter ? table[i].letter : "",
			 table[i].letter && table[i].name ? ", " : "",
			 table[i].name ? table[i].name : "", table[i].value ? " " : "",
			 table[i].value ? table[i].value : "");
		printf("  %-20s %s\n", left, table[i].help);
	}
}

static void print_command_help(enum trace_command command)
{
	printf("%s\n\nUsage: scmltrace %s\nExample: %s\n\nOptions:\n",
	       commands[command].summary, commands[command].usage, commands[command].example);
	print_options(command);
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
	print_options(TRACE_JUDGE);
	printf("\nEngines:\n");
	for (const struct engine *engine = engines; engine->name; engine++)
		printf("  %-20s %s\n", engine->name, engine->help);
	printf("\nOther commands (scmltrace COMMAND --help):\n");
	for (size_t i = TRACE_MERGE; i < COMMANDS; i++)
		printf("  %-20s %s\n", commands[i].name, commands[i].summary);
	printf("\nThe program's exit status is passed on. Otherwise: 0 done, 1 errors in the "
	       "rules "
	       "or in a\nreport, 2 wrong usage, 3 system error, 126 the program cannot be "
	       "executed, 127 it was not\nfound. With --fail, after the run: 1 a call was "
	       "unsupported, 4 it cannot be certified,\nbecause something was lost, unreadable "
	       "or "
	       "undecided.\n");
}

static int usage_error(const char *what, const char *word)
{
	fprintf(stderr, "scmltrace: %s '%s'; 'scmltrace --help' lists what there is\n", what,
		word);
	return TRACE_USAGE;
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

static int parse_option(struct trace_options *options, int argc, char **argv, int *at,
			bool *stop)
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
			puts("scmltrace " SCML_VERSION);
		else if (options->command != TRACE_JUDGE)
			print_command_help(options->command);
		else
			print_help();
		return TRACE_DONE;
	}
	if (option->value && !value && *at + 1 < argc && strcmp(argv[*at + 1], "--") != 0)
		value = argv[++*at];
	if (option->value && !value)
		return usage_error("a value is missing after", arg);
	if (option->set(options, value ? value : ""))
		return TRACE_DONE;
	fprintf(stderr,
		"scmltrace: '%s' is no value for '%s %s'; 'scmltrace --help' lists what there "
		"is\n",
		value, option->name ? option->name : option->letter, option->value);
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
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*stop = false;
	options->color = isatty(STDERR_FILENO) && !(no_color && *no_color) &&
			 !(term && strcmp(term, "dumb") == 0);
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
