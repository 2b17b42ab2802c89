#include "bpf/factor.h"

#include <string.h>

#include "bpf/program.h"

enum {
	ARGS = 6,
	ALL_ORDERS_OF_3 = 5, /* beside the first */
	ORDERS_MAX = 8,
	ORDERS_KEPT = 2, /* the others have more runs to tell apart */
	PLAIN_SHARE = 16,
	WAYS_MAX = 1 << 20,
};

/* The words in the order in which they are asked for. */
struct order {
	uint32_t offsets[BPF_WORDS];
	size_t count;
};

struct factoring {
	struct bpf_select *select;
	const struct bpf_tests *tests;
	struct arena *arena;
	struct diagram *diagram;
	struct bpf_bits *bits;
	const struct order *order;
	diagram_node root;
	uint32_t weight;	    /* of calls that are not among the usual ones */
	VEC(struct bpf_exit) exits; /* per node of the diagram */
	VEC(uint8_t) states;	    /* per node: IS_COUNTED, IS_MADE */
	uint64_t cost;
	size_t run_count; /* of all words together */
	bool is_ragged;	  /* some word cannot be told apart in few runs */
};

enum { IS_COUNTED = 1, IS_MADE = 2 };

static void make_room(struct factoring *factoring)
{
	while (factoring->exits.count < factoring->diagram->nodes.count) {
		vec_push(factoring->arena, &factoring->exits, ((struct bpf_exit){0, 0}));
		vec_push(factoring->arena, &factoring->states, 0);
	}
}

static struct bpf_run *find_runs(struct factoring *factoring, diagram_node function,
				 size_t *count)
{
	struct bpf_run found[BPF_RUNS_MAX], *runs;

	*count =
		bpf_bits_runs(factoring->bits, function,
			      bpf_bits_support(factoring->bits, function), found, BPF_RUNS_MAX);
	factoring->is_ragged |= !*count;
	runs = ARENA_ARRAY(factoring->arena, struct bpf_run, *count);
	if (*count)
		memcpy(runs, found, *count * sizeof(*runs));
	return runs;
}

/* Fill in how many ways from FUNCTION end well. */
static uint32_t count_ways(struct factoring *factoring, diagram_node function)
{
	uint64_t ways = 0;
	const struct bpf_run *runs;
	size_t count;

	make_room(factoring);
	if (factoring->states.items[function] & IS_COUNTED)
		return factoring->exits.items[function].ways;
	if (diagram_variable(factoring->diagram, function) == DIAGRAM_LEAF) {
		ways = diagram_value(factoring->diagram, function) != factoring->tests->refusal;
	} else {
		runs = find_runs(factoring, function, &count);
		factoring->run_count += count;
		for (size_t i = 0; i < count; i++)
			ways += count_ways(factoring, runs[i].exit);
	}
	factoring->states.items[function] |= IS_COUNTED;
	factoring->exits.items[function].ways = ways < WAYS_MAX ? (uint32_t)ways : WAYS_MAX;
	return factoring->exits.items[function].ways;
}

static bpf_node make(struct factoring *factoring, diagram_node function, uint32_t weight);

/* Make the exits of a word: the simple ones first, for the others to lead to. */
static void make_exits(struct factoring *factoring, const struct bpf_run *runs, size_t count,
		       uint32_t weight)
{
	uint32_t *weights = ARENA_ARRAY(factoring->arena, uint32_t, count);

	bpf_select_weigh(factoring->exits.items, runs, count, weight, weights);
	for (;;) {
		uint32_t least = UINT32_MAX, share = 0;
		diagram_node next = 0;

		for (size_t i = 0; i < count; i++) {
			const struct bpf_exit *exit = &factoring->exits.items[runs[i].exit];

			if (factoring->states.items[runs[i].exit] & IS_MADE ||
			    exit->ways >= least)
				continue;
			next = runs[i].exit;
			least = exit->ways;
		}
		if (least == UINT32_MAX)
			return;
		for (size_t i = 0; i < count; i++)
			share += runs[i].exit == next ? weights[i] : 0;
		make(factoring, next, share);
	}
}

/* The word at OFFSET of the registers of CALL. */
static uint32_t word_of(const struct factoring *factoring, const struct bpf_usual *call,
			uint32_t offset)
{
	uint64_t arg = call->args[(offset - BPF_FIELD_ARGS) / 8];
	bool is_high = (offset % 8 != 0) != factoring->tests->is_big_endian;

	return (uint32_t)(is_high ? arg >> 32 : arg);
}

/* Does CALL come to FUNCTION? */
static bool comes_to(const struct factoring *factoring, const struct bpf_usual *call,
		     diagram_node function)
{
	uint32_t last = diagram_variable(factoring->diagram, function);
	diagram_node at = factoring->root;

	while (diagram_variable(factoring->diagram, at) < last) {
		uint32_t variable = diagram_variable(factoring->diagram, at);
		uint32_t word =
			word_of(factoring, call, factoring->order->offsets[variable / 32]);

		at = diagram_follow(factoring->diagram, at, word >> (31 - variable % 32) & 1);
	}
	return at == function;
}

/* Fill in the usual calls that come to the function of CHOICE. */
static void find_samples(struct factoring *factoring, struct bpf_choice *choice)
{
	const struct bpf_tests *tests = factoring->tests;
	struct bpf_sample *samples =
		ARENA_ARRAY(factoring->arena, struct bpf_sample, tests->usual_count);

	for (size_t i = 0; i < tests->usual_count; i++) {
		const struct bpf_usual *call = &tests->usual[i];
		uint64_t weight = (uint64_t)tests->weight * call->share / BPF_USUAL_ALL;

		if (comes_to(factoring, call, choice->function))
			samples[choice->sample_count++] = (struct bpf_sample){
				word_of(factoring, call, choice->offset), (uint32_t)weight};
	}
	choice->samples = samples;
}

/* The node that decides as FUNCTION does, which calls of WEIGHT come to. */
static bpf_node make(struct factoring *factoring, diagram_node function, uint32_t weight)
{
	struct bpf_choice choice = {.arena = factoring->arena,
				    .bits = factoring->bits,
				    .function = function,
				    .weight = weight};
	struct bpf_graph *graph = factoring->select->graph;
	bpf_node node;

	make_room(factoring);
	if (factoring->states.items[function] & IS_MADE)
		return factoring->exits.items[function].node;
	if (diagram_variable(factoring->diagram, function) == DIAGRAM_LEAF) {
		node = bpf_graph_leaf(graph, diagram_value(factoring->diagram, function));
	} else {
		choice.support = bpf_bits_support(factoring->bits, function);
		choice.offset =
			factoring->order
				->offsets[diagram_variable(factoring->diagram, function) / 32];
		choice.runs = find_runs(factoring, function, &choice.run_count);
		make_exits(factoring, choice.runs, choice.run_count, weight);
		choice.exits = factoring->exits.items;
		choice.exit_count = factoring->exits.count;
		find_samples(factoring, &choice);
		node = bpf_select_node(factoring->select, &choice, &factoring->cost);
	}
	make_room(factoring);
	factoring->states.items[function] |= IS_MADE;
	factoring->exits.items[function].node = node;
	return node;
}

/* The function of the tests when words are asked for in ORDER. False where it is too large. */
static bool build(struct factoring *factoring, const struct order *order,
		  diagram_node *function)
{
	const struct bpf_tests *tests = factoring->tests;
	uint8_t positions[BPF_WORDS] = {0};

	for (size_t i = 0; i < order->count; i++)
		positions[order->offsets[i] / 4] = (uint8_t)i;
	factoring->order = order;
	factoring->cost = 0;
	factoring->exits.count = factoring->states.count = 0;
	factoring->is_ragged = false;
	if (!bpf_bits_build(factoring->bits, tests->graph, tests->root, positions, function))
		return false;
	factoring->run_count = 0;
	count_ways(factoring, *function);
	return !factoring->is_ragged && !factoring->diagram->is_full;
}

/* Make all anew in ORDER. False where that is too much. */
static bool make_in_order(struct factoring *factoring, const struct order *order,
			  bpf_node *node)
{
	diagram_node function;

	if (!build(factoring, order, &function))
		return false;
	factoring->root = function;
	*node = make(factoring, function, factoring->weight);
	return !factoring->is_ragged && !factoring->diagram->is_full;
}

/* The words that are asked for, in the order of the registers. */
static struct order words_of(const struct bpf_tests *tests)
{
	bool is_asked[BPF_WORDS] = {false};
	struct order order = {.count = 0};

	for (bpf_node i = 0; i <= tests->root; i++) {
		const struct bpf_decision *node = bpf_graph_at(tests->graph, i);

		if (node->op != BPF_TEST_LEAF)
			is_asked[node->offset / 4] = true;
	}
	for (uint32_t i = 0; i < BPF_WORDS; i++)
		if (is_asked[i])
			order.offsets[order.count++] = 4 * i;
	return order;
}

/* WORDS with the registers in the order of ARGS. */
static struct order arrange(const struct order *words, const unsigned args[ARGS])
{
	struct order order = {.count = 0};

	for (unsigned i = 0; i < ARGS; i++)
		for (size_t j = 0; j < words->count; j++)
			if ((words->offsets[j] - BPF_FIELD_ARGS) / 8 == args[i])
				order.offsets[order.count++] = words->offsets[j];
	return order;
}

/* Registers that WORDS are of. */
static unsigned find_args(const struct order *words, unsigned args[ARGS])
{
	bool is_used[ARGS] = {false};
	unsigned count = 0;

	for (size_t i = 0; i < words->count; i++)
		is_used[(words->offsets[i] - BPF_FIELD_ARGS) / 8] = true;
	for (unsigned i = 0; i < ARGS; i++)
		if (is_used[i])
			args[count++] = i;
	for (unsigned i = 0, end = count; i < ARGS; i++)
		if (!is_used[i])
			args[end++] = i;
	return count;
}

static void swap(unsigned args[ARGS], unsigned a, unsigned b)
{
	unsigned kept = args[a];

	args[a] = args[b];
	args[b] = kept;
}

/* The orders that are worth a try: all of few registers, each one first of many. */
static size_t find_orders(const struct order *words, struct order orders[ORDERS_MAX])
{
	unsigned args[ARGS], count = find_args(words, args);
	size_t found = 0;

	orders[found++] = arrange(words, args);
	for (unsigned i = 0; i < ALL_ORDERS_OF_3 && count == 3; i++) {
		swap(args, i % 2, i % 2 + 1);
		orders[found++] = arrange(words, args);
	}
	for (unsigned i = 1; i < count && count != 3; i++) {
		swap(args, 0, i);
		orders[found++] = arrange(words, args);
	}
	return found;
}

/* Sort ORDERS by how many runs their words have, and keep the first few if they have hardly
 * more than the very first. */
static size_t drop_orders(struct factoring *factoring, struct order *orders, size_t count)
{
	size_t runs[ORDERS_MAX] = {0};
	diagram_node function;

	for (size_t i = 0; i < count && count > 1; i++) {
		struct order order = orders[i];
		bool is_built = build(factoring, &order, &function);
		size_t own = is_built ? factoring->run_count : SIZE_MAX, at = i;

		for (; at > 0 && runs[at - 1] > own; at--) {
			orders[at] = orders[at - 1];
			runs[at] = runs[at - 1];
		}
		orders[at] = order;
		runs[at] = own;
	}
	while (count > ORDERS_KEPT || (count > 1 && runs[count - 1] > runs[0] + runs[0] / 16))
		count--;
	return count;
}

/* The best way found so far. */
struct best {
	uint64_t cost;
	bpf_node node;
	VEC(struct bpf_chosen) chosen; /* on this way */
};

/* Try ORDER and take it back. */
static void try_order(struct factoring *factoring, const struct order *order, struct best *best)
{
	struct bpf_select *select = factoring->select;
	bpf_price_mark mark = bpf_price_state(select->price);
	size_t chosen = select->chosen.count;
	bpf_node node;

	if (make_in_order(factoring, order, &node) && factoring->cost < best->cost) {
		best->cost = factoring->cost;
		best->node = node;
		best->chosen.count = 0;
		for (size_t i = chosen; i < select->chosen.count; i++)
			vec_push(factoring->arena, &best->chosen, select->chosen.items[i]);
	}
	bpf_price_undo(select->price, mark);
	select->chosen.count = chosen;
}

/* The tests as the rules have them, where BEST is longer than its speed is likely to be worth.
 */
static void try_plain(struct factoring *factoring, struct best *best)
{
	struct bpf_select *select = factoring->select;
	const struct bpf_tests *tests = factoring->tests;
	bpf_price_mark mark = bpf_price_state(select->price);
	bpf_node plain = bpf_graph_copy(select->graph, tests->graph, tests->root);
	size_t length, plain_length = bpf_price_add(select->price, plain);

	bpf_price_undo(select->price, mark);
	length = best->cost == UINT64_MAX ? SIZE_MAX : bpf_price_add(select->price, best->node);
	bpf_price_undo(select->price, mark);
	if (plain_length + tests->weight / BPF_LENGTH * length / PLAIN_SHARE >= length)
		return;
	best->node = plain;
	best->chosen.count = 0;
}

/* Leave only what BEST needs of the graph's nodes since there were COUNT. */
static bpf_node keep(struct factoring *factoring, const struct best *best, size_t count)
{
	struct bpf_select *select = factoring->select;
	const bpf_node *renamed =
		bpf_graph_keep(select->graph, factoring->arena, count, best->node);

	for (size_t i = 0; i < best->chosen.count; i++) {
		struct bpf_chosen chosen = best->chosen.items[i];

		if (chosen.node >= count)
			chosen.node = renamed[chosen.node - count];
		for (size_t j = 0; j < chosen.count; j++) {
			bpf_node *target = &chosen.ranges[j].target;

			if (*target >= count)
				*target = renamed[*target - count];
		}
		vec_push(select->arena, &select->chosen, chosen);
	}
	return best->node < count ? best->node : renamed[best->node - count];
}

bpf_node bpf_factor(struct bpf_select *select, const struct bpf_tests *tests)
{
	struct factoring factoring = {.select = select, .tests = tests};
	struct order words = words_of(tests), orders[ORDERS_MAX];
	size_t count = find_orders(&words, orders), nodes = bpf_graph_count(select->graph);
	struct best best = {.cost = UINT64_MAX};
	const struct bpf_decision *root = bpf_graph_at(tests->graph, tests->root);
	bpf_node node;

	if (root->op == BPF_TEST_LEAF)
		return bpf_graph_leaf(select->graph, root->k);
	factoring.arena = arena_new();
	factoring.weight = tests->weight;
	for (size_t i = 0; i < tests->usual_count; i++)
		factoring.weight -= (uint32_t)((uint64_t)tests->weight * tests->usual[i].share /
					       BPF_USUAL_ALL);
	factoring.diagram = diagram_new(factoring.arena);
	factoring.bits = bpf_bits_new(factoring.arena, factoring.diagram);
	count = drop_orders(&factoring, orders, count);
	for (size_t i = 0; i < count; i++)
		try_order(&factoring, &orders[i], &best);
	try_plain(&factoring, &best);
	node = keep(&factoring, &best, nodes);
	bpf_price_add(select->price, node);
	arena_free(factoring.arena);
	return node;
}
