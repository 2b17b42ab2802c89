#include "bpf/graph.h"

#include <string.h>

#include "vec.h"

struct bpf_graph {
	struct arena *arena;
	VEC(struct bpf_decision) nodes;
	uint32_t *buckets; /* open addressing; index + 1 of a node, 0: free */
	size_t bucket_mask;
	bool is_full;
	bool is_hurried;
};

enum { FIRST_BUCKETS = 64 };

struct bpf_graph *bpf_graph_new(struct arena *arena)
{
	struct bpf_graph *graph = ARENA_NEW(arena, struct bpf_graph);

	graph->arena = arena;
	graph->buckets = ARENA_ARRAY(arena, uint32_t, FIRST_BUCKETS);
	graph->bucket_mask = FIRST_BUCKETS - 1;
	return graph;
}

struct arena *bpf_graph_arena(const struct bpf_graph *graph)
{
	return graph->arena;
}

const struct bpf_decision *bpf_graph_at(const struct bpf_graph *graph, bpf_node node)
{
	return &graph->nodes.items[node];
}

size_t bpf_graph_count(const struct bpf_graph *graph)
{
	return graph->nodes.count;
}

void bpf_graph_hurry(struct bpf_graph *graph)
{
	graph->is_hurried = true;
}

bool bpf_graph_is_hurried(const struct bpf_graph *graph)
{
	return graph->is_hurried;
}

bool bpf_graph_is_full(const struct bpf_graph *graph)
{
	return graph->is_full;
}

static size_t hash(const struct bpf_decision *node)
{
	const uint32_t words[] = {(uint32_t)node->op, node->offset, node->mask, node->k,
				  node->yes,	      node->no};
	uint64_t sum = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		sum = (sum ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(sum >> 32);
}

static bool is_same(const struct bpf_decision *a, const struct bpf_decision *b)
{
	return a->op == b->op && a->offset == b->offset && a->mask == b->mask && a->k == b->k &&
	       a->yes == b->yes && a->no == b->no;
}

/* The bucket where NODE is, or the free one where it belongs. */
static uint32_t *find_bucket(const struct bpf_graph *graph, const struct bpf_decision *node)
{
	size_t at = hash(node) & graph->bucket_mask;

	while (graph->buckets[at] &&
	       !is_same(&graph->nodes.items[graph->buckets[at] - 1], node))
		at = (at + 1) & graph->bucket_mask;
	return &graph->buckets[at];
}

static void grow_buckets(struct bpf_graph *graph)
{
	size_t count = (graph->bucket_mask + 1) * 2;

	graph->buckets = ARENA_ARRAY(graph->arena, uint32_t, count);
	graph->bucket_mask = count - 1;
	for (size_t i = 0; i < graph->nodes.count; i++)
		*find_bucket(graph, &graph->nodes.items[i]) = (uint32_t)i + 1;
}

static bpf_node intern(struct bpf_graph *graph, struct bpf_decision node)
{
	uint32_t *bucket = find_bucket(graph, &node);

	if (*bucket)
		return *bucket - 1;
	if (graph->nodes.count == BPF_GRAPH_MAX) {
		graph->is_full = true;
		return 0;
	}
	vec_push(graph->arena, &graph->nodes, node);
	*bucket = (uint32_t)graph->nodes.count;
	if (graph->nodes.count * 2 > graph->bucket_mask)
		grow_buckets(graph);
	return (bpf_node)(graph->nodes.count - 1);
}

bpf_node bpf_graph_leaf(struct bpf_graph *graph, uint32_t action)
{
	return intern(graph, (struct bpf_decision){.op = BPF_TEST_LEAF, .k = action});
}

bpf_node bpf_graph_compare(struct bpf_graph *graph, enum bpf_test_op op, uint32_t offset,
			   uint32_t mask, uint32_t k, bpf_node yes, bpf_node no)
{
	if (yes == no || (op == BPF_TEST_EQ && k & ~mask))
		return no;
	/* What is at least the greatest number is that number, and the least is 0. */
	if (op == BPF_TEST_GE && k == mask)
		op = BPF_TEST_EQ;
	if (op == BPF_TEST_GE && k == 1)
		return bpf_graph_compare(graph, BPF_TEST_EQ, offset, mask, 0, no, yes);
	return intern(graph, (struct bpf_decision){.op = op,
						   .offset = offset,
						   .mask = mask,
						   .k = k,
						   .yes = yes,
						   .no = no});
}

bpf_node bpf_graph_any_bit(struct bpf_graph *graph, uint32_t offset, uint32_t bits,
			   bpf_node yes, bpf_node no)
{
	if (!bits || yes == no)
		return no;
	/* A constant without the top bit is one instruction less for the kernel. */
	if (bits == UINT32_MAX)
		return bpf_graph_compare(graph, BPF_TEST_EQ, offset, bits, 0, no, yes);
	return intern(graph, (struct bpf_decision){.op = BPF_TEST_SET,
						   .offset = offset,
						   .mask = UINT32_MAX,
						   .k = bits,
						   .yes = yes,
						   .no = no});
}

static bool is_one_bit(uint32_t word)
{
	return word && !(word & (word - 1));
}

bpf_node bpf_graph_equal(struct bpf_graph *graph, uint32_t offset, uint32_t mask, uint32_t k,
			 bpf_node yes, bpf_node no)
{
	if (k & ~mask || yes == no)
		return no;
	if (!mask)
		return yes;
	/* One instruction, where a masked comparison takes two and spoils what is loaded. */
	if (mask != UINT32_MAX && !k)
		return bpf_graph_any_bit(graph, offset, mask, no, yes);
	if (is_one_bit(mask))
		return bpf_graph_any_bit(graph, offset, mask, yes, no);
	return bpf_graph_compare(graph, BPF_TEST_EQ, offset, mask, k, yes, no);
}

bpf_node bpf_graph_at_least(struct bpf_graph *graph, uint32_t offset, uint32_t mask, uint32_t k,
			    bpf_node yes, bpf_node no)
{
	if (!k || yes == no)
		return yes;
	if (k > mask)
		return no;
	if (k == mask)
		return bpf_graph_equal(graph, offset, mask, k, yes, no);
	if (k == 1)
		return bpf_graph_equal(graph, offset, mask, 0, no, yes);
	return bpf_graph_compare(graph, BPF_TEST_GE, offset, mask, k, yes, no);
}

const bool *bpf_graph_reached(const struct bpf_graph *graph, struct arena *arena, bpf_node root)
{
	bool *is_reached = ARENA_ARRAY(arena, bool, root + 1);

	is_reached[root] = true;
	for (bpf_node i = root + 1; i-- > 0;) {
		const struct bpf_decision *node = bpf_graph_at(graph, i);

		if (is_reached[i] && node->op != BPF_TEST_LEAF)
			is_reached[node->yes] = is_reached[node->no] = true;
	}
	return is_reached;
}

/* A copy in GRAPH of what ROOT leads to in FROM; where that is the leaf OLD, THEN stands for
 * it. */
static bpf_node copy(struct bpf_graph *graph, const struct bpf_graph *from, bpf_node root,
		     bpf_node old, bpf_node then)
{
	struct arena *arena = arena_new();
	const bool *is_reached = bpf_graph_reached(from, arena, root);
	bpf_node *copies = ARENA_ARRAY(arena, bpf_node, root + 1), result;

	for (bpf_node i = 0; i <= root; i++) {
		struct bpf_decision node = *bpf_graph_at(from, i);

		if (!is_reached[i])
			continue;
		if (node.op != BPF_TEST_LEAF) {
			node.yes = copies[node.yes];
			node.no = copies[node.no];
		}
		copies[i] = i == old ? then : intern(graph, node);
	}
	result = copies[root];
	arena_free(arena);
	return result;
}

bpf_node bpf_graph_copy(struct bpf_graph *graph, const struct bpf_graph *from, bpf_node root)
{
	return copy(graph, from, root, BPF_GRAPH_MAX, 0);
}

bpf_node bpf_graph_replace(struct bpf_graph *graph, bpf_node root, bpf_node old, bpf_node then)
{
	return copy(graph, graph, root, old, then);
}

bool bpf_graph_answers(const struct bpf_graph *graph, bpf_node root, bpf_node a, bpf_node b)
{
	struct arena *arena = arena_new();
	const bool *is_reached = bpf_graph_reached(graph, arena, root);
	bool only = true;

	for (bpf_node i = 0; i <= root; i++)
		if (is_reached[i] && bpf_graph_at(graph, i)->op == BPF_TEST_LEAF)
			only &= i == a || i == b;
	arena_free(arena);
	return only;
}

/* Take the last node back. What was put last into the table can be taken out again: nothing
 * lies behind it for its sake. */
static void forget_last(struct bpf_graph *graph)
{
	*find_bucket(graph, &graph->nodes.items[graph->nodes.count - 1]) = 0;
	graph->nodes.count--;
}

static bpf_node renamed_node(const bpf_node *renamed, size_t count, bpf_node node)
{
	return node < count ? node : renamed[node - count];
}

const bpf_node *bpf_graph_keep(struct bpf_graph *graph, struct arena *arena, size_t count,
			       bpf_node root)
{
	size_t made = graph->nodes.count - count;
	bool *is_reached = ARENA_ARRAY(arena, bool, made);
	bpf_node *renamed = ARENA_ARRAY(arena, bpf_node, made);
	struct bpf_decision *old = ARENA_ARRAY(arena, struct bpf_decision, made);

	if (made)
		memcpy(old, graph->nodes.items + count, made * sizeof(*old));
	if (root >= count)
		is_reached[root - count] = true;
	for (size_t i = made; i-- > 0;) {
		if (!is_reached[i] || old[i].op == BPF_TEST_LEAF)
			continue;
		if (old[i].yes >= count)
			is_reached[old[i].yes - count] = true;
		if (old[i].no >= count)
			is_reached[old[i].no - count] = true;
	}
	while (graph->nodes.count > count)
		forget_last(graph);
	for (size_t i = 0; i < made; i++) {
		if (!is_reached[i])
			continue;
		if (old[i].op != BPF_TEST_LEAF) {
			old[i].yes = renamed_node(renamed, count, old[i].yes);
			old[i].no = renamed_node(renamed, count, old[i].no);
		}
		renamed[i] = intern(graph, old[i]);
	}
	return renamed;
}
