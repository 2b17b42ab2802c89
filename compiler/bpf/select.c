#include "bpf/select.h"

#include <string.h>

enum {
	CANDIDATES = 32,
	PARTS_MAX = 8,	 /* candidates for what a first test leaves over */
	DEPTH_MAX = 1,	 /* first tests before the comparisons */
	PLAIN_LIST = 20, /* runs of a word of which no first test is asked at all */
	FILLS_MAX = 2,	 /* exits for words that were settled by a first test */
	CHAIN_MAX = 3,	 /* numbers that are taken out before an earlier choice */
	LOOK_BACK = 64,	 /* earlier choices that are looked at */
	SHARE_GOOD = 4,	 /* calls that are good, of SHARE_ALL */
	SHARE_ALL = 5,
	COMMON_VALUES = 64,
	COMMON_FALL = 8,
	COMMON_FIRST = 1024,
	WHOLE_LIST = 8, /* runs of a word that is not looked at in halves */
	HALF_LIST = 4,	/* runs of a half that is worth no test of its own */
};

struct candidates {
	bpf_node items[CANDIDATES];
	size_t count;
	size_t most;
};

static void put(struct candidates *candidates, bpf_node node)
{
	for (size_t i = 0; i < candidates->count; i++)
		if (candidates->items[i] == node)
			return;
	if (candidates->count < candidates->most)
		candidates->items[candidates->count++] = node;
}

/*
 * How common the values of RUN are: numbers are given out from 0 on, and the first ones to what
 * is needed most. So each is as common as its reciprocal, but the common ones are many.
 */
static uint64_t commonness(const struct bpf_run *run)
{
	uint64_t sum = 0;

	for (uint64_t value = run->first; value <= run->last && value < COMMON_VALUES; value++)
		sum += COMMON_FIRST / (value + COMMON_FALL);
	return sum ? sum : 1;
}

void bpf_select_weigh(const struct bpf_exit *exits, const struct bpf_run *runs, size_t count,
		      uint32_t weight, uint32_t *weights)
{
	uint64_t ways = 0, bad = 0, good_weight = weight, bad_weight = 0;

	for (size_t i = 0; i < count; i++) {
		ways += exits[runs[i].exit].ways * commonness(&runs[i]);
		bad += !exits[runs[i].exit].ways;
	}
	if (bad) {
		good_weight = ways ? good_weight * SHARE_GOOD / SHARE_ALL : 0;
		bad_weight = (weight - good_weight) / bad;
	}
	if (!ways)
		ways = 1;
	for (size_t i = 0; i < count; i++) {
		uint64_t own = exits[runs[i].exit].ways * commonness(&runs[i]);

		weights[i] = (uint32_t)(own ? good_weight * own / ways : bad_weight);
	}
}

/* The one of RUNS, of words under MASK, that VALUE belongs to. */
static const struct bpf_run *run_of(const struct bpf_run *runs, size_t count, uint32_t mask,
				    uint32_t value)
{
	while (--count > 0 && runs[count].first > (value & mask))
		;
	return &runs[count];
}

/* RUNS as ranges of nodes, weighed as if all together had WEIGHT. */
static struct bpf_range *make_ranges(struct arena *arena, const struct bpf_choice *choice,
				     const struct bpf_run *runs, size_t count, uint32_t weight)
{
	struct bpf_range *ranges = ARENA_ARRAY(arena, struct bpf_range, count);
	uint32_t *weights = ARENA_ARRAY(arena, uint32_t, count);

	bpf_select_weigh(choice->exits, runs, count, weight, weights);
	for (size_t i = 0; i < count; i++)
		ranges[i] = (struct bpf_range){runs[i].first, runs[i].last,
					       choice->exits[runs[i].exit].node, weights[i]};
	return ranges;
}

/* RUNS of words under MASK as ranges of nodes, weighed as calls are usual. */
static struct bpf_range *weigh_ranges(struct arena *arena, const struct bpf_choice *choice,
				      uint32_t mask, const struct bpf_run *runs, size_t count)
{
	struct bpf_range *ranges = make_ranges(arena, choice, runs, count, choice->weight);

	for (size_t i = 0; i < choice->sample_count; i++) {
		const struct bpf_sample *sample = &choice->samples[i];

		ranges[run_of(runs, count, mask, sample->value) - runs].weight +=
			sample->weight;
	}
	return ranges;
}

/* Trees of comparisons: the best one and, of the first test, the shortest one. */
static void propose_trees(struct bpf_select *select, const struct bpf_choice *choice,
			  uint32_t mask, const struct bpf_run *runs, size_t count,
			  unsigned depth, struct candidates *candidates)
{
	const struct bpf_word word = {choice->offset, mask};
	struct arena *arena = choice->arena;
	struct bpf_range *ranges = weigh_ranges(arena, choice, mask, runs, count);

	put(candidates, bpf_ranges_tree(select->graph, word, ranges, count, arena));
	ranges = make_ranges(arena, choice, runs, count, 0);
	if (!depth)
		put(candidates, bpf_ranges_tree(select->graph, word, ranges, count, arena));
}

/* Where RANGES and those of CHOSEN differ in lone numbers only: take these out first. */
static void propose_chain(struct bpf_select *select, const struct bpf_chosen *chosen,
			  const struct bpf_range *ranges, size_t count,
			  struct candidates *candidates)
{
	struct bpf_point points[CHAIN_MAX];
	bpf_node node = chosen->node;
	size_t point_count = 0;

	for (size_t i = 0, j = 0; i < count && j < chosen->count;) {
		const struct bpf_range *a = &ranges[i], *b = &chosen->ranges[j];
		uint32_t first = a->first > b->first ? a->first : b->first;
		uint32_t last = a->last < b->last ? a->last : b->last;

		if (a->target != b->target) {
			if (first != last || point_count == CHAIN_MAX)
				return;
			points[point_count++] = (struct bpf_point){first, a->target};
		}
		i += a->last == last;
		j += b->last == last;
	}
	while (point_count-- > 0)
		node = bpf_graph_compare(select->graph, BPF_TEST_EQ, chosen->word.offset,
					 chosen->word.mask, points[point_count].value,
					 points[point_count].target, node);
	put(candidates, node);
}

static void propose_chains(struct bpf_select *select, struct bpf_word word,
			   const struct bpf_range *ranges, size_t count,
			   struct candidates *candidates)
{
	size_t first = select->chosen.count < LOOK_BACK ? 0 : select->chosen.count - LOOK_BACK;

	for (size_t i = first; i < select->chosen.count; i++) {
		const struct bpf_chosen *chosen = &select->chosen.items[i];

		if (chosen->word.offset == word.offset && chosen->word.mask == word.mask)
			propose_chain(select, chosen, ranges, count, candidates);
	}
}

/* Compare the word, or the bits of it that matter. The bits of ZEROS are known to be clear. */
static void propose_ranges(struct bpf_select *select, const struct bpf_choice *choice,
			   diagram_node function, uint32_t zeros, unsigned depth,
			   struct candidates *candidates)
{
	uint32_t support = bpf_bits_support(choice->bits, function);
	uint32_t mask = (support | zeros) == UINT32_MAX ? UINT32_MAX : support;
	struct arena *arena = choice->arena;
	struct bpf_run found[BPF_RUNS_MAX];
	const struct bpf_run *runs = found;
	size_t count;

	if (function == choice->function && choice->support == support) {
		runs = choice->runs;
		count = choice->run_count;
	} else {
		count = bpf_bits_runs(choice->bits, function, support, found, BPF_RUNS_MAX);
	}
	if (count) {
		propose_trees(select, choice, mask, runs, count, depth, candidates);
		propose_chains(select, (struct bpf_word){choice->offset, mask},
			       make_ranges(arena, choice, runs, count, 0), count, candidates);
	}
	if (mask != UINT32_MAX) {
		size_t few = 2 * count + 2;

		if (few > BPF_RUNS_MAX)
			few = BPF_RUNS_MAX;
		count = bpf_bits_runs(choice->bits, function, ~zeros, found, few);
		if (count)
			propose_trees(select, choice, UINT32_MAX, found, count, depth,
				      candidates);
	}
}

static void propose(struct bpf_select *select, const struct bpf_choice *choice,
		    diagram_node function, uint32_t zeros, unsigned depth,
		    struct candidates *candidates);

/* Candidates for FUNCTION, which may be an exit. */
static void propose_part(struct bpf_select *select, const struct bpf_choice *choice,
			 diagram_node function, uint32_t zeros, unsigned depth,
			 struct candidates *candidates)
{
	*candidates = (struct candidates){.most = PARTS_MAX};
	if (bpf_bits_same_word(choice->bits, choice->function, function))
		propose(select, choice, function, zeros, depth, candidates);
	else
		put(candidates, choice->exits[function].node);
}

/* First of all: is any of the bits set that lead to one exit for sure? */
static void propose_forcing(struct bpf_select *select, const struct bpf_choice *choice,
			    diagram_node function, uint32_t zeros, unsigned depth,
			    struct candidates *candidates)
{
	diagram_node exit;
	uint32_t forcing = bpf_bits_forcing(choice->bits, function, &exit);
	struct candidates parts;

	if (!forcing)
		return;
	function = bpf_bits_without(choice->bits, function, forcing);
	propose_part(select, choice, function, zeros | forcing, depth, &parts);
	for (size_t i = 0; i < parts.count; i++)
		put(candidates, bpf_graph_any_bit(select->graph, choice->offset, forcing,
						  choice->exits[exit].node, parts.items[i]));
}

/* First of all: are all of the bits clear without which there is but one exit, CLEAR? The
 * others may then be taken for words that lead to EXIT. */
static void propose_filled(struct bpf_select *select, const struct bpf_choice *choice,
			   diagram_node function, uint32_t clearing, diagram_node clear,
			   diagram_node exit, uint32_t zeros, unsigned depth,
			   struct candidates *candidates)
{
	struct candidates parts;

	function = bpf_bits_fill(choice->bits, function, clearing, exit);
	propose_part(select, choice, function, zeros, depth, &parts);
	for (size_t i = 0; i < parts.count; i++)
		put(candidates, bpf_graph_any_bit(select->graph, choice->offset, clearing,
						  parts.items[i], choice->exits[clear].node));
}

static void propose_clearing(struct bpf_select *select, const struct bpf_choice *choice,
			     diagram_node function, uint32_t zeros, unsigned depth,
			     struct candidates *candidates)
{
	diagram_node clear, tried[FILLS_MAX] = {0};
	uint32_t clearing = bpf_bits_clearing(choice->bits, function, &clear);
	size_t count = 0;

	for (size_t i = choice->run_count; i-- > 0 && count < FILLS_MAX;) {
		diagram_node exit = choice->runs[i].exit;

		if (exit == clear || (count && exit == tried[0]))
			continue;
		tried[count++] = exit;
		propose_filled(select, choice, function, clearing, clear, exit, zeros, depth,
			       candidates);
	}
}

static void propose(struct bpf_select *select, const struct bpf_choice *choice,
		    diagram_node function, uint32_t zeros, unsigned depth,
		    struct candidates *candidates)
{
	unsigned deepest = DEPTH_MAX;

	if (choice->run_count > PLAIN_LIST && choice->support == UINT32_MAX)
		deepest = 0;
	propose_ranges(select, choice, function, zeros, depth, candidates);
	if (depth == deepest)
		return;
	propose_forcing(select, choice, function, zeros, depth + 1, candidates);
	propose_clearing(select, choice, function, zeros, depth + 1, candidates);
}

/* EXITS, with one more: STAND_IN, which is to lead to NODE. */
static const struct bpf_exit *add_exit(const struct bpf_choice *choice, diagram_node stand_in,
				       bpf_node node)
{
	size_t known = choice->exit_count, count = known > stand_in ? known : stand_in + 1;
	struct bpf_exit *exits = ARENA_ARRAY(choice->arena, struct bpf_exit, count);

	memcpy(exits, choice->exits, known * sizeof(*exits));
	exits[stand_in] = (struct bpf_exit){node, 1};
	return exits;
}

/* Is FUNCTION asked in more than a few runs of a word? */
static bool is_ragged(const struct bpf_choice *choice, diagram_node function)
{
	struct bpf_run runs[HALF_LIST];

	return !bpf_bits_runs(choice->bits, function, bpf_bits_support(choice->bits, function),
			      runs, HALF_LIST);
}

/* The word is two fields: what is asked of the low bits is LOW, whatever the others are, which
 * are asked for first. */
static void propose_halves(struct bpf_select *select, const struct bpf_choice *choice,
			   diagram_node low, struct candidates *candidates)
{
	diagram_node stand_in = bpf_bits_stand_in(choice->bits);
	struct bpf_choice rest = *choice;
	struct candidates lows, highs;

	rest.function = bpf_bits_replace(choice->bits, choice->function, low, stand_in);
	if (!is_ragged(choice, rest.function) || !is_ragged(choice, low))
		return;
	propose_part(select, choice, low, 0, DEPTH_MAX - 1, &lows);
	for (size_t i = 0; i < lows.count; i++) {
		rest.exits = add_exit(choice, stand_in, lows.items[i]);
		propose_part(select, &rest, rest.function, 0, DEPTH_MAX - 1, &highs);
		for (size_t j = 0; j < highs.count; j++)
			put(candidates, highs.items[j]);
	}
}

/* Look for halves of the word, but not of one that is told apart in few runs. */
static void find_halves(struct bpf_select *select, const struct bpf_choice *choice,
			struct candidates *candidates)
{
	diagram_node before = DIAGRAM_NO;

	if (choice->run_count < WHOLE_LIST)
		return;
	for (unsigned bit = 1; bit < 32; bit++) {
		diagram_node low = bpf_bits_low_part(choice->bits, choice->function, bit);

		if (low != DIAGRAM_NO && low != before)
			propose_halves(select, choice, low, candidates);
		before = low;
	}
}

/* What CANDIDATE would cost. */
static uint64_t cost_of(struct bpf_select *select, const struct bpf_choice *choice,
			const uint32_t *weights, bpf_node candidate)
{
	bpf_price_mark mark = bpf_price_state(select->price);
	uint64_t cost = bpf_price_add(select->price, candidate) * BPF_LENGTH;

	bpf_price_undo(select->price, mark);
	for (size_t i = 0; i < choice->run_count; i++)
		cost += (uint64_t)weights[i] * bpf_steps(select->graph, candidate,
							 choice->offset, choice->runs[i].first);
	for (size_t i = 0; i < choice->sample_count; i++)
		cost += (uint64_t)choice->samples[i].weight *
			bpf_steps(select->graph, candidate, choice->offset,
				  choice->samples[i].value);
	return cost;
}

/* What one more instruction for all calls costs. */
static uint32_t all_weight(const struct bpf_choice *choice)
{
	uint64_t weight = choice->weight;

	for (size_t i = 0; i < choice->sample_count; i++)
		weight += choice->samples[i].weight;
	return weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX;
}

/* The node of an earlier choice that was the same and mattered about as much, to *NODE. */
static bool recall(const struct bpf_select *select, const struct bpf_choice *choice,
		   bpf_node *node)
{
	uint32_t weight = all_weight(choice);

	for (size_t i = select->chosen.count; i-- > 0;) {
		const struct bpf_chosen *chosen = &select->chosen.items[i];
		bool is_same = chosen->word.offset == choice->offset &&
			       chosen->word.mask == choice->support &&
			       chosen->count == choice->run_count &&
			       chosen->weight / 2 <= weight && weight / 2 <= chosen->weight;

		for (size_t j = 0; is_same && j < chosen->count; j++) {
			const struct bpf_range *range = &chosen->ranges[j];
			const struct bpf_run *run = &choice->runs[j];

			is_same = range->first == run->first && range->last == run->last &&
				  range->target == choice->exits[run->exit].node;
		}
		*node = chosen->node;
		if (is_same)
			return true;
	}
	return false;
}

static void remember(struct bpf_select *select, const struct bpf_choice *choice, bpf_node node)
{
	const struct bpf_chosen chosen = {
		.word = {choice->offset, choice->support},
		.node = node,
		.weight = all_weight(choice),
		.ranges =
			make_ranges(select->arena, choice, choice->runs, choice->run_count, 0),
		.count = choice->run_count};

	vec_push(select->arena, &select->chosen, chosen);
}

/* NODE, or one that asks first for the values that usual calls have, if that costs less than
 * *COST. */
static bpf_node ask_usual(struct bpf_select *select, const struct bpf_choice *choice,
			  const uint32_t *weights, bpf_node node, uint64_t *cost)
{
	for (size_t i = 0; i < choice->sample_count; i++) {
		uint32_t value = choice->samples[i].value;
		const struct bpf_run *run =
			run_of(choice->runs, choice->run_count, choice->support, value);
		bpf_node first = bpf_graph_compare(select->graph, BPF_TEST_EQ, choice->offset,
						   UINT32_MAX, value,
						   choice->exits[run->exit].node, node);
		uint64_t one = cost_of(select, choice, weights, first);

		if (one < *cost) {
			node = first;
			*cost = one;
		}
	}
	return node;
}

bpf_node bpf_select_node(struct bpf_select *select, const struct bpf_choice *choice,
			 uint64_t *cost)
{
	struct candidates candidates = {.most = CANDIDATES};
	uint32_t *weights = ARENA_ARRAY(select->arena, uint32_t, choice->run_count);
	uint64_t best_cost = UINT64_MAX;
	bpf_node best = 0;

	bpf_select_weigh(choice->exits, choice->runs, choice->run_count, choice->weight,
			 weights);
	if (recall(select, choice, &best))
		put(&candidates, best);
	if (!candidates.count || choice->sample_count) {
		propose(select, choice, choice->function, 0, 0, &candidates);
		find_halves(select, choice, &candidates);
	}
	for (size_t i = 0; i < candidates.count; i++) {
		uint64_t one = cost_of(select, choice, weights, candidates.items[i]);

		if (one < best_cost) {
			best = candidates.items[i];
			best_cost = one;
		}
	}
	best = ask_usual(select, choice, weights, best, &best_cost);
	bpf_price_add(select->price, best);
	remember(select, choice, best);
	*cost += best_cost;
	return best;
}
