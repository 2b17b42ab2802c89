#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "edit_distance.h"

const struct cli_command cli_commands[] = {
	{NULL, "[options] INPUT... -o OUTPUT",
	 "Compile SCML, the System Call Matching Language, to filters, tables and pages.",
	 "scmlc specs/networking-and-sockets.scml -o filter.bpf",
	 CLI_COMMON | CLI_COMPILE | CLI_LINT | CLI_FILTER | CLI_OUTPUT, cmd_compile},
	{"lint", "[options] INPUT...", "Check rules without writing anything.",
	 "scmlc lint specs/*.scml", CLI_COMMON | CLI_COMPILE | CLI_LINT, cmd_lint},
	{"fmt", "[--check|--write] INPUT...", "Lay rules out in one way, comments and all.",
	 "scmlc fmt --write specs/*.scml", CLI_COMMON | CLI_FORMAT, cmd_fmt},
	{"mdbook", "[options] [supports RENDERER]",
	 "Put rules into books: a preprocessor of mdBook.", "scmlc mdbook supports html",
	 CLI_COMMON | CLI_COMPILE | CLI_PAGES | CLI_ALONE, cmd_mdbook},
	{"eval", "[options] INPUT... < CALLS", "Say what the rules answer for system calls.",
	 "echo 'socket 2 1 0' | scmlc eval net.scml", CLI_COMMON | CLI_COMPILE | CLI_FILTER,
	 cmd_eval},
	{"sim", "FILTER.bpf < CALLS",
	 "Say what a filter answers, and after how many instructions.",
	 "echo 'socket 2 1 0' | scmlc sim filter.bpf", CLI_COMMON | CLI_COMPILE, cmd_sim},
	{"verify", "[options] FILTER.bpf INPUT...",
	 "Prove that a filter answers every call as the rules do, or show where not.",
	 "scmlc verify filter.bpf specs/networking-and-sockets.scml",
	 CLI_COMMON | CLI_COMPILE | CLI_FILTER, cmd_verify},
	{"diff", "[options] OLD NEW",
	 "Say what one of two specs or filters allows and the other does not.",
	 "scmlc diff old.scml new.scml", CLI_COMMON | CLI_COMPILE | CLI_FILTER, cmd_diff},
	{"disasm", "FILTER.bpf", "List a raw seccomp filter in readable form.",
	 "scmlc disasm filter.bpf", CLI_COMMON | CLI_COMPILE, cmd_disasm},
	{"import", "[options] FILE",
	 "Make rules of a container runtime's seccomp profile or of a list of calls.",
	 "scmlc import profile.json -o profile.scml", CLI_COMMON | CLI_COMPILE | CLI_IMPORT,
	 cmd_import},
	{"explain", "[NAME...]", "Say what a warning or error means, or list all of them.",
	 "scmlc explain never", CLI_COMMON | CLI_ALONE, cmd_explain},
	{"lsp", "[options]",
	 "Serve an editor: the language server protocol, on standard input and output.",
	 "scmlc lsp --arch x86_64 --arch aarch64",
	 CLI_COMMON | CLI_COMPILE | CLI_LINT | CLI_SERVE | CLI_ALONE, cmd_lsp},
	{0},
};

/* The command that the first operand in ARGV names, which is then taken out. */
static const struct cli_command *take_command(int *argc, char **argv)
{
	int at = 1;

	while (at < *argc && argv[at][0] == '-' && argv[at][1] && strcmp(argv[at], "--") != 0)
		at += cli_takes_next_word(argv[at]) ? 2 : 1;
	if (at < *argc && strcmp(argv[at], "help") == 0)
		memcpy(argv[at++], "-h", sizeof("-h"));
	for (const struct cli_command *one = cli_commands + 1; at < *argc && one->run; one++) {
		if (strcmp(argv[at], one->name) != 0)
			continue;
		for (--*argc; at < *argc; at++)
			argv[at] = argv[at + 1];
		return one;
	}
	return &cli_commands[0];
}

enum { HEAP_STEP = 512 * 1024, HEAP_KEPT = 16 * 1024 * 1024 };

/* Working memory is taken and freed by turns: giving each piece back costs more than its use.
 */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
	mallopt(M_MMAP_THRESHOLD, HEAP_KEPT);
	mallopt(M_TOP_PAD, HEAP_STEP);
#endif
}

/* Is WORD, the first operand where no command was found, no file either? Then say so. */
static bool is_no_command(const char *word)
{
	struct nearest_name nearest = nearest_new(word);

	if (strpbrk(word, "./-") || access(word, F_OK) == 0)
		return false;
	for (const struct cli_command *one = cli_commands + 1; one->run; one++)
		nearest_consider(&nearest, one->name);
	fprintf(stderr, "scmlc: '%s' is neither a command nor a file; ", word);
	if (nearest.name)
		fprintf(stderr, "did you mean '%s'?\n", nearest.name);
	else
		fputs("'scmlc --help' lists the commands\n", stderr);
	return true;
}

int main(int argc, char **argv)
{
	bool has_words = argc > 1;
	const struct cli_command *command = take_command(&argc, argv);
	struct cli cli = {.filter = bpf_options_default()};
	bool stop;
	int status;

	keep_memory();
	if (!has_words) {
		cli_help(command, stderr);
		return CLI_USAGE;
	}
	cli.compilation = compile_new();
	status = cli_parse(&cli, command, argc - 1, argv + 1, &stop);
	if (status == CLI_DONE && !stop && cli.inputs.count == 0 &&
	    !(command->options & CLI_ALONE)) {
		fprintf(stderr, "scmlc: no input; usage: scmlc %s%s%s\n",
			command->name ? command->name : "", command->name ? " " : "",
			command->usage);
		status = CLI_USAGE;
	} else if (status == CLI_DONE && !stop && !command->name &&
		   is_no_command(cli.inputs.items[0])) {
		status = CLI_USAGE;
	} else if (status == CLI_DONE && !stop) {
		status = command->run(&cli);
	}
	compile_free(cli.compilation);
	return status == CLI_DONE || status == CLI_ERRORS ? cli_flush(status) : status;
}
