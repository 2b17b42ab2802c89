#include "doc_headings.h"

#include <string.h>

#include "abi_hash.h"

enum { FIRST_SIZE = 64 };

/* The slot that has TEXT, or the free one for it. */
static struct doc_heading *find_slot(const struct doc_headings *headings, const char *text)
{
	size_t mask = headings->size - 1, at = abi_hash(text) & mask;

	while (headings->slots[at].text && strcmp(headings->slots[at].text, text) != 0)
		at = (at + 1) & mask;
	return &headings->slots[at];
}

/* Make room for one more, with at least half of the slots free. */
static void make_room(struct arena *arena, struct doc_headings *headings)
{
	struct doc_headings larger = {.count = headings->count};

	if (headings->size > 2 * headings->count)
		return;
	larger.size = headings->size ? 2 * headings->size : FIRST_SIZE;
	larger.slots = ARENA_ARRAY(arena, struct doc_heading, larger.size);
	for (size_t i = 0; i < headings->size; i++) {
		if (headings->slots[i].text)
			*find_slot(&larger, headings->slots[i].text) = headings->slots[i];
	}
	*headings = larger;
}

const char *doc_headings_add(struct arena *arena, struct doc_headings *headings,
			     const char *text)
{
	const char *unique = text;
	struct doc_heading *slot;

	make_room(arena, headings);
	slot = find_slot(headings, text);
	while (find_slot(headings, unique)->text)
		unique = arena_printf(arena, "%s (%u)", text, ++slot->number);
	*find_slot(headings, unique) = (struct doc_heading){unique, 1};
	headings->count++;
	return unique;
}
