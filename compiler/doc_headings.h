/* doc_headings: no two headings of a file may be the same, because links lead to them. */
#ifndef SCML_DOC_HEADINGS_H
#define SCML_DOC_HEADINGS_H

#include <stddef.h>

#include "arena.h"

/** The headings that a file has had; zero-initialised none. */
struct doc_headings {
	struct doc_heading {
		const char *text;
		unsigned number; /* the last that was given to a heading of this text */
	} * slots;
	size_t count;
	size_t size; /* a power of two, or 0 */
};

/** A new heading: TEXT itself, or TEXT with the first number that makes it new. */
const char *doc_headings_add(struct arena *arena, struct doc_headings *headings,
			     const char *text);

#endif
