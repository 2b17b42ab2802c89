/*
 * space: the bits of struct seccomp_data as variables of decision diagrams. The architecture
 * comes first and the number second, so that what is left below them is one call's.
 */
#ifndef SCML_BPF_SPACE_H
#define SCML_BPF_SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/seccomp.h>

#include "bpf/bdd.h"
#include "bpf/program.h"

enum {
	SPACE_ARCH = 0, /* first variable of the architecture, of the number */
	SPACE_NR = 32,
	SPACE_ARGS = 64, /* … of the arguments, 64 each, and of the instruction pointer */
	SPACE_END = 512,
};

/** The variable of bit BIT (0: the lowest) of the word at OFFSET. */
static inline uint32_t space_variable(uint32_t offset, unsigned bit)
{
	uint32_t index = offset / 4 - BPF_FIELD_ARGS / 4; /* of the half of an argument */

	if (offset == BPF_FIELD_ARCH)
		return SPACE_ARCH + 31 - bit;
	if (offset == BPF_FIELD_NR)
		return SPACE_NR + 31 - bit;
	if (offset < BPF_FIELD_ARGS) /* the instruction pointer */
		index = 12 + (offset - BPF_FIELD_IP) / 4;
	return SPACE_ARGS + 32 * (index ^ 1) + 31 - bit;
}

/** Set bit VARIABLE of CALL. */
void space_set(struct seccomp_data *call, uint32_t variable);

/** The condition that the word at OFFSET is VALUE. */
bdd_node space_equals(struct bdd *bdd, uint32_t offset, uint32_t value);

/** What FUNCTION, which tests no variable before FIRST, is where the 32 variables from FIRST on
 * have VALUE. */
bdd_node space_restrict(const struct bdd *bdd, bdd_node function, uint32_t first,
			uint32_t value);

#endif
