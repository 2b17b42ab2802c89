/* edit_distance: how far two names are from each other, for "did you mean". */
#ifndef SCML_EDIT_DISTANCE_H
#define SCML_EDIT_DISTANCE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	EDIT_DISTANCE_LIMIT = 2,     /* farther names are no suggestion */
	EDIT_DISTANCE_MAX_NAME = 80, /* longer names are farther than any limit */
};

/**
 * The fewest single-character changes (insert, delete, replace, swap neighbours) from A to B,
 * case ignored: names that differ in case alone are 1 apart; LIMIT + 1 where it is more than
 * LIMIT.
 */
unsigned edit_distance(const char *a, const char *b, unsigned limit);

/** The nearest of several names to one that is not among them. */
struct nearest_name {
	const char *wanted;
	const char *name;  /* NULL: none is near */
	unsigned distance; /* of NAME; one more than is allowed where there is none */
};

/** A search for WANTED that has seen no names yet. */
struct nearest_name nearest_new(const char *wanted);

/** Take NAME where it is nearer than all before. */
void nearest_consider(struct nearest_name *nearest, const char *name);

/**
 * Which characters NAME has, and how many, in one word. Names whose sketches are not near are
 * not near themselves: so a name is compared with the sketches of thousands before any of them
 * is read.
 */
uint32_t edit_sketch(const char *name);

/** Can names with the sketches A and B be at most LIMIT apart? */
static inline bool edit_sketches_near(uint32_t a, uint32_t b, unsigned limit)
{
	enum { LETTERS = 26 };
	const uint32_t letters = (UINT32_C(1) << LETTERS) - 1;
	uint32_t a_len = a >> LETTERS, b_len = b >> LETTERS;

	return a_len <= b_len + limit && b_len <= a_len + limit &&
	       (unsigned)__builtin_popcount(a & ~b & letters) <= limit &&
	       (unsigned)__builtin_popcount(b & ~a & letters) <= limit;
}

#endif
