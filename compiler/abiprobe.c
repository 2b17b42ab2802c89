/*
 * abiprobe: the witness of specs/abi/. Every number there that a header can reproduce is
 * compared with the installed kernel headers of its architecture (--check), or written from
 * them (--update, --nr).
 */
#include "abiprobe.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_load.h"
#include "abiprobe_btf.h"

enum { EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3, EXIT_SKIPPED = 77 };

enum mode { MODE_CHECK, MODE_UPDATE, MODE_NUMBERS, MODE_TRACEFS, MODE_BTF };

static const char help[] =
	"abiprobe compares the numbers of the ABI database with the installed kernel headers.\n"
	"\n"
	"  abiprobe --check specs/abi\n"
	"\n"
	"usage: abiprobe [--arch NAME]... MODE FOLDER\n"
	"  --check          say what differs; exit 1 if anything does, 77 if an architecture "
	"has\n"
	"                   no compiler or no headers here\n"
	"  --update         write values, sizes and offsets from the headers to the files\n"
	"  --nr             print nr.yaml with the calls and numbers of the headers\n"
	"  --tracefs FILE   compare parameters with a snapshot of a kernel's own list\n"
	"  --btf[=FILE]     compare layouts with those of the running kernel, or of FILE\n"
	"  --arch NAME      only this architecture (may be repeated)\n"
	"  --help           this text\n";

static bool select_arch(struct abiprobe *probe, const char *name)
{
	for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
		if (strcmp(abiprobe_arch_name(probe, arch), name) == 0) {
			probe->archs |= (uint16_t)(1u << arch);
			return true;
		}
	fprintf(stderr, "abiprobe: no architecture is called '%s'\n", name);
	return false;
}

/* 77 where an architecture that was asked for cannot be probed. */
static int missing_status(const struct abiprobe *probe)
{
	int status = 0;

	for (unsigned arch = 0; arch < probe->build->archs.count; arch++) {
		if (!(probe->archs >> arch & 1) || probe->commands[arch])
			continue;
		printf("%s: skipped, no compiler with its kernel headers is installed\n",
		       abiprobe_arch_name(probe, arch));
		status = EXIT_SKIPPED;
	}
	return status;
}

static int run(struct abiprobe *probe, enum mode mode)
{
	if (mode == MODE_NUMBERS) {
		abiprobe_collect(probe);
		abiprobe_ask(probe);
		return abiprobe_print_numbers(probe) ? 0 : EXIT_WRONG;
	}
	abiprobe_collect(probe);
	abiprobe_ask(probe);
	if (mode == MODE_UPDATE)
		return abiprobe_update(probe) ? missing_status(probe) : EXIT_SYSTEM;
	return abiprobe_check(probe) ? missing_status(probe) : EXIT_WRONG;
}

static int run_tracefs(struct abiprobe *probe, const char *snapshot)
{
	const struct abi_db *db = abi_yaml_load(probe->arena, probe->diags, &probe->files);

	return db && abiprobe_tracefs(db, snapshot) ? 0 : EXIT_WRONG;
}

static int run_btf(struct abiprobe *probe, const char *folder, const char *path)
{
	static const int statuses[] = {
		[ABIPROBE_BTF_SAME] = 0,
		[ABIPROBE_BTF_DIFFERS] = EXIT_WRONG,
		[ABIPROBE_BTF_SKIPPED] = EXIT_SKIPPED,
	};
	const struct abi_db *db = abi_yaml_load(probe->arena, probe->diags, &probe->files);

	return db ? statuses[abiprobe_btf(db, &probe->files, folder, path)] : EXIT_WRONG;
}

static int with_folder(struct abiprobe *probe, enum mode mode, const char *folder,
		       char *const *archs, size_t arch_count, const char *snapshot)
{
	bool is_good;
	int status;

	is_good = abi_yaml_read(probe->arena, probe->diags, probe->sources, folder,
				&probe->files);
	if (is_good)
		abi_load_archs(probe->build, probe->files.roots, probe->files.count);
	for (size_t i = 0; is_good && i < arch_count; i++)
		if (!select_arch(probe, archs[i]))
			return EXIT_USAGE;
	if (!arch_count)
		probe->archs = UINT16_MAX;
	if (!is_good)
		status = EXIT_SYSTEM;
	else
		status = mode == MODE_TRACEFS ? run_tracefs(probe, snapshot)
			 : mode == MODE_BTF   ? run_btf(probe, folder, snapshot)
					      : run(probe, mode);
	diags_sort(probe->diags);
	diags_write(probe->diags, DIAG_TEXT, false, stderr);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"check", no_argument, NULL, 'c'},
		{"update", no_argument, NULL, 'u'},
		{"nr", no_argument, NULL, 'n'},
		{"tracefs", required_argument, NULL, 't'},
		{"btf", optional_argument, NULL, 'b'},
		{"arch", required_argument, NULL, 'a'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	struct abiprobe probe = {.arena = arena_new()};
	char *archs[ABI_MAX_ARCHS];
	size_t arch_count = 0;
	const char *snapshot = NULL;
	enum mode mode = MODE_CHECK;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option == 'a' && arch_count < ABI_MAX_ARCHS)
			archs[arch_count++] = optarg;
		else if (option == 't' || option == 'b')
			snapshot = optarg;
		else if (option != 'c' && option != 'u' && option != 'n')
			return EXIT_USAGE;
		if (option != 'a')
			mode = option == 'u'   ? MODE_UPDATE
			       : option == 'n' ? MODE_NUMBERS
			       : option == 't' ? MODE_TRACEFS
			       : option == 'b' ? MODE_BTF
					       : MODE_CHECK;
	}
	if (optind + 1 != argc) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	probe.sources = sources_new(probe.arena);
	probe.diags = diags_new(probe.arena, probe.sources);
	probe.build = abi_build_new(probe.arena, probe.diags, NULL);
	probe.build->keeps_all_archs = true;
	status = with_folder(&probe, mode, argv[optind], archs, arch_count, snapshot);
	arena_free(probe.arena);
	return status;
}
