#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "import.h"

/* Profiles are JSON; anything else is a list. */
static bool is_profile(const struct source_file *file)
{
	char first = file->text[strspn(file->text, " \t\r\n")];

	return first == '{' || first == '[';
}

static int write_rules(struct cli *cli, struct import *import, const struct source_file *file)
{
	const char *path = cli->output ? cli->output : "-";
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int status;

	if (!out)
		return cli_system_error(path, -errno);
	import_write(import, file->path, out);
	if (fclose(out))
		return cli_system_error(path, -errno);
	status = cli_finish(cli);
	if (status == CLI_DONE)
		status = cli_write(cli, path, text, size);
	free(text);
	return status;
}

int cmd_import(struct cli *cli)
{
	struct compilation *compilation = cli->compilation;
	struct import import = {
		.arena = compilation->arena,
		.diags = compilation->diags,
		.caps = cli->caps.items,
		.cap_count = cli->caps.count,
		.kernel = cli->lint.min_kernel,
	};
	const struct compile_options options = {
		.archs = cli->archs.items,
		.arch_count = cli->archs.count,
		.overlays = cli->overlays.items,
		.overlay_count = cli->overlays.count,
	};
	const struct source_document *source;

	if (cli->inputs.count != 1) {
		fprintf(stderr, "scmlc: one file is imported at a time, and %zu are given\n",
			cli->inputs.count);
		return CLI_USAGE;
	}
	if (cli->is_quiet)
		diags_min_level(compilation->diags, DIAG_ERROR);
	compile_run(compilation, NULL, 0, &options); /* lays the overlays over the database */
	import.db = compilation->db;
	if (diags_count(compilation->diags, DIAG_ERROR) || !cli_default_arch(cli, &import.arch))
		return cli_finish(cli);
	source = source_read(compilation->sources, compilation->diags, cli->inputs.items[0]);
	if (source && source->file->size > IMPORT_MAX_BYTES) {
		diag_add(compilation->diags, DIAG_FILE_ERROR, SPAN_NONE,
			 "'%s' is larger than the %d bytes that are imported",
			 source->file->path, (int)IMPORT_MAX_BYTES);
		source = NULL;
	}
	if (!source)
		return cli_finish(cli);
	import_start(&import);
	if (is_profile(source->file))
		import_oci(&import, source->file);
	else
		import_list(&import, source->file);
	return write_rules(cli, &import, source->file);
}
