/* Random decision graphs, their simpler forms and the programs made of them say the same. */
#include <check.h>

#include "bpf/check.h"
#include "bpf/graph.h"
#include "bpf/layout.h"
#include "bpf/simplify.h"
#include "bpf_random.h"
#include "seed.h"

/* What the graph itself says. */
static uint32_t walk(const struct bpf_graph *graph, bpf_node node,
		     const struct seccomp_data *data)
{
	for (;;) {
		const struct bpf_decision *at = bpf_graph_at(graph, node);
		uint32_t word;
		bool holds;

		if (at->op == BPF_TEST_LEAF)
			return at->k;
		memcpy(&word, (const char *)data + at->offset, sizeof(word));
		word &= at->mask;
		if (at->op == BPF_TEST_SET)
			holds = word & at->k;
		else
			holds = at->op == BPF_TEST_EQ ? word == at->k : word >= at->k;
		node = holds ? at->yes : at->no;
	}
}

static bpf_node random_node(struct random *random, struct bpf_graph *graph)
{
	uint32_t offset = 16 + 4 * random_below(random, 12);
	uint32_t mask = random_below(random, 2) ? UINT32_MAX : (uint32_t)random_value(random);
	uint32_t k = (uint32_t)random_value(random);
	size_t count = bpf_graph_count(graph);
	size_t range = random_below(random, 2) && count > 20 ? 20 : count;
	bpf_node yes = (bpf_node)(count - 1 - random_below(random, (unsigned)range));
	bpf_node no = (bpf_node)(count - 1 - random_below(random, (unsigned)count));

	switch (random_below(random, 3)) {
	case 0:
		return bpf_graph_equal(graph, offset, mask, k, yes, no);
	case 1:
		return bpf_graph_at_least(graph, offset, mask, k, yes, no);
	default:
		return bpf_graph_any_bit(graph, offset, k, yes, no);
	}
}

START_TEST(layout_of_a_random_graph_of_any_size_says_what_the_graph_says)
{
	struct random random =
		random_new("layout_of_a_random_graph_of_any_size_says_what_the_graph_says");
	const struct random_pool none = {.count = 0};

	for (size_t i = 0; i < 300 / ROUNDS_DIVISOR; i++) {
		struct arena *arena = arena_new();
		struct bpf_graph *graph = bpf_graph_new(arena);
		size_t nodes = 1 + random_below(&random, 1200);
		struct bpf_code code;
		bpf_node root = 0;

		for (uint32_t j = 0; j < 4; j++)
			root = bpf_graph_leaf(graph, SECCOMP_RET_ERRNO | j);
		for (size_t j = 0; j < nodes; j++)
			root = random_node(&random, graph);
		code = bpf_layout(graph, root, arena);
		ck_assert(bpf_check(code.items, code.count, NULL));
		for (size_t j = 0; j < 200; j++) {
			struct seccomp_data data = {0};
			uint64_t args[6];

			random_args(&random, &none, args);
			memcpy(data.args, args, sizeof(args));
			ck_assert_uint_eq(toy_answer(&code, &data), walk(graph, root, &data));
		}
		arena_free(arena);
	}
}
END_TEST

/* A test of one of two words that compares with small numbers. */
static bpf_node small_node(struct random *random, struct bpf_graph *graph)
{
	static const uint32_t masks[] = {UINT32_MAX, UINT32_MAX, 15, 14, 12, 7, 6, 5, 3};
	uint32_t offset = BPF_FIELD_ARGS + 4 * random_below(random, 2);
	uint32_t mask = masks[random_below(random, sizeof(masks) / sizeof(masks[0]))];
	uint32_t k = random_below(random, 16);
	unsigned count = (unsigned)bpf_graph_count(graph);
	bpf_node yes = count - 1 - random_below(random, count < 6 ? count : 6);
	bpf_node no = count - 1 - random_below(random, count);

	switch (random_below(random, 3)) {
	case 0:
		return bpf_graph_equal(graph, offset, mask, k, yes, no);
	case 1:
		return bpf_graph_at_least(graph, offset, mask, k, yes, no);
	default:
		return bpf_graph_any_bit(graph, offset, k, yes, no);
	}
}

START_TEST(simplified_graph_says_what_the_graph_says)
{
	struct random random = random_new("simplified_graph_says_what_the_graph_says");
	unsigned simplified = 0;

	for (size_t i = 0; i < 10000 / ROUNDS_DIVISOR; i++) {
		struct arena *arena = arena_new();
		struct bpf_graph *graph = bpf_graph_new(arena);
		size_t nodes = 2 + random_below(&random, 14);
		bpf_node root = 0, simple;

		for (uint32_t j = 0; j < 3; j++)
			root = bpf_graph_leaf(graph, SECCOMP_RET_ERRNO | j);
		for (size_t j = 0; j < nodes; j++)
			root = small_node(&random, graph);
		simple = bpf_simplify(graph, root);
		simplified += simple != root;
		for (uint32_t j = 0; j < 17 * 17; j++) {
			uint32_t words[] = {j / 17, j % 17};
			struct seccomp_data data = {0};

			memcpy(data.args, words, sizeof(words));
			ck_assert_uint_eq(walk(graph, simple, &data), walk(graph, root, &data));
		}
		arena_free(arena);
	}
	ck_assert_uint_ge(simplified, 1000 / ROUNDS_DIVISOR);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bpf_graph");
	TCase *tcase = tcase_create("random");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, layout_of_a_random_graph_of_any_size_says_what_the_graph_says);
	tcase_add_test(tcase, simplified_graph_says_what_the_graph_says);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
