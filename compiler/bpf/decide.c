#include "bpf/decide.h"

#include "bpf/word.h"

/* RULE as a test: all of its conditions. */
static const struct test *rule_test(struct arena *arena, const struct rule *rule)
{
	struct test *test = ARENA_NEW(arena, struct test);
	const struct test **children =
		ARENA_ARRAY(arena, const struct test *, rule->cond_count);

	for (size_t i = 0; i < rule->cond_count; i++)
		children[i] = rule->conds[i].test;
	test->op = rule->is_never ? SCML_OP_FALSE : SCML_OP_ALL;
	test->children = children;
	test->child_count = rule->cond_count;
	return test;
}

const struct test *bpf_call_test(struct arena *arena, const struct rule_call *call)
{
	struct test *test = ARENA_NEW(arena, struct test);
	const struct test **children =
		ARENA_ARRAY(arena, const struct test *, call->rule_count);

	for (size_t i = 0; i < call->rule_count; i++)
		children[i] = rule_test(arena, &call->rules[i]);
	test->op = SCML_OP_ANY;
	test->children = children;
	test->child_count = call->rule_count;
	return test;
}

bool bpf_can_be_open(const struct test *test)
{
	switch (test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
		return false;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (size_t i = 0; i < test->child_count; i++)
			if (bpf_can_be_open(test->children[i]))
				return true;
		return false;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		return test->flags & SCML_AT_RETURN || test->place.base == SCML_INSIDE;
	case SCML_OP_STRING:
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return true;
	}
	return true;
}

struct decider {
	struct bpf_graph *graph;
	bool is_big_endian;
};

static bpf_node decide(const struct decider *decider, const struct test *test,
		       struct bpf_outcome outcome);

/*
 * The children from the last to the first: what follows one is then known. All hold so far: an
 * open child makes the rest, if it holds, open too.
 */
static bpf_node decide_all(const struct decider *decider, const struct test *test,
			   struct bpf_outcome outcome)
{
	bpf_node yes = outcome.yes, open = outcome.open;
	size_t first_open = 0;

	while (first_open < test->child_count && !bpf_can_be_open(test->children[first_open]))
		first_open++;
	for (size_t i = test->child_count; i-- > 0;) {
		const struct test *child = test->children[i];
		bpf_node after = open;

		if (i > first_open)
			open = decide(decider, child,
				      (struct bpf_outcome){open, open, outcome.no});
		yes = decide(decider, child, (struct bpf_outcome){yes, after, outcome.no});
	}
	return yes;
}

/* None holds so far: an open child makes the rest, if it does not hold, open too. */
static bpf_node decide_any(const struct decider *decider, const struct test *test,
			   struct bpf_outcome outcome)
{
	bpf_node no = outcome.no, open = outcome.open;
	size_t first_open = 0;

	while (first_open < test->child_count && !bpf_can_be_open(test->children[first_open]))
		first_open++;
	for (size_t i = test->child_count; i-- > 0;) {
		const struct test *child = test->children[i];
		bpf_node after = open;

		if (i > first_open)
			open = decide(decider, child,
				      (struct bpf_outcome){outcome.yes, open, open});
		no = decide(decider, child, (struct bpf_outcome){outcome.yes, after, no});
	}
	return no;
}

static struct bpf_register register_of(const struct decider *decider, const struct test *test)
{
	return bpf_register_at(test->place.base, test->place.width, decider->is_big_endian);
}

/* Behind a pointer: the null pointer is good by itself. */
static bpf_node decide_memory(const struct decider *decider, const struct test *test,
			      struct bpf_outcome outcome)
{
	static const uint64_t null[] = {0};

	if (test->block.flags & SCML_EMBEDDED || test->place.base == SCML_INSIDE)
		return outcome.open;
	return bpf_word_in(decider->graph, register_of(decider, test), UINT64_MAX, null, 1,
			   outcome.yes, outcome.open);
}

static bpf_node decide_word(const struct decider *decider, const struct test *test,
			    struct bpf_outcome outcome)
{
	struct bpf_register reg;

	if (bpf_can_be_open(test))
		return outcome.open;
	reg = register_of(decider, test);
	if (test->op == SCML_OP_BITS)
		return bpf_word_bits(decider->graph, reg, test->mask, test->bits, test->values,
				     test->value_count, outcome.yes, outcome.no);
	if (test->op == SCML_OP_NOT_IN)
		return bpf_word_in(decider->graph, reg, test->mask, test->values,
				   test->value_count, outcome.no, outcome.yes);
	return bpf_word_in(decider->graph, reg, test->mask, test->values, test->value_count,
			   outcome.yes, outcome.no);
}

static bpf_node decide(const struct decider *decider, const struct test *test,
		       struct bpf_outcome outcome)
{
	if (outcome.yes == outcome.no &&
	    (outcome.yes == outcome.open || !bpf_can_be_open(test)))
		return outcome.yes;
	switch (test->op) {
	case SCML_OP_TRUE:
		return outcome.yes;
	case SCML_OP_FALSE:
		return outcome.no;
	case SCML_OP_ALL:
		return decide_all(decider, test, outcome);
	case SCML_OP_ANY:
		return decide_any(decider, test, outcome);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		return decide_word(decider, test, outcome);
	case SCML_OP_STRING:
		return outcome.open;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return decide_memory(decider, test, outcome);
	}
	return outcome.open;
}

bpf_node bpf_decide(struct bpf_graph *graph, bool is_big_endian, const struct test *test,
		    struct bpf_outcome outcome)
{
	const struct decider decider = {.graph = graph, .is_big_endian = is_big_endian};

	return decide(&decider, test, outcome);
}
