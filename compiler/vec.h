/* vec: growable arrays whose memory is an arena's. */
#ifndef SCML_VEC_H
#define SCML_VEC_H

#include <stddef.h>

#include "arena.h"

/** Declares a vector of TYPE; zero-initialised it is empty. */
#define VEC(type)                \
	struct {                 \
		type *items;     \
		size_t count;    \
		size_t capacity; \
	}

/** Append ITEM to the vector *VEC. */
#define vec_push(arena, vec, item)                                                     \
	do {                                                                           \
		if ((vec)->count == (vec)->capacity)                                   \
			(vec)->items = vec_grow(arena, (vec)->items, &(vec)->capacity, \
						sizeof(*(vec)->items), (vec)->count);  \
		(vec)->items[(vec)->count++] = (item);                                 \
	} while (0)

/** Run the body for every POINTER into the vector *VEC. (An empty one has no items to add to.)
 */
#define vec_each(pointer, vec)                                                              \
	for (pointer = (vec)->items; (vec)->count && pointer < (vec)->items + (vec)->count; \
	     pointer++)

/** The larger copy of ITEMS that vec_push() asks for; *CAPACITY (in items) is updated. */
void *vec_grow(struct arena *arena, const void *items, size_t *capacity, size_t item_size,
	       size_t count);

#endif
