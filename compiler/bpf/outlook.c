#include "bpf/outlook.h"

#include "bpf/space.h"

/* Where the bits of words are. */
struct view {
	struct bdd *bdd;
	struct bpf_behind *behind; /* NULL: memory cannot be seen */
	bool is_big_endian;
	uint32_t inside; /* the memory that words lie in */
};

static struct bpf_outlook outlook_of(const struct view *view, const struct test *test);

static const struct bpf_outlook open = {BDD_FALSE, BDD_TRUE};

static struct bpf_outlook certain(bdd_node condition)
{
	return (struct bpf_outlook){condition, condition};
}

/* ---- words ---- */

/* Bit BIT of the word that TEST is about. */
static bdd_node bit_of(const struct view *view, const struct test *test, unsigned bit)
{
	uint32_t offset = BPF_FIELD_ARGS + 8u * test->place.base;

	if (test->place.base == SCML_INSIDE)
		return bdd_bit(view->bdd,
			       behind_word(view->behind, view->inside, test)->first + 63 - bit);
	if ((bit >= 32) != view->is_big_endian)
		offset += 4;
	return bdd_bit(view->bdd, space_variable(offset, bit % 32));
}

/* Bits that TEST looks at: the register is cut to its width. */
static uint64_t seen_bits(const struct test *test)
{
	unsigned width = test->place.width;

	return width < 64 ? test->mask & ((UINT64_C(1) << width) - 1) : test->mask;
}

/* Are the bits below BIT of (word & mask) those of one of VALUES, which agree in the others? */
static bdd_node is_among(const struct view *view, const struct test *test, unsigned bit,
			 const uint64_t *values, size_t count)
{
	size_t zeros = 0;
	bdd_node clear, set;

	if (!count)
		return BDD_FALSE;
	if (!bit--)
		return BDD_TRUE;
	while (zeros < count && !(values[zeros] >> bit & 1))
		zeros++;
	clear = is_among(view, test, bit, values, zeros);
	set = is_among(view, test, bit, values + zeros, count - zeros);
	if (!(seen_bits(test) >> bit & 1)) /* always clear under the mask */
		return clear;
	return bdd_choose(view->bdd, bit_of(view, test, bit), set, clear);
}

/* Are all bits of BITS set? */
static bdd_node has_all(const struct view *view, const struct test *test, uint64_t bits)
{
	bdd_node all = BDD_TRUE;

	if (bits & ~seen_bits(test))
		return BDD_FALSE;
	for (unsigned bit = 0; bit < 64; bit++)
		if (bits >> bit & 1)
			all = bdd_and(view->bdd, bit_of(view, test, bit), all);
	return all;
}

/* Every bit that is set counts by itself or is part of a composite that is wholly there. */
static bdd_node is_made_of(const struct view *view, const struct test *test)
{
	uint64_t left = seen_bits(test) & ~test->bits;
	bdd_node made = BDD_TRUE;

	for (unsigned bit = 0; bit < 64; bit++) {
		bdd_node covered = BDD_FALSE;

		if (!(left >> bit & 1))
			continue;
		for (size_t i = 0; i < test->value_count; i++)
			if (test->values[i] >> bit & 1)
				covered = bdd_or(view->bdd, covered,
						 has_all(view, test, test->values[i]));
		covered =
			bdd_or(view->bdd, covered, bdd_not(view->bdd, bit_of(view, test, bit)));
		made = bdd_and(view->bdd, covered, made);
	}
	return made;
}

/* That the word of TEST can be read: registers always can. */
static bdd_node can_be_read(const struct view *view, const struct test *test)
{
	if (test->place.base != SCML_INSIDE)
		return BDD_TRUE;
	return bdd_bit(view->bdd, behind_word(view->behind, view->inside, test)->readable);
}

static struct bpf_outlook word_outlook(const struct view *view, const struct test *test)
{
	bdd_node holds;

	if (!view->behind && (test->flags & SCML_AT_RETURN || test->place.base == SCML_INSIDE))
		return open;
	if (test->op == SCML_OP_BITS)
		holds = is_made_of(view, test);
	else
		holds = is_among(view, test, 64, test->values, test->value_count);
	if (test->op == SCML_OP_NOT_IN)
		holds = bdd_not(view->bdd, holds);
	return certain(bdd_and(view->bdd, can_be_read(view, test), holds));
}

/* That the word of TEST, a pointer, is 0. */
static bdd_node is_null(const struct view *view, const struct test *test)
{
	bdd_node null = BDD_TRUE;

	for (unsigned bit = 0; bit < test->place.width; bit++)
		null = bdd_and(view->bdd, bdd_not(view->bdd, bit_of(view, test, bit)), null);
	return bdd_and(view->bdd, can_be_read(view, test), null);
}

/* What lies behind the pointer of TEST, or at its place. */
static bdd_node inside_holds(const struct view *view, const struct test *test)
{
	struct view inside = *view;
	bdd_node child;

	inside.inside = behind_enter(view->behind, view->inside, test);
	child = test->child_count ? outlook_of(&inside, test->children[0]).surely : BDD_TRUE;
	if (test->op == SCML_OP_EACH)
		return bdd_bit(view->bdd, behind_each(view->behind, inside.inside, child));
	return bdd_and(view->bdd,
		       bdd_bit(view->bdd, behind_each(view->behind, inside.inside, 0)), child);
}

/* Without sight of memory, what lies there is open, unless the pointer is NULL. */
static struct bpf_outlook memory_outlook(const struct view *view, const struct test *test)
{
	bool is_embedded = test->block.flags & SCML_EMBEDDED;

	if (view->behind && is_embedded)
		return certain(inside_holds(view, test));
	if (view->behind)
		return certain(
			bdd_or(view->bdd, is_null(view, test), inside_holds(view, test)));
	if (is_embedded || test->place.base == SCML_INSIDE)
		return open;
	return (struct bpf_outlook){.surely = is_null(view, test), .maybe = BDD_TRUE};
}

static struct bpf_outlook string_outlook(const struct view *view, const struct test *test)
{
	uint32_t at;

	if (!view->behind)
		return open;
	at = behind_enter(view->behind, view->inside, test);
	return certain(bdd_bit(view->bdd, behind_each(view->behind, at, 0)));
}

/* ---- groups ---- */

static struct bpf_outlook both(struct bdd *bdd, struct bpf_outlook a, struct bpf_outlook b)
{
	return (struct bpf_outlook){bdd_and(bdd, a.surely, b.surely),
				    bdd_and(bdd, a.maybe, b.maybe)};
}

static struct bpf_outlook either(struct bdd *bdd, struct bpf_outlook a, struct bpf_outlook b)
{
	return (struct bpf_outlook){bdd_or(bdd, a.surely, b.surely),
				    bdd_or(bdd, a.maybe, b.maybe)};
}

static struct bpf_outlook outlook_of(const struct view *view, const struct test *test)
{
	struct bpf_outlook outlook = certain(test->op == SCML_OP_ALL ? BDD_TRUE : BDD_FALSE);

	switch (test->op) {
	case SCML_OP_TRUE:
		return certain(BDD_TRUE);
	case SCML_OP_FALSE:
		return certain(BDD_FALSE);
	case SCML_OP_ALL:
		for (size_t i = 0; i < test->child_count; i++)
			outlook = both(view->bdd, outlook, outlook_of(view, test->children[i]));
		return outlook;
	case SCML_OP_ANY:
		for (size_t i = 0; i < test->child_count; i++)
			outlook =
				either(view->bdd, outlook, outlook_of(view, test->children[i]));
		return outlook;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		return word_outlook(view, test);
	case SCML_OP_STRING:
		return string_outlook(view, test);
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return memory_outlook(view, test);
	}
	return open;
}

struct bpf_outlook bpf_call_outlook(struct bdd *bdd, struct bpf_behind *behind,
				    const struct rules *rules, const struct rule_call *call)
{
	const struct view view = {bdd, behind, rules->db->archs[rules->arch].big_endian,
				  BEHIND_NOTHING};
	struct bpf_outlook outlook = certain(BDD_FALSE);

	for (size_t i = 0; i < call->rule_count; i++) {
		const struct rule *rule = &call->rules[i];
		struct bpf_outlook one = certain(rule->is_never ? BDD_FALSE : BDD_TRUE);

		for (size_t j = 0; j < rule->cond_count && one.maybe != BDD_FALSE; j++)
			one = both(bdd, one, outlook_of(&view, rule->conds[j].test));
		outlook = either(bdd, outlook, one);
	}
	return outlook;
}
