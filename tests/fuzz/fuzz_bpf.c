/* Any bytes as a filter: it can be checked, listed and run, and what the check takes runs to an
 * answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/check.h"
#include "bpf/disasm.h"
#include "bpf/raw.h"
#include "bpf/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void list(struct arena *arena, const struct bpf_code *code)
{
	const struct bpf_listing listing = {.arch = -1};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		abort();
	bpf_disasm(arena, code, &listing, out);
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct bpf_code code = bpf_decode(arena, bytes, size, BPF_LITTLE);
	struct seccomp_data data = {0};
	struct bpf_result result;
	bool good, done;

	/* The first bytes of the filter are the call as well. */
	memcpy(&data, bytes, size < sizeof(data) ? size : sizeof(data));
	good = bpf_check(code.items, code.count, NULL);
	done = bpf_sim(code.items, code.count, &data, &result);
	if ((good && !done) || result.executed > code.count)
		abort();
	list(arena, &code);
	arena_free(arena);
	return 0;
}
