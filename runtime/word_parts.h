/* word_parts: a word taken apart into the constants that a rule would list for it. */
#ifndef SCML_WORD_PARTS_H
#define SCML_WORD_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

enum { WORD_MAX_PARTS = 72, WORD_MAX_NAME = 64 };

/** One constant. */
struct word_part {
	const char *name; /* of the database; NULL: it has none */
	uint64_t value;	  /* in its field of the word */
	uint8_t field;	  /* index within the set's fields; 0 without a set */
};

/**
 * Take WORD, a value of SET (NULL: of none), apart, as far as MASK has bits: for an enum field
 * the member, for bits as few and as large members as there are, for what has no name the bits
 * as one number. What rules do not constrain (free bits, bits that the kernel discards, a zero
 * that is no member) gives nothing.
 * @return how many PARTS there are
 */
size_t word_parts(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		  uint64_t word, uint64_t mask, struct word_part parts[static WORD_MAX_PARTS]);

/** Is a value of TYPE a number, though some of them have names? Descriptors, processes and
 * addresses are. */
bool word_is_number(enum abi_type type);

/** What PART is called in a rule; TEXT keeps it where it is a number. */
const char *word_part_name(const struct word_part *part, char text[static WORD_MAX_NAME]);

/** WORD without what the kernel discards and what lies beyond the set's width. */
uint64_t word_kept(const struct abi_db *db, unsigned arch, const struct abi_set *set,
		   uint64_t word);

#endif
