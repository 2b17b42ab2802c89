#include "bpf/usual.h"

#include <string.h>

static const struct bpf_usual usual[] = {
#define USUAL(call, share, ...) {#call, share, {__VA_ARGS__}},
#include "bpf/usual.def"
#undef USUAL
};

enum { USUAL_COUNT = sizeof(usual) / sizeof(*usual) };

const struct bpf_usual *bpf_usual_of(const struct abi_db *db, const struct abi_call *call,
				     size_t *count)
{
	const char *name = abi_string(db, call->name);
	size_t first = 0, end;

	while (first < USUAL_COUNT && strcmp(usual[first].call, name) != 0)
		first++;
	for (end = first; end < USUAL_COUNT && strcmp(usual[end].call, name) == 0; end++)
		;
	*count = end - first;
	return &usual[first];
}
