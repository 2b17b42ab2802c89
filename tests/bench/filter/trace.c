#include <stdio.h>
#include <stdlib.h>

#include <linux/audit.h>

#include "bench.h"

enum { PIECE = 4096, GENERATED = 20000 };

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Calls and arguments that programs make, and others, at random. */
static struct trace generate(const char *name, uint64_t seed)
{
	static const int numbers[] = {0,  1,  3,  9,  10, 28, 41,  42,	44,  45,
				      46, 47, 51, 54, 55, 56, 202, 257, 262, 288};
	static const uint64_t words[] = {0, 1,	2,    3,     4,	     6,	      9,
					 9, 16, 0x22, 0x800, 0x4000, 0x80001, 0x80801};
	struct trace trace = {calloc(GENERATED, sizeof(*trace.calls)), GENERATED};

	printf("%s: random calls, seed %lu\n", name, (unsigned long)seed);
	for (size_t i = 0; i < trace.count && trace.calls; i++) {
		struct seccomp_data *call = &trace.calls[i];

		call->arch = AUDIT_ARCH_X86_64;
		call->nr = next_random(&seed) % 8
				   ? numbers[next_random(&seed) %
					     (sizeof(numbers) / sizeof(*numbers))]
				   : (int)(next_random(&seed) % 460);
		for (int j = 0; j < 6; j++)
			call->args[j] =
				words[next_random(&seed) % (sizeof(words) / sizeof(*words))];
	}
	return trace;
}

struct trace trace_read(const char *folder, const struct policy *policy, uint64_t seed)
{
	struct trace trace = {0};
	char command[4096];
	size_t got = 1;
	FILE *in;

	snprintf(command, sizeof(command), "zstd -dcq '%s/traces/%s.trace.zst' 2>/dev/null",
		 folder, policy->trace);
	in = popen(command, "r");
	while (in && got) {
		struct seccomp_data *more =
			realloc(trace.calls, (trace.count + PIECE) * sizeof(*more));

		if (!more)
			abort();
		trace.calls = more;
		got = fread(trace.calls + trace.count, sizeof(*more), PIECE, in);
		trace.count += got;
	}
	if (in)
		pclose(in);
	if (trace.count)
		return trace;
	free(trace.calls);
	return generate(policy->name, seed);
}
