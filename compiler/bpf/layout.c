#include "bpf/layout.h"

#include "vec.h"

/*
 * A node is written as up to three instructions, and each may be where a jump enters: who comes
 * from a test of the same word need not load it again.
 */
enum entry { ENTER_LOAD, ENTER_AND, ENTER_TEST, ENTRY_COUNT };

struct place {
	bool is_reached;
	bool is_used[ENTRY_COUNT];
	bpf_label labels[ENTRY_COUNT];
};

struct layout {
	const struct bpf_graph *graph;
	struct bpf_assembler *assembler;
	struct arena *arena; /* working memory */
	struct place *places;
	VEC(bpf_node) order; /* successors before their predecessors */
};

/* Where to enter TO when FROM's word, masked as FROM tests it, is loaded. */
static enum entry entry_from(const struct bpf_decision *from, const struct bpf_decision *to)
{
	if (to->op == BPF_TEST_LEAF)
		return ENTER_TEST;
	if (from->offset != to->offset || (from->mask & to->mask) != to->mask)
		return ENTER_LOAD;
	return from->mask == to->mask ? ENTER_TEST : ENTER_AND;
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

	layout->places[root].is_used[ENTER_LOAD] = true;
	vec_each (id, &layout->order) {
		const struct bpf_decision *node = bpf_graph_at(layout->graph, *id);

		if (node->op == BPF_TEST_LEAF)
			continue;
		for (int i = 0; i < 2; i++) {
			bpf_node next = i ? node->no : node->yes;
			enum entry entry = entry_from(node, bpf_graph_at(layout->graph, next));

			layout->places[next].is_used[entry] = true;
		}
	}
}

static bpf_label label_from(const struct layout *layout, const struct bpf_decision *from,
			    bpf_node to)
{
	return layout->places[to].labels[entry_from(from, bpf_graph_at(layout->graph, to))];
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
		labels[ENTER_LOAD] = labels[ENTER_TEST] =
			bpf_write_ret(layout->assembler, node->k);
		bpf_write_near(layout->assembler, labels[ENTER_TEST]);
		return;
	}
	labels[ENTER_TEST] = bpf_write_jump(layout->assembler, jump_of(node->op), node->k,
					    label_from(layout, node, node->yes),
					    label_from(layout, node, node->no));
	labels[ENTER_AND] = labels[ENTER_TEST];
	if (node->mask != UINT32_MAX &&
	    (place->is_used[ENTER_AND] || place->is_used[ENTER_LOAD]))
		labels[ENTER_AND] = bpf_write_and(layout->assembler, node->mask);
	if (place->is_used[ENTER_LOAD])
		labels[ENTER_LOAD] = bpf_write_load(layout->assembler, node->offset);
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
				    layout.places[root].labels[ENTER_LOAD]);
	arena_free(work);
	return code;
}
