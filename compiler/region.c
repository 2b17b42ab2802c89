#include "region.h"

#include <string.h>

#include "bpf/decide.h"
#include "test.h"

enum { MAX_PAIRS = 1 << 14 }; /* of terms that meet or cut each other: bounds the time */

struct region region_none(void)
{
	return (struct region){0};
}

struct region region_all(struct arena *arena)
{
	return region_word(arena, 0, 0, 0);
}

static struct region region_full(void)
{
	return (struct region){.is_full = true};
}

/* Is every call of INNER one of OUTER? */
static bool term_covers(const struct region_term *outer, const struct region_term *inner)
{
	for (unsigned i = 0; i < SCML_REGISTERS; i++)
		if ((outer->mask[i] & ~inner->mask[i]) ||
		    (inner->value[i] & outer->mask[i]) != outer->value[i])
			return false;
	return true;
}

/* Both at once, to *BOTH; false where that is impossible. */
static bool term_meet(const struct region_term *a, const struct region_term *b,
		      struct region_term *both)
{
	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		if ((a->value[i] ^ b->value[i]) & a->mask[i] & b->mask[i])
			return false;
		both->mask[i] = a->mask[i] | b->mask[i];
		both->value[i] = a->value[i] | b->value[i];
	}
	return true;
}

static void add_term(struct arena *arena, struct region *region, const struct region_term *term)
{
	size_t kept = 0;

	for (size_t i = 0; i < region->terms.count; i++)
		if (term_covers(&region->terms.items[i], term))
			return;
	for (size_t i = 0; i < region->terms.count; i++)
		if (!term_covers(term, &region->terms.items[i]))
			region->terms.items[kept++] = region->terms.items[i];
	region->terms.count = kept;
	if (kept == REGION_MAX_TERMS)
		region->is_full = true;
	else
		vec_push(arena, &region->terms, *term);
}

struct region region_word(struct arena *arena, unsigned reg, uint64_t mask, uint64_t value)
{
	struct region region = {0};
	struct region_term term = {0};

	if (value & ~mask)
		return region;
	term.mask[reg] = mask;
	term.value[reg] = value;
	vec_push(arena, &region.terms, term);
	return region;
}

struct region region_join(struct arena *arena, const struct region *a, const struct region *b)
{
	struct region joined = {0};

	if (a->is_full || b->is_full)
		return region_full();
	for (size_t i = 0; i < a->terms.count; i++)
		vec_push(arena, &joined.terms, a->terms.items[i]);
	for (size_t i = 0; i < b->terms.count && !joined.is_full; i++)
		add_term(arena, &joined, &b->terms.items[i]);
	return joined;
}

struct region region_meet(struct arena *arena, const struct region *a, const struct region *b)
{
	struct region met = {0};
	struct region_term both;

	if (region_is_empty(a) || region_is_empty(b))
		return met;
	if (a->is_full || b->is_full || a->terms.count * b->terms.count > MAX_PAIRS)
		return region_full();
	for (size_t i = 0; i < a->terms.count; i++)
		for (size_t j = 0; j < b->terms.count && !met.is_full; j++)
			if (term_meet(&a->terms.items[i], &b->terms.items[j], &both))
				add_term(arena, &met, &both);
	return met;
}

/*
 * TERM without HOLE: for each bit that HOLE asks for and TERM does not, the calls that agree
 * with HOLE up to there and differ in it. From the highest bit down, so that the pieces of an
 * interval are intervals.
 */
static void cut_term(struct arena *arena, struct region *rest, struct region_term term,
		     const struct region_term *hole)
{
	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		uint64_t open = hole->mask[i] & ~term.mask[i];

		for (uint64_t bit; open; open &= ~bit) {
			struct region_term piece = term;

			bit = UINT64_C(1) << (63 - __builtin_clzll(open));
			piece.mask[i] |= bit;
			piece.value[i] |= bit & ~hole->value[i];
			add_term(arena, rest, &piece);
			term.mask[i] |= bit;
			term.value[i] |= bit & hole->value[i];
		}
	}
}

static bool meets(const struct region *region, const struct region_term *term)
{
	struct region_term both;

	for (size_t i = 0; i < region->terms.count; i++)
		if (term_meet(&region->terms.items[i], term, &both))
			return true;
	return false;
}

static struct region cut_region(struct arena *arena, const struct region *region,
				const struct region_term *hole)
{
	struct region rest = {0};
	struct region_term both;

	for (size_t i = 0; i < region->terms.count && !rest.is_full; i++) {
		if (term_meet(&region->terms.items[i], hole, &both))
			cut_term(arena, &rest, region->terms.items[i], hole);
		else
			add_term(arena, &rest, &region->terms.items[i]);
	}
	return rest;
}

/* Every hole makes a new list of terms; only the last one outlives this. */
struct region region_minus(struct arena *arena, const struct region *a, const struct region *b)
{
	struct region rest = *a, none = {0};
	struct arena *work = NULL;
	size_t pairs = 0;

	if (region_is_empty(a) || a->is_full)
		return rest;
	if (b->is_full)
		return region_full();
	for (size_t i = 0; i < b->terms.count && !rest.is_full; i++) {
		struct arena *before = work;

		if (!meets(&rest, &b->terms.items[i]))
			continue;
		pairs += rest.terms.count;
		if (pairs > MAX_PAIRS) {
			rest = region_full();
			break;
		}
		work = arena_new();
		rest = cut_region(work, &rest, &b->terms.items[i]);
		arena_free(before);
	}
	rest = region_join(arena, &rest, &none);
	arena_free(work);
	return rest;
}

bool region_is_empty(const struct region *region)
{
	return !region->is_full && region->terms.count == 0;
}

bool region_is_all(const struct region *region)
{
	static const struct region_term all = {0};

	return !region->is_full && region->terms.count == 1 &&
	       memcmp(&region->terms.items[0], &all, sizeof(all)) == 0;
}

static struct region region_of_values(struct arena *arena, const struct test *test)
{
	uint64_t mask = test->mask & width_mask(test->place.width);
	struct region region = {0}, all = region_all(arena);

	if (test->value_count > REGION_MAX_TERMS)
		return region_full();
	for (size_t i = 0; i < test->value_count; i++) {
		struct region one = region_word(arena, test->place.base, mask, test->values[i]);

		if (one.terms.count)
			add_term(arena, &region, &one.terms.items[0]);
	}
	return test->op == SCML_OP_IN ? region : region_minus(arena, &all, &region);
}

/* A term for each choice of composites: theirs are set, other bits than those of BITS not. */
static struct region region_of_bits(struct arena *arena, const struct test *test)
{
	uint64_t width = width_mask(test->place.width);
	struct region region = {0};

	if (test->value_count > REGION_MAX_COMPOSITES)
		return region_full();
	for (size_t choice = 0; choice >> test->value_count == 0; choice++) {
		uint64_t set = 0;
		struct region one;

		for (size_t i = 0; i < test->value_count; i++)
			if (choice >> i & 1)
				set |= test->values[i];
		one = region_word(arena, test->place.base,
				  ((test->mask & ~test->bits) | set) & width, set);
		if (one.terms.count)
			add_term(arena, &region, &one.terms.items[0]);
	}
	return region;
}

static struct region_verdict verdict_join(struct arena *arena, const struct region_verdict *a,
					  const struct region_verdict *b)
{
	return (struct region_verdict){
		.sure = region_join(arena, &a->sure, &b->sure),
		.possible = region_join(arena, &a->possible, &b->possible),
	};
}

static struct region_verdict verdict_meet(struct arena *arena, const struct region_verdict *a,
					  const struct region_verdict *b)
{
	return (struct region_verdict){
		.sure = region_meet(arena, &a->sure, &b->sure),
		.possible = region_meet(arena, &a->possible, &b->possible),
	};
}

static struct region_verdict verdict_all(struct arena *arena)
{
	return (struct region_verdict){region_all(arena), region_all(arena)};
}

static struct region_verdict region_of_list(struct arena *arena, const struct test *test)
{
	struct region_verdict verdict = {0};

	if (test->op == SCML_OP_ALL)
		verdict = verdict_all(arena);
	for (size_t i = 0; i < test->child_count; i++) {
		struct region_verdict child = region_of_test(arena, test->children[i]);

		verdict = test->op == SCML_OP_ALL ? verdict_meet(arena, &verdict, &child)
						  : verdict_join(arena, &verdict, &child);
	}
	return verdict;
}

struct region_verdict region_of_test(struct arena *arena, const struct test *test)
{
	struct region_verdict verdict = {.possible = region_all(arena)};

	switch (test->op) {
	case SCML_OP_TRUE:
		return verdict_all(arena);
	case SCML_OP_FALSE:
		return (struct region_verdict){0};
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		return region_of_list(arena, test);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		if (bpf_can_be_open(test))
			return verdict;
		verdict.sure = test->op == SCML_OP_BITS ? region_of_bits(arena, test)
							: region_of_values(arena, test);
		verdict.possible = verdict.sure;
		return verdict;
	case SCML_OP_STRING:
		return verdict;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		if (!(test->block.flags & SCML_EMBEDDED) && test->place.base != SCML_INSIDE)
			verdict.sure = region_word(arena, test->place.base,
						   width_mask(test->place.width), 0);
		return verdict;
	}
	return verdict;
}

struct region_verdict region_of_rule(struct arena *arena, const struct rule *rule)
{
	struct region_verdict verdict = verdict_all(arena);

	if (rule->is_never)
		return (struct region_verdict){0};
	for (size_t i = 0; i < rule->cond_count; i++) {
		struct region_verdict cond = region_of_test(arena, rule->conds[i].test);

		verdict = verdict_meet(arena, &verdict, &cond);
	}
	return verdict;
}

struct region_verdict region_of_call(struct arena *arena, const struct rule_call *call)
{
	struct region_verdict verdict = {0};

	for (size_t i = 0; i < call->rule_count; i++) {
		struct region_verdict rule = region_of_rule(arena, &call->rules[i]);

		verdict = verdict_join(arena, &verdict, &rule);
	}
	return verdict;
}
