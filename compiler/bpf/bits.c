#include "bpf/bits.h"

#include "vec.h"

enum {
	MAX_NODES = 1 << 14, /* of a diagram that is still worth its time */
	VISITS_PER_RUN = 70, /* down a word on both sides */
	TOP_BIT = 31,
};

struct bpf_bits {
	struct arena *arena;
	struct diagram *diagram;
	VEC(uint32_t) support; /* per node; 0: not known */
	/* One walk's results per node, good where the stamp is the walk's. */
	VEC(struct memo {
		uint32_t stamp;
		diagram_node result;
	})
	memos;
	uint32_t stamp;
};

struct bpf_bits *bpf_bits_new(struct arena *arena, struct diagram *diagram)
{
	struct bpf_bits *bits = ARENA_NEW(arena, struct bpf_bits);

	bits->arena = arena;
	bits->diagram = diagram;
	return bits;
}

/* The bit of its word that VARIABLE is. */
static unsigned bit_of(uint32_t variable)
{
	return TOP_BIT - variable % 32;
}

/* The first variable behind the word of FUNCTION. */
static uint32_t word_end(const struct bpf_bits *bits, diagram_node function)
{
	return diagram_variable(bits->diagram, function) / 32 * 32 + 32;
}

static bool is_exit(const struct bpf_bits *bits, diagram_node function, uint32_t end)
{
	return diagram_variable(bits->diagram, function) >= end;
}

bool bpf_bits_same_word(const struct bpf_bits *bits, diagram_node function, diagram_node other)
{
	return !is_exit(bits, other, word_end(bits, function));
}

static diagram_node low_of(const struct bpf_bits *bits, diagram_node function)
{
	return diagram_follow(bits->diagram, function, false);
}

static diagram_node high_of(const struct bpf_bits *bits, diagram_node function)
{
	return diagram_follow(bits->diagram, function, true);
}

/* The condition that a test of the word that ends with variable LAST holds. */
static diagram_node condition(struct diagram *diagram, const struct bpf_decision *test,
			      uint32_t last)
{
	diagram_node node = test->op == BPF_TEST_SET ? DIAGRAM_NO : DIAGRAM_YES;

	for (unsigned bit = 0; bit <= TOP_BIT; bit++) {
		bool is_set = test->k >> bit & 1, is_masked = !(test->mask >> bit & 1);
		diagram_node low = node, high = node;

		if (test->op == BPF_TEST_SET)
			high = is_set ? DIAGRAM_YES : high;
		else if (is_set && is_masked)
			node = low = high = DIAGRAM_NO; /* it is clear in the masked word */
		else if (is_set)
			low = DIAGRAM_NO;
		else if (!is_masked)
			high = test->op == BPF_TEST_EQ ? DIAGRAM_NO : DIAGRAM_YES;
		if (low != high)
			node = diagram_bit(diagram, last - bit, low, high);
	}
	return node;
}

bool bpf_bits_build(struct bpf_bits *bits, const struct bpf_graph *graph, bpf_node root,
		    const uint8_t positions[BPF_WORDS], diagram_node *function)
{
	diagram_node *made = ARENA_ARRAY(bits->arena, diagram_node, root + 1);
	const bool *is_reached = bpf_graph_reached(graph, bits->arena, root);
	size_t most = bits->diagram->nodes.count + MAX_NODES;

	for (bpf_node i = 0; i <= root; i++) {
		const struct bpf_decision *node = bpf_graph_at(graph, i);
		uint32_t last;

		if (!is_reached[i])
			continue;
		if (node->op == BPF_TEST_LEAF) {
			made[i] = diagram_leaf(bits->diagram, node->k);
			continue;
		}
		last = positions[node->offset / 4] * 32u + TOP_BIT;
		made[i] = diagram_choose(bits->diagram, condition(bits->diagram, node, last),
					 made[node->yes], made[node->no]);
		if (bits->diagram->is_full || bits->diagram->nodes.count > most)
			return false;
	}
	*function = made[root];
	return true;
}

static uint32_t find_support(struct bpf_bits *bits, diagram_node function, uint32_t end)
{
	uint32_t support;

	if (is_exit(bits, function, end))
		return 0;
	support = bits->support.items[function];
	if (support)
		return support;
	support = UINT32_C(1) << bit_of(diagram_variable(bits->diagram, function));
	support |= find_support(bits, low_of(bits, function), end);
	support |= find_support(bits, high_of(bits, function), end);
	bits->support.items[function] = support;
	return support;
}

uint32_t bpf_bits_support(struct bpf_bits *bits, diagram_node function)
{
	while (bits->support.count < bits->diagram->nodes.count)
		vec_push(bits->arena, &bits->support, 0);
	return find_support(bits, function, word_end(bits, function));
}

struct run_walk {
	const struct bpf_bits *bits;
	uint32_t mask, end;
	struct bpf_run *runs;
	size_t count, most;
	size_t visits; /* that are left */
};

static void add_run(struct run_walk *walk, uint32_t first, uint32_t last, diagram_node exit)
{
	if (walk->count && walk->runs[walk->count - 1].exit == exit)
		walk->runs[walk->count - 1].last = last;
	else if (walk->count < walk->most)
		walk->runs[walk->count++] = (struct bpf_run){first, last, exit};
	else
		walk->visits = 0;
}

/* The words that begin like WORD, of which all above BIT is settled. */
static void walk_runs(struct run_walk *walk, diagram_node function, int bit, uint32_t word)
{
	const struct bpf_bits *bits = walk->bits;
	diagram_node low = function, high = function;

	if (!walk->visits)
		return;
	walk->visits--;
	while (bit >= 0 && !(walk->mask >> bit & 1))
		bit--;
	if (is_exit(bits, function, walk->end)) {
		uint32_t rest = bit < 0 ? 0 : UINT32_MAX >> (TOP_BIT - bit);

		add_run(walk, word, word | (walk->mask & rest), function);
		return;
	}
	if (bit_of(diagram_variable(bits->diagram, function)) == (unsigned)bit) {
		low = low_of(bits, function);
		high = high_of(bits, function);
	}
	walk_runs(walk, low, bit - 1, word);
	walk_runs(walk, high, bit - 1, word | UINT32_C(1) << bit);
}

size_t bpf_bits_runs(struct bpf_bits *bits, diagram_node function, uint32_t mask,
		     struct bpf_run *runs, size_t most)
{
	struct run_walk walk = {.bits = bits,
				.mask = mask,
				.end = word_end(bits, function),
				.runs = runs,
				.most = most,
				.visits = VISITS_PER_RUN * (most + 1)};

	walk_runs(&walk, function, TOP_BIT, 0);
	return walk.visits ? walk.count : 0;
}

static void start_walk(struct bpf_bits *bits)
{
	while (bits->memos.count < bits->diagram->nodes.count)
		vec_push(bits->arena, &bits->memos, ((struct memo){0, 0}));
	bits->stamp++;
}

/* Is FUNCTION, where the bits of ZEROS are clear, EXIT and nothing else? */
static bool is_always(struct bpf_bits *bits, diagram_node function, uint32_t zeros,
		      diagram_node exit, uint32_t end)
{
	struct memo *memo = &bits->memos.items[function];
	uint32_t bit;
	bool always;

	if (is_exit(bits, function, end))
		return function == exit;
	if (memo->stamp == bits->stamp)
		return memo->result;
	bit = UINT32_C(1) << bit_of(diagram_variable(bits->diagram, function));
	always = is_always(bits, low_of(bits, function), zeros, exit, end);
	if (always && !(bit & zeros))
		always = is_always(bits, high_of(bits, function), zeros, exit, end);
	*memo = (struct memo){bits->stamp, always};
	return always;
}

/* The exit of WORD. */
static diagram_node exit_of(const struct bpf_bits *bits, diagram_node function, uint32_t word,
			    uint32_t end)
{
	while (!is_exit(bits, function, end)) {
		uint32_t variable = diagram_variable(bits->diagram, function);
		bool is_set = word >> bit_of(variable) & 1;

		function = diagram_follow(bits->diagram, function, is_set);
	}
	return function;
}

/* The bits any of which leads from FUNCTION to EXIT, whatever the others are. */
static uint32_t find_forcing(struct bpf_bits *bits, diagram_node function, diagram_node exit,
			     uint32_t end)
{
	struct memo *memo = &bits->memos.items[function];
	diagram_node low, high;
	uint32_t bit, forcing;

	if (is_exit(bits, function, end))
		return function == exit ? UINT32_MAX : 0;
	if (memo->stamp == bits->stamp)
		return memo->result;
	low = low_of(bits, function);
	high = high_of(bits, function);
	bit = UINT32_C(1) << bit_of(diagram_variable(bits->diagram, function));
	forcing = find_forcing(bits, high, exit, end);
	if (forcing)
		forcing &= find_forcing(bits, low, exit, end) | bit;
	if (high != exit)
		forcing &= ~bit;
	*memo = (struct memo){bits->stamp, forcing};
	return forcing;
}

uint32_t bpf_bits_forcing(struct bpf_bits *bits, diagram_node function, diagram_node *exit)
{
	uint32_t end = word_end(bits, function);

	*exit = exit_of(bits, function, UINT32_MAX, end);
	start_walk(bits);
	return find_forcing(bits, function, *exit, end) & bpf_bits_support(bits, function);
}

uint32_t bpf_bits_clearing(struct bpf_bits *bits, diagram_node function, diagram_node *exit)
{
	uint32_t end = word_end(bits, function);
	uint32_t support = bpf_bits_support(bits, function), clearing = support;

	*exit = exit_of(bits, function, 0, end);
	for (uint32_t left = support; left; left &= left - 1) {
		uint32_t bit = left & -left;

		if (exit_of(bits, function, bit, end) != *exit)
			continue;
		start_walk(bits);
		if (is_always(bits, function, clearing & ~bit, *exit, end))
			clearing &= ~bit;
	}
	return clearing;
}

static diagram_node without(struct bpf_bits *bits, diagram_node function, uint32_t mask,
			    uint32_t end)
{
	uint32_t variable = diagram_variable(bits->diagram, function);
	diagram_node low, high, result;

	if (is_exit(bits, function, end))
		return function;
	if (bits->memos.items[function].stamp == bits->stamp)
		return bits->memos.items[function].result;
	low = result = without(bits, low_of(bits, function), mask, end);
	if (!(mask >> bit_of(variable) & 1)) {
		high = without(bits, high_of(bits, function), mask, end);
		result = diagram_bit(bits->diagram, variable, low, high);
	}
	bits->memos.items[function] = (struct memo){bits->stamp, result};
	return result;
}

diagram_node bpf_bits_without(struct bpf_bits *bits, diagram_node function, uint32_t mask)
{
	start_walk(bits);
	return without(bits, function, mask, word_end(bits, function));
}

diagram_node bpf_bits_fill(struct bpf_bits *bits, diagram_node function, uint32_t mask,
			   diagram_node exit)
{
	const struct bpf_decision test = {.op = BPF_TEST_SET, .mask = UINT32_MAX, .k = mask};
	diagram_node any = condition(bits->diagram, &test, word_end(bits, function) - 1);

	return diagram_choose(bits->diagram, any, function, exit);
}

/* The one part of FUNCTION between the variables FIRST and END, to *PART: DIAGRAM_NO is none so
 * far. False if there are more. */
static bool find_part(struct bpf_bits *bits, diagram_node function, uint32_t first,
		      uint32_t end, diagram_node *part)
{
	if (is_exit(bits, function, end) || bits->memos.items[function].stamp == bits->stamp)
		return true;
	bits->memos.items[function].stamp = bits->stamp;
	if (is_exit(bits, function, first)) {
		if (*part == DIAGRAM_NO)
			*part = function;
		return *part == function;
	}
	return find_part(bits, low_of(bits, function), first, end, part) &&
	       find_part(bits, high_of(bits, function), first, end, part);
}

diagram_node bpf_bits_low_part(struct bpf_bits *bits, diagram_node function, unsigned bit)
{
	uint32_t end = word_end(bits, function);
	diagram_node part = DIAGRAM_NO;

	start_walk(bits);
	if (!find_part(bits, function, end - bit, end, &part) || part == function)
		return DIAGRAM_NO;
	return part;
}

diagram_node bpf_bits_stand_in(struct bpf_bits *bits)
{
	return diagram_leaf(bits->diagram, UINT32_MAX); /* no action */
}

static diagram_node replace(struct bpf_bits *bits, diagram_node function, diagram_node old,
			    diagram_node then, uint32_t end)
{
	diagram_node low, high, result;

	if (function == old)
		return then;
	if (is_exit(bits, function, end))
		return function;
	if (bits->memos.items[function].stamp == bits->stamp)
		return bits->memos.items[function].result;
	low = replace(bits, low_of(bits, function), old, then, end);
	high = replace(bits, high_of(bits, function), old, then, end);
	result = diagram_bit(bits->diagram, diagram_variable(bits->diagram, function), low,
			     high);
	bits->memos.items[function] = (struct memo){bits->stamp, result};
	return result;
}

diagram_node bpf_bits_replace(struct bpf_bits *bits, diagram_node function, diagram_node old,
			      diagram_node then)
{
	start_walk(bits);
	return replace(bits, function, old, then, word_end(bits, function));
}
