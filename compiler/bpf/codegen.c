#include "bpf/codegen.h"

#include <errno.h>
#include <stdlib.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/check.h"
#include "bpf/decide.h"
#include "bpf/dispatch.h"
#include "bpf/factor.h"
#include "bpf/frequency.h"
#include "bpf/graph.h"
#include "bpf/layout.h"
#include "bpf/simplify.h"
#include "bpf/undecided.h"
#include "vec.h"

enum {
	NR_MAX = UINT16_MAX, /* no table of calls is longer */
	NAMED_CALLS = 5,     /* in the error about a filter that is too long */
};

/* What a tracer writes to skip a call. */
#define NR_NONE UINT32_MAX

/* What one more executed instruction for every call weighs in the tests of arguments, in
 * written ones. */
enum {
	WEIGHT_TESTED = 600 * BPF_LENGTH,
	WEIGHT_SMALL = BPF_LENGTH / 16,
	TRUST_ARGUMENTS = BPF_TRUST_ALL / 2, /* in a profile */
};

/** A call that is decided by tests, and where they begin. */
struct tested_call {
	const struct abi_db *db;
	const struct abi_call *abi;
	bpf_node node;
	size_t size; /* instructions, were it alone */
};

/* A call with rules, on its way into the graph. */
struct ruled_call {
	const struct rule_call *rules;
	const struct bpf_graph *graph; /* of its own */
	bpf_node root;
	bpf_node node; /* in the filter's graph */
	size_t size;
};

struct codegen {
	struct arena *work; /* freed at the end */
	struct diags *diags;
	const struct bpf_options *options;
	struct bpf_graph *graph;
	struct bpf_select select;
	VEC(struct tested_call) tested;
};

/* One architecture's numbers. */
struct numbers {
	struct bpf_numbers all;
	const double *shares; /* of what it matters to be fast in the tests of arguments */
	struct ruled_call *calls;
};

struct bpf_options bpf_options_default(void)
{
	return (struct bpf_options){
		.on_mismatch = SECCOMP_RET_ERRNO | ENOSYS,
		.on_undecided = SECCOMP_RET_ALLOW,
		.on_bad_arch = SECCOMP_RET_KILL_PROCESS,
		.scope = BPF_SCOPE_ALL,
	};
}

static uint32_t mismatch_action(const struct codegen *gen, const struct abi_db *db,
				const struct abi_call *call)
{
	const struct bpf_options *options = gen->options;

	for (size_t i = options->call_action_count; i-- > 0;)
		if (abi_call_find(db, options->call_actions[i].call) == call)
			return options->call_actions[i].action;
	return options->on_mismatch;
}

static uint32_t unknown_action(const struct codegen *gen)
{
	return gen->options->has_on_unknown ? gen->options->on_unknown
					    : gen->options->on_mismatch;
}

static struct bpf_graph *graph_new(const struct codegen *gen)
{
	struct bpf_graph *graph = bpf_graph_new(gen->work);

	if (gen->options->is_hasty)
		bpf_graph_hurry(graph);
	return graph;
}

/* The tests of CALL in a graph of their own. */
static struct ruled_call decide_call(struct codegen *gen, const struct rules *rules,
				     const struct rule_call *call)
{
	bool is_big_endian = rules->db->archs[rules->arch].big_endian;
	struct bpf_graph *graph = graph_new(gen);
	struct bpf_outcome outcome = {
		.yes = bpf_graph_leaf(graph, SECCOMP_RET_ALLOW),
		.open = bpf_graph_leaf(graph, gen->options->on_undecided),
		.no = bpf_graph_leaf(graph, mismatch_action(gen, rules->db, call->abi)),
	};
	bpf_node root =
		bpf_decide(graph, is_big_endian, bpf_call_test(gen->work, call), outcome);

	root = bpf_simplify(graph, root);
	return (struct ruled_call){
		.rules = call, .graph = graph, .root = root, .size = bpf_graph_count(graph)};
}

/* Where number NR, which has no rules, leads. */
static bpf_node without_rules(struct codegen *gen, const struct rules *rules, uint32_t nr)
{
	const struct abi_call *call = abi_call_by_nr(rules->db, rules->arch, nr);

	if (!call)
		return bpf_graph_leaf(gen->graph, unknown_action(gen));
	if (gen->options->scope == BPF_SCOPE_LISTED)
		return bpf_graph_leaf(gen->graph, SECCOMP_RET_ALLOW);
	return bpf_graph_leaf(gen->graph, mismatch_action(gen, rules->db, call));
}

/* Numbers behind the last one of the database: unknown, of another table, or none at all. */
static bpf_node beyond_database(struct codegen *gen, const struct abi_arch *arch)
{
	bpf_node bad = bpf_graph_leaf(gen->graph, gen->options->on_bad_arch);
	bpf_node none = bpf_graph_leaf(gen->graph, gen->options->on_mismatch);
	bpf_node node = bpf_graph_leaf(gen->graph, unknown_action(gen));

	node = bpf_graph_any_bit(gen->graph, BPF_FIELD_NR, arch->foreign_nr_bit, bad, node);
	return bpf_graph_equal(gen->graph, BPF_FIELD_NR, UINT32_MAX, NR_NONE, none, node);
}

/* What one more instruction in the tests of number NR weighs. */
static uint32_t weigh(const struct codegen *gen, const struct numbers *numbers, uint32_t nr)
{
	uint32_t all = gen->options->is_small ? WEIGHT_SMALL : WEIGHT_TESTED;

	return nr < numbers->all.count ? (uint32_t)(all * numbers->shares[nr]) : 0;
}

static int compare_sizes(const void *a, const void *b)
{
	const struct ruled_call *const *x = a, *const *y = b;

	if ((*x)->size != (*y)->size)
		return (*x)->size < (*y)->size ? -1 : 1;
	return (*x)->rules->nr < (*y)->rules->nr ? -1 : 1;
}

/* What is usual for CALL, to TESTS: as far as registers are asked for. */
static void find_usual(struct codegen *gen, const struct rules *rules,
		       const struct ruled_call *call, struct bpf_tests *tests)
{
	const struct abi_call *abi = call->rules->abi;
	const struct bpf_profile *profile = gen->options->profile;
	uint64_t masks[BPF_HABIT_ARGS] = {0};

	tests->usual = bpf_usual_of(rules->db, abi, &tests->usual_count);
	if (!profile || !profile->habits)
		return;
	for (bpf_node i = 0; i <= call->root; i++) {
		const struct bpf_decision *node = bpf_graph_at(call->graph, i);
		uint32_t word = (node->offset - BPF_FIELD_ARGS) / 4;

		if (node->op != BPF_TEST_LEAF)
			masks[word / 2] |= (uint64_t)UINT32_MAX
					   << (word % 2 != tests->is_big_endian ? 32 : 0);
	}
	tests->usual =
		bpf_habits_usual(profile->habits, gen->work, (size_t)(abi - rules->db->calls),
				 masks, tests->usual, &tests->usual_count);
}

/* Put the tests of all calls into the graph: the simple ones first, for others to lead to. */
static void factor_calls(struct codegen *gen, struct numbers *numbers)
{
	const struct rules *rules = numbers->all.rules;
	size_t count = rules->call_count;
	struct ruled_call **order = ARENA_ARRAY(gen->work, struct ruled_call *, count);

	for (size_t i = 0; i < count; i++)
		order[i] = &numbers->calls[i];
	if (count)
		qsort(order, count, sizeof(struct ruled_call *), compare_sizes);
	for (size_t i = 0; i < count; i++) {
		struct ruled_call *call = order[i];
		struct bpf_tests tests = {
			.graph = call->graph,
			.root = call->root,
			.refusal = mismatch_action(gen, rules->db, call->rules->abi),
			.weight = weigh(gen, numbers, call->rules->nr),
			.is_big_endian = rules->db->archs[rules->arch].big_endian,
		};

		find_usual(gen, rules, call, &tests);
		call->node = gen->options->is_hasty
				     ? bpf_graph_copy(gen->graph, call->graph, call->root)
				     : bpf_factor(&gen->select, &tests);
		if (bpf_graph_at(gen->graph, call->node)->op != BPF_TEST_LEAF)
			vec_push(gen->work, &gen->tested,
				 ((struct tested_call){rules->db, call->rules->abi, call->node,
						       0}));
	}
}

static enum bpf_end end_of(const struct bpf_decision *node)
{
	if (node->op != BPF_TEST_LEAF)
		return BPF_END_TESTED;
	return node->k == SECCOMP_RET_ALLOW ? BPF_END_ALLOWED : BPF_END_REFUSED;
}

static struct numbers prepare_numbers(struct codegen *gen, const struct rules *rules)
{
	uint32_t last = rules->db->archs[rules->arch].max_nr;
	struct numbers numbers;
	enum bpf_end *ends;
	size_t next = 0; /* call of RULES that comes next */

	numbers.calls = ARENA_ARRAY(gen->work, struct ruled_call, rules->call_count);
	for (size_t i = 0; i < rules->call_count; i++)
		numbers.calls[i] = decide_call(gen, rules, &rules->calls[i]);
	if (rules->call_count && rules->calls[rules->call_count - 1].nr > last)
		last = rules->calls[rules->call_count - 1].nr;
	if (last > NR_MAX)
		last = NR_MAX;
	ends = ARENA_ARRAY(gen->work, enum bpf_end, last + 1);
	for (uint32_t nr = 0; nr <= last; nr++) {
		const struct ruled_call *call = &numbers.calls[next];

		if (next < rules->call_count && rules->calls[next].nr == nr) {
			ends[nr] = end_of(bpf_graph_at(call->graph, call->root));
			next++;
		} else {
			ends[nr] =
				end_of(bpf_graph_at(gen->graph, without_rules(gen, rules, nr)));
		}
	}
	numbers.all = (struct bpf_numbers){rules, ends, last + 1};
	numbers.shares = bpf_weigh_numbers(gen->work, &numbers.all, gen->options->profile,
					   TRUST_ARGUMENTS);
	return numbers;
}

/* The numbers of one architecture. */
static bpf_node dispatch_numbers(struct codegen *gen, const struct rules *rules)
{
	struct numbers numbers = prepare_numbers(gen, rules);
	uint32_t count = numbers.all.count;
	bpf_node unknown = bpf_graph_leaf(gen->graph, unknown_action(gen)), beyond;
	bpf_node *targets = ARENA_ARRAY(gen->work, bpf_node, count);
	size_t next = 0; /* call of RULES that comes next */

	factor_calls(gen, &numbers);
	for (uint32_t nr = 0; nr < count; nr++) {
		if (next < rules->call_count && rules->calls[next].nr == nr)
			targets[nr] = numbers.calls[next++].node;
		else
			targets[nr] = without_rules(gen, rules, nr);
	}
	/* Numbers that get the answer of unknown ones can be taken for some. */
	beyond = beyond_database(gen, &rules->db->archs[rules->arch]);
	for (uint32_t nr = count; nr-- > 0 && targets[nr] == unknown;)
		targets[nr] = beyond;
	return bpf_dispatch(gen->graph, gen->work,
			    &(struct bpf_dispatch){numbers.all, targets, beyond,
						   gen->options->profile,
						   gen->options->is_small});
}

/*
 * One architecture, all of whose refusals are what a bad architecture gets: then only what is
 * allowed needs to be asked for its architecture, and refusals are had sooner.
 */
static bool ask_late(struct codegen *gen, bpf_node numbers, uint32_t audit, bpf_node *node)
{
	bpf_node bad = bpf_graph_leaf(gen->graph, gen->options->on_bad_arch);
	bpf_node allow = bpf_graph_leaf(gen->graph, SECCOMP_RET_ALLOW), asked;

	if (bad == allow || !bpf_graph_answers(gen->graph, numbers, bad, allow))
		return false;
	asked = bpf_graph_equal(gen->graph, BPF_FIELD_ARCH, UINT32_MAX, audit, allow, bad);
	*node = bpf_graph_replace(gen->graph, numbers, allow, asked);
	return true;
}

static bpf_node dispatch_archs(struct codegen *gen, const struct rules *const *rules,
			       size_t count)
{
	bpf_node node = bpf_graph_leaf(gen->graph, gen->options->on_bad_arch);

	for (size_t i = count; i-- > 0;) {
		uint32_t audit = rules[i]->db->archs[rules[i]->arch].audit;
		bpf_node numbers = dispatch_numbers(gen, rules[i]);

		if (count == 1 && ask_late(gen, numbers, audit, &node))
			break;
		node = bpf_graph_equal(gen->graph, BPF_FIELD_ARCH, UINT32_MAX, audit, numbers,
				       node);
	}
	return node;
}

/* Calls whose actions nobody can have meant. */
static void check_call_actions(struct diags *diags, const struct bpf_options *options,
			       const struct abi_db *db)
{
	for (size_t i = 0; i < options->call_action_count; i++) {
		const char *name = options->call_actions[i].call;
		const char *other;
		struct diag *diag;

		if (abi_call_find(db, name))
			continue;
		diag = diag_add(diags, DIAG_FILTER_CALL, SPAN_NONE,
				"--on-mismatch names no system call: '%s'", name);
		other = abi_suggest(db, ABI_NAME_CALL, name);
		if (other)
			diag_remark(diags, diag, SPAN_NONE, "did you mean '%s'?", other);
	}
}

/* Sort the few heaviest calls to the front. */
static void rank_calls(struct codegen *gen)
{
	struct tested_call *calls = gen->tested.items;

	for (size_t i = 0; i < gen->tested.count; i++)
		calls[i].size = bpf_layout(gen->graph, calls[i].node, gen->work).count;
	for (size_t i = 0; i < gen->tested.count && i < NAMED_CALLS; i++) {
		struct tested_call heaviest = calls[i];

		for (size_t j = i + 1; j < gen->tested.count; j++) {
			if (calls[j].size > heaviest.size) {
				calls[i] = calls[j];
				calls[j] = heaviest;
				heaviest = calls[i];
			}
		}
	}
}

static void report_length(struct codegen *gen, size_t length)
{
	struct diag *diag;

	if (bpf_graph_is_full(gen->graph))
		diag = diag_add(gen->diags, DIAG_FILTER_LENGTH, SPAN_NONE,
				"the filter would be far longer than the %d instructions that "
				"the kernel takes",
				BPF_MAX_LENGTH);
	else
		diag = diag_add(gen->diags, DIAG_FILTER_LENGTH, SPAN_NONE,
				"the filter would have %zu instructions, the kernel takes %d",
				length, BPF_MAX_LENGTH);
	rank_calls(gen);
	for (size_t i = 0; i < gen->tested.count && i < NAMED_CALLS; i++) {
		const struct tested_call *call = &gen->tested.items[i];

		diag_remark(gen->diags, diag, SPAN_NONE, "'%s' takes %zu of them",
			    abi_string(call->db, call->abi->name), call->size);
	}
}

/* CODE, if the kernel will take it. */
static struct bpf_code checked(struct codegen *gen, struct bpf_code code)
{
	struct bpf_fault fault;

	if (code.count > BPF_MAX_LENGTH || bpf_graph_is_full(gen->graph)) {
		report_length(gen, code.count);
		return (struct bpf_code){0};
	}
	if (!bpf_check(code.items, code.count, &fault)) {
		diag_add(gen->diags, DIAG_FILTER_REFUSED, SPAN_NONE,
			 "the kernel would refuse the filter at instruction %zu: %s",
			 fault.index, fault.reason);
		return (struct bpf_code){0};
	}
	return code;
}

/* The filter by OPTIONS alone. */
static struct bpf_code generate(struct arena *arena, struct diags *diags,
				const struct rules *const *rules, size_t count,
				const struct bpf_options *options)
{
	struct codegen gen = {.work = arena_new(), .diags = diags, .options = options};
	struct bpf_code code;
	bpf_node root;

	gen.graph = graph_new(&gen);
	gen.select = (struct bpf_select){.arena = gen.work,
					 .graph = gen.graph,
					 .price = bpf_price_new(gen.work, gen.graph)};
	root = dispatch_archs(&gen, rules, count);
	code = checked(&gen, bpf_layout(gen.graph, root, arena));
	arena_free(gen.work);
	return code;
}

struct bpf_code bpf_compile(struct arena *arena, struct diags *diags,
			    const struct rules *const *rules, size_t count,
			    const struct bpf_options *options)
{
	struct bpf_options faster = *options;
	size_t errors = diags_count(diags, DIAG_ERROR);
	struct bpf_code code, other;

	check_call_actions(diags, options, rules[0]->db);
	for (size_t i = 0; i < count; i++)
		bpf_report_undecided(diags, rules[i], options->on_undecided);
	code = generate(arena, diags, rules, count, options);
	if (diags_count(diags, DIAG_ERROR) > errors)
		return (struct bpf_code){0};
	if (!options->is_small)
		return code;
	/* What is put together one by one can come out shorter by another order. */
	faster.is_small = false;
	other = generate(arena, diags, rules, count, &faster);
	return other.count && other.count < code.count ? other : code;
}
