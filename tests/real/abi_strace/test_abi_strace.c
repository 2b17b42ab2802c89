/*
 * What strace prints about some thirty thousand calls is what the ABI database says about their
 * registers and memory: every name that strace prints has the value that was there, and the
 * database names the value as strace does. Both are read by different people from different
 * sources, so a constant with a wrong value or a set in the wrong place does not pass.
 *
 * usage: test_abi_strace [--abi FILE]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "witness.h"

enum { SKIPPED = 77 };

/* The next call that the driver wrote. */
static bool read_made(FILE *in, struct made *made)
{
	uint64_t *args = made->call.args;
	char memory[2 * MEMORY_BYTES + 1];

	if (fscanf(in,
		   "%" SCNx32 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64
		   " %" SCNx64 " %128s",
		   &made->call.nr, &args[0], &args[1], &args[2], &args[3], &args[4], &args[5],
		   memory) != 8)
		return false;
	for (unsigned i = 0; i < MEMORY_BYTES; i++) {
		unsigned byte = 0;

		sscanf(memory + 2 * (size_t)i, "%2x", &byte);
		made->memory[i] = (unsigned char)byte;
	}
	return true;
}

/* The next line of the log that is a call. */
static bool read_call(FILE *log, char **line, size_t *size, struct strace_line *parts)
{
	ssize_t len;

	while ((len = getline(line, size, log)) > 0) {
		strace_line_read(*line, (size_t)len - ((*line)[len - 1] == '\n'), parts);
		if (parts->kind == STRACE_CALL)
			return true;
	}
	return false;
}

static void count_call(struct witness *witness, uint32_t nr)
{
	witness->calls++;
	if (nr < sizeof(witness->seen) * 8)
		witness->seen[nr / 64] |= UINT64_C(1) << nr % 64;
}

/* From the call that installs the filter on, the log is what the driver wrote. */
static bool compare(struct witness *witness, FILE *log, FILE *raw)
{
	struct made made = {.call = {.arch = witness->db->archs[witness->arch].audit}};
	struct strace_line line;
	char *buffer = NULL;
	size_t size = 0;
	bool has_call;

	witness->made = &made;
	do
		has_call = read_call(log, &buffer, &size, &line);
	while (has_call && !strace_is(line.name, "seccomp"));
	if (fscanf(raw, "%" SCNx64, &made.address) != 1)
		has_call = false;
	while (has_call && read_made(raw, &made)) {
		const struct abi_call *abi =
			abi_call_by_nr(witness->db, witness->arch, made.call.nr);

		has_call = read_call(log, &buffer, &size, &line);
		if (!has_call)
			break;
		count_call(witness, made.call.nr);
		witness->call = "number";
		witness->param = "";
		witness->line = line.start;
		if (abi)
			witness_compare_call(witness, abi, &line);
		else
			witness_differ(witness, line.name, "-");
	}
	has_call = has_call && read_call(log, &buffer, &size, &line) &&
		   strace_is(line.name, "exit_group");
	free(buffer);
	return has_call;
}

static size_t count_seen(const struct witness *witness)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(witness->seen) / sizeof(*witness->seen); i++)
		count += (size_t)__builtin_popcountll(witness->seen[i]);
	return count;
}

static size_t count_confirmed(const struct witness *witness)
{
	size_t count = 0;

	for (uint32_t i = 0; i < witness->db->const_count; i++)
		count += witness->is_confirmed[i];
	return count;
}

static bool run(struct witness *witness)
{
	char folder[] = "/tmp/abi-strace-XXXXXX", command[512], path[64];
	FILE *log, *raw;
	bool is_whole = false;

	if (!mkdtemp(folder))
		return false;
	snprintf(command, sizeof(command), "strace -f -X abbrev -o '%s/log' '%s' '%s/raw'",
		 folder, DRIVER, folder);
	witness->status = system(command);
	snprintf(path, sizeof(path), "%s/log", folder);
	log = fopen(path, "r");
	snprintf(path, sizeof(path), "%s/raw", folder);
	raw = fopen(path, "r");
	if (log && raw)
		is_whole = compare(witness, log, raw);
	if (log)
		fclose(log);
	if (raw)
		fclose(raw);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) == 0 && is_whole;
}

/* Is strace of the version that the known differences were seen with? */
static bool is_known_strace(void)
{
	FILE *version = popen("strace -V", "r");
	unsigned major = 0, minor = 0;

	if (!version)
		return false;
	if (fscanf(version, "strace -- version %u.%u", &major, &minor) != 2)
		major = 0;
	pclose(version);
	return major << 8 == (STRACE_VERSION & 0xff00) && minor == (STRACE_VERSION & 0xff);
}

static int report(const struct witness *witness, bool is_whole)
{
	const struct differences *differences = witness->differences;

	differences_print(differences);
	printf("%zu calls of %zu system calls confirm %zu constants; arguments: %zu by name, "
	       "%zu as numbers, %zu not comparable; %zu names newer than strace; %zu explained "
	       "and %zu unexplained differences\n",
	       witness->calls, count_seen(witness), count_confirmed(witness), witness->named,
	       witness->plain, witness->other, witness->newer, differences->explained,
	       differences->unexplained);
	if (WIFEXITED(witness->status) && WEXITSTATUS(witness->status) == SKIPPED) {
		puts("skipped: no filter can be installed here");
		return SKIPPED;
	}
	if (!is_whole || witness->status || !witness->named) {
		puts("the log is not what the driver did");
		return EXIT_FAILURE;
	}
	if (!differences->unexplained)
		return EXIT_SUCCESS;
	if (is_known_strace())
		return EXIT_FAILURE;
	puts("skipped: the known differences are those of another strace");
	return SKIPPED;
}

int main(int argc, char **argv)
{
	static struct differences differences;
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct witness witness = {.db = abi_builtin(), .differences = &differences};
	int arch = abi_arch_host(witness.db), status = EXIT_FAILURE;

	if (arch < 0 || system("strace -o /dev/null true >/dev/null 2>&1") != 0) {
		puts("skipped: strace does not run here");
		return SKIPPED;
	}
	if (argc == 3 && strcmp(argv[1], "--abi") == 0)
		witness.db = abi_overlay(arena, diags, sources, witness.db, argv[2]);
	diags_write(diags, DIAG_TEXT, false, stderr);
	if (witness.db && differences_read_known(&differences, KNOWN)) {
		witness.arch = (unsigned)arch;
		witness.is_confirmed = ARENA_ARRAY(arena, bool, witness.db->const_count);
		witness.decoder = strace_decoder_new(witness.db, witness.arch);
		status = report(&witness, witness.decoder && run(&witness));
		strace_decoder_free(witness.decoder);
	}
	arena_free(arena);
	return status;
}
