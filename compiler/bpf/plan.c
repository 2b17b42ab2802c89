#include "bpf/plan.h"

#include "vec.h"

/*
 * A part of the numbers is a span of ranges without the heaviest lone numbers: those were taken
 * out by comparisons on the way to it, and what lay on both sides of one grows together. They
 * are taken out in the order of their weights, so that a part is told by its ends and by how
 * far that has come, and the best tree of every part is found once. What is asked most of a
 * part lies in a table: a row for each count of numbers that are out, a cell for each range.
 */

enum {
	HEAVY_MAX = 24,	     /* lone numbers that can be taken out, of a small tree */
	SLOTS_MAX = 1 << 18, /* of the table of plans */
	PLANS_MAX = 1 << 13, /* then parts are only cut in the middle */
	WIDE = 16,	     /* changes of a part that is cut near its middle only */
	NEAR = 4,	     /* changes that are near it */
	OUT_SHARE = 6,	     /* a number that weighs less of its part is not taken out */
	CHAIN_MAX = 12,	     /* numbers that are taken out one by one at the end */
};

enum form { FORM_DONE = 1, FORM_CUT, FORM_PEEL, FORM_CHAIN };

struct part {
	unsigned low, high; /* its ranges; neither is out */
	unsigned out;	    /* that many heavy numbers are out */
};

/* The best tree for a part. */
struct plan {
	uint64_t cost;
	uint16_t at; /* CUT: the first range of the upper part; DONE and CHAIN: a range that
			leads where the rest does; PEEL: the turn of the range that is taken
			out */
	uint16_t form;
};

/* A range while some numbers are out. */
struct cell {
	uint64_t weight;      /* of all ranges before it */
	uint16_t changes;     /* how often the target has changed up to it */
	uint16_t next;	      /* the first range from it on that is not out */
	uint16_t last;	      /* the last one up to it */
	uint16_t next_change; /* the next one that leads elsewhere */
};

struct tree {
	struct bpf_graph *graph;
	struct bpf_word word;
	const struct bpf_range *ranges;
	unsigned count;
	uint16_t heavy[HEAVY_MAX]; /* lone numbers that can be taken out, heaviest first */
	unsigned heavy_count;
	uint32_t *heavies; /* per range: a bit for each heavy number before it */
	struct cell *cells;
	VEC(struct plan) plans;
	uint32_t *slots; /* per part: index + 1 of its plan, 0: none yet */
	struct arena *arena;
};

static bool is_lone(const struct bpf_range *range)
{
	return range->first == range->last;
}

/* The row of cells for when OUT numbers are out; it has a cell behind the last range. */
static const struct cell *row_of(const struct tree *tree, unsigned out)
{
	return tree->cells + (size_t)out * (tree->count + 1);
}

/* The part from LOW to HIGH, neither of which is out while OUT numbers are, by a name that it
 * shares with all parts that hold the same. */
static inline struct part part_of(const struct tree *tree, unsigned low, unsigned high,
				  unsigned out)
{
	uint32_t inside = tree->heavies[high + 1] ^ tree->heavies[low];

	inside &= (UINT32_C(1) << out) - 1;
	return (struct part){low, high, inside ? 32u - (unsigned)__builtin_clz(inside) : 0};
}

/* The part from LOW to HIGH. */
static struct part trimmed(const struct tree *tree, unsigned low, unsigned high, unsigned out)
{
	const struct cell *row = row_of(tree, out);

	return part_of(tree, row[low].next, row[high].last, out);
}

static inline uint32_t *slot_of(const struct tree *tree, struct part part)
{
	return &tree->slots[(part.out * tree->count + part.low) * tree->count + part.high];
}

static unsigned changes_of(const struct cell *row, struct part part)
{
	return (unsigned)row[part.high].changes - row[part.low].changes;
}

/* No tree of a part is lighter: a test settles two changes at the most. */
static inline uint64_t least_cost(unsigned changes, uint64_t weight)
{
	return changes ? weight + (changes + 1) / 2 * (uint64_t)BPF_LENGTH : 0;
}

/* The numbers of a chain in the order of its tests: heavy ones first. Gives how many, or
 * CHAIN_MAX + 1 where they are too many or not all lone. */
static size_t chain_order(const struct tree *tree, struct part part, bpf_node rest,
			  uint16_t order[static CHAIN_MAX])
{
	const struct cell *row = row_of(tree, part.out);
	size_t count = 0;

	for (unsigned i = part.low; i <= part.high; i = row[i + 1].next) {
		const struct bpf_range *range = &tree->ranges[i];
		size_t at = count;

		if (range->target == rest)
			continue;
		if (count == CHAIN_MAX || !is_lone(range))
			return CHAIN_MAX + 1;
		for (; at > 0 && tree->ranges[order[at - 1]].weight < range->weight; at--)
			order[at] = order[at - 1];
		order[at] = (uint16_t)i;
		count++;
	}
	return count;
}

/* Take all out one by one but the range REST and its like. */
static void try_chain(const struct tree *tree, struct part part, uint64_t weight, unsigned rest,
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
		*best = (struct plan){cost, (uint16_t)rest, FORM_CHAIN};
}

/* The rest of a chain is where more than lone numbers lead, or any if all are lone. */
static void try_chains(const struct tree *tree, struct part part, uint64_t weight,
		       struct plan *best)
{
	const struct cell *row = row_of(tree, part.out);

	if (changes_of(row, part) > 2 * CHAIN_MAX)
		return;
	for (unsigned i = part.low; i <= part.high; i = row[i + 1].next) {
		if (is_lone(&tree->ranges[i]))
			continue;
		try_chain(tree, part, weight, i, best);
		return;
	}
	for (unsigned i = part.low; i <= part.high; i = row[i + 1].next)
		try_chain(tree, part, weight, i, best);
}

static uint32_t make_plan(struct tree *tree, struct part part);

static inline const struct plan *plan_of(struct tree *tree, struct part part)
{
	uint32_t known = *slot_of(tree, part);

	if (!known)
		known = make_plan(tree, part);
	return &tree->plans.items[known - 1];
}

static void try_cut(struct tree *tree, const struct cell *row, struct part part, unsigned cut,
		    struct plan *best)
{
	uint64_t all = row[part.high + 1].weight - row[part.low].weight;
	uint64_t light = row[cut].weight - row[part.low].weight;
	unsigned below = row[cut].changes - 1u - row[part.low].changes;
	unsigned above = (unsigned)row[part.high].changes - row[cut].changes;
	uint64_t rest = least_cost(above, all - light);
	uint64_t cost = all + BPF_LENGTH;

	if (cost + least_cost(below, light) + rest >= best->cost)
		return;
	if (below)
		cost += plan_of(tree, part_of(tree, part.low, row[cut - 1].last, part.out))
				->cost;
	if (cost + rest >= best->cost)
		return;
	if (above)
		cost += plan_of(tree, part_of(tree, cut, part.high, part.out))->cost;
	if (cost < best->cost)
		*best = (struct plan){cost, (uint16_t)cut, FORM_CUT};
}

/*
 * Cut PART between ranges that lead to different targets: where about half of the changes or
 * half of the weight is on either side, in the very middle first.
 */
static void try_cuts(struct tree *tree, struct part part, struct plan *best)
{
	const struct cell *row = row_of(tree, part.out);
	uint64_t half = row[part.low].weight + row[part.high + 1].weight;
	unsigned middle = row[part.low].changes + changes_of(row, part) / 2 + 1, heavy = middle;
	unsigned first = row[part.low].next_change, cut;

	for (cut = first; cut <= part.high && row[cut].changes < middle;
	     cut = row[cut].next_change)
		;
	if (cut <= part.high)
		try_cut(tree, row, part, cut, best);
	if (tree->plans.count > PLANS_MAX)
		return;
	for (cut = first; cut <= part.high; cut = row[cut].next_change)
		if (row[cut].weight * 2 >= half)
			break;
	if (cut <= part.high)
		heavy = row[cut].changes;
	for (cut = first; cut <= part.high; cut = row[cut].next_change) {
		unsigned place = row[cut].changes;

		if (changes_of(row, part) < WIDE ||
		    (place + NEAR >= middle && place <= middle + NEAR) ||
		    (place + NEAR >= heavy && place <= heavy + NEAR))
			try_cut(tree, row, part, cut, best);
	}
}

/* Take out the heaviest number of PART that can be. */
static void try_peel(struct tree *tree, struct part part, uint64_t weight, struct plan *best)
{
	uint32_t inside = tree->heavies[part.high + 1] ^ tree->heavies[part.low];
	uint64_t cost = weight + BPF_LENGTH;
	unsigned turn;

	inside &= ~((UINT32_C(1) << part.out) - 1);
	if (!inside)
		return;
	turn = (unsigned)__builtin_ctz(inside);
	if (tree->ranges[tree->heavy[turn]].weight * (uint64_t)OUT_SHARE < weight ||
	    row_of(tree, turn + 1)[part.low].next > part.high)
		return;
	part = trimmed(tree, part.low, part.high, turn + 1);
	if (changes_of(row_of(tree, part.out), part))
		cost += plan_of(tree, part)->cost;
	if (cost < best->cost)
		*best = (struct plan){cost, (uint16_t)turn, FORM_PEEL};
}

/* Find the best tree for PART: its plan's index + 1. */
static uint32_t make_plan(struct tree *tree, struct part part)
{
	const struct cell *row = row_of(tree, part.out);
	uint64_t weight = row[part.high + 1].weight - row[part.low].weight;
	struct plan best = {.cost = UINT64_MAX};

	try_chains(tree, part, weight, &best);
	try_peel(tree, part, weight, &best);
	try_cuts(tree, part, &best);
	vec_push(tree->arena, &tree->plans, best);
	*slot_of(tree, part) = (uint32_t)tree->plans.count;
	return (uint32_t)tree->plans.count;
}

static bpf_node build_equal(const struct tree *tree, unsigned range, bpf_node rest)
{
	return bpf_graph_compare(tree->graph, BPF_TEST_EQ, tree->word.offset, tree->word.mask,
				 tree->ranges[range].first, tree->ranges[range].target, rest);
}

static bpf_node build_chain(const struct tree *tree, struct part part, bpf_node rest)
{
	uint16_t order[CHAIN_MAX] = {0};
	size_t count = chain_order(tree, part, rest, order);
	bpf_node node = rest;

	while (count-- > 0)
		node = build_equal(tree, order[count], node);
	return node;
}

static bpf_node build(struct tree *tree, struct part part)
{
	struct plan plan = {.at = (uint16_t)part.low, .form = FORM_DONE};
	bpf_node below;

	if (changes_of(row_of(tree, part.out), part))
		plan = *plan_of(tree, part);
	switch ((enum form)plan.form) {
	case FORM_DONE:
		break;
	case FORM_CHAIN:
		return build_chain(tree, part, tree->ranges[plan.at].target);
	case FORM_PEEL:
		part = trimmed(tree, part.low, part.high, plan.at + 1u);
		return build_equal(tree, tree->heavy[plan.at], build(tree, part));
	case FORM_CUT:
		below = build(tree, trimmed(tree, part.low, plan.at - 1u, part.out));
		part = trimmed(tree, plan.at, part.high, part.out);
		return bpf_graph_compare(tree->graph, BPF_TEST_GE, tree->word.offset,
					 tree->word.mask, tree->ranges[plan.at].first,
					 build(tree, part), below);
	}
	return tree->ranges[plan.at].target;
}

/* Put RANGE among the heavy ones, if there is room for it among MOST. */
static void add_heavy(struct tree *tree, unsigned range, unsigned most)
{
	uint32_t weight = tree->ranges[range].weight;
	unsigned at = tree->heavy_count;

	if (at == most && (!most || tree->ranges[tree->heavy[at - 1]].weight >= weight))
		return;
	if (at < most)
		tree->heavy_count++;
	else
		at--;
	for (; at > 0 && tree->ranges[tree->heavy[at - 1]].weight < weight; at--)
		tree->heavy[at] = tree->heavy[at - 1];
	tree->heavy[at] = (uint16_t)range;
}

static void find_heavies(struct tree *tree, unsigned most)
{
	tree->heavies = ARENA_ARRAY(tree->arena, uint32_t, tree->count + 1);
	for (unsigned i = 0; i < tree->count; i++)
		if (is_lone(&tree->ranges[i]) && tree->ranges[i].weight)
			add_heavy(tree, i, most < HEAVY_MAX ? most : HEAVY_MAX);
	for (unsigned turn = 0; turn < tree->heavy_count; turn++)
		tree->heavies[tree->heavy[turn] + 1] = UINT32_C(1) << turn;
	for (unsigned i = 0; i < tree->count; i++)
		tree->heavies[i + 1] ^= tree->heavies[i];
}

/* Fill in ROW, of cells for when the first OUT heavy numbers are out. */
static void fill_row(const struct tree *tree, struct cell *row, unsigned out)
{
	const struct bpf_range *ranges = tree->ranges;
	unsigned count = tree->count, before = count;
	uint32_t taken = (UINT32_C(1) << out) - 1;

	row[count].next = row[count].next_change = (uint16_t)count;
	for (unsigned i = 0; i < count; i++) {
		bool is_out = (tree->heavies[i + 1] ^ tree->heavies[i]) & taken;
		bool is_change =
			!is_out && before < count && ranges[i].target != ranges[before].target;

		row[i + 1].weight = row[i].weight + (is_out ? 0 : ranges[i].weight);
		row[i].changes = (uint16_t)((i ? row[i - 1].changes : 0) + is_change);
		if (!is_out)
			before = i;
		row[i].last = (uint16_t)before;
	}
	for (unsigned i = count; i-- > 0;) {
		bool is_out = (tree->heavies[i + 1] ^ tree->heavies[i]) & taken;
		uint16_t after = row[i + 1].next;

		row[i].next = is_out ? after : (uint16_t)i;
		row[i].next_change = after == count || row[after].changes != row[i].changes
					     ? after
					     : row[after].next_change;
	}
}

bpf_node bpf_plan_tree(struct bpf_graph *graph, struct bpf_word word,
		       const struct bpf_range *ranges, size_t count, struct arena *arena)
{
	struct tree tree = {.graph = graph,
			    .word = word,
			    .ranges = ranges,
			    .count = (unsigned)count,
			    .arena = arena};
	size_t rows;

	find_heavies(&tree, (unsigned)(SLOTS_MAX / count / count) - 1);
	rows = tree.heavy_count + (size_t)1;
	tree.cells = ARENA_ARRAY(arena, struct cell, rows * (count + 1));
	for (unsigned out = 0; out < rows; out++)
		fill_row(&tree, tree.cells + out * (count + 1), out);
	tree.slots = ARENA_ARRAY(arena, uint32_t, rows * count * count);
	return build(&tree, (struct part){0, tree.count - 1, 0});
}
