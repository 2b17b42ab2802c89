/* edit_distance: how far two names are from each other, for "did you mean". */
#ifndef SCML_EDIT_DISTANCE_H
#define SCML_EDIT_DISTANCE_H

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

#endif
