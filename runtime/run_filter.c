#include "run_filter.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/seccomp.h>

#include "bpf/check.h"
#include "bpf/raw.h"
#include "spec_files.h"

static bool has_suffix(const char *path, const char *suffix)
{
	size_t len = strlen(path), suffix_len = strlen(suffix);

	return len > suffix_len && strcmp(path + len - suffix_len, suffix) == 0;
}

static bool is_spec(const char *path)
{
	struct stat status;

	return has_suffix(path, ".scml") || has_suffix(path, ".md") ||
	       (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

static int read_filter(const struct run_options *options, struct bpf_code *code)
{
	const char *path = options->inputs.items[0];
	struct bpf_fault fault;
	const char *error;

	if (!bpf_read(options->compilation->arena, path, code, &error)) {
		fprintf(stderr, "scmlrun: %s: %s\n", path, error);
		return RUN_SYSTEM;
	}
	if (code->trailing || !bpf_check(code->items, code->count, &fault)) {
		fprintf(stderr, "scmlrun: %s: the kernel does not take this filter: %s\n", path,
			code->trailing ? "its size is no multiple of 8" : fault.reason);
		return RUN_ERRORS;
	}
	return RUN_DONE;
}

static int finish(const struct run_options *options)
{
	struct diags *diags = options->compilation->diags;

	diags_sort(diags);
	diags_write(diags, DIAG_TEXT, options->color, stderr);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		if (diag->id == DIAG_FILE_ERROR)
			return RUN_SYSTEM;
	return diags_count(diags, DIAG_ERROR) ? RUN_ERRORS : RUN_DONE;
}

static int compile_filter(const struct run_options *options, struct run_filter *filter)
{
	struct compilation *compilation = options->compilation;
	const struct compile_options compile = {
		.overlays = options->overlays.items,
		.overlay_count = options->overlays.count,
	};
	struct bpf_options bpf = options->filter;
	struct spec_files files = {0};

	bpf.call_actions = options->call_actions.items;
	bpf.call_action_count = options->call_actions.count;
	if (!options->is_verbose)
		diags_min_level(compilation->diags, DIAG_ERROR);
	for (size_t i = 0; i < options->inputs.count; i++)
		spec_files_add(&files, compilation->arena, compilation->diags,
			       options->inputs.items[i]);
	compile_run(compilation, files.paths.items, files.paths.count, &compile);
	if (diags_count(compilation->diags, DIAG_ERROR) == 0) {
		filter->code = bpf_compile(compilation->arena, compilation->diags,
					   compilation->rules, 1, &bpf);
		filter->table = table_build(compilation->arena, compilation->rules[0]);
	}
	return finish(options);
}

int run_filter_make(const struct run_options *options, struct run_filter *filter)
{
	const struct compile_options compile = {
		.overlays = options->overlays.items,
		.overlay_count = options->overlays.count,
	};
	int status;

	*filter = (struct run_filter){0};
	if (options->inputs.count > 1 || is_spec(options->inputs.items[0]))
		return compile_filter(options, filter);
	compile_run(options->compilation, NULL, 0, &compile); /* for the overlays */
	status = finish(options);
	return status == RUN_DONE ? read_filter(options, &filter->code) : status;
}

struct bpf_code run_filter_watched(struct arena *arena, const struct bpf_code *code)
{
	struct sock_filter *items = ARENA_ARRAY(arena, struct sock_filter, code->count);

	memcpy(items, code->items, code->count * sizeof(*items));
	for (size_t i = 0; i < code->count; i++) {
		if (BPF_CLASS(items[i].code) != BPF_RET)
			continue;
		if (BPF_RVAL(items[i].code) == BPF_A)
			return (struct bpf_code){0};
		switch (items[i].k & SECCOMP_RET_ACTION_FULL) {
		case SECCOMP_RET_ALLOW:
		case SECCOMP_RET_TRACE: /* a tracer of the program's own may take it */
			break;
		default:
			items[i].k = SECCOMP_RET_USER_NOTIF;
			break;
		}
	}
	return (struct bpf_code){.items = items, .count = code->count};
}
