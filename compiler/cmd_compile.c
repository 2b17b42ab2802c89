#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "doc_book.h"
#include "doc_headings.h"

/* Is the output a folder, for a page per input? */
static bool writes_folder(const struct cli *cli)
{
	size_t len = cli->output ? strlen(cli->output) : 0;
	struct stat status;

	if (len > 0 && cli->output[len - 1] == '/')
		return true;
	/* a folder that is called as a file would be is more likely a mistake */
	return len > 0 && !emit_by_name(cli->output) && stat(cli->output, &status) == 0 &&
	       S_ISDIR(status.st_mode);
}

static const struct emit_backend *choose_for_folder(const struct cli *cli)
{
	if (cli->type && strcmp(cli->type, "md") != 0) {
		fprintf(stderr,
			"scmlc: '%s' is a folder, into which only pages are written, and not "
			"'-t %s'\n",
			cli->output, cli->type);
		return NULL;
	}
	if (cli->archs.count > 1) {
		fputs("scmlc: pages take one architecture\n", stderr);
		return NULL;
	}
	return emit_by_type("md");
}

static const struct emit_backend *choose_backend(const struct cli *cli)
{
	const struct emit_backend *backend;

	if (!cli->output && !cli->type) {
		fputs("scmlc: say where the result goes with '-o OUTPUT', or check only with "
		      "'scmlc lint'\n",
		      stderr);
		return NULL;
	}
	if (writes_folder(cli))
		return choose_for_folder(cli);
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
	int status;

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
	status = cli_write(cli, path, text, size);
	free(text);
	return status;
}

static int write_result(struct cli *cli, const struct emit_backend *backend,
			const struct emit_options *options)
{
	const char *path = cli->output ? cli->output : "-";
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int status;

	if (!out)
		return cli_system_error(path, -errno);
	backend->emit(cli->compilation, options, out);
	if (fclose(out))
		return cli_system_error(path, -errno);
	status = cli_finish(cli);
	if (status == CLI_DONE)
		status = cli_write(cli, path, text, size);
	free(text);
	if (status == CLI_DONE && cli->is_verbose)
		fprintf(stderr, "scmlc: %s: %zu bytes of %s\n", path, size, backend->type);
	if (status == CLI_DONE && (cli->wants_depend || cli->depend_file))
		status = write_depend(cli, path);
	return status;
}

/* The name of the page for each input; NULL after an error where two would have the same. */
static const char *const *page_names(struct cli *cli)
{
	struct arena *arena = cli->compilation->arena;
	const char **names = ARENA_ARRAY(arena, const char *, cli->inputs.count + 1);
	struct doc_headings taken = {0};
	bool are_new = true;

	doc_headings_add(arena, &taken, DOC_BOOK_INDEX);
	for (size_t i = 0; i < cli->inputs.count; i++) {
		const char *name = strcmp(cli->names[i], "-") ? cli->names[i] : "stdin";
		const char *slash = strrchr(name, '/');
		const char *dot = strrchr(slash ? slash : name, '.');

		names[i] = arena_printf(arena, "%.*s.md",
					(int)(dot ? (size_t)(dot - name) : strlen(name)), name);
		if (strcmp(doc_headings_add(arena, &taken, names[i]), names[i]) == 0)
			continue;
		are_new = false;
		diag_add(
			cli->compilation->diags, DIAG_FILE_ERROR, SPAN_NONE,
			"the page of '%s' would be '%s', which another page is already; rename "
			"one of the inputs",
			cli->inputs.items[i], names[i]);
	}
	return are_new ? names : NULL;
}

/* Make the folders that lead to PATH. 0, or a negative errno. */
static int make_folders(char *path)
{
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST) {
			int error = -errno;

			*slash = '/';
			return error;
		}
		*slash = '/';
	}
	return 0;
}

/* Where the file NAME of a book goes. */
static char *path_in_book(const struct cli *cli, const char *name)
{
	bool has_slash = cli->output[strlen(cli->output) - 1] == '/';

	return arena_printf(cli->compilation->arena, "%s%s%s", cli->output,
			    has_slash ? "" : "/", name);
}

static int write_book_file(struct cli *cli, const struct doc_book_file *file)
{
	char *path = path_in_book(cli, file->name);
	int error = make_folders(path), status;

	if (error)
		return cli_system_error(path, error);
	status = cli_write(cli, path, file->text, file->size);
	if (status == CLI_DONE && cli->is_verbose)
		fprintf(stderr, "scmlc: %s: %zu bytes of md\n", path, file->size);
	return status;
}

/* All pages are made, and may be written, before the first is. */
static int write_book(struct cli *cli)
{
	const char *const *names = page_names(cli);
	struct doc_book book = {0};
	const struct doc_book_file *file;
	int status;

	if (names)
		book = doc_book_build(cli->compilation, names, cli->doc_details);
	status = cli_finish(cli);
	vec_each (file, &book.files) {
		if (status == CLI_DONE)
			status = cli_check_output(cli, path_in_book(cli, file->name));
	}
	if (status != CLI_DONE)
		return status;
	vec_each (file, &book.files) {
		status = write_book_file(cli, file);
		if (status != CLI_DONE)
			return status;
	}
	if (cli->wants_depend || cli->depend_file)
		return write_depend(cli, path_in_book(cli, DOC_BOOK_INDEX));
	return CLI_DONE;
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
	if (writes_folder(cli))
		return write_book(cli);
	return write_result(cli, backend, &options);
}
