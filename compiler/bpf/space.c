#include "bpf/space.h"

void space_set(struct seccomp_data *call, uint32_t variable)
{
	uint32_t bit = 31 - variable % 32;
	uint32_t half;

	if (variable < SPACE_NR) {
		call->arch |= UINT32_C(1) << bit;
	} else if (variable < SPACE_ARGS) {
		call->nr = (int)((uint32_t)call->nr | UINT32_C(1) << bit);
	} else {
		uint32_t index = (variable - SPACE_ARGS) / 32;
		__u64 *word = index < 12 ? &call->args[index / 2] : &call->instruction_pointer;

		half = (index ^ 1) % 2; /* which of its two words in memory */
		if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
			half ^= 1;
		*word |= UINT64_C(1) << (32 * half + bit);
	}
}

bdd_node space_equals(struct bdd *bdd, uint32_t offset, uint32_t value)
{
	bdd_node node = BDD_TRUE;

	for (unsigned bit = 0; bit < 32; bit++) {
		bdd_node is_set = bdd_bit(bdd, space_variable(offset, bit));

		node = value >> bit & 1 ? bdd_choose(bdd, is_set, node, BDD_FALSE)
					: bdd_choose(bdd, is_set, BDD_FALSE, node);
	}
	return node;
}

bdd_node space_restrict(const struct bdd *bdd, bdd_node function, uint32_t first,
			uint32_t value)
{
	for (unsigned bit = 32; bit-- > 0;)
		function = bdd_follow(bdd, function, first + 31 - bit, value >> bit & 1);
	return function;
}
