/* cli: what a command line says, for every command alike. */
#ifndef SCML_CLI_H
#define SCML_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/program.h"
#include "compile.h"
#include "emit.h"
#include "lint.h"
#include "vec.h"

/** Exit statuses that scripts can rely on. */
enum cli_status {
	CLI_DONE = 0,
	CLI_DIFFERENT = 1, /* of commands that compare */
	CLI_ERRORS = 1,	   /* in the input */
	CLI_USAGE = 2,
	CLI_SYSTEM = 3, /* a file, memory */
};

/** Everything that options and operands can set. */
struct cli {
	struct compilation *compilation; /* its diags have the -W options already */
	VEC(const char *) inputs;
	const char *const *names; /* of inputs, below the folder that brought each; or NULL */
	VEC(const char *) archs;
	VEC(const char *) overlays;
	VEC(struct bpf_call_action) call_actions;
	VEC(const char *) caps;
	VEC(const char *) warnings; /* -W options, for compilations to come */
	const char *output;	    /* NULL: none was given */
	const char *type;
	const char *depend_file;   /* -MF */
	bool wants_depend;	   /* -MD */
	struct bpf_options filter; /* but for call_actions and the profile */
	const char *profile;	   /* a file; NULL: none was given */
	enum bpf_order byte_order;
	struct lint_options lint;
	bool doc_details;
	bool fmt_check;
	bool fmt_write;
	bool fmt_reflow;
	bool no_verify;
	bool is_quiet;
	bool is_verbose;
	enum diag_format diagnostics;
	bool color;
};

struct cli_command {
	const char *name;    /* NULL: compiling, which needs no name */
	const char *usage;   /* what stands behind `scmlc NAME` */
	const char *summary; /* one sentence */
	const char *example;
	unsigned options; /* enum cli_group bits that it takes */
	int (*run)(struct cli *cli);
};

/** Groups of options; a command takes some of them. */
enum cli_group {
	CLI_COMMON = 1,	     /* diagnostics and help: every command */
	CLI_COMPILE = 2,     /* architectures and overlays */
	CLI_FILTER = 4,	     /* what a filter answers */
	CLI_OUTPUT = 8,	     /* where results go */
	CLI_LINT = 16,	     /* what is checked beside the language */
	CLI_IMPORT = 32,     /* what is imported, and for whom */
	CLI_FORMAT = 64,     /* what becomes of the layout */
	CLI_PAGES = 128,     /* how much a page says */
	CLI_SERVE = 512,     /* how an editor is talked to */
	CLI_ALONE = 1 << 15, /* no options: the command needs no input */
};

/** The commands, ended by a row whose RUN is NULL; the first one is compiling. */
extern const struct cli_command cli_commands[];

/**
 * Read ARGV (without the program's and the command's name) into CLI. CLI_DONE with *STOP set:
 * help or version was asked for and printed. CLI_USAGE: a message was printed.
 */
int cli_parse(struct cli *cli, const struct cli_command *command, int argc, char **argv,
	      bool *stop);

/** Is the word behind ARG, an option of any command, its value? */
bool cli_takes_next_word(const char *arg);

/** Compile CLI's inputs; false where there were errors, which have been written. */
bool cli_compile(struct cli *cli);

/** Write the diagnostics so far to standard error; CLI_SYSTEM if a file could not be read,
 * CLI_ERRORS if there are other errors, else CLI_DONE.
 */
int cli_finish(struct cli *cli);

/**
 * May PATH be written? Not if that is a file that was read: a result put over its source would
 * lose it. Says so, and gives CLI_USAGE; else CLI_DONE.
 */
int cli_check_output(const struct cli *cli, const char *path);

/** Write SIZE bytes to PATH (`-`: standard output) if cli_check_output() allows it. */
int cli_write(const struct cli *cli, const char *path, const void *data, size_t size);

/** Report that something failed with negative errno ERROR; gives CLI_SYSTEM. */
int cli_system_error(const char *what, int error);

/** Write out what stands in standard output's buffer; gives STATUS, or CLI_SYSTEM after a
 * message. */
int cli_flush(int status);

/** Print the usage of COMMAND to OUT. */
void cli_help(const struct cli_command *command, FILE *out);

/**
 * What CLI says about filters, to *OPTIONS. False where a call of --on-mismatch is unknown or
 * the profile cannot be read, which was reported to the compilation's diags.
 */
bool cli_filter_options(const struct cli *cli, struct bpf_options *options);

/** Is CODE, which was read from PATH, a whole filter that the kernel takes? CLI_DONE, or a
 * status after a message. */
int cli_check_filter(struct cli *cli, const char *path, const struct bpf_code *code);

/** Read the raw filter that is CLI's one input. CLI_DONE, or a status after a message. */
int cli_read_filter(struct cli *cli, struct bpf_code *code);

/** Read the raw filter PATH, which the kernel must take. CLI_DONE, or a status after a message.
 */
int cli_load_filter(struct cli *cli, const char *path, struct bpf_code *code);

/** The architecture that CLI asked for first, or the host's, to *ARCH; false after an error. */
bool cli_default_arch(struct cli *cli, unsigned *arch);

int cmd_compile(struct cli *cli);
int cmd_lint(struct cli *cli);
int cmd_eval(struct cli *cli);
int cmd_sim(struct cli *cli);
int cmd_verify(struct cli *cli);
int cmd_diff(struct cli *cli);
int cmd_disasm(struct cli *cli);
int cmd_explain(struct cli *cli);
int cmd_import(struct cli *cli);
int cmd_lsp(struct cli *cli);
int cmd_fmt(struct cli *cli);
int cmd_mdbook(struct cli *cli);

#endif
