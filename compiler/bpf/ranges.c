#include "bpf/ranges.h"

#include "bpf/plan.h"

#include "vec.h"

enum {
	HASTY_MAX = 12,	  /* ranges of a tree that is searched for its best form, in a hurry */
	HEAVY_SHARE = 40, /* a number of that share of all is a range of its own */
};

static bool is_lone(const struct bpf_range *range)
{
	return range->first == range->last;
}

/* The ranges [low, high] as a tree of their own: many are cut in two by weight. */
static bpf_node build_part(struct bpf_graph *graph, struct bpf_word word,
			   const struct bpf_range *ranges, size_t count, struct arena *arena)
{
	uint64_t total = 0, below = 0;
	size_t cut = 1;
	bpf_node lower;

	if (count == 1)
		return ranges[0].target;
	if (count <= (bpf_graph_is_hurried(graph) ? HASTY_MAX : BPF_PLAN_MAX))
		return bpf_plan_tree(graph, word, ranges, count, arena);
	for (size_t i = 0; i < count; i++)
		total += ranges[i].weight + UINT64_C(1);
	for (below = ranges[0].weight; cut + 1 < count && below * 2 < total; cut++)
		below += ranges[cut].weight + UINT64_C(1);
	lower = build_part(graph, word, ranges, cut, arena);
	return bpf_graph_compare(graph, BPF_TEST_GE, word.offset, word.mask, ranges[cut].first,
				 build_part(graph, word, ranges + cut, count - cut, arena),
				 lower);
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
	return plain_root(graph, build_part(graph, word, merged.items, merged.count, arena));
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
