/* The formatter on any bytes: a layout is stable and loses nothing. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fmt_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const char *fault = NULL;

	if (size > 0)
		fault = fmt_check(arena, data[0] & 1 ? "a.md" : "a.scml",
				  (const char *)data + 1, size - 1);
	if (fault) {
		fprintf(stderr, "%s\n", fault);
		abort();
	}
	arena_free(arena);
	return 0;
}
