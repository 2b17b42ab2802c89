#include "bpf/behind.h"

#include <string.h>

#include "bpf/space.h"
#include "vec.h"

enum { VARIABLES_OF_WORD = 65 };

/* A condition on all of a piece of memory. */
struct whole {
	uint32_t piece;
	bdd_node child;
	uint32_t variable;
};

struct bpf_behind {
	struct arena *arena;
	VEC(struct behind_piece) pieces; /* the first is no memory */
	VEC(struct behind_word *) words;
	VEC(struct whole) wholes;
	uint32_t next; /* variable that is free */
};

struct bpf_behind *bpf_behind_new(struct arena *arena)
{
	struct bpf_behind *behind = ARENA_NEW(arena, struct bpf_behind);

	behind->arena = arena;
	behind->next = SPACE_END;
	vec_push(arena, &behind->pieces, (struct behind_piece){0});
	return behind;
}

bool bpf_behind_is_full(const struct bpf_behind *behind)
{
	return behind->words.count > BEHIND_MAX_WORDS ||
	       behind->wholes.count > BEHIND_MAX_WORDS;
}

static bool is_same_place(const struct scml_place *a, const struct scml_place *b)
{
	return a->base == b->base && a->width == b->width && a->flags == b->flags &&
	       a->offset == b->offset;
}

static bool is_same_block(const struct scml_block *a, const struct scml_block *b)
{
	return a->size == b->size && a->flags == b->flags && a->extent.kind == b->extent.kind &&
	       is_same_place(&a->extent.place, &b->extent.place) &&
	       a->extent.fixed == b->extent.fixed;
}

const struct behind_word *behind_word(struct bpf_behind *behind, uint32_t inside,
				      const struct test *test)
{
	struct behind_word *word;

	for (size_t i = 0; i < behind->words.count; i++) {
		word = behind->words.items[i];
		if (word->inside == inside && is_same_place(&word->place, &test->place) &&
		    word->flags == test->flags)
			return word;
	}
	if (behind->words.count > BEHIND_MAX_WORDS)
		return behind->words.items[0];
	word = ARENA_NEW(behind->arena, struct behind_word);
	*word = (struct behind_word){.name = test->name ? test->name : "",
				     .readable = behind->next,
				     .first = behind->next + 1,
				     .inside = inside,
				     .place = test->place,
				     .flags = test->flags};
	behind->next += VARIABLES_OF_WORD;
	vec_push(behind->arena, &behind->words, word);
	return word;
}

const struct behind_piece *behind_piece_at(const struct bpf_behind *behind, uint32_t piece)
{
	return &behind->pieces.items[piece];
}

uint32_t behind_enter(struct bpf_behind *behind, uint32_t inside, const struct test *test)
{
	uint32_t pointer = 0;

	for (uint32_t i = 1; i < behind->pieces.count; i++) {
		const struct behind_piece *piece = &behind->pieces.items[i];

		if (piece->inside == inside && piece->op == test->op &&
		    is_same_place(&piece->place, &test->place) &&
		    is_same_block(&piece->block, &test->block))
			return i;
	}
	if (test->place.base == SCML_INSIDE && !(test->block.flags & SCML_EMBEDDED))
		pointer = behind_word(behind, inside, test)->first;
	vec_push(behind->arena, &behind->pieces,
		 ((struct behind_piece){inside, test->place, test->op, test->block, pointer}));
	return (uint32_t)behind->pieces.count - 1;
}

uint32_t behind_each(struct bpf_behind *behind, uint32_t inside, bdd_node child)
{
	for (size_t i = 0; i < behind->wholes.count; i++)
		if (behind->wholes.items[i].piece == inside &&
		    behind->wholes.items[i].child == child)
			return behind->wholes.items[i].variable;
	if (behind->wholes.count <= BEHIND_MAX_WORDS)
		vec_push(behind->arena, &behind->wholes,
			 ((struct whole){inside, child, behind->next++}));
	return behind->wholes.items[behind->wholes.count - 1].variable;
}

const struct behind_word *behind_word_at(const struct bpf_behind *behind, size_t index)
{
	return index < behind->words.count ? behind->words.items[index] : NULL;
}
