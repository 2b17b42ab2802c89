#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/raw.h"
#include "output.h"
#include "spec_files.h"

int cli_system_error(const char *what, int error)
{
	fprintf(stderr, "scmlc: %s: %s\n", what, strerror(-error));
	return CLI_SYSTEM;
}

int cli_finish(struct cli *cli)
{
	struct diags *diags = cli->compilation->diags;

	diags_sort(diags);
	diags_write(diags, cli->diagnostics, cli->color, stderr);
	if (diags_has(diags, DIAG_FILE_ERROR))
		return CLI_SYSTEM;
	return diags_count(diags, DIAG_ERROR) ? CLI_ERRORS : CLI_DONE;
}

int cli_check_output(const struct cli *cli, const char *path)
{
	bool was_read = output_replaces(path, cli->profile);

	for (size_t i = 0; i < cli->inputs.count; i++)
		was_read |= output_replaces(path, cli->inputs.items[i]);
	for (size_t i = 0; i < cli->overlays.count; i++)
		was_read |= output_replaces(path, cli->overlays.items[i]);
	if (!was_read)
		return CLI_DONE;
	fprintf(stderr,
		"scmlc: '%s' is also an input, which the result would replace; give the result "
		"another name ('scmlc fmt --write' lays a file out in its place)\n",
		path);
	return CLI_USAGE;
}

int cli_write(const struct cli *cli, const char *path, const void *data, size_t size)
{
	int status = cli_check_output(cli, path);
	int error;

	if (status != CLI_DONE)
		return status;
	error = output_write(path, data, size);
	if (error)
		return cli_system_error(strcmp(path, "-") == 0 ? "standard output" : path,
					error);
	return CLI_DONE;
}

int cli_flush(int status)
{
	bool had_error = ferror(stdout); /* of a write that failed before */

	if (fflush(stdout))
		return cli_system_error("standard output", -errno);
	return had_error ? cli_system_error("standard output", -EIO) : status;
}

/* Replace the folders among CLI's inputs by the SCML files in them, and give all names. */
static void cli_expand(struct cli *cli)
{
	struct compilation *compilation = cli->compilation;
	struct spec_files files = {0};
	VEC(const char *) names = {0};
	const char **input;

	vec_each (input, &cli->inputs) {
		size_t len = strlen(*input);

		spec_files_add(&files, compilation->arena, compilation->diags, *input);
		while (len > 0 && (*input)[len - 1] == '/')
			len--;
		while (names.count < files.paths.count) {
			const char *path = files.paths.items[names.count];
			const char *slash = strrchr(path, '/');

			if (path == *input) /* a file of its own */
				path = slash ? slash + 1 : path;
			else
				path += len + strspn(path + len, "/");
			vec_push(compilation->arena, &names, path);
		}
	}
	cli->inputs.items = files.paths.items;
	cli->inputs.count = cli->inputs.capacity = files.paths.count;
	cli->names = names.items;
}

bool cli_compile(struct cli *cli)
{
	struct compile_options options = {
		.archs = cli->archs.items,
		.arch_count = cli->archs.count,
		.overlays = cli->overlays.items,
		.overlay_count = cli->overlays.count,
	};

	if (cli->is_quiet)
		diags_min_level(cli->compilation->diags, DIAG_ERROR);
	cli_expand(cli);
	compile_run(cli->compilation, cli->inputs.items, cli->inputs.count, &options);
	lint_run(cli->compilation, &cli->lint);
	return diags_count(cli->compilation->diags, DIAG_ERROR) == 0;
}

int cli_read_filter(struct cli *cli, struct bpf_code *code)
{
	const char *error;

	if (cli->inputs.count != 1) {
		fprintf(stderr, "scmlc: one filter is needed, and %zu are given\n",
			cli->inputs.count);
		return CLI_USAGE;
	}
	if (!bpf_read(cli->compilation->arena, cli->inputs.items[0], code, &error)) {
		fprintf(stderr, "scmlc: %s: %s\n", cli->inputs.items[0], error);
		return CLI_SYSTEM;
	}
	return CLI_DONE;
}

int cli_check_filter(struct cli *cli, const char *path, const struct bpf_code *code)
{
	struct diags *diags = cli->compilation->diags;
	struct bpf_fault fault;

	if (!bpf_check(code->items, code->count, &fault))
		diag_add(diags, DIAG_FILTER_REFUSED, SPAN_NONE,
			 "%s: the kernel does not take this filter: %04zu: %s", path,
			 fault.index, fault.reason);
	else if (code->trailing)
		diag_add(diags, DIAG_FILTER_REFUSED, SPAN_NONE,
			 "%s: no filter, or a damaged one: its last instruction has %zu of %d "
			 "bytes",
			 path, code->trailing, BPF_RAW_SIZE);
	else
		return CLI_DONE;
	return cli_finish(cli);
}

int cli_load_filter(struct cli *cli, const char *path, struct bpf_code *code)
{
	const char *error;

	if (!bpf_read(cli->compilation->arena, path, code, &error)) {
		fprintf(stderr, "scmlc: %s: %s\n", path, error);
		return CLI_SYSTEM;
	}
	return cli_check_filter(cli, path, code);
}

bool cli_default_arch(struct cli *cli, unsigned *arch)
{
	const struct abi_db *db = cli->compilation->db;
	int found =
		cli->archs.count ? abi_arch_find(db, cli->archs.items[0]) : abi_arch_host(db);

	if (found < 0) {
		diag_add(cli->compilation->diags, DIAG_UNKNOWN_ARCH, SPAN_NONE,
			 "no architecture is called '%s'",
			 cli->archs.count ? cli->archs.items[0] : "host");
		return false;
	}
	*arch = (unsigned)found;
	return true;
}

/* Read --profile, which is named like an input but holds no rules. */
static bool read_profile(const struct cli *cli, const struct bpf_profile **profile)
{
	struct compilation *compilation = cli->compilation;
	const struct source_document *source =
		source_read(compilation->sources, compilation->diags, cli->profile);

	if (source)
		*profile = bpf_profile_read(compilation->arena, compilation->diags,
					    compilation->db, source->file);
	return *profile != NULL;
}

bool cli_filter_options(const struct cli *cli, struct bpf_options *options)
{
	struct diags *diags = cli->compilation->diags;
	const struct abi_db *db = cli->compilation->db;
	bool is_known = true;

	*options = cli->filter;
	if (cli->profile && !read_profile(cli, &options->profile))
		return false;
	options->call_actions = cli->call_actions.items;
	options->call_action_count = cli->call_actions.count;
	for (size_t i = 0; i < cli->call_actions.count; i++) {
		const char *call = cli->call_actions.items[i].call;
		const char *best;

		if (abi_call_find(db, call))
			continue;
		is_known = false;
		best = abi_suggest(db, ABI_NAME_CALL, call);
		diag_add(diags, DIAG_FILTER_CALL, SPAN_NONE,
			 "'--on-mismatch %s=…': Linux has no system call '%s'%s%s%s", call,
			 call, best ? "; did you mean '" : "", best ? best : "",
			 best ? "'?" : "");
	}
	return is_known;
}
