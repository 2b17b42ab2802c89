/* difference: what one side allows of a call and the other side does not, in words. */
#ifndef SCML_DIFFERENCE_H
#define SCML_DIFFERENCE_H

#include <stdio.h>

#include "abi.h"
#include "arena.h"
#include "bpf/bdd.h"
#include "bpf/behind.h"

/** A call, and when two sides allow it. */
struct difference {
	struct arena *arena;
	struct bdd *bdd;
	const struct bpf_behind *behind; /* NULL: conditions are about registers only */
	const struct abi_db *db;
	unsigned arch;
	const struct abi_call *call;
	bdd_node more, less;
};

/**
 * Write to OUT which calls MORE allows and LESS does not: parameter by parameter the values
 * that only MORE knows, else a call. A line, without its end; nothing where there are none.
 */
void difference_write(const struct difference *difference, FILE *out);

#endif
