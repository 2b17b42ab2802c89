#include "bpf/ranges.h"

#include "vec.h"

enum {
	EXACT_MAX = 200, /* ranges of a tree that is searched for its best form */
	CHAIN_MAX = 5,	 /* numbers that are peeled off one by one */
	CHAIN_RANGES = 2 * CHAIN_MAX + 1,
	STEP_COST = 16, /* of an executed comparison, per weight; a written one costs 1 */
};

/* How the ranges [first, first + count) are told apart. */
struct plan {
	uint64_t cost;
	uint64_t weight;
	uint32_t cut;  /* the first range of the upper part; 0: a chain of peels */
	uint32_t rest; /* of a chain: the range whose target is everybody else's */
};

struct tree {
	struct bpf_graph *graph;
	struct bpf_word word;
	const struct bpf_range *ranges;
	size_t count;
	uint32_t last;	    /* number of the last range */
	struct plan *plans; /* of [low, high] at low * count + high */
	struct arena *arena;
};

static struct plan *plan_of(const struct tree *tree, size_t low, size_t high)
{
	return &tree->plans[low * tree->count + high];
}

/* The last number of a range. */
static uint32_t last_number(const struct tree *tree, size_t index)
{
	return index + 1 < tree->count ? tree->ranges[index + 1].first - 1 : tree->last;
}

static bool is_single(const struct tree *tree, size_t index)
{
	return tree->ranges[index].first == last_number(tree, index);
}

/* The numbers of a chain in the order of its tests: heavy ones first. */
static size_t chain_order(const struct tree *tree, size_t low, size_t high, bpf_node rest,
			  size_t order[static CHAIN_RANGES])
{
	size_t count = 0;

	for (size_t i = low; i <= high; i++) {
		size_t at = count;

		if (tree->ranges[i].target == rest)
			continue;
		for (; at > 0 && tree->ranges[order[at - 1]].weight < tree->ranges[i].weight;
		     at--)
			order[at] = order[at - 1];
		order[at] = i;
		count++;
	}
	return count;
}

/* Can all of [low, high] but the range REST and its like be peeled off one by one? */
static void try_chain(const struct tree *tree, size_t low, size_t high, size_t rest,
		      struct plan *best)
{
	bpf_node target = tree->ranges[rest].target;
	size_t order[CHAIN_RANGES];
	uint64_t cost = 0, left = best->weight;
	size_t count;

	for (size_t i = low; i <= high; i++)
		if (tree->ranges[i].target != target && !is_single(tree, i))
			return;
	count = chain_order(tree, low, high, target, order);
	if (count > CHAIN_MAX)
		return;
	for (size_t i = 0; i < count; i++) {
		cost += left * STEP_COST + 1;
		left -= tree->ranges[order[i]].weight;
	}
	if (cost < best->cost) {
		best->cost = cost;
		best->cut = 0;
		best->rest = (uint32_t)rest;
	}
}

static void find_plan(const struct tree *tree, size_t low, size_t high)
{
	struct plan *best = plan_of(tree, low, high);

	best->weight = tree->ranges[low].weight;
	best->cost = 0;
	best->rest = (uint32_t)low;
	if (low == high)
		return;
	best->weight += plan_of(tree, low + 1, high)->weight;
	best->cost = UINT64_MAX;
	for (size_t cut = low + 1; cut <= high; cut++) {
		uint64_t cost = plan_of(tree, low, cut - 1)->cost +
				plan_of(tree, cut, high)->cost + best->weight * STEP_COST + 1;

		if (cost < best->cost) {
			best->cost = cost;
			best->cut = (uint32_t)cut;
		}
	}
	if (high - low >= CHAIN_RANGES)
		return;
	for (size_t rest = low; rest <= high; rest++)
		try_chain(tree, low, high, rest, best);
}

static bpf_node build_chain(const struct tree *tree, size_t low, size_t high, size_t rest)
{
	bpf_node node = tree->ranges[rest].target;
	size_t order[CHAIN_RANGES];
	size_t count = chain_order(tree, low, high, node, order);

	while (count-- > 0) {
		const struct bpf_range *range = &tree->ranges[order[count]];

		node = bpf_graph_equal(tree->graph, tree->word.offset, tree->word.mask,
				       range->first, range->target, node);
	}
	return node;
}

static bpf_node build_cut(const struct tree *tree, size_t cut, bpf_node below, bpf_node above)
{
	return bpf_graph_at_least(tree->graph, tree->word.offset, tree->word.mask,
				  tree->ranges[cut].first, above, below);
}

static bpf_node build_planned(const struct tree *tree, size_t low, size_t high)
{
	const struct plan *plan = plan_of(tree, low, high);

	if (!plan->cut)
		return build_chain(tree, low, high, plan->rest);
	return build_cut(tree, plan->cut, build_planned(tree, low, plan->cut - 1),
			 build_planned(tree, plan->cut, high));
}

static bpf_node build_exact(struct tree *tree)
{
	tree->plans = ARENA_ARRAY(tree->arena, struct plan, tree->count * tree->count);
	for (size_t low = tree->count; low-- > 0;)
		for (size_t high = low; high < tree->count; high++)
			find_plan(tree, low, high);
	return build_planned(tree, 0, tree->count - 1);
}

/* The ranges [low, high] of WHOLE as a tree of their own. */
static bpf_node build_part(const struct tree *whole, size_t low, size_t high)
{
	struct tree part = *whole;
	uint64_t total = 0, below = 0;
	size_t cut = low + 1;

	if (high - low < EXACT_MAX) {
		part.ranges += low;
		part.count = high - low + 1;
		part.last = last_number(whole, high);
		return build_exact(&part);
	}
	for (size_t i = low; i <= high; i++)
		total += whole->ranges[i].weight;
	for (below = whole->ranges[low].weight; cut < high && below * 2 < total; cut++)
		below += whole->ranges[cut].weight;
	return build_cut(whole, cut, build_part(whole, low, cut - 1),
			 build_part(whole, cut, high));
}

bpf_node bpf_ranges_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_range *ranges, size_t count)
{
	struct arena *arena = bpf_graph_arena(graph);
	VEC(struct bpf_range) merged = {0};
	struct tree tree = {.graph = graph, .word = word, .last = word.mask};
	bpf_node node;

	for (size_t i = 0; i < count; i++) {
		struct bpf_range *before =
			merged.count ? &merged.items[merged.count - 1] : NULL;

		if (before && before->target == ranges[i].target)
			before->weight += ranges[i].weight;
		else
			vec_push(arena, &merged, ranges[i]);
	}
	tree.ranges = merged.items;
	tree.count = merged.count;
	if (tree.count <= 1)
		return ranges[0].target;
	tree.arena = arena_new();
	node = build_part(&tree, 0, tree.count - 1);
	arena_free(tree.arena);
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
		if (points[i].value > next)
			vec_push(arena, &ranges, ((struct bpf_range){next, rest, 1}));
		vec_push(arena, &ranges,
			 ((struct bpf_range){points[i].value, points[i].target, 1}));
		next = points[i].value + 1;
		is_covered = points[i].value == word.mask;
	}
	if (!is_covered)
		vec_push(arena, &ranges, ((struct bpf_range){next, rest, 1}));
	return bpf_ranges_tree(graph, word, ranges.items, ranges.count);
}
