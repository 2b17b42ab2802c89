#include "bpf/ranges.h"

#include <string.h>

#include "vec.h"

/*
 * A part of the numbers is a span of ranges without the heaviest lone numbers: those were taken
 * out by comparisons on the way to it, and what lay on both sides of one grows together. They
 * are taken out in the order of their weights, so that a part is told by its ends and by how
 * far that has come, and the best tree of every part is found once.
 */

enum {
	EXACT_MAX = 160,      /* ranges of a tree that is searched for its best form */
	HASTY_MAX = 12,	      /* the same in a hurry */
	HEAVY_MAX = 24,	      /* lone numbers that can be taken out, of a small tree */
	FIRST_SLOTS = 1 << 8, /* of the table of plans */
	PARTS_MAX = 1 << 18,  /* that could be planned */
	PLANS_MAX = 1 << 12,  /* then parts are only cut in the middle */
	WIDE = 16,	      /* ranges of a part that is not cut near its ends */
	EDGE = 4,	      /* where its ends are, as shares of its ranges */
	LIGHT = 3,	      /* or of its weight */
	OUT_SHARE = 6,	      /* a number that weighs less of its part is not taken out */
	CHAIN_MAX = 12,	      /* numbers that are taken out one by one at the end */
	HEAVY_SHARE = 40,     /* a number of that share of all is a range of its own */
	NEVER = UINT8_MAX,
};

enum form { FORM_DONE = 1, FORM_CUT, FORM_PEEL, FORM_CHAIN };

struct part {
	uint16_t low, high; /* its ranges */
	uint16_t out;	    /* those with a smaller turn are out */
};

/* The best tree for a part. */
struct plan {
	uint64_t cost;
	struct part part;
	uint16_t at; /* CUT: the first range of the upper part; DONE and CHAIN: a range that
			leads where the rest does; PEEL: the range that is taken out */
	uint16_t form;
};

struct tree {
	struct bpf_graph *graph;
	struct bpf_word word;
	const struct bpf_range *ranges;
	size_t count;
	uint16_t heavy[HEAVY_MAX]; /* lone numbers that can be taken out, heaviest first */
	size_t heavy_count;
	uint8_t *turns;	   /* per range: its index in HEAVY, or NEVER */
	uint64_t *weights; /* per range: of all before it */
	uint16_t *changes; /* per range: those before it that lead elsewhere than the next */
	VEC(struct plan) plans;
	uint32_t *slots; /* open addressing; index + 1 of a plan, 0: free */
	size_t slot_mask;
	struct arena *arena;
};

static bool is_lone(const struct bpf_range *range)
{
	return range->first == range->last;
}

static bool is_out(const struct tree *tree, struct part part, uint16_t range)
{
	return tree->turns[range] < part.out;
}

/* PART by a name that it shares with all parts that are the same for what lies outside. */
static struct part part_of(const struct tree *tree, struct part part)
{
	while (part.out > 0 &&
	       (tree->heavy[part.out - 1] < part.low || tree->heavy[part.out - 1] > part.high))
		part.out--;
	return part;
}

/* The slot of PART's plan, or the free one where it belongs. */
static uint32_t *find_slot(const struct tree *tree, struct part part)
{
	uint64_t key = (uint64_t)part.out << 32 | (uint64_t)part.high << 16 | part.low;
	size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & tree->slot_mask;

	for (;; at = (at + 1) & tree->slot_mask) {
		const struct part *own;

		if (!tree->slots[at])
			return &tree->slots[at];
		own = &tree->plans.items[tree->slots[at] - 1].part;
		if (own->low == part.low && own->high == part.high && own->out == part.out)
			return &tree->slots[at];
	}
}

static void keep_plan(struct tree *tree, struct plan plan)
{
	vec_push(tree->arena, &tree->plans, plan);
	*find_slot(tree, plan.part) = (uint32_t)tree->plans.count;
	if (tree->plans.count * 2 <= tree->slot_mask)
		return;
	tree->slot_mask = tree->slot_mask * 2 + 1;
	tree->slots = ARENA_ARRAY(tree->arena, uint32_t, tree->slot_mask + 1);
	for (uint32_t i = 0; i < tree->plans.count; i++)
		*find_slot(tree, tree->plans.items[i].part) = i + 1;
}

/* The first range of PART, from AT on, that is not out; behind PART where there is none. */
static uint16_t next_range(const struct tree *tree, struct part part, uint16_t at)
{
	while (at <= part.high && is_out(tree, part, at))
		at++;
	return at;
}

static uint64_t weight_of(const struct tree *tree, struct part part)
{
	uint64_t weight = tree->weights[part.high + 1] - tree->weights[part.low];

	for (uint16_t i = 0; i < part.out; i++)
		if (tree->heavy[i] >= part.low && tree->heavy[i] <= part.high)
			weight -= tree->ranges[tree->heavy[i]].weight;
	return weight;
}

/* Do all lead to one target? */
static bool is_settled(const struct tree *tree, struct part part)
{
	int changes = tree->changes[part.high] - tree->changes[part.low];
	bpf_node target;

	if (!changes || changes > 2 * part.out)
		return !changes;
	target = tree->ranges[next_range(tree, part, part.low)].target;
	for (uint16_t i = part.low; i <= part.high; i++)
		if (!is_out(tree, part, i) && tree->ranges[i].target != target)
			return false;
	return true;
}

/* The numbers of a chain in the order of its tests: heavy ones first. Gives how many, or
 * CHAIN_MAX + 1 where they are too many or not all lone. */
static size_t chain_order(const struct tree *tree, struct part part, bpf_node rest,
			  uint16_t order[static CHAIN_MAX])
{
	size_t count = 0;

	for (uint16_t i = part.low; i <= part.high; i++) {
		const struct bpf_range *range = &tree->ranges[i];
		size_t at = count;

		if (range->target == rest || is_out(tree, part, i))
			continue;
		if (count == CHAIN_MAX || !is_lone(range))
			return CHAIN_MAX + 1;
		for (; at > 0 && tree->ranges[order[at - 1]].weight < range->weight; at--)
			order[at] = order[at - 1];
		order[at] = i;
		count++;
	}
	return count;
}

/* Take all out one by one but the range REST and its like. */
static void try_chain(const struct tree *tree, struct part part, uint64_t weight, uint16_t rest,
		      struct plan *best)
{
	uint16_t order[CHAIN_MAX];
	uint64_t cost = 0;
	size_t count = chain_order(tree, part, tree->ranges[rest].target, order);

	if (count > CHAIN_MAX)
		return;
	for (size_t i = 0; i < count; i++) {
		cost += weight + BPF_LENGTH;
		weight -= tree->ranges[order[i]].weight;
	}
	if (cost < best->cost)
		*best = (struct plan){cost, part, rest, FORM_CHAIN};
}

/* The rest of a chain is where more than lone numbers lead, or any if all are lone. */
static void try_chains(const struct tree *tree, struct part part, uint64_t weight,
		       struct plan *best)
{
	for (uint16_t i = part.low; i <= part.high; i++) {
		if (is_lone(&tree->ranges[i]) || is_out(tree, part, i))
			continue;
		try_chain(tree, part, weight, i, best);
		return;
	}
	for (uint16_t i = part.low; i <= part.high && part.high - part.low < CHAIN_MAX; i++)
		if (!is_out(tree, part, i))
			try_chain(tree, part, weight, i, best);
}

static struct plan find_plan(struct tree *tree, struct part part);

/* Can it be a good thought to cut PART of WEIGHT before CUT? */
static bool is_cut_worth(const struct tree *tree, struct part part, uint64_t weight,
			 uint16_t cut)
{
	unsigned width = part.high - part.low + 1u, below = (unsigned)(cut - part.low);
	struct part lower = {part.low, (uint16_t)(cut - 1), part.out};
	uint64_t light;

	if (width < WIDE || (below * EDGE >= width && (width - below) * EDGE >= width))
		return true;
	light = weight_of(tree, lower);
	return light * LIGHT >= weight && (weight - light) * LIGHT >= weight;
}

static void try_cut(struct tree *tree, struct part part, uint64_t weight, uint16_t cut,
		    struct plan *best)
{
	struct part below = {part.low, (uint16_t)(cut - 1), part.out};
	struct part above = {cut, part.high, part.out};
	uint64_t cost = weight + BPF_LENGTH;

	if (cost < best->cost)
		cost += find_plan(tree, below).cost;
	if (cost < best->cost)
		cost += find_plan(tree, above).cost;
	if (cost < best->cost)
		*best = (struct plan){cost, part, cut, FORM_CUT};
}

/* The cuts of PART between ranges that lead to different targets, to CUTS: how many. */
static size_t find_cuts(const struct tree *tree, struct part part, uint16_t cuts[EXACT_MAX])
{
	uint16_t at = next_range(tree, part, part.low);
	bpf_node before = tree->ranges[at].target;
	size_t count = 0;

	for (at++; at <= part.high; at++) {
		if (tree->ranges[at].target == before || is_out(tree, part, at))
			continue;
		before = tree->ranges[at].target;
		cuts[count++] = at;
	}
	return count;
}

static void try_cuts(struct tree *tree, struct part part, uint64_t weight, struct plan *best)
{
	uint16_t cuts[EXACT_MAX];
	size_t count = find_cuts(tree, part, cuts);
	bool is_quick = tree->plans.count > PLANS_MAX;

	if (!count)
		return;
	try_cut(tree, part, weight, cuts[count / 2], best);
	for (size_t i = 0; i < count && !is_quick; i++)
		if (i != count / 2 && is_cut_worth(tree, part, weight, cuts[i]))
			try_cut(tree, part, weight, cuts[i], best);
}

static void try_peel(struct tree *tree, struct part part, uint64_t weight, struct plan *best)
{
	uint64_t cost = weight + BPF_LENGTH;
	uint16_t range;

	while (part.out < tree->heavy_count &&
	       (tree->heavy[part.out] < part.low || tree->heavy[part.out] > part.high))
		part.out++;
	if (part.out == tree->heavy_count)
		return;
	range = tree->heavy[part.out++];
	if (tree->ranges[range].weight * (uint64_t)OUT_SHARE < weight ||
	    next_range(tree, part, part.low) > part.high)
		return;
	cost += find_plan(tree, part).cost;
	if (cost < best->cost)
		*best = (struct plan){cost, best->part, range, FORM_PEEL};
}

static struct plan find_plan(struct tree *tree, struct part part)
{
	struct plan best = {.cost = UINT64_MAX};
	uint64_t weight;
	uint32_t known;

	best.part = part = part_of(tree, part);
	if (is_settled(tree, part))
		return (struct plan){0, part, next_range(tree, part, part.low), FORM_DONE};
	known = *find_slot(tree, part);
	if (known)
		return tree->plans.items[known - 1];
	weight = weight_of(tree, part);
	try_chains(tree, part, weight, &best);
	try_peel(tree, part, weight, &best);
	try_cuts(tree, part, weight, &best);
	keep_plan(tree, best);
	return best;
}

static bpf_node build_equal(const struct tree *tree, uint16_t range, bpf_node rest)
{
	return bpf_graph_compare(tree->graph, BPF_TEST_EQ, tree->word.offset, tree->word.mask,
				 tree->ranges[range].first, tree->ranges[range].target, rest);
}

static bpf_node build_cut(const struct tree *tree, size_t cut, bpf_node below, bpf_node above)
{
	return bpf_graph_compare(tree->graph, BPF_TEST_GE, tree->word.offset, tree->word.mask,
				 tree->ranges[cut].first, above, below);
}

static bpf_node build_chain(const struct tree *tree, struct part part, bpf_node rest)
{
	uint16_t order[CHAIN_MAX];
	size_t count = chain_order(tree, part, rest, order);
	bpf_node node = rest;

	while (count-- > 0)
		node = build_equal(tree, order[count], node);
	return node;
}

static bpf_node build(struct tree *tree, struct part part)
{
	const struct plan plan = find_plan(tree, part);
	struct part below = {part.low, (uint16_t)(plan.at - 1), part.out};
	struct part above = {plan.at, part.high, part.out};

	switch ((enum form)plan.form) {
	case FORM_DONE:
		break;
	case FORM_CHAIN:
		return build_chain(tree, part, tree->ranges[plan.at].target);
	case FORM_PEEL:
		part.out = (uint16_t)(tree->turns[plan.at] + 1);
		return build_equal(tree, plan.at, build(tree, part));
	case FORM_CUT:
		return build_cut(tree, plan.at, build(tree, below), build(tree, above));
	}
	return tree->ranges[plan.at].target;
}

/* Put RANGE among the heavy ones, if there is room for it among MOST. */
static void add_heavy(struct tree *tree, uint16_t range, size_t most)
{
	uint32_t weight = tree->ranges[range].weight;
	size_t at = tree->heavy_count;

	if (at == most && (!most || tree->ranges[tree->heavy[at - 1]].weight >= weight))
		return;
	if (at < most)
		tree->heavy_count++;
	else
		at--;
	for (; at > 0 && tree->ranges[tree->heavy[at - 1]].weight < weight; at--)
		tree->heavy[at] = tree->heavy[at - 1];
	tree->heavy[at] = range;
}

static bpf_node build_exact(struct tree *tree)
{
	struct part all = {0, (uint16_t)(tree->count - 1), 0};
	size_t parts = tree->count * tree->count;
	size_t most = PARTS_MAX / parts < HEAVY_MAX ? PARTS_MAX / parts : HEAVY_MAX;

	tree->turns = ARENA_ARRAY(tree->arena, uint8_t, tree->count);
	tree->weights = ARENA_ARRAY(tree->arena, uint64_t, tree->count + 1);
	tree->changes = ARENA_ARRAY(tree->arena, uint16_t, tree->count);
	tree->slots = ARENA_ARRAY(tree->arena, uint32_t, FIRST_SLOTS);
	tree->slot_mask = FIRST_SLOTS - 1;
	memset(tree->turns, NEVER, tree->count);
	for (uint16_t i = 0; i < tree->count; i++) {
		const struct bpf_range *range = &tree->ranges[i];

		if (is_lone(range) && range->weight)
			add_heavy(tree, i, most);
		tree->weights[i + 1] = tree->weights[i] + range->weight;
		if (i)
			tree->changes[i] = (uint16_t)(tree->changes[i - 1] +
						      (range->target != range[-1].target));
	}
	for (uint8_t i = 0; i < tree->heavy_count; i++)
		tree->turns[tree->heavy[i]] = i;
	return build(tree, all);
}

/* The ranges [low, high] of WHOLE as a tree of their own. */
static bpf_node build_part(const struct tree *whole, size_t low, size_t high)
{
	struct tree part = *whole;
	uint64_t total = 0, below = 0;
	size_t cut = low + 1;

	if (high - low < (bpf_graph_is_hurried(whole->graph) ? HASTY_MAX : EXACT_MAX)) {
		part.ranges += low;
		part.count = high - low + 1;
		return build_exact(&part);
	}
	for (size_t i = low; i <= high; i++)
		total += whole->ranges[i].weight + UINT64_C(1);
	for (below = whole->ranges[low].weight; cut < high && below * 2 < total; cut++)
		below += whole->ranges[cut].weight + UINT64_C(1);
	return build_cut(whole, cut, build_part(whole, low, cut - 1),
			 build_part(whole, cut, high));
}

/* NODE with a root that needs no mask, where there is such a test. */
static bpf_node plain_root(struct bpf_graph *graph, bpf_node node)
{
	struct bpf_decision root = *bpf_graph_at(graph, node);

	if (root.op == BPF_TEST_EQ)
		return bpf_graph_equal(graph, root.offset, root.mask, root.k, root.yes,
				       root.no);
	return node;
}

/* Numbers that weigh so much that it may pay to take them out of the middle of their like:
 * their least weight. */
static uint64_t heavy_weight(const struct bpf_range *ranges, size_t count)
{
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += ranges[i].weight;
	return total / HEAVY_SHARE + 1;
}

bpf_node bpf_ranges_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_range *ranges, size_t count, struct arena *arena)
{
	VEC(struct bpf_range) merged = {0};
	struct tree tree = {.graph = graph, .word = word, .arena = arena};
	bpf_node node = ranges[0].target;
	uint64_t heavy = heavy_weight(ranges, count);
	bool is_apart = true; /* the next range is not merged with the one before */

	for (size_t i = 0; i < count; i++) {
		bool is_heavy = ranges[i].weight >= heavy && is_lone(&ranges[i]);
		struct bpf_range *before =
			merged.count ? &merged.items[merged.count - 1] : NULL;

		if (before && before->target == ranges[i].target && !is_apart && !is_heavy) {
			before->weight += ranges[i].weight;
			before->last = ranges[i].last;
		} else {
			vec_push(arena, &merged, ranges[i]);
		}
		is_apart = is_heavy;
	}
	tree.ranges = merged.items;
	tree.count = merged.count;
	if (tree.count > 1)
		node = plain_root(graph, build_part(&tree, 0, tree.count - 1));
	return node;
}

bpf_node bpf_points_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_point *points, size_t count, bpf_node rest)
{
	struct arena *arena = bpf_graph_arena(graph);
	VEC(struct bpf_range) ranges = {0};
	uint32_t next = 0; /* the first number that no range covers yet */
	bool is_covered = false;

	for (size_t i = 0; i < count; i++) {
		uint32_t value = points[i].value;

		if (value > next)
			vec_push(arena, &ranges,
				 ((struct bpf_range){next, value - 1, rest, 0}));
		vec_push(arena, &ranges,
			 ((struct bpf_range){value, value, points[i].target, 0}));
		next = value + 1;
		is_covered = value == word.mask;
	}
	if (!is_covered)
		vec_push(arena, &ranges, ((struct bpf_range){next, word.mask, rest, 0}));
	return bpf_ranges_tree(graph, word, ranges.items, ranges.count, arena);
}
