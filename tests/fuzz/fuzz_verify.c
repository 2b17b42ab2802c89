/* Any bytes as a filter: what is found out about it for all calls is what it does for one, and
 * comparing it ends. */
#include <stdlib.h>
#include <string.h>

#include "bpf/raw.h"
#include "bpf/sim.h"
#include "bpf/space.h"
#include "bpf/symbolic.h"
#include "bpf/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static uint32_t answer_of(const struct bpf_code *code, const struct seccomp_data *call)
{
	struct bpf_result result;

	expect(bpf_sim(code->items, code->count, call, &result));
	return result.action;
}

/* What ANSWER is for CALL. */
static uint32_t value_for(const struct bdd *bdd, bdd_node answer,
			  const struct seccomp_data *call)
{
	while (bdd_variable(bdd, answer) != BDD_LEAF) {
		uint32_t variable = bdd_variable(bdd, answer);
		struct seccomp_data with = *call;

		space_set(&with, variable);
		answer = bdd_follow(bdd, answer, variable,
				    memcmp(&with, call, sizeof(with)) == 0);
	}
	return bdd_value(bdd, answer);
}

/* The differences to a filter that allows everything are differences. */
static void compare(struct arena *arena, struct bdd *bdd, const struct bpf_code *code,
		    bdd_node answer)
{
	const uint32_t archs[] = {0, 0xc000003e};
	bdd_node all = bdd_leaf(bdd, SECCOMP_RET_ALLOW);
	struct bpf_differences found = bpf_compare(arena, bdd, answer, all, archs, 2);

	expect((answer == all) == (found.count == 0) || bdd_is_full(bdd));
	for (size_t i = 0; i < found.count; i++) {
		struct seccomp_data call = found.items[i].call;

		expect(answer_of(code, &call) == found.items[i].is);
		call.nr = (int)found.items[i].last_nr;
		expect(answer_of(code, &call) == found.items[i].is);
		expect(found.items[i].is != SECCOMP_RET_ALLOW);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct bpf_code code = bpf_decode(arena, bytes, size, BPF_LITTLE);
	struct bdd *bdd = bdd_new(arena);
	struct seccomp_data call = {0};
	struct bpf_fault fault;
	bdd_node answer;

	if (bpf_check(code.items, code.count, NULL)) {
		if (bpf_symbolic(bdd, &code, &answer, &fault)) {
			for (size_t at = 0; at < size; at += sizeof(call)) {
				size_t left = size - at;

				memcpy(&call, bytes + at,
				       left < sizeof(call) ? left : sizeof(call));
				expect(value_for(bdd, answer, &call) ==
				       answer_of(&code, &call));
			}
			compare(arena, bdd, &code, answer);
		} else {
			expect(fault.index < code.count && fault.reason);
		}
	}
	arena_free(arena);
	return 0;
}
