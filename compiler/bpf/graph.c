#include "bpf/graph.h"

#include "vec.h"

struct bpf_graph {
	struct arena *arena;
	VEC(struct bpf_decision) nodes;
	uint32_t *buckets; /* open addressing; index + 1 of a node, 0: free */
	size_t bucket_mask;
	bool is_full;
};

enum { FIRST_BUCKETS = 1024 };

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

bpf_node bpf_graph_any_bit(struct bpf_graph *graph, uint32_t offset, uint32_t bits,
			   bpf_node yes, bpf_node no)
{
	if (!bits || yes == no)
		return no;
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
	return intern(graph, (struct bpf_decision){.op = BPF_TEST_EQ,
						   .offset = offset,
						   .mask = mask,
						   .k = k,
						   .yes = yes,
						   .no = no});
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
	return intern(graph, (struct bpf_decision){.op = BPF_TEST_GE,
						   .offset = offset,
						   .mask = mask,
						   .k = k,
						   .yes = yes,
						   .no = no});
}
