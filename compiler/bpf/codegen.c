#include "bpf/codegen.h"

#include <errno.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/check.h"
#include "bpf/decide.h"
#include "bpf/graph.h"
#include "bpf/layout.h"
#include "bpf/ranges.h"
#include "bpf/simplify.h"
#include "bpf/undecided.h"
#include "vec.h"

enum {
	NR_MAX = UINT16_MAX, /* no table of calls is longer */
	NAMED_CALLS = 5,     /* in the error about a filter that is too long */
};

/* What a tracer writes to skip a call. */
#define NR_NONE UINT32_MAX

/*
 * How much it matters that a number is found fast. What is always allowed is answered by a
 * bitmap since Linux 5.11, and what is refused is not the common case.
 */
enum { WEIGHT_TESTED = 16, WEIGHT_OTHER = 1 };

/** A call that is decided by tests, and where they begin. */
struct tested_call {
	const struct abi_db *db;
	const struct abi_call *abi;
	bpf_node node;
	size_t size; /* instructions, were it alone */
};

struct codegen {
	struct arena *work; /* freed at the end */
	struct diags *diags;
	const struct bpf_options *options;
	struct bpf_graph *graph;
	VEC(struct tested_call) tested;
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

/* CALL as a test: any of its rules. */
static const struct test *call_test(struct arena *arena, const struct rule_call *call)
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

static bpf_node decide_call(struct codegen *gen, const struct rules *rules,
			    const struct rule_call *call)
{
	bool is_big_endian = rules->db->archs[rules->arch].big_endian;
	struct bpf_outcome outcome = {
		.yes = bpf_graph_leaf(gen->graph, SECCOMP_RET_ALLOW),
		.open = bpf_graph_leaf(gen->graph, gen->options->on_undecided),
		.no = bpf_graph_leaf(gen->graph, mismatch_action(gen, rules->db, call->abi)),
	};
	bpf_node node =
		bpf_decide(gen->graph, is_big_endian, call_test(gen->work, call), outcome);

	node = bpf_simplify(gen->graph, node);
	if (bpf_graph_at(gen->graph, node)->op != BPF_TEST_LEAF)
		vec_push(gen->work, &gen->tested,
			 ((struct tested_call){rules->db, call->abi, node, 0}));
	return node;
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

/* The numbers of one architecture. */
static bpf_node dispatch_numbers(struct codegen *gen, const struct rules *rules)
{
	const struct abi_arch *arch = &rules->db->archs[rules->arch];
	uint32_t last = arch->max_nr;
	VEC(struct bpf_range) ranges = {0};
	size_t next = 0; /* call of RULES that comes next */

	if (rules->call_count && rules->calls[rules->call_count - 1].nr > last)
		last = rules->calls[rules->call_count - 1].nr;
	if (last > NR_MAX)
		last = NR_MAX;
	for (uint32_t nr = 0; nr <= last; nr++) {
		struct bpf_range range = {.first = nr, .weight = WEIGHT_OTHER};

		if (next < rules->call_count && rules->calls[next].nr == nr)
			range.target = decide_call(gen, rules, &rules->calls[next++]);
		else
			range.target = without_rules(gen, rules, nr);
		if (bpf_graph_at(gen->graph, range.target)->op != BPF_TEST_LEAF)
			range.weight = WEIGHT_TESTED;
		vec_push(gen->work, &ranges, range);
	}
	vec_push(gen->work, &ranges,
		 ((struct bpf_range){last + 1, beyond_database(gen, arch), WEIGHT_OTHER}));
	return bpf_ranges_tree(gen->graph, (struct bpf_word){BPF_FIELD_NR, UINT32_MAX},
			       ranges.items, ranges.count);
}

static bpf_node dispatch_archs(struct codegen *gen, const struct rules *const *rules,
			       size_t count)
{
	bpf_node node = bpf_graph_leaf(gen->graph, gen->options->on_bad_arch);

	for (size_t i = count; i-- > 0;) {
		uint32_t audit = rules[i]->db->archs[rules[i]->arch].audit;
		bpf_node numbers = dispatch_numbers(gen, rules[i]);

		node = bpf_graph_equal(gen->graph, BPF_FIELD_ARCH, UINT32_MAX, audit, numbers,
				       node);
	}
	return node;
}

/* Calls whose actions nobody can have meant. */
static void check_call_actions(const struct codegen *gen, const struct abi_db *db)
{
	for (size_t i = 0; i < gen->options->call_action_count; i++) {
		const char *name = gen->options->call_actions[i].call;
		const char *other;
		struct diag *diag;

		if (abi_call_find(db, name))
			continue;
		diag = diag_add(gen->diags, DIAG_FILTER_CALL, SPAN_NONE,
				"--on-mismatch names no system call: '%s'", name);
		other = abi_suggest(db, ABI_NAME_CALL, name);
		if (other)
			diag_remark(gen->diags, diag, SPAN_NONE, "did you mean '%s'?", other);
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

struct bpf_code bpf_compile(struct arena *arena, struct diags *diags,
			    const struct rules *const *rules, size_t count,
			    const struct bpf_options *options)
{
	struct codegen gen = {.work = arena_new(), .diags = diags, .options = options};
	size_t errors = diags_count(diags, DIAG_ERROR);
	struct bpf_code code = {0};
	bpf_node root;

	gen.graph = bpf_graph_new(gen.work);
	check_call_actions(&gen, rules[0]->db);
	for (size_t i = 0; i < count; i++)
		bpf_report_undecided(diags, rules[i], options->on_undecided);
	root = dispatch_archs(&gen, rules, count);
	if (diags_count(diags, DIAG_ERROR) == errors)
		code = checked(&gen, bpf_layout(gen.graph, root, arena));
	arena_free(gen.work);
	return code;
}
