#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "fmt.h"
#include "output.h"
#include "spec_files.h"

/* TEXT, each line behind MARK. */
static void print_lines(char mark, const char *text, size_t size)
{
	for (size_t at = 0, len; at < size; at += len + 1) {
		const char *newline = memchr(text + at, '\n', size - at);

		len = newline ? (size_t)(newline - text) - at : size - at;
		printf("%c%.*s\n", mark, (int)len, text + at);
	}
}

/* The lines of FILE that edits of RESULT touch, and what they become, as a short difference. */
static void print_difference(const struct source_file *file, const struct fmt_result *result)
{
	size_t next = 0;

	while (next < result->edit_count) {
		uint32_t first = source_place(file, result->edits[next].span.start).line;
		uint32_t last = first;
		struct arena *arena = arena_new();
		size_t from = next, start, end, size;
		const char *text;

		for (; next < result->edit_count &&
		       source_place(file, result->edits[next].span.start).line <= last + 1;
		     next++)
			last = source_place(file, result->edits[next].span.end).line;
		start = file->lines[first - 1];
		end = last < file->line_count ? file->lines[last] : file->size;
		printf("@@ line %u @@\n", first);
		print_lines('-', file->text + start, end - start);
		text = fmt_apply_between(arena, file, result->edits + from, next - from, start,
					 end, &size);
		print_lines('+', text, size);
		arena_free(arena);
	}
}

static int write_text(const char *path, const char *text, size_t size)
{
	int error = output_write(path, text, size);

	if (error)
		return cli_system_error(strcmp(path, "-") ? path : "standard output", error);
	return CLI_DONE;
}

static int format_input(struct cli *cli, const char *path)
{
	struct compilation *compilation = cli->compilation;
	const struct fmt_options options = {.reflow = cli->fmt_reflow, .range = SPAN_NONE};
	const struct source_document *document =
		source_read(compilation->sources, compilation->diags, path);
	const struct fmt_result *result;
	const char *text;
	size_t size;

	if (!document || document->is_incomplete)
		return CLI_DONE; /* said already */
	result = fmt_document(compilation->arena, compilation->diags, compilation->sources,
			      document, &options);
	if (result->has_errors)
		return CLI_DONE;
	if (cli->fmt_check) {
		if (result->edit_count == 0)
			return CLI_DONE;
		if (!cli->is_quiet)
			printf("%s\n", document->file->path);
		if (cli->is_verbose)
			print_difference(document->file, result);
		return CLI_DIFFERENT;
	}
	text = fmt_apply(compilation->arena, document->file, result, &size);
	if (!cli->fmt_write || strcmp(path, "-") == 0)
		return write_text("-", text, size);
	if (result->edit_count == 0)
		return CLI_DONE;
	if (cli->is_verbose)
		fprintf(stderr, "scmlc: %s: laid out anew\n", path);
	return write_text(path, text, size);
}

int cmd_fmt(struct cli *cli)
{
	struct compilation *compilation = cli->compilation;
	struct spec_files files = {0};
	int worst = CLI_DONE;
	int status;

	if (cli->fmt_check && cli->fmt_write) {
		fputs("scmlc: '--check' changes nothing and '--write' does; give one of them\n",
		      stderr);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < cli->inputs.count; i++)
		spec_files_add(&files, compilation->arena, compilation->diags,
			       cli->inputs.items[i]);
	for (size_t i = 0; i < files.paths.count; i++) {
		status = format_input(cli, files.paths.items[i]);
		if (status > worst)
			worst = status;
	}
	status = cli_finish(cli);
	return status > worst ? status : worst;
}
