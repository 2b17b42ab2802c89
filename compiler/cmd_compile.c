#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "output.h"

static const struct emit_backend *choose_backend(const struct cli *cli)
{
	const struct emit_backend *backend;

	if (!cli->output && !cli->type) {
		fputs("scmlc: say where the result goes with '-o OUTPUT', or check only with "
		      "'scmlc lint'\n",
		      stderr);
		return NULL;
	}
	backend = cli->type ? emit_by_type(cli->type) : emit_by_name(cli->output);
	if (!backend)
		fprintf(stderr,
			"scmlc: the name '%s' does not say what to write; name its kind with "
			"'-t TYPE' ('scmlc --help' lists the kinds)\n",
			cli->output);
	if (backend && cli->archs.count > 1 && !backend->many_archs) {
		fprintf(stderr, "scmlc: '-t %s' takes one architecture\n", backend->type);
		return NULL;
	}
	return backend;
}

/* `OUTPUT: INPUT...` for make, with blanks and dollars quoted as make wants them. */
static void print_make_name(FILE *out, const char *name)
{
	for (; *name; name++) {
		if (*name == ' ' || *name == '#')
			putc('\\', out);
		if (*name == '$')
			putc('$', out);
		putc(*name, out);
	}
}

static int write_depend(const struct cli *cli, const char *output)
{
	const struct sources *sources = cli->compilation->sources;
	const char *path = cli->depend_file;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int error;

	if (!out)
		return cli_system_error("dependency file", -errno);
	print_make_name(out, output);
	putc(':', out);
	for (uint32_t i = 0; i < source_file_count(sources); i++) {
		const struct source_file *file = source_file(sources, i);

		if (file->path[0] == '<')
			continue;
		putc(' ', out);
		print_make_name(out, file->path);
	}
	putc('\n', out);
	if (fclose(out))
		return cli_system_error("dependency file", -errno);
	if (!path)
		path = arena_printf(cli->compilation->arena, "%s.d", output);
	error = output_write(path, text, size);
	free(text);
	return error ? cli_system_error(path, error) : CLI_DONE;
}

static int write_result(struct cli *cli, const struct emit_backend *backend,
			const struct emit_options *options)
{
	const char *path = cli->output ? cli->output : "-";
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int error, status;

	if (!out)
		return cli_system_error(path, -errno);
	backend->emit(cli->compilation, options, out);
	if (fclose(out))
		return cli_system_error(path, -errno);
	status = cli_finish(cli);
	error = status == CLI_DONE ? output_write(path, text, size) : 0;
	free(text);
	if (error)
		return cli_system_error(strcmp(path, "-") == 0 ? "standard output" : path,
					error);
	if (status == CLI_DONE && cli->is_verbose)
		fprintf(stderr, "scmlc: %s: %zu bytes of %s\n", path, size, backend->type);
	if (status == CLI_DONE && (cli->wants_depend || cli->depend_file))
		status = write_depend(cli, path);
	return status;
}

int cmd_compile(struct cli *cli)
{
	const struct emit_backend *backend = choose_backend(cli);
	struct emit_options options = {.output_name = cli->output ? cli->output : "",
				       .byte_order = cli->byte_order,
				       .doc_details = cli->doc_details,
				       .no_verify = cli->no_verify};

	if (!backend)
		return CLI_USAGE;
	if (!cli_compile(cli))
		return cli_finish(cli);
	if (!cli_filter_options(cli, &options.bpf))
		return cli_finish(cli);
	return write_result(cli, backend, &options);
}
