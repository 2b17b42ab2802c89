#include "bpf/layout.h"

#include "vec.h"

struct place {
	bool is_reached;
	bool is_used[BPF_ENTRIES];
	bpf_label labels[BPF_ENTRIES];
};

struct layout {
	const struct bpf_graph *graph;
	struct bpf_assembler *assembler;
	struct arena *arena; /* working memory */
	struct place *places;
	VEC(bpf_node) order; /* successors before their predecessors */
};

enum bpf_entry bpf_entry_from(const struct bpf_decision *from, const struct bpf_decision *to)
{
	if (to->op == BPF_TEST_LEAF)
		return BPF_ENTER_TEST;
	if (from->offset != to->offset || (from->mask & to->mask) != to->mask)
		return BPF_ENTER_LOAD;
	return from->mask == to->mask ? BPF_ENTER_TEST : BPF_ENTER_AND;
}

/* Visit all that can be reached from ROOT, depth first, without recursion. */
static void find_order(struct layout *layout, bpf_node root)
{
	struct visit {
		bpf_node node;
		int next; /* successor to go to: 0 yes, 1 no, 2 done */
	};
	VEC(struct visit) stack = {0};

	layout->places[root].is_reached = true;
	vec_push(layout->arena, &stack, ((struct visit){root, 0}));
	while (stack.count) {
		struct visit *visit = &stack.items[stack.count - 1];
		const struct bpf_decision *node = bpf_graph_at(layout->graph, visit->node);
		bpf_node next;

		if (node->op == BPF_TEST_LEAF || visit->next == 2) {
			vec_push(layout->arena, &layout->order, visit->node);
			stack.count--;
			continue;
		}
		next = visit->next++ ? node->no : node->yes;
		if (layout->places[next].is_reached)
			continue;
		layout->places[next].is_reached = true;
		vec_push(layout->arena, &stack, ((struct visit){next, 0}));
	}
}

static void find_entries(struct layout *layout, bpf_node root)
{
	bpf_node *id;

	layout->places[root].is_used[BPF_ENTER_LOAD] = true;
	vec_each (id, &layout->order) {
		const struct bpf_decision *node = bpf_graph_at(layout->graph, *id);

		if (node->op == BPF_TEST_LEAF)
			continue;
		for (int i = 0; i < 2; i++) {
			bpf_node next = i ? node->no : node->yes;
			enum bpf_entry entry =
				bpf_entry_from(node, bpf_graph_at(layout->graph, next));

			layout->places[next].is_used[entry] = true;
		}
	}
}

static bpf_label label_from(const struct layout *layout, const struct bpf_decision *from,
			    bpf_node to)
{
	return layout->places[to].labels[bpf_entry_from(from, bpf_graph_at(layout->graph, to))];
}

static uint16_t jump_of(enum bpf_test_op op)
{
	switch (op) {
	case BPF_TEST_EQ:
		return BPF_JEQ;
	case BPF_TEST_GE:
		return BPF_JGE;
	case BPF_TEST_SET:
	case BPF_TEST_LEAF:
		break;
	}
	return BPF_JSET;
}

static void write_node(struct layout *layout, bpf_node id)
{
	const struct bpf_decision *node = bpf_graph_at(layout->graph, id);
	struct place *place = &layout->places[id];
	bpf_label *labels = place->labels;

	if (node->op == BPF_TEST_LEAF) {
		labels[BPF_ENTER_LOAD] = labels[BPF_ENTER_TEST] =
			bpf_write_ret(layout->assembler, node->k);
		bpf_write_near(layout->assembler, labels[BPF_ENTER_TEST]);
		return;
	}
	labels[BPF_ENTER_TEST] = bpf_write_jump(layout->assembler, jump_of(node->op), node->k,
						label_from(layout, node, node->yes),
						label_from(layout, node, node->no));
	labels[BPF_ENTER_AND] = labels[BPF_ENTER_TEST];
	if (node->mask != UINT32_MAX &&
	    (place->is_used[BPF_ENTER_AND] || place->is_used[BPF_ENTER_LOAD]))
		labels[BPF_ENTER_AND] = bpf_write_and(layout->assembler, node->mask);
	if (place->is_used[BPF_ENTER_LOAD])
		labels[BPF_ENTER_LOAD] = bpf_write_load(layout->assembler, node->offset);
}

struct bpf_code bpf_layout(const struct bpf_graph *graph, bpf_node root, struct arena *arena)
{
	struct arena *work = arena_new();
	struct layout layout = {
		.graph = graph, .assembler = bpf_assembler_new(work), .arena = work};
	struct bpf_code code;
	bpf_node *id;

	layout.places = ARENA_ARRAY(work, struct place, bpf_graph_count(graph));
	find_order(&layout, root);
	find_entries(&layout, root);
	/* Returns lie at the end, so that no test is torn from the one that it falls through
	 * to. */
	vec_each (id, &layout.order)
		if (bpf_graph_at(graph, *id)->op == BPF_TEST_LEAF)
			write_node(&layout, *id);
	vec_each (id, &layout.order)
		if (bpf_graph_at(graph, *id)->op != BPF_TEST_LEAF)
			write_node(&layout, *id);
	code = bpf_assembler_finish(layout.assembler, arena,
				    layout.places[root].labels[BPF_ENTER_LOAD]);
	arena_free(work);
	return code;
}
