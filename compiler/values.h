/* values: which values of a word one condition lets through and another one never does, by
 * their names. */
#ifndef SCML_VALUES_H
#define SCML_VALUES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "abi.h"
#include "bpf/bdd.h"

/** A word whose bits are variables of a diagram. */
struct values_word {
	uint32_t first; /* variable of bit 63; the others follow */
	unsigned width; /* bits that the kernel looks at */
};

/** Where names come from. */
struct values_names {
	const struct abi_db *db;
	unsigned arch;
	const struct abi_set *set; /* NULL: there are none */
};

/** The condition that (word & MASK) is VALUE. */
bdd_node values_equal(struct bdd *bdd, struct values_word word, uint64_t mask, uint64_t value);

/** Does a member of FIELD before the one with that INDEX have its VALUE too? */
bool values_is_alias(const struct values_names *names, const struct abi_set_field *field,
		     uint32_t index, uint64_t value);

/**
 * Write the values of WORD for which MORE can hold and LESS cannot to OUT: members and flags by
 * name, others as numbers. False, and nothing written, where there are none, or where all
 * values are such.
 */
bool values_write(struct bdd *bdd, struct values_word word, struct values_names names,
		  bdd_node more, bdd_node less, FILE *out);

#endif
