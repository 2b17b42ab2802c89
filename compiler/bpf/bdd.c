#include "bpf/bdd.h"

#include <string.h>

#include "vec.h"

enum {
	FIRST_TABLE = 1 << 11, /* slots of the hash tables at the start */
	MAX_CACHE = 1 << 18,
	FIRST_COLLECTION = 1 << 16, /* nodes */
};

/* The variable of a node that is in no use; LOW is the next such node. */
#define UNUSED (UINT32_MAX - 1)

/* Operations other than bdd_choose(), whose first operand is a node and thus smaller. */
enum operation { OPERATION_IS = BDD_MAX_NODES + 1, OPERATION_PROJECT, OPERATION_FORGET };

struct node {
	uint32_t variable; /* BDD_LEAF: LOW is the number */
	bdd_node low, high;
	uint32_t next; /* in its slot of the hash table; 0: none */
};

/* A result that may be needed again; a later one with the same hash takes its place. */
struct result {
	uint32_t operation; /* a condition, or enum operation; 0: empty */
	uint32_t a, b;
	bdd_node node;
};

struct bdd {
	struct arena *arena;
	VEC(struct node) nodes;
	bdd_node unused; /* the first; 0: none */
	size_t used;
	size_t next_collection; /* when that many are in use */
	VEC(bdd_node) kept;
	uint32_t *slots; /* first node with that hash, 0: none (node 0 is never looked for) */
	uint32_t slot_mask;
	struct result *cache;
	uint32_t cache_mask;
	uint32_t steps;
	bool is_full;
};

static uint32_t hash(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t x = ((uint64_t)a << 32 | b) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 29 ^ c) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(x >> 32);
}

/* Put all nodes in use into their slots, which are empty. */
static void link_nodes(struct bdd *bdd)
{
	for (uint32_t i = 1; i < bdd->nodes.count; i++) {
		struct node *node = &bdd->nodes.items[i];
		uint32_t at = hash(node->variable, node->low, node->high) & bdd->slot_mask;

		if (node->variable == UNUSED)
			continue;
		node->next = bdd->slots[at];
		bdd->slots[at] = i;
	}
}

static void rehash(struct bdd *bdd, uint32_t slots)
{
	bdd->slots = ARENA_ARRAY(bdd->arena, uint32_t, slots);
	bdd->slot_mask = slots - 1;
	link_nodes(bdd);
	if (slots <= MAX_CACHE) {
		bdd->cache = ARENA_ARRAY(bdd->arena, struct result, slots);
		bdd->cache_mask = slots - 1;
	}
}

/* A node that is in no use; there are not too many. */
static bdd_node new_node(struct bdd *bdd)
{
	bdd_node node = bdd->unused;

	bdd->used++;
	if (node) {
		bdd->unused = bdd->nodes.items[node].low;
		return node;
	}
	vec_push(bdd->arena, &bdd->nodes, ((struct node){.variable = BDD_LEAF}));
	return (bdd_node)bdd->nodes.count - 1;
}

static bdd_node node_of(struct bdd *bdd, uint32_t variable, bdd_node low, bdd_node high)
{
	uint32_t at = hash(variable, low, high) & bdd->slot_mask;
	bdd_node made;

	for (uint32_t i = bdd->slots[at]; i; i = bdd->nodes.items[i].next) {
		const struct node *node = &bdd->nodes.items[i];

		if (node->variable == variable && node->low == low && node->high == high)
			return i;
	}
	if (bdd->used == BDD_MAX_NODES)
		bdd->is_full = true;
	if (bdd->is_full)
		return BDD_FALSE;
	made = new_node(bdd);
	bdd->nodes.items[made] = (struct node){variable, low, high, bdd->slots[at]};
	bdd->slots[at] = made;
	if (bdd->nodes.count > bdd->slot_mask)
		rehash(bdd, 2 * (bdd->slot_mask + 1));
	return made;
}

struct bdd *bdd_new(struct arena *arena)
{
	struct bdd *bdd = ARENA_NEW(arena, struct bdd);

	bdd->arena = arena;
	bdd->next_collection = FIRST_COLLECTION;
	new_node(bdd); /* BDD_FALSE */
	rehash(bdd, FIRST_TABLE);
	node_of(bdd, BDD_LEAF, 1, 0);
	return bdd;
}

bool bdd_is_full(const struct bdd *bdd)
{
	return bdd->is_full;
}

void bdd_keep(struct bdd *bdd, bdd_node function)
{
	vec_push(bdd->arena, &bdd->kept, function);
}

bool bdd_wants_collection(const struct bdd *bdd)
{
	return bdd->used >= bdd->next_collection;
}

static void mark(const struct bdd *bdd, uint8_t *is_marked, bdd_node at)
{
	while (!is_marked[at]) {
		const struct node *node = &bdd->nodes.items[at];

		is_marked[at] = 1;
		if (node->variable == BDD_LEAF)
			return;
		mark(bdd, is_marked, node->low);
		at = node->high;
	}
}

void bdd_collect(struct bdd *bdd, const bdd_node *roots, size_t count)
{
	struct arena *work = arena_new();
	uint8_t *is_marked = ARENA_ARRAY(work, uint8_t, bdd->nodes.count);

	mark(bdd, is_marked, BDD_FALSE);
	mark(bdd, is_marked, BDD_TRUE);
	for (size_t i = 0; i < count; i++)
		mark(bdd, is_marked, roots[i]);
	for (size_t i = 0; i < bdd->kept.count; i++)
		mark(bdd, is_marked, bdd->kept.items[i]);
	for (uint32_t i = 0; i < bdd->nodes.count; i++) {
		struct node *node = &bdd->nodes.items[i];

		if (is_marked[i] || node->variable == UNUSED)
			continue;
		*node = (struct node){.variable = UNUSED, .low = bdd->unused};
		bdd->unused = i;
		bdd->used--;
	}
	memset(bdd->slots, 0, (bdd->slot_mask + 1) * sizeof(*bdd->slots));
	link_nodes(bdd);
	memset(bdd->cache, 0, (bdd->cache_mask + 1) * sizeof(*bdd->cache));
	bdd->next_collection = 2 * bdd->used;
	if (bdd->next_collection < FIRST_COLLECTION)
		bdd->next_collection = FIRST_COLLECTION;
	arena_free(work);
}

bdd_node bdd_leaf(struct bdd *bdd, uint32_t value)
{
	return value ? node_of(bdd, BDD_LEAF, value, 0) : BDD_FALSE;
}

/* The function that tests VARIABLE, which comes before all that LOW and HIGH test. */
static bdd_node make(struct bdd *bdd, uint32_t variable, bdd_node low, bdd_node high)
{
	return low == high ? low : node_of(bdd, variable, low, high);
}

bdd_node bdd_bit(struct bdd *bdd, uint32_t variable)
{
	return make(bdd, variable, BDD_FALSE, BDD_TRUE);
}

uint32_t bdd_variable(const struct bdd *bdd, bdd_node function)
{
	return bdd->nodes.items[function].variable;
}

uint32_t bdd_value(const struct bdd *bdd, bdd_node leaf)
{
	return bdd->nodes.items[leaf].low;
}

bdd_node bdd_follow(const struct bdd *bdd, bdd_node function, uint32_t variable, bool is_set)
{
	const struct node *node = &bdd->nodes.items[function];

	if (node->variable != variable)
		return function;
	return is_set ? node->high : node->low;
}

/* Where the result of an operation lies or is to lie; *KNOWN: it lies there. */
static struct result *recall(struct bdd *bdd, uint32_t operation, uint32_t a, uint32_t b,
			     bool *known)
{
	struct result *result = &bdd->cache[hash(operation, a, b) & bdd->cache_mask];

	*known = result->operation == operation && result->a == a && result->b == b;
	return result;
}

static bdd_node remember(struct bdd *bdd, uint32_t operation, uint32_t a, uint32_t b,
			 bdd_node node)
{
	bool known;

	*recall(bdd, operation, a, b, &known) = (struct result){operation, a, b, node};
	return node;
}

static bool step(struct bdd *bdd)
{
	if (++bdd->steps > BDD_MAX_STEPS)
		bdd->is_full = true;
	return !bdd->is_full;
}

static uint32_t first_variable(const struct bdd *bdd, bdd_node a, bdd_node b)
{
	uint32_t x = bdd_variable(bdd, a), y = bdd_variable(bdd, b);

	return x < y ? x : y;
}

bdd_node bdd_choose(struct bdd *bdd, bdd_node condition, bdd_node yes, bdd_node no)
{
	const struct result *result;
	uint32_t variable, other;
	bdd_node low, high;
	bool known;

	if (condition == BDD_TRUE || yes == no)
		return yes;
	if (condition == BDD_FALSE)
		return no;
	if (yes == BDD_TRUE && no == BDD_FALSE)
		return condition;
	result = recall(bdd, condition, yes, no, &known);
	if (known)
		return result->node;
	if (!step(bdd))
		return BDD_FALSE;
	variable = bdd_variable(bdd, condition);
	other = first_variable(bdd, yes, no);
	if (other < variable)
		variable = other;
	low = bdd_choose(bdd, bdd_follow(bdd, condition, variable, false),
			 bdd_follow(bdd, yes, variable, false),
			 bdd_follow(bdd, no, variable, false));
	high = bdd_choose(bdd, bdd_follow(bdd, condition, variable, true),
			  bdd_follow(bdd, yes, variable, true),
			  bdd_follow(bdd, no, variable, true));
	return remember(bdd, condition, yes, no, make(bdd, variable, low, high));
}

bdd_node bdd_not(struct bdd *bdd, bdd_node a)
{
	return bdd_choose(bdd, a, BDD_FALSE, BDD_TRUE);
}

bdd_node bdd_and(struct bdd *bdd, bdd_node a, bdd_node b)
{
	return bdd_choose(bdd, a, b, BDD_FALSE);
}

bdd_node bdd_or(struct bdd *bdd, bdd_node a, bdd_node b)
{
	return bdd_choose(bdd, a, BDD_TRUE, b);
}

bdd_node bdd_xor(struct bdd *bdd, bdd_node a, bdd_node b)
{
	return bdd_choose(bdd, a, bdd_not(bdd, b), b);
}

bdd_node bdd_is(struct bdd *bdd, bdd_node function, uint32_t value)
{
	uint32_t variable = bdd_variable(bdd, function);
	const struct result *result;
	bdd_node low, high;
	bool known;

	if (variable == BDD_LEAF)
		return bdd_value(bdd, function) == value ? BDD_TRUE : BDD_FALSE;
	result = recall(bdd, OPERATION_IS, function, value, &known);
	if (known)
		return result->node;
	if (!step(bdd))
		return BDD_FALSE;
	low = bdd_is(bdd, bdd_follow(bdd, function, variable, false), value);
	high = bdd_is(bdd, bdd_follow(bdd, function, variable, true), value);
	return remember(bdd, OPERATION_IS, function, value, make(bdd, variable, low, high));
}

bdd_node bdd_project(struct bdd *bdd, bdd_node condition, uint32_t first, uint32_t end)
{
	uint32_t variable = bdd_variable(bdd, condition);
	uint32_t kept = first << 16 | end;
	const struct result *result;
	bdd_node low, high;
	bool known;

	if (variable == BDD_LEAF)
		return condition;
	if (variable >= end) /* it can hold, or it would be BDD_FALSE */
		return BDD_TRUE;
	result = recall(bdd, OPERATION_PROJECT, condition, kept, &known);
	if (known)
		return result->node;
	if (!step(bdd))
		return BDD_FALSE;
	low = bdd_project(bdd, bdd_follow(bdd, condition, variable, false), first, end);
	high = bdd_project(bdd, bdd_follow(bdd, condition, variable, true), first, end);
	if (variable >= first)
		low = make(bdd, variable, low, high);
	else
		low = bdd_or(bdd, low, high);
	return remember(bdd, OPERATION_PROJECT, condition, kept, low);
}

bdd_node bdd_forget(struct bdd *bdd, bdd_node condition, uint32_t variable)
{
	uint32_t first = bdd_variable(bdd, condition);
	const struct result *result;
	bdd_node low, high;
	bool known;

	if (first > variable)
		return condition;
	low = bdd_follow(bdd, condition, first, false);
	high = bdd_follow(bdd, condition, first, true);
	if (first == variable)
		return bdd_or(bdd, low, high);
	result = recall(bdd, OPERATION_FORGET, condition, variable, &known);
	if (known)
		return result->node;
	if (!step(bdd))
		return BDD_FALSE;
	low = bdd_forget(bdd, low, variable);
	high = bdd_forget(bdd, high, variable);
	return remember(bdd, OPERATION_FORGET, condition, variable,
			make(bdd, first, low, high));
}
