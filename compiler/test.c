#include "test.h"

#include <stdlib.h>
#include <string.h>

static const struct test always = {.op = SCML_OP_TRUE, .name = ""};
static const struct test never = {.op = SCML_OP_FALSE, .name = ""};

uint64_t width_mask(unsigned width)
{
	return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

const struct test *test_true(void)
{
	return &always;
}

const struct test *test_false(void)
{
	return &never;
}

bool test_is_true(const struct test *test)
{
	return test->op == SCML_OP_TRUE;
}

bool test_is_false(const struct test *test)
{
	return test->op == SCML_OP_FALSE;
}

void test_list_add(struct arena *arena, struct test_list *list, const struct test *test)
{
	vec_push(arena, &list->list, test);
}

/* ALL and ANY are each other's mirror: NEUTRAL children vanish, one DECIDING child decides. */
static const struct test *test_join(struct arena *arena, enum scml_op op,
				    const struct test_list *list)
{
	enum scml_op neutral = op == SCML_OP_ALL ? SCML_OP_TRUE : SCML_OP_FALSE;
	enum scml_op deciding = op == SCML_OP_ALL ? SCML_OP_FALSE : SCML_OP_TRUE;
	struct test_list kept = {0};
	struct test *test;

	for (size_t i = 0; i < list->list.count; i++) {
		const struct test *child = list->list.items[i];

		if (child->op == deciding)
			return child;
		if (child->op == neutral)
			continue;
		if (child->op == op) {
			for (size_t j = 0; j < child->child_count; j++)
				test_list_add(arena, &kept, child->children[j]);
		} else {
			test_list_add(arena, &kept, child);
		}
	}
	if (kept.list.count == 0)
		return op == SCML_OP_ALL ? &always : &never;
	if (kept.list.count == 1)
		return kept.list.items[0];
	test = ARENA_NEW(arena, struct test);
	test->op = op;
	test->name = "";
	test->children = kept.list.items;
	test->child_count = kept.list.count;
	return test;
}

const struct test *test_all(struct arena *arena, const struct test_list *list)
{
	return test_join(arena, SCML_OP_ALL, list);
}

const struct test *test_any(struct arena *arena, const struct test_list *list)
{
	return test_join(arena, SCML_OP_ANY, list);
}

static const struct test *test_pair(struct arena *arena, enum scml_op op, const struct test *a,
				    const struct test *b)
{
	struct test_list list = {0};

	test_list_add(arena, &list, a);
	test_list_add(arena, &list, b);
	return test_join(arena, op, &list);
}

const struct test *test_both(struct arena *arena, const struct test *a, const struct test *b)
{
	return test_pair(arena, SCML_OP_ALL, a, b);
}

const struct test *test_either(struct arena *arena, const struct test *a, const struct test *b)
{
	return test_pair(arena, SCML_OP_ANY, a, b);
}

static int compare_values(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Sorted, distinct copies of those VALUES that lie within MASK. */
static uint64_t *sorted_values(struct arena *arena, const struct test_values *values,
			       uint64_t mask, size_t *count)
{
	uint64_t *sorted = ARENA_ARRAY(arena, uint64_t, values->list.count + 1);
	size_t kept = 0, distinct = 0;

	for (size_t i = 0; i < values->list.count; i++) {
		if ((values->list.items[i] & ~mask) == 0)
			sorted[kept++] = values->list.items[i];
	}
	if (kept)
		qsort(sorted, kept, sizeof(*sorted), compare_values);
	for (size_t i = 0; i < kept; i++) {
		if (distinct == 0 || sorted[distinct - 1] != sorted[i])
			sorted[distinct++] = sorted[i];
	}
	*count = distinct;
	return sorted;
}

/* A register that holds a number in network order (the protocol of a packet socket). */
static bool is_swapped_register(struct scml_place place)
{
	return place.base != SCML_INSIDE && place.flags & SCML_BIG_ENDIAN;
}

static uint64_t swapped(uint64_t word, unsigned width)
{
	return __builtin_bswap64(word) >> (64 - width);
}

/* VALUES with their bytes in the order of the register at PLACE. */
static struct test_values register_values(struct arena *arena, struct scml_place place,
					  const struct test_values *values)
{
	struct test_values turned = {0};

	for (size_t i = 0; i < values->list.count; i++)
		vec_push(arena, &turned.list, swapped(values->list.items[i], place.width));
	return turned;
}

const struct test *test_in(struct arena *arena, struct scml_place place, const char *name,
			   bool in, uint64_t mask, const struct test_values *values)
{
	struct test *test = ARENA_NEW(arena, struct test);
	struct test_values turned;

	if (is_swapped_register(place)) {
		turned = register_values(arena, place, values);
		values = &turned;
		mask = swapped(mask, place.width);
		place.flags &= (uint8_t)~SCML_BIG_ENDIAN;
	}
	mask &= width_mask(place.width);
	test->op = in ? SCML_OP_IN : SCML_OP_NOT_IN;
	test->place = place;
	test->name = name;
	test->mask = mask;
	test->values = sorted_values(arena, values, mask, &test->value_count);
	if (test->value_count == 0)
		return in ? &never : &always;
	if (mask == 0) /* the one value is 0, and the word under the mask is always 0 */
		return in ? &always : &never;
	return test;
}

const struct test *test_bits(struct arena *arena, struct scml_place place, const char *name,
			     uint64_t mask, uint64_t bits, const struct test_values *composites)
{
	struct test *test = ARENA_NEW(arena, struct test);
	struct test_values turned;
	uint64_t *values;
	size_t kept = 0;

	if (is_swapped_register(place)) {
		turned = register_values(arena, place, composites);
		composites = &turned;
		mask = swapped(mask, place.width);
		bits = swapped(bits, place.width);
		place.flags &= (uint8_t)~SCML_BIG_ENDIAN;
	}
	mask &= width_mask(place.width);
	bits &= mask;
	if (bits == mask)
		return &always;
	values = sorted_values(arena, composites, mask, &test->value_count);
	for (size_t i = 0; i < test->value_count; i++) {
		if ((values[i] & ~bits) != 0)
			values[kept++] = values[i];
	}
	test->op = SCML_OP_BITS;
	test->place = place;
	test->name = name;
	test->mask = mask;
	test->bits = bits;
	test->values = values;
	test->value_count = kept;
	return test;
}

/* A copy of TEST, to be changed before it is shared. */
static struct test *test_copy(struct arena *arena, const struct test *test)
{
	struct test *copy = ARENA_NEW(arena, struct test);

	*copy = *test;
	return copy;
}

const struct test *test_at_return(struct arena *arena, const struct test *test)
{
	struct test *copy;

	if (test->op == SCML_OP_TRUE || test->op == SCML_OP_FALSE)
		return test;
	copy = test_copy(arena, test);
	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		const struct test **children =
			ARENA_ARRAY(arena, const struct test *, test->child_count);

		for (size_t i = 0; i < test->child_count; i++)
			children[i] = test_at_return(arena, test->children[i]);
		copy->children = children;
	} else {
		copy->flags |= SCML_AT_RETURN;
	}
	return copy;
}

static bool bits_accept(const struct test *test, uint64_t word)
{
	uint64_t covered = word & test->bits;

	for (size_t i = 0; i < test->value_count; i++) {
		if ((word & test->values[i]) == test->values[i])
			covered |= test->values[i];
	}
	return covered == word;
}

bool test_accepts(const struct test *test, uint64_t word)
{
	switch (test->op) {
	case SCML_OP_TRUE:
		return true;
	case SCML_OP_FALSE:
		return false;
	case SCML_OP_ALL:
		for (size_t i = 0; i < test->child_count; i++) {
			if (!test_accepts(test->children[i], word))
				return false;
		}
		return true;
	case SCML_OP_ANY:
		for (size_t i = 0; i < test->child_count; i++) {
			if (test_accepts(test->children[i], word))
				return true;
		}
		return false;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
		word &= test->mask;
		for (size_t i = 0; i < test->value_count; i++) {
			if (test->values[i] == word)
				return test->op == SCML_OP_IN;
		}
		return test->op == SCML_OP_NOT_IN;
	case SCML_OP_BITS:
		return bits_accept(test, word & test->mask);
	case SCML_OP_STRING:
		return word != 0;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return true;
	}
	return false;
}

/* The bits that TEST, about one place, looks at. */
static uint64_t looked_at(const struct test *test)
{
	uint64_t mask = test->mask;

	for (size_t i = 0; i < test->child_count; i++)
		mask |= looked_at(test->children[i]);
	return mask;
}

/* Does A list all that the bits of B can be? */
static bool lists_bits_of(const struct test *a, const struct test *b)
{
	return a->op == SCML_OP_IN && !(looked_at(b) & ~a->mask);
}

static size_t count_accepted(const struct test *list, const struct test *test)
{
	size_t count = 0;

	for (size_t i = 0; i < list->value_count; i++)
		count += test_accepts(test, list->values[i]);
	return count;
}

/* The bits that a word which A accepts may have. */
static uint64_t possible_bits(const struct test *a)
{
	uint64_t bits = ~a->mask;

	if (a->op != SCML_OP_IN && a->op != SCML_OP_BITS)
		return UINT64_MAX;
	bits |= a->bits;
	for (size_t i = 0; i < a->value_count; i++)
		bits |= a->values[i];
	return bits;
}

/* Can a word that A accepts have all the bits that some part of B asks for? */
static bool may_have_bits_of(const struct test *a, const struct test *b)
{
	if (b->op == SCML_OP_ANY) {
		for (size_t i = 0; i < b->child_count; i++) {
			if (may_have_bits_of(a, b->children[i]))
				return true;
		}
		return false;
	}
	if (b->op != SCML_OP_IN)
		return true;
	for (size_t i = 0; i < b->value_count; i++) {
		if (!(b->values[i] & ~possible_bits(a)))
			return true;
	}
	return false;
}

bool test_may_share(const struct test *a, const struct test *b)
{
	if (a->op == SCML_OP_ALL) {
		for (size_t i = 0; i < a->child_count; i++) {
			if (!test_may_share(a->children[i], b))
				return false;
		}
		return true;
	}
	return lists_bits_of(a, b) ? count_accepted(a, b) > 0 : may_have_bits_of(a, b);
}

bool test_entails(const struct test *a, const struct test *b)
{
	if (a->op == SCML_OP_ALL) {
		for (size_t i = 0; i < a->child_count; i++) {
			if (test_entails(a->children[i], b))
				return true;
		}
		return false;
	}
	return lists_bits_of(a, b) && count_accepted(a, b) == a->value_count;
}

bool test_needs_memory(const struct test *test)
{
	if (test->op == SCML_OP_STRING || test->op == SCML_OP_MEMORY ||
	    test->op == SCML_OP_EACH)
		return true;
	for (size_t i = 0; i < test->child_count; i++) {
		if (test_needs_memory(test->children[i]))
			return true;
	}
	return false;
}
