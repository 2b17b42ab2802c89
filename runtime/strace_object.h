/*
 * strace_object: what stands in quotes, brackets and braces in strace's text becomes bytes of
 * memory, laid out by the ABI database.
 */
#ifndef SCML_STRACE_OBJECT_H
#define SCML_STRACE_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "strace_line.h"
#include "strace_memory.h"

/** Where objects are written, and the registers that select their form. */
struct strace_objects {
	const struct abi_db *db;
	unsigned arch;
	struct strace_memory *memory;
	const struct abi_param *params; /* of the call */
	const uint64_t *args;
	uint8_t unknown; /* bit per register that is not known */
};

/** What surrounds a value. */
struct strace_place {
	bool is_out; /* the kernel filled it in: of `old => new` the new value counts */
	unsigned depth;
	const struct abi_struct *object; /* the struct around a field, and its address */
	uint64_t address;
};

/**
 * The word that TEXT stands for in SLOT: a number, or the address of a new block.
 * @return false: it is not known
 */
bool strace_object_word(const struct strace_objects *objects, const struct abi_slot *slot,
			struct strace_text text, const struct strace_place *place,
			uint64_t *word);

#endif
