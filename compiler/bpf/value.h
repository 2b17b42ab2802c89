/* value: 32-bit numbers that depend on the call, one condition per bit, and what the machine
 * does with them. */
#ifndef SCML_BPF_VALUE_H
#define SCML_BPF_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/bdd.h"

/** Bit by bit, the lowest first. */
struct value {
	bdd_node bits[32];
};

/** The number NUMBER; the word at OFFSET of struct seccomp_data. */
struct value value_constant(uint32_t number);
struct value value_word(struct bdd *bdd, uint32_t offset);

/** What `A = A OP B` makes of A; OP is BPF_ADD … BPF_NEG. B must not be 0 for BPF_DIV. */
struct value value_operate(struct bdd *bdd, uint16_t op, const struct value *a,
			   const struct value *b);

/** The condition `A OP B`; OP is BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET. */
bdd_node value_compare(struct bdd *bdd, uint16_t op, const struct value *a,
		       const struct value *b);

#endif
