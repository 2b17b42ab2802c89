#include "bpf/expected.h"

#include <linux/seccomp.h>

#include "bpf/space.h"

/* Where the bits of the registers of one architecture are. */
struct view {
	struct bdd *bdd;
	bool is_big_endian;
};

static struct bpf_outlook outlook_of(const struct view *view, const struct test *test);

static const struct bpf_outlook open = {BDD_FALSE, BDD_TRUE};

static struct bpf_outlook certain(bdd_node condition)
{
	return (struct bpf_outlook){condition, condition};
}

/* ---- words ---- */

/* Bit BIT of the register that TEST is about. */
static bdd_node bit_of(const struct view *view, const struct test *test, unsigned bit)
{
	uint32_t offset = BPF_FIELD_ARGS + 8u * test->place.base;

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

static struct bpf_outlook word_outlook(const struct view *view, const struct test *test)
{
	bdd_node among;

	if (test->flags & SCML_AT_RETURN || test->place.base == SCML_INSIDE)
		return open;
	if (test->op == SCML_OP_BITS)
		return certain(is_made_of(view, test));
	among = is_among(view, test, 64, test->values, test->value_count);
	return certain(test->op == SCML_OP_IN ? among : bdd_not(view->bdd, among));
}

/* What lies behind a pointer is open, unless the pointer is NULL. */
static struct bpf_outlook memory_outlook(const struct view *view, const struct test *test)
{
	bdd_node is_null = BDD_TRUE;

	if (test->block.flags & SCML_EMBEDDED || test->place.base == SCML_INSIDE)
		return open;
	for (unsigned bit = 0; bit < test->place.width; bit++)
		is_null = bdd_and(view->bdd, bdd_not(view->bdd, bit_of(view, test, bit)),
				  is_null);
	return (struct bpf_outlook){.surely = is_null, .maybe = BDD_TRUE};
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
		return open;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return memory_outlook(view, test);
	}
	return open;
}

struct bpf_outlook bpf_call_outlook(struct bdd *bdd, const struct rules *rules,
				    const struct rule_call *call)
{
	const struct view view = {bdd, rules->db->archs[rules->arch].big_endian};
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

/* ---- numbers ---- */

struct answers {
	struct bdd *bdd;
	const struct rules *rules;
	const struct bpf_options *options;
	const uint32_t *of_call; /* by index of a call in the database */
};

/* The call KNOWN; its rules are CALL or NULL. */
static bdd_node call_answer(const struct answers *answers, const struct abi_call *known,
			    const struct rule_call *call)
{
	const struct bpf_options *options = answers->options;
	const struct rules *rules = answers->rules;
	struct bpf_outlook outlook;
	bdd_node refused;

	if (!call && options->scope == BPF_SCOPE_LISTED)
		return bdd_leaf(answers->bdd, SECCOMP_RET_ALLOW);
	refused = bdd_leaf(answers->bdd, answers->of_call[known - rules->db->calls]);
	if (!call)
		return refused;
	outlook = bpf_call_outlook(answers->bdd, rules, call);
	return bdd_choose(answers->bdd, outlook.surely,
			  bdd_leaf(answers->bdd, SECCOMP_RET_ALLOW),
			  bdd_choose(answers->bdd, outlook.maybe,
				     bdd_leaf(answers->bdd, options->on_undecided), refused));
}

/* Refusals by call: those of single calls, later ones first, and else the general one. */
static const uint32_t *refusals(struct arena *arena, const struct rules *rules,
				const struct bpf_options *options)
{
	uint32_t *of_call = ARENA_ARRAY(arena, uint32_t, rules->db->call_count + 1);

	for (size_t i = 0; i < rules->db->call_count; i++)
		of_call[i] = options->on_mismatch;
	for (size_t i = 0; i < options->call_action_count; i++) {
		const struct abi_call *call =
			abi_call_find(rules->db, options->call_actions[i].call);

		if (call)
			of_call[call - rules->db->calls] = options->call_actions[i].action;
	}
	return of_call;
}

/* Numbers that are no call: unknown, of another table, or none at all. */
static bdd_node stray_answer(const struct answers *answers)
{
	const struct bpf_options *options = answers->options;
	uint32_t foreign = answers->rules->db->archs[answers->rules->arch].foreign_nr_bit;
	struct bdd *bdd = answers->bdd;
	bdd_node node = bdd_leaf(bdd, options->has_on_unknown ? options->on_unknown
							      : options->on_mismatch);

	for (unsigned bit = 0; bit < 32; bit++)
		if (foreign >> bit & 1)
			node = bdd_choose(bdd, bdd_bit(bdd, space_variable(BPF_FIELD_NR, bit)),
					  bdd_leaf(bdd, options->on_bad_arch), node);
	return bdd_choose(bdd, space_equals(bdd, BPF_FIELD_NR, UINT32_MAX),
			  bdd_leaf(bdd, options->on_mismatch), node);
}

static bdd_node numbers_answer(const struct answers *answers)
{
	const struct rules *rules = answers->rules;
	uint32_t last = rules->db->archs[rules->arch].max_nr;
	const struct rule_call *call = rules->calls, *end = call + rules->call_count;
	bdd_node node = stray_answer(answers);

	if (call < end && end[-1].nr > last)
		last = end[-1].nr;
	for (uint32_t nr = 0; nr <= last; nr++) {
		bool has_rules = call < end && call->nr == nr;
		const struct abi_call *known =
			has_rules ? call->abi : abi_call_by_nr(rules->db, rules->arch, nr);

		if (known)
			node = bdd_choose(
				answers->bdd, space_equals(answers->bdd, BPF_FIELD_NR, nr),
				call_answer(answers, known, has_rules ? call : NULL), node);
		call += has_rules;
	}
	return node;
}

bdd_node bpf_expected(struct bdd *bdd, const struct rules *const *rules, size_t count,
		      const struct bpf_options *options)
{
	struct arena *arena = arena_new();
	bdd_node node = bdd_leaf(bdd, options->on_bad_arch);

	for (size_t i = count; i-- > 0;) {
		const struct answers answers = {bdd, rules[i], options,
						refusals(arena, rules[i], options)};
		uint32_t audit = rules[i]->db->archs[rules[i]->arch].audit;

		node = bdd_choose(bdd, space_equals(bdd, BPF_FIELD_ARCH, audit),
				  numbers_answer(&answers), node);
	}
	arena_free(arena);
	return node;
}
