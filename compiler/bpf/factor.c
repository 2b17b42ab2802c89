#include "bpf/factor.h"

#include <assert.h>
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
	diagram_node function; /* what the tests are in this order, … */
	size_t run_count;      /* … its runs, of all words together; NOT_BUILT, TOO_MUCH */
};

/* What is known about a function of the diagram. */
struct state {
	const struct bpf_run *runs; /* of its word; NULL: not known yet */
	size_t run_count;
	bool is_counted;
	uint8_t made; /* the turn of the order that its node was made for */
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
	VEC(struct state) states;   /* per node */
	uint8_t turn;		    /* of the order that is tried */
	uint64_t cost;
	bool is_ragged; /* some word cannot be told apart in few runs */
};

enum { NOT_BUILT = 0, TOO_MUCH = 1 << 30 };

static const struct bpf_run no_runs[1];

static void make_room(struct factoring *factoring)
{
	while (factoring->exits.count < factoring->diagram->nodes.count) {
		vec_push(factoring->arena, &factoring->exits, ((struct bpf_exit){0, 0}));
		vec_push(factoring->arena, &factoring->states,
			 ((struct state){NULL, 0, false, 0}));
	}
}

/* The runs of FUNCTION's word. */
static const struct bpf_run *find_runs(struct factoring *factoring, diagram_node function,
				       size_t *count)
{
	struct state *state = &factoring->states.items[function];
	struct bpf_run found[BPF_RUNS_MAX], *runs;

	if (!state->runs) {
		state->run_count = bpf_bits_runs(factoring->bits, function,
						 bpf_bits_support(factoring->bits, function),
						 found, BPF_RUNS_MAX);
		state->runs = no_runs;
		if (state->run_count) {
			runs = ARENA_ARRAY(factoring->arena, struct bpf_run, state->run_count);
			memcpy(runs, found, state->run_count * sizeof(*runs));
			state->runs = runs;
		}
	}
	*count = state->run_count;
	return state->runs;
}

/* Fill in how many ways from FUNCTION end well. */
static uint32_t count_ways(struct factoring *factoring, diagram_node function)
{
	uint64_t ways = 0;
	const struct bpf_run *runs;
	size_t count;

	assert(factoring->states.items);
	if (factoring->states.items[function].is_counted)
		return factoring->exits.items[function].ways;
	if (diagram_variable(factoring->diagram, function) == DIAGRAM_LEAF) {
		ways = diagram_value(factoring->diagram, function) != factoring->tests->refusal;
	} else {
		runs = find_runs(factoring, function, &count);
		for (size_t i = 0; i < count; i++)
			ways += count_ways(factoring, runs[i].exit);
	}
	factoring->states.items[function].is_counted = true;
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

			if (factoring->states.items[runs[i].exit].made == factoring->turn ||
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

	assert(factoring->states.items);
	if (factoring->states.items[function].made == factoring->turn)
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
	factoring->states.items[function].made = factoring->turn;
	factoring->exits.items[function].node = node;
	return node;
}

/* The runs of all words from FUNCTION on together. Each function has its turn but once. */
static size_t count_runs(struct factoring *factoring, diagram_node function)
{
	const struct bpf_run *runs;
	size_t count, sum;

	if (factoring->states.items[function].made == factoring->turn ||
	    diagram_variable(factoring->diagram, function) == DIAGRAM_LEAF)
		return 0;
	factoring->states.items[function].made = factoring->turn;
	runs = find_runs(factoring, function, &count);
	factoring->is_ragged |= !count;
	sum = count;
	for (size_t i = 0; i < count; i++)
		sum += count_runs(factoring, runs[i].exit);
	return sum;
}

/* Find the function of the tests when words are asked for in ORDER. False where it is too
 * large.
 */
static bool build(struct factoring *factoring, struct order *order)
{
	const struct bpf_tests *tests = factoring->tests;
	uint8_t positions[BPF_WORDS] = {0};
	size_t runs;

	if (order->run_count != NOT_BUILT)
		return order->run_count != TOO_MUCH;
	order->run_count = TOO_MUCH;
	for (size_t i = 0; i < order->count; i++)
		positions[order->offsets[i] / 4] = (uint8_t)i;
	factoring->is_ragged = false;
	if (!bpf_bits_build(factoring->bits, tests->graph, tests->root, positions,
			    &order->function))
		return false;
	make_room(factoring);
	count_ways(factoring, order->function);
	factoring->turn++;
	runs = count_runs(factoring, order->function);
	if (factoring->is_ragged || factoring->diagram->is_full)
		return false;
	order->run_count = runs;
	return true;
}

/* Make all anew in ORDER. False where that is too much. */
static bool make_in_order(struct factoring *factoring, struct order *order, bpf_node *node)
{
	if (!build(factoring, order))
		return false;
	factoring->order = order;
	factoring->cost = 0;
	factoring->turn++;
	factoring->root = order->function;
	*node = make(factoring, order->function, factoring->weight);
	return !factoring->diagram->is_full;
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
	for (size_t i = 0; i < count && count > 1; i++) {
		struct order order = orders[i];
		size_t at = i;

		build(factoring, &order);
		for (; at > 0 && orders[at - 1].run_count > order.run_count; at--)
			orders[at] = orders[at - 1];
		orders[at] = order;
	}
	while (count > ORDERS_KEPT ||
	       (count > 1 &&
		orders[count - 1].run_count > orders[0].run_count + orders[0].run_count / 16))
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
static void try_order(struct factoring *factoring, struct order *order, struct best *best)
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
