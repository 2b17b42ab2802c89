#include "bpf/verify.h"

#include "bpf/expected.h"
#include "bpf/space.h"
#include "bpf/symbolic.h"
#include "vec.h"

enum {
	MAX_KINDS = 8,	     /* pairs of answers that are told apart for a number */
	MAX_PAIRS = 1 << 12, /* pairs of nodes that are looked at for that */
	PAIR_SLOTS = 2 * MAX_PAIRS,
	MAX_RANGES = 4 * BPF_MAX_DIFFERENCES, /* of numbers that are looked at */
};

/* What the two sides still are, some variables being fixed. */
struct pair {
	bdd_node is, wanted;
};

/* One that was met. */
struct seen {
	struct pair pair;
	uint32_t round;
};

struct comparison {
	struct arena *arena; /* of the list; WORK is freed at the end */
	struct arena *work;
	struct bdd *bdd;
	VEC(struct bpf_difference) list;
	size_t ranges; /* looked at so far */
	size_t first;  /* difference of the latest range */
	struct pair latest;
	uint32_t latest_nr; /* the last number of that range */
	bool is_cut;
	struct seen *seen; /* a hash table; entries of earlier rounds are free */
	uint32_t round;
	size_t seen_count; /* in this round */
};

static uint32_t first_variable(const struct comparison *comparison, struct pair pair)
{
	uint32_t a = bdd_variable(comparison->bdd, pair.is);
	uint32_t b = bdd_variable(comparison->bdd, pair.wanted);

	return a < b ? a : b;
}

static struct pair follow(const struct comparison *comparison, struct pair pair,
			  uint32_t variable, bool is_set)
{
	return (struct pair){bdd_follow(comparison->bdd, pair.is, variable, is_set),
			     bdd_follow(comparison->bdd, pair.wanted, variable, is_set)};
}

/* Is PAIR new in this round? Where there are too many, none is. */
static bool is_new(struct comparison *comparison, struct pair pair)
{
	uint64_t hash = ((uint64_t)pair.is << 32 | pair.wanted) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 40) % PAIR_SLOTS;

	for (; comparison->seen[at].round == comparison->round; at = (at + 1) % PAIR_SLOTS)
		if (comparison->seen[at].pair.is == pair.is &&
		    comparison->seen[at].pair.wanted == pair.wanted)
			return false;
	if (comparison->seen_count == MAX_PAIRS)
		return false;
	comparison->seen_count++;
	comparison->seen[at] = (struct seen){pair, comparison->round};
	return true;
}

/* The leaves PAIR differ for CALL: the first two of that kind for its numbers? */
static void add_kind(struct comparison *comparison, struct pair pair,
		     const struct seccomp_data *call, uint32_t last_nr)
{
	struct bpf_difference one = {.call = *call,
				     .last_nr = last_nr,
				     .is = bdd_value(comparison->bdd, pair.is),
				     .wanted = bdd_value(comparison->bdd, pair.wanted)};

	for (size_t i = comparison->first; i < comparison->list.count; i++)
		if (comparison->list.items[i].is == one.is &&
		    comparison->list.items[i].wanted == one.wanted)
			return;
	if (comparison->list.count - comparison->first == MAX_KINDS ||
	    comparison->list.count == BPF_MAX_DIFFERENCES)
		comparison->is_cut = true;
	else
		vec_push(comparison->arena, &comparison->list, one);
}

/* Look for the smallest call of every kind; that with a bit clear comes before that with it
 * set. */
static void find_kinds(struct comparison *comparison, struct pair pair,
		       struct seccomp_data call, uint32_t last_nr)
{
	uint32_t variable = first_variable(comparison, pair);

	if (pair.is == pair.wanted)
		return;
	if (variable == BDD_LEAF) {
		add_kind(comparison, pair, &call, last_nr);
		return;
	}
	if (!is_new(comparison, pair))
		return;
	find_kinds(comparison, follow(comparison, pair, variable, false), call, last_nr);
	space_set(&call, variable);
	find_kinds(comparison, follow(comparison, pair, variable, true), call, last_nr);
}

static void find_from(struct comparison *comparison, struct pair pair,
		      const struct seccomp_data *call, uint32_t last_nr)
{
	if (!comparison->seen)
		comparison->seen = ARENA_ARRAY(comparison->work, struct seen, PAIR_SLOTS);
	comparison->round++;
	comparison->seen_count = 0;
	comparison->first = comparison->list.count;
	find_kinds(comparison, pair, *call, last_nr);
}

/* The numbers from CALL's to LAST_NR, for which the sides are PAIR. */
static void compare_range(struct comparison *comparison, struct pair pair,
			  const struct seccomp_data *call, uint32_t last_nr)
{
	bool follows = comparison->first < comparison->list.count &&
		       comparison->list.items[comparison->first].call.arch == call->arch &&
		       comparison->latest_nr + 1 == (uint32_t)call->nr;

	comparison->ranges++;
	if (follows && comparison->latest.is == pair.is &&
	    comparison->latest.wanted == pair.wanted) {
		for (size_t i = comparison->first; i < comparison->list.count; i++)
			comparison->list.items[i].last_nr = last_nr;
	} else {
		find_from(comparison, pair, call, last_nr);
		comparison->latest = pair;
	}
	comparison->latest_nr = last_nr;
}

/* The 2^BITS numbers from CALL's on. */
static void compare_numbers(struct comparison *comparison, struct pair pair,
			    struct seccomp_data call, unsigned bits)
{
	uint32_t last = (uint32_t)call.nr + (uint32_t)((UINT64_C(1) << bits) - 1);
	uint32_t variable;

	if (pair.is == pair.wanted)
		return;
	if (comparison->ranges == MAX_RANGES || comparison->list.count == BPF_MAX_DIFFERENCES) {
		comparison->is_cut = true;
		return;
	}
	if (first_variable(comparison, pair) >= SPACE_ARGS) {
		compare_range(comparison, pair, &call, last);
		return;
	}
	variable = SPACE_NR + 32 - bits;
	compare_numbers(comparison, follow(comparison, pair, variable, false), call, bits - 1);
	space_set(&call, variable);
	compare_numbers(comparison, follow(comparison, pair, variable, true), call, bits - 1);
}

struct bpf_differences bpf_compare(struct arena *arena, struct bdd *bdd, bdd_node is,
				   bdd_node wanted, const uint32_t *archs, size_t count)
{
	struct comparison comparison = {.arena = arena, .work = arena_new(), .bdd = bdd};
	struct pair rest = {is, wanted};
	const struct seccomp_data nothing = {0};

	for (size_t i = 0; i < count; i++) {
		bdd_node here = space_equals(bdd, BPF_FIELD_ARCH, archs[i]);
		struct pair pair = {space_restrict(bdd, rest.is, SPACE_ARCH, archs[i]),
				    space_restrict(bdd, rest.wanted, SPACE_ARCH, archs[i])};
		struct seccomp_data call = {.arch = archs[i]};

		compare_numbers(&comparison, pair, call, 32);
		rest.is = bdd_choose(bdd, here, BDD_FALSE, rest.is);
		rest.wanted = bdd_choose(bdd, here, BDD_FALSE, rest.wanted);
	}
	if (rest.is != rest.wanted) {
		find_from(&comparison, rest, &nothing, 0);
		for (size_t i = comparison.first; i < comparison.list.count; i++)
			comparison.list.items[i].last_nr =
				(uint32_t)comparison.list.items[i].call.nr;
	}
	arena_free(comparison.work);
	return (struct bpf_differences){comparison.list.items, comparison.list.count,
					comparison.is_cut};
}

struct bpf_proof bpf_verify(struct arena *arena, const struct bpf_code *code,
			    const struct rules *const *rules, size_t count,
			    const struct bpf_options *options)
{
	struct arena *work = arena_new();
	struct bdd *bdd = bdd_new(work);
	struct bpf_proof proof = {.verdict = BPF_UNCLEAR};
	uint32_t *archs = ARENA_ARRAY(work, uint32_t, count);
	bdd_node wanted = bpf_expected(bdd, rules, count, options), is;

	for (size_t i = 0; i < count; i++)
		archs[i] = rules[i]->db->archs[rules[i]->arch].audit;
	bdd_keep(bdd, wanted);
	if (bdd_is_full(bdd)) {
		proof.unclear.index = SIZE_MAX;
		proof.unclear.reason = "the rules ask for too much";
	} else if (bpf_symbolic(bdd, code, &is, &proof.unclear)) {
		proof.verdict = is == wanted ? BPF_SAME : BPF_DIFFERENT;
		if (is != wanted)
			proof.differences = bpf_compare(arena, bdd, is, wanted, archs, count);
	}
	arena_free(work);
	return proof;
}
