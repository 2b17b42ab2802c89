/*
 * match_world: random tables, the memory that calls refer to, and calls, for tests of the
 * matcher.
 */
#ifndef SCML_MATCH_WORLD_H
#define SCML_MATCH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scml.h"

enum {
	ARCH = 0xc00000b7,
	TESTS = 48,
	BLOCKS = 8,
	VALUES = 80,
	CALLS = 2,
	RULES = 6,
	CONDS = 10,
	LOW = 1024, /* bytes of memory at LOW_AT */
	LOW_AT = 0x80,
	HIGH = 32, /* bytes at the end of the address space */
};

/* The arrays are on the heap, each as long as it must be, so that a sanitizer sees any slip. */
struct world {
	struct scml_table table;
	uint16_t *by_nr;
	uint32_t *starts;
	struct scml_call_rules *calls;
	struct scml_rule *rules;
	struct scml_cond *conds;
	struct scml_test *tests;
	struct scml_block *blocks;
	uint64_t *values;
	struct scml_step *steps;
	struct scml_way *ways;
	unsigned char low[LOW], high[HIGH];
	unsigned char low_state[LOW], high_state[HIGH]; /* enum scml_read */
	uint64_t random;
	bool has_flags; /* of the table: it asks for bits of few registers */
};

static inline uint64_t next_random(struct world *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random * UINT64_C(0x2545f4914f6cdd1d) >> 11;
}

static inline uint32_t below(struct world *w, uint32_t bound)
{
	return (uint32_t)(next_random(w) % bound);
}

static inline bool one_in(struct world *w, uint32_t n)
{
	return below(w, n) == 0;
}

/* One byte of the memory. */
enum scml_read read_byte(const struct world *w, unsigned __int128 address, unsigned char *byte);

/* The same as scml_memory.read, of the world CONTEXT. */
enum scml_read read_world(void *context, uint64_t address, void *buffer, size_t size,
			  size_t *done);

/* Room for a table; to be closed. */
void open_world(struct world *w);
void close_world(struct world *w);

/* Other contents. */
void random_table(struct world *w);
void random_memory(struct world *w);
struct scml_call random_call(struct world *w);

/* Steps for most calls of the table that is there. */
void random_steps(struct world *w);

#endif
