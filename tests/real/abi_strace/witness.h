/* witness: strace's text of a call beside the database's view of its registers and memory. */
#ifndef SCML_ABI_STRACE_WITNESS_H
#define SCML_ABI_STRACE_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "differences.h"
#include "scml.h"
#include "strace_line.h"
#include "strace_value.h"

enum {
	MEMORY_BYTES = 64,
	STRACE_VERSION = 6 << 8 | 1, /* what known.tsv is about */
};

/** A call as the driver made it. */
struct made {
	struct scml_call call;
	uint64_t address; /* of its memory */
	unsigned char memory[MEMORY_BYTES];
};

/** What is compared, and what came of it. */
struct witness {
	const struct abi_db *db;
	unsigned arch;
	struct strace_decoder *decoder;
	struct differences *differences;
	const struct made *made;   /* the call at hand */
	const struct abi_set *set; /* of the argument at hand; NULL: it has none */
	const char *call, *param;
	struct strace_text line;
	uint64_t seen[8];   /* bit per number of a call */
	bool *is_confirmed; /* per constant of the database */
	int status;	    /* of the driver, as from wait() */
	size_t calls, named, plain, other, newer;
};

/** strace says TEXT and the database DATABASE of the argument at hand. */
void witness_differ(struct witness *witness, struct strace_text text, const char *database);

/**
 * The names that strace prints in TEXT and those of RENDERED are the same ones, or other names
 * of the same bits in the set of SLOT.
 */
void witness_compare_names(struct witness *witness, struct strace_text text,
			   const char *rendered, const struct abi_slot *slot);

/** TEXT cannot be read: say which of its names the database lacks. */
void witness_blame_names(struct witness *witness, struct strace_text text);

/** Compare the call WITNESS->made, which is ABI, with LINE. */
void witness_compare_call(struct witness *witness, const struct abi_call *abi,
			  const struct strace_line *line);

#endif
