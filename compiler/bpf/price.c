#include "bpf/price.h"

#include "bpf/layout.h"
#include "vec.h"

struct change {
	bpf_node node;
	uint8_t before;
};

struct bpf_price {
	struct arena *arena;
	const struct bpf_graph *graph;
	VEC(uint8_t) entries; /* per node, a bit for each way in that the program uses */
	VEC(struct change) changes;
};

struct bpf_price *bpf_price_new(struct arena *arena, const struct bpf_graph *graph)
{
	struct bpf_price *price = ARENA_NEW(arena, struct bpf_price);

	price->arena = arena;
	price->graph = graph;
	return price;
}

bpf_price_mark bpf_price_state(const struct bpf_price *price)
{
	return price->changes.count;
}

void bpf_price_undo(struct bpf_price *price, bpf_price_mark mark)
{
	while (price->changes.count > mark) {
		struct change change = price->changes.items[--price->changes.count];

		price->entries.items[change.node] = change.before;
	}
}

/* The instructions of NODE with these ways in. */
static size_t size_of(const struct bpf_decision *node, uint8_t entries)
{
	size_t size = entries != 0;

	if (node->op == BPF_TEST_LEAF)
		return size;
	size += node->mask != UINT32_MAX &&
		entries & (1u << BPF_ENTER_AND | 1u << BPF_ENTER_LOAD);
	return size + (entries >> BPF_ENTER_LOAD & 1);
}

static size_t add(struct bpf_price *price, bpf_node id, enum bpf_entry entry)
{
	const struct bpf_decision *node = bpf_graph_at(price->graph, id);
	uint8_t before = price->entries.items[id];
	uint8_t after = (uint8_t)(before | 1u << entry);
	size_t size = size_of(node, after) - size_of(node, before);

	if (before == after)
		return 0;
	vec_push(price->arena, &price->changes, ((struct change){id, before}));
	price->entries.items[id] = after;
	if (before || node->op == BPF_TEST_LEAF)
		return size;
	size += add(price, node->yes,
		    bpf_entry_from(node, bpf_graph_at(price->graph, node->yes)));
	return size +
	       add(price, node->no, bpf_entry_from(node, bpf_graph_at(price->graph, node->no)));
}

size_t bpf_price_add(struct bpf_price *price, bpf_node node)
{
	while (price->entries.count < bpf_graph_count(price->graph))
		vec_push(price->arena, &price->entries, 0);
	return add(price, node, BPF_ENTER_LOAD);
}

unsigned bpf_steps(const struct bpf_graph *graph, bpf_node node, uint32_t offset, uint32_t word)
{
	const struct bpf_decision *at = bpf_graph_at(graph, node);
	enum bpf_entry entry = BPF_ENTER_LOAD;
	unsigned steps = 0;

	while (at->op != BPF_TEST_LEAF && at->offset == offset) {
		const struct bpf_decision *next;
		uint32_t masked = word & at->mask;
		bool holds;

		steps += entry == BPF_ENTER_LOAD ? 2 : 1;
		steps += at->mask != UINT32_MAX && entry != BPF_ENTER_TEST;
		if (at->op == BPF_TEST_SET)
			holds = word & at->k;
		else
			holds = at->op == BPF_TEST_EQ ? masked == at->k : masked >= at->k;
		next = bpf_graph_at(graph, holds ? at->yes : at->no);
		entry = bpf_entry_from(at, next);
		at = next;
	}
	return steps;
}
