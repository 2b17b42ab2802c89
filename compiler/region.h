/*
 * region: which calls, by their registers, as a union of terms. A term asks of every register
 * that (register & mask) == value. Profiles of container runtimes are made of such terms, so
 * rules go out and come in by way of them.
 */
#ifndef SCML_REGION_H
#define SCML_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules.h"
#include "vec.h"

enum {
	REGION_MAX_TERMS = 1024, /* a region that needs more is full */
	REGION_MAX_COMPOSITES = 10,
};

/** All registers at once; VALUE has no bits beside those of MASK. */
struct region_term {
	uint64_t mask[SCML_REGISTERS];
	uint64_t value[SCML_REGISTERS];
};

/** A set of calls. No term covers another. */
struct region {
	VEC(struct region_term) terms;
	bool is_full; /* it needed more than REGION_MAX_TERMS: the terms mean nothing */
};

/** No call; every call. */
struct region region_none(void);
struct region region_all(struct arena *arena);

/** The calls where (register REG & MASK) is VALUE. */
struct region region_word(struct arena *arena, unsigned reg, uint64_t mask, uint64_t value);

/** In A or B; in A and B; in A and not in B. In ARENA. */
struct region region_join(struct arena *arena, const struct region *a, const struct region *b);
struct region region_meet(struct arena *arena, const struct region *a, const struct region *b);
struct region region_minus(struct arena *arena, const struct region *a, const struct region *b);

bool region_is_empty(const struct region *region);

/** Is it every call? */
bool region_is_all(const struct region *region);

/** What registers say about rules. */
struct region_verdict {
	struct region sure;	/* supported whatever lies in memory */
	struct region possible; /* supported or undecided */
};

/** The verdict of TEST, of CALL (any of its rules). */
struct region_verdict region_of_test(struct arena *arena, const struct test *test);
struct region_verdict region_of_rule(struct arena *arena, const struct rule *rule);
struct region_verdict region_of_call(struct arena *arena, const struct rule_call *call);

#endif
