#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "edit_distance.h"
#include "version.h"

/* One option. Its value, if it takes one, is checked and stored by SET; NULL for the two that
 * stop. */
struct cli_option {
	const char *name;  /* with its dashes */
	const char *value; /* what its value is called in --help; NULL: it takes none */
	const char *help;
	unsigned group; /* enum cli_group */
	/* False where VALUE is wrong. */
	bool (*set)(struct cli *cli, const char *value);
};

static bool set_output(struct cli *cli, const char *value)
{
	cli->output = value;
	return true;
}

static bool set_type(struct cli *cli, const char *value)
{
	cli->type = value;
	return emit_by_type(value) != NULL;
}

static bool set_arch(struct cli *cli, const char *value)
{
	for (size_t i = 0; i < cli->archs.count; i++) {
		if (strcmp(cli->archs.items[i], value) == 0)
			return true;
	}
	vec_push(cli->compilation->arena, &cli->archs, value);
	return true;
}

static bool set_cap(struct cli *cli, const char *value)
{
	vec_push(cli->compilation->arena, &cli->caps, value);
	return strncmp(value, "CAP_", 4) == 0;
}

static bool set_overlay(struct cli *cli, const char *value)
{
	vec_push(cli->compilation->arena, &cli->overlays, value);
	return true;
}

static bool set_warning(struct cli *cli, const char *value)
{
	vec_push(cli->compilation->arena, &cli->warnings, value);
	return diags_option(cli->compilation->diags, value);
}

/* Some editors say it to every server. */
static bool set_stdio(struct cli *cli, const char *value)
{
	(void)cli;
	(void)value;
	return true;
}

static bool set_diagnostics(struct cli *cli, const char *value)
{
	return diag_format_named(value, &cli->diagnostics);
}

static bool set_max_errors(struct cli *cli, const char *value)
{
	char *end;
	unsigned long max = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end)
		return false;
	diags_limit(cli->compilation->diags, max);
	return true;
}

static bool set_color(struct cli *cli, const char *value)
{
	if (strcmp(value, "auto") == 0)
		return true;
	cli->color = strcmp(value, "always") == 0;
	return cli->color || strcmp(value, "never") == 0;
}

static bool set_quiet(struct cli *cli, const char *value)
{
	(void)value;
	cli->is_quiet = true;
	return true;
}

static bool set_verbose(struct cli *cli, const char *value)
{
	(void)value;
	cli->is_verbose = true;
	return true;
}

static bool set_depend(struct cli *cli, const char *value)
{
	(void)value;
	cli->wants_depend = true;
	return true;
}

static bool set_depend_file(struct cli *cli, const char *value)
{
	cli->depend_file = value;
	return true;
}

static bool set_on_mismatch(struct cli *cli, const char *value)
{
	const char *equals = strchr(value, '=');
	struct bpf_call_action one;

	if (!equals)
		return bpf_action_parse(value, &cli->filter.on_mismatch);
	one.call = arena_strndup(cli->compilation->arena, value, (size_t)(equals - value));
	if (!bpf_action_parse(equals + 1, &one.action))
		return false;
	vec_push(cli->compilation->arena, &cli->call_actions, one);
	return true;
}

static bool set_on_undecided(struct cli *cli, const char *value)
{
	return bpf_action_parse(value, &cli->filter.on_undecided);
}

static bool set_on_bad_arch(struct cli *cli, const char *value)
{
	return bpf_action_parse(value, &cli->filter.on_bad_arch);
}

static bool set_on_unknown(struct cli *cli, const char *value)
{
	cli->filter.has_on_unknown = true;
	return bpf_action_parse(value, &cli->filter.on_unknown);
}

static bool set_scope(struct cli *cli, const char *value)
{
	bool is_listed = strcmp(value, "listed") == 0;

	cli->filter.scope = is_listed ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	return is_listed || strcmp(value, "all") == 0;
}

static bool set_no_verify(struct cli *cli, const char *value)
{
	(void)value;
	cli->no_verify = true;
	return true;
}

static bool set_byte_order(struct cli *cli, const char *value)
{
	static const char *const orders[] = {
		[BPF_NATIVE] = "native", [BPF_LITTLE] = "little", [BPF_BIG] = "big"};

	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		cli->byte_order = (enum bpf_order)i;
		if (strcmp(value, orders[i]) == 0)
			return true;
	}
	return false;
}

static bool set_profile(struct cli *cli, const char *value)
{
	cli->profile = value;
	return true;
}

static bool set_small(struct cli *cli, const char *value)
{
	(void)value;
	cli->filter.is_small = true;
	return true;
}

static bool set_min_kernel(struct cli *cli, const char *value)
{
	char *dot, *end;
	unsigned long major = strtoul(value, &dot, 10);
	unsigned long minor;

	if (value[0] < '0' || value[0] > '9' || *dot != '.' || dot[1] < '0' || dot[1] > '9')
		return false;
	minor = strtoul(dot + 1, &end, 10);
	if (major > 255 || minor > 255 || (*end && *end != '.' && *end != '-'))
		return false;
	cli->lint.min_kernel = (unsigned)(major << 8 | minor);
	return true;
}

static bool set_portable(struct cli *cli, const char *value)
{
	(void)value;
	cli->lint.portable = true;
	return true;
}

static bool set_doc_details(struct cli *cli, const char *value)
{
	(void)value;
	cli->doc_details = true;
	return true;
}

static bool set_fmt_check(struct cli *cli, const char *value)
{
	(void)value;
	cli->fmt_check = true;
	return true;
}

static bool set_fmt_write(struct cli *cli, const char *value)
{
	(void)value;
	cli->fmt_write = true;
	return true;
}

static bool set_fmt_reflow(struct cli *cli, const char *value)
{
	(void)value;
	cli->fmt_reflow = true;
	return true;
}

static const struct cli_option options[] = {
	{"-o", "FILE", "write the result to FILE; `-` is standard output",
	 CLI_OUTPUT | CLI_IMPORT, set_output},
	{"-t", "TYPE", "kind of output, where the name of FILE does not say it", CLI_OUTPUT,
	 set_type},
	{"-MD", NULL, "write a dependency file for make beside FILE", CLI_OUTPUT, set_depend},
	{"-MF", "FILE", "write the dependency file to FILE", CLI_OUTPUT, set_depend_file},
	{"--doc-details", NULL, "pages say what is checked in memory, and by whom",
	 CLI_OUTPUT | CLI_PAGES, set_doc_details},
	{"--arch", "ARCH",
	 "architecture; more than once for a filter (default: this machine's)", CLI_COMPILE,
	 set_arch},
	{"--abi", "FILE.yaml", "lay calls, constants and structs over the database",
	 CLI_COMPILE, set_overlay},
	{"--on-mismatch", "[CALL=]ACTION", "for calls that no rule matches (errno:ENOSYS)",
	 CLI_FILTER, set_on_mismatch},
	{"--on-undecided", "ACTION", "for calls that only memory decides (allow)", CLI_FILTER,
	 set_on_undecided},
	{"--on-bad-arch", "ACTION", "for calls of other architectures (kill)", CLI_FILTER,
	 set_on_bad_arch},
	{"--on-unknown", "ACTION", "for numbers beyond the database (as on mismatch)",
	 CLI_FILTER, set_on_unknown},
	{"--scope", "all|listed", "listed: only calls that have rules are judged (all)",
	 CLI_FILTER, set_scope},
	{"--profile", "FILE", "order tests by how often FILE says that calls are made",
	 CLI_FILTER, set_profile},
	{"-Os", NULL, "make filters short rather than fast", CLI_FILTER, set_small},
	{"--no-verify", NULL, "do not prove that a filter does what the rules say", CLI_OUTPUT,
	 set_no_verify},
	{"--byte-order", "native|little|big", "of a raw filter (native: the architecture's)",
	 CLI_OUTPUT, set_byte_order},
	{"--min-kernel", "VERSION", "warn of what is newer than that Linux", CLI_LINT,
	 set_min_kernel},
	{"--for-kernel", "VERSION", "import for that Linux (default: the newest)", CLI_IMPORT,
	 set_min_kernel},
	{"--cap", "CAP_NAME", "import for a container with that capability; repeatable",
	 CLI_IMPORT, set_cap},
	{"--portable", NULL, "warn of what other tools would not read", CLI_LINT, set_portable},
	{"--stdio", NULL, "talk on standard input and output, which is what is done anyway",
	 CLI_SERVE, set_stdio},
	{"--check", NULL, "name the files whose layout is another; with -v, say how",
	 CLI_FORMAT, set_fmt_check},
	{"--write", NULL, "change the files in place", CLI_FORMAT, set_fmt_write},
	{"--reflow", NULL, "decide all line breaks anew", CLI_FORMAT, set_fmt_reflow},
	{"-W", "[no-]NAME", "switch a warning on or off; also -Werror, -Werror=NAME",
	 CLI_COMMON, set_warning},
	{"--diagnostics", "text|json|sarif|github", "how messages are written (text)",
	 CLI_COMMON, set_diagnostics},
	{"--max-errors", "N", "stop listing after N errors (0: never)", CLI_COMMON,
	 set_max_errors},
	{"--color", "auto|always|never", "colours in messages (auto: on a terminal)",
	 CLI_COMMON, set_color},
	{"-q", NULL, "errors only", CLI_COMMON, set_quiet},
	{"-v", NULL, "say what is done", CLI_COMMON, set_verbose},
	{"--help", NULL, "this text", CLI_COMMON, NULL},
	{"--version", NULL, "the version", CLI_COMMON, NULL},
};

enum { OPTION_COUNT = sizeof(options) / sizeof(*options) };

/* Long forms of the options that other programs have too. */
static const struct alias {
	const char *alias;
	const char *name;
} aliases[] = {
	{"--output", "-o"},
	{"--quiet", "-q"},
	{"--verbose", "-v"},
	{"-h", "--help"},
};

enum { ALIAS_COUNT = sizeof(aliases) / sizeof(*aliases) };

static const char *option_alias(const struct cli_option *option)
{
	for (size_t i = 0; i < ALIAS_COUNT; i++) {
		if (strcmp(aliases[i].name, option->name) == 0)
			return aliases[i].alias;
	}
	return NULL;
}

/* What does not fit the left column has its help on a line of its own. */
static void print_option(const struct cli_option *option, FILE *out)
{
	enum { COLUMN = 27 };
	const char *alias = option_alias(option);
	bool is_short = alias && alias[1] != '-';
	char left[80];

	snprintf(left, sizeof(left), "%s%s%s%s%s", is_short ? alias : option->name,
		 alias ? ", " : "",
		 !alias	    ? ""
		 : is_short ? option->name
			    : alias,
		 option->value ? " " : "", option->value ? option->value : "");
	if (strlen(left) > COLUMN)
		fprintf(out, "  %s\n  %-*s %s\n", left, COLUMN, "", option->help);
	else
		fprintf(out, "  %-*s %s\n", COLUMN, left, option->help);
}

static void print_archs(FILE *out)
{
	const struct abi_db *db = abi_builtin();

	fputs("\nARCH is ", out);
	for (uint32_t i = 0; i < db->arch_count; i++)
		fprintf(out, "%s%s",
			i == 0			  ? ""
			: i + 1 == db->arch_count ? " or "
						  : ", ",
			abi_string(db, db->archs[i].name));
	fputs(".\n", out);
}

void cli_help(const struct cli_command *command, FILE *out)
{
	fprintf(out, "%s\n\nUsage: scmlc %s%s%s\nExample: %s\n", command->summary,
		command->name ? command->name : "", command->name ? " " : "", command->usage,
		command->example);
	fputs("\nOptions:\n", out);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (options[i].group & command->options)
			print_option(&options[i], out);
	}
	if (command->options & CLI_COMPILE)
		print_archs(out);
	if (command->options & CLI_FILTER)
		fprintf(out, "\nACTION is %s.\n", BPF_ACTION_FORMS);
	if (command->options & CLI_OUTPUT) {
		fputs("\nOutputs:\n", out);
		for (const struct emit_backend *one = emit_backends; one->type; one++)
			fprintf(out, "  %-12s -t %-10s %s\n", one->suffix ? one->suffix : "",
				one->type, one->help);
	}
	if (command->name)
		return;
	fputs("\nOther commands (scmlc COMMAND --help):\n", out);
	for (const struct cli_command *other = command + 1; other->run; other++)
		fprintf(out, "  %-10s %s\n", other->name, other->summary);
}

static int usage_error(const struct cli_command *command, const char *what, const char *word)
{
	fprintf(stderr, "scmlc: %s '%s'; 'scmlc %s%s--help' lists what there is\n", what, word,
		command->name ? command->name : "", command->name ? " " : "");
	return CLI_USAGE;
}

static int value_error(const struct cli_command *command, const struct cli_option *option,
		       const char *value)
{
	fprintf(stderr, "scmlc: '%s' is no value for '%s %s'; ", value, option->name,
		option->value);
	if (option->value && strstr(option->value, "ACTION"))
		fputs("ACTION is " BPF_ACTION_FORMS "\n", stderr);
	else if (strncmp(option->name, "-W", 2) == 0)
		fputs("'scmlc explain' lists the names\n", stderr);
	else
		fprintf(stderr, "'scmlc %s%s--help' lists what there is\n",
			command->name ? command->name : "", command->name ? " " : "");
	return CLI_USAGE;
}

/* How much of ARG is the option's name: all of it, up to `=`, or `-W` and `-o` with a value
 * stuck on. 0: it is another option. */
static size_t name_match(const struct cli_option *option, const char *name, const char *arg)
{
	size_t len = strlen(name);

	if (strncmp(arg, name, len) != 0)
		return 0;
	if (arg[len] == '\0')
		return len;
	if (!option->value)
		return 0;
	return arg[len] == '=' || (len == 2 && arg[1] != '-') ? len : 0;
}

static size_t option_match(const struct cli_option *option, const char *arg)
{
	const char *alias = option_alias(option);
	size_t len = name_match(option, option->name, arg);

	return len || !alias ? len : name_match(option, alias, arg);
}

static const struct cli_option *find_option(const char *arg, unsigned groups, size_t *len)
{
	const struct cli_option *best = NULL;

	*len = 0;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		size_t match = option_match(&options[i], arg);

		if (match > *len && (options[i].group & groups)) {
			best = &options[i];
			*len = match;
		}
	}
	return best;
}

bool cli_takes_next_word(const char *arg)
{
	size_t len;
	const struct cli_option *option = find_option(arg, ~0U, &len);

	return option && option->value && !arg[len];
}

/* The option of GROUPS that ARG was probably meant to be, or NULL. */
static const char *nearest_option(struct arena *arena, const char *arg, unsigned groups)
{
	struct nearest_name nearest = nearest_new(arena_strndup(arena, arg, strcspn(arg, "=")));

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const char *alias = option_alias(&options[i]);
		const char *names[] = {options[i].name, alias ? alias : options[i].name};

		for (int k = 0; k < 2 && (options[i].group & groups); k++) {
			/* any letter is near to any other */
			if (names[k][1] == '-')
				nearest_consider(&nearest, names[k]);
		}
	}
	return nearest.name;
}

static int unknown_option(struct cli *cli, const struct cli_command *command, const char *arg)
{
	const char *best = nearest_option(cli->compilation->arena, arg, command->options);

	if (!best)
		return usage_error(command, "there is no option", arg);
	fprintf(stderr, "scmlc: there is no option '%s'; did you mean '%s'?\n", arg, best);
	return CLI_USAGE;
}

/* Apply the option at ARGV[*AT]. */
static int parse_option(struct cli *cli, const struct cli_command *command, int argc,
			char **argv, int *at, bool *stop)
{
	const char *arg = argv[*at], *value = NULL;
	size_t len;
	const struct cli_option *option = find_option(arg, command->options, &len);

	if (!option)
		return unknown_option(cli, command, arg);
	if (cli->output && strcmp(option->name, "-o") == 0) {
		fputs("scmlc: '-o' stands twice; one run writes one output\n", stderr);
		return CLI_USAGE;
	}
	if (!option->set) {
		*stop = true;
		if (strcmp(option->name, "--version") == 0)
			puts("scmlc " SCML_VERSION);
		else
			cli_help(command, stdout);
		return CLI_DONE;
	}
	if (option->value && arg[len])
		value = arg + len + (arg[len] == '=');
	else if (option->value && *at + 1 < argc)
		value = argv[++*at];
	else if (option->value)
		return usage_error(command, "a value is missing after", arg);
	if (option->set(cli, value))
		return CLI_DONE;
	return value_error(command, option, value);
}

int cli_parse(struct cli *cli, const struct cli_command *command, int argc, char **argv,
	      bool *stop)
{
	bool only_operands = false;

	*stop = false;
	cli->color = diags_want_color();
	for (int i = 0; i < argc; i++) {
		int status;

		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
			continue;
		}
		if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0') {
			vec_push(cli->compilation->arena, &cli->inputs, argv[i]);
			continue;
		}
		status = parse_option(cli, command, argc, argv, &i, stop);
		if (status != CLI_DONE || *stop)
			return status;
	}
	return CLI_DONE;
}
