#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "mdbook.h"
#include "output.h"

/* All of standard input as JSON; NULL after a message. */
static json_t *read_input(int *status)
{
	char *text = NULL;
	size_t size = 0, used = 0;
	json_error_t error;
	json_t *json = NULL;
	ssize_t got;

	*status = CLI_SYSTEM;
	do {
		if (used == size) {
			char *larger = realloc(text, size = size ? 2 * size : 1 << 16);

			if (!larger)
				arena_out_of_memory();
			text = larger;
		}
		got = read(STDIN_FILENO, text + used, size - used);
		used += got > 0 ? (size_t)got : 0;
	} while ((got > 0 && used <= MDBOOK_MAX_BYTES) || (got < 0 && errno == EINTR));
	if (got < 0) {
		cli_system_error("standard input", -errno);
	} else if (used > MDBOOK_MAX_BYTES) {
		fputs("scmlc: standard input: too large for a book\n", stderr);
	} else {
		json = json_loadb(text, used, JSON_ALLOW_NUL, &error);
		*status = CLI_ERRORS;
		if (!json)
			fprintf(stderr, "<stdin>:%d:%d: error: this is no JSON: %s\n",
				error.line, error.column > 0 ? error.column : 1, error.text);
	}
	free(text);
	return json;
}

static int run_book(struct cli *cli, const struct mdbook_options *options)
{
	int status;
	json_t *input = read_input(&status);
	json_t *book = input ? mdbook_run(cli->compilation, input, options) : NULL;
	char *text = NULL;
	int error;

	if (input)
		status = cli_finish(cli);
	if (book && status == CLI_DONE) {
		text = json_dumps(book, JSON_COMPACT);
		if (!text)
			arena_out_of_memory();
		error = output_write("-", text, strlen(text));
		if (error)
			status = cli_system_error("standard output", error);
	}
	free(text);
	json_decref(input);
	return status;
}

int cmd_mdbook(struct cli *cli)
{
	struct mdbook_options options = {.details = cli->doc_details, .lint = cli->lint};
	const struct compile_options compile = {
		.archs = cli->archs.items,
		.arch_count = cli->archs.count,
		.overlays = cli->overlays.items,
		.overlay_count = cli->overlays.count,
	};

	if (cli->inputs.count == 2 && strcmp(cli->inputs.items[0], "supports") == 0)
		return mdbook_supports(cli->inputs.items[1]) ? CLI_DONE : CLI_DIFFERENT;
	if (cli->inputs.count > 0) {
		fputs("scmlc: mdBook runs 'scmlc mdbook' and 'scmlc mdbook supports RENDERER'; "
		      "there is nothing else to say to it\n",
		      stderr);
		return CLI_USAGE;
	}
	if (cli->is_quiet)
		diags_min_level(cli->compilation->diags, DIAG_ERROR);
	compile_run(cli->compilation, NULL, 0,
		    &compile); /* lays the overlays over the database */
	if (diags_count(cli->compilation->diags, DIAG_ERROR) ||
	    !cli_default_arch(cli, &options.arch))
		return cli_finish(cli);
	return run_book(cli, &options);
}
