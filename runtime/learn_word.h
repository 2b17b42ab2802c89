/* learn_word: the words that were seen at one place, and the constants that cover them. */
#ifndef SCML_LEARN_WORD_H
#define SCML_LEARN_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "arena.h"
#include "vec.h"

enum { LEARN_MAX_WORDS = 1024 /* different ones of one place; with more it is left open */ };

struct learn_word {
	const struct abi_set *set;
	VEC(uint64_t) seen; /* different ones, sorted */
	bool is_open;	    /* no constants can cover it */
};

/** Do constants say anything about a value of SET? */
bool learn_is_listed(const struct abi_db *db, const struct abi_set *set);

/** WORD was seen. */
void learn_word_add(struct arena *arena, const struct abi_db *db, unsigned arch,
		    struct learn_word *word, uint64_t value);

/**
 * The pattern that supports every word seen, from which no constant can be left out; in ARENA.
 * NULL where the place is open.
 */
const char *learn_word_pattern(struct arena *arena, const struct abi_db *db, unsigned arch,
			       const struct learn_word *word);

#endif
