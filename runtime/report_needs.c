#include "report_needs.h"

#include <string.h>

#include "call_view.h"
#include "cause.h"
#include "value_name.h"
#include "word_parts.h"

enum { MAX_NEEDS = 1 << 20, MAX_DEPTH = 4 /* selectors that other values select */ };

struct report_needs {
	const struct report_needs_of *of;
	struct scml_test *tests; /* those of the table, which are narrowed by turns */
	struct report_causes *list;
};

struct report_needs *report_needs_new(struct arena *arena, const struct report_needs_of *of)
{
	struct report_needs *needs = ARENA_NEW(arena, struct report_needs);

	needs->of = of;
	needs->list = report_causes_new(arena, MAX_NEEDS);
	if (of && of->table->test_count) {
		needs->tests = ARENA_ARRAY(arena, struct scml_test, of->table->test_count);
		memcpy(needs->tests, of->table->tests,
		       of->table->test_count * sizeof(*needs->tests));
	}
	return needs;
}

void report_needs_add(struct report_needs *needs, const struct report_cause *need)
{
	report_causes_add(needs->list, need);
}

static void add_parts(struct report_needs *needs, const struct report_cause *need,
		      uint64_t word, uint64_t mask, const struct abi_set *set)
{
	struct word_part parts[WORD_MAX_PARTS];
	char text[WORD_MAX_NAME];
	size_t count = word_parts(needs->of->db, needs->of->arch, set, word, mask, parts);

	for (size_t i = 0; i < count; i++) {
		struct report_cause one = *need;

		one.what = word_part_name(&parts[i], text);
		report_causes_add(needs->list, &one);
	}
}

static const struct abi_set *set_of(const struct report_needs_of *of,
				    const struct abi_slot *slot)
{
	return slot && slot->set ? &of->db->sets[slot->set] : NULL;
}

/* Can constants say something about what lies in SLOT? */
static bool is_listed(const struct abi_slot *slot)
{
	return slot && slot->set && slot->target == ABI_TARGET_NONE &&
	       !word_is_number(slot->type);
}

/* May SLOT be what constants say something about, whatever selects its meaning? */
static bool may_be_listed(const struct abi_db *db, const struct abi_slot *slot, unsigned depth)
{
	const struct abi_mux *mux = &db->muxes[slot->mux];

	if (is_listed(slot))
		return true;
	for (uint32_t i = 0; slot->mux && depth < MAX_DEPTH && i < mux->cases.count; i++)
		if (may_be_listed(db, &db->cases[mux->cases.first + i].slot, depth + 1))
			return true;
	return false;
}

/* Nothing has rules for the call: its name, and the constants of its parameters. */
static void need_call(struct report_needs *needs, const struct report_call *call,
		      const struct report_cause *need)
{
	const struct report_needs_of *of = needs->of;
	const struct abi_call *abi =
		call->call ? abi_call_by_nr(of->db, of->arch, call->call->nr) : NULL;
	size_t count = 0;
	const struct abi_param *params =
		abi ? abi_call_params(of->db, abi, of->arch, &count) : NULL;

	report_causes_add(needs->list, need);
	if (abi)
		count = abi_least_params(of->db, abi, of->arch);
	for (size_t i = 0; i < count && i < SCML_REGISTERS; i++) {
		struct report_cause one = *need;
		const struct abi_slot *slot;

		one.param = abi_string(of->db, params[i].name);
		slot = value_slot(of->db, of->arch, call->call, one.param);
		if (is_listed(slot) && !(call->call->unknown >> i & 1))
			add_parts(needs, &one,
				  value_in_order(of->db, of->arch, slot, one.param,
						 call->call->args[i]),
				  UINT64_MAX, set_of(of, slot));
		else if (params[i].slot.mux && may_be_listed(of->db, &params[i].slot, 0))
			/* Constants of other calls would keep this one out. */
			report_causes_add(needs->list, &one);
	}
}

/* What TEST by itself, a condition of a rule's or a part of one, says about CALL. */
static enum scml_verdict judge_test(const struct report_needs *needs, uint32_t test,
				    const struct report_call *call, struct scml_reason *reason)
{
	const struct scml_call_rules calls = {.first_rule = 0, .rule_count = 1};
	const struct scml_rule rule = {.first_cond = 0, .cond_count = 1};
	const struct scml_cond cond = {.test = test};
	const uint16_t by_nr[1] = {1};
	struct scml_call alone = *call->call;
	struct scml_table narrow = *needs->of->table;

	alone.nr = 0;
	narrow.tests = needs->tests;
	narrow.nr_count = 1;
	narrow.by_nr = by_nr;
	narrow.starts = NULL; /* those of TABLE are of other numbers */
	narrow.calls = &calls;
	narrow.call_count = 1;
	narrow.rules = &rule;
	narrow.rule_count = 1;
	narrow.conds = &cond;
	narrow.cond_count = 1;
	return scml_match(&narrow, &alone, call->memory, reason);
}

static enum cause_look look_of(const struct report_needs *needs, const struct report_call *call,
			       const struct scml_test *test)
{
	const struct report_needs_of *of = needs->of;
	char buffer[CAUSE_MAX_PLACE];
	const char *place;

	return cause_look_of(of->table, of->db, of->arch, call->call, test, &place, buffer);
}

/* The rule knows nothing of SLOT, which is the parameter of NEED, with such a selector: it
 * needs its value. */
static void need_of_selected(struct report_needs *needs, const struct report_call *call,
			     const struct report_cause *need, const struct abi_slot *slot)
{
	const struct report_needs_of *of = needs->of;
	const struct abi_call *abi = abi_call_by_nr(of->db, of->arch, call->call->nr);
	size_t count;
	const struct abi_param *params = abi_call_params(of->db, abi, of->arch, &count);

	for (size_t i = 0; i < count && i < SCML_REGISTERS; i++) {
		if (!abi_is_name(of->db, params[i].name, params[i].aliases, need->param))
			continue;
		if (!slot || !slot->set || slot->target != ABI_TARGET_NONE ||
		    call->call->unknown >> i & 1)
			report_causes_add(needs->list, need);
		else
			add_parts(needs, need,
				  value_in_order(of->db, of->arch, slot, need->param,
						 call->call->args[i]),
				  UINT64_MAX, set_of(of, slot));
	}
}

static void need_of_reason(struct report_needs *needs, const struct report_call *call,
			   const struct report_cause *need, const struct scml_reason *reason)
{
	const struct report_needs_of *of = needs->of;
	const struct scml_test *test = &of->table->tests[reason->test];
	struct report_cause one = *need;
	bool is_word = test->op == SCML_OP_IN || test->op == SCML_OP_NOT_IN ||
		       test->op == SCML_OP_BITS;
	const struct abi_slot *slot;
	uint64_t mask;

	one.param = of->table->strings + test->name;
	slot = value_slot(of->db, of->arch, call->call, one.param);
	if (look_of(needs, call, test) == CAUSE_PARAMETER) {
		need_of_selected(needs, call, &one, slot);
		return;
	}
	/* An address, say, is another one in the next run. */
	if (!is_word || !reason->has_value || (slot && word_is_number(slot->type))) {
		report_causes_add(needs->list, &one);
		return;
	}
	/* Of flags only those that are missing; of an enum the whole field. */
	mask = test->op == SCML_OP_BITS ? cause_refused_part(of->table, test, reason->value)
					: test->mask;
	add_parts(needs, &one, value_in_order(of->db, of->arch, slot, one.param, reason->value),
		  value_in_order(of->db, of->arch, slot, one.param, mask), set_of(of, slot));
}

/* How a rule's number of parameters is to the call's. */
enum count_fit {
	COUNT_FITS,
	COUNT_DIFFERS,
	COUNT_NEVER, /* it has parameters that no call has with what it asks of the others */
};

/* The condition that is taken apart. */
struct condition {
	struct report_needs *needs;
	const struct report_call *call;
	const struct report_cause *need;
	uint32_t root; /* its test, in which only one part is left */
	uint32_t last; /* the test that failed the last time; SCML_NONE: none has */
	enum count_fit fit;
};

/* Did what selects a meaning fail? Then what else is asked of that meaning says nothing. */
static bool has_other_meaning(const struct condition *condition)
{
	const struct report_needs *needs = condition->needs;

	return condition->last != SCML_NONE &&
	       look_of(needs, condition->call, &needs->tests[condition->last]) != CAUSE_OWN;
}

/* Every part of a condition that fails needs something of its own. INDEX is what LINK leads to
 * in a test of memory; NULL: nothing does. */
static void need_of_part(struct condition *condition, uint32_t *link, uint32_t index)
{
	struct scml_test *test = &condition->needs->tests[index];
	const uint32_t first = test->first;
	struct scml_reason reason;

	if (test->op == SCML_OP_ALL) {
		for (uint32_t i = 0; i < test->count && !has_other_meaning(condition); i++)
			need_of_part(condition, link, first + i);
		return;
	}
	*(link ? link : &condition->root) = index;
	if (test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH) {
		need_of_part(condition, &test->first, first);
		test->first = first;
		return;
	}
	/* What has no name is the number of parameters, which is no constant's matter. Memory
	 * that cannot be read fails with each of its parts. */
	if (judge_test(condition->needs, condition->root, condition->call, &reason) !=
		    SCML_UNSUPPORTED ||
	    reason.test == SCML_NONE || reason.test == condition->last)
		return;
	if (!condition->needs->tests[reason.test].name) {
		condition->fit = condition->needs->tests[reason.test].op == SCML_OP_FALSE
					 ? COUNT_NEVER
					 : COUNT_DIFFERS;
		return;
	}
	condition->last = reason.test;
	need_of_reason(condition->needs, condition->call, condition->need, &reason);
}

/* False: nothing is missing there, but perhaps parameters. */
static bool need_of_test(struct report_needs *needs, const struct report_call *call,
			 const struct report_cause *need, uint32_t index, enum count_fit *fit)
{
	struct condition condition = {
		.needs = needs, .call = call, .need = need, .last = SCML_NONE};

	need_of_part(&condition, NULL, index);
	*fit = condition.fit > *fit ? condition.fit : *fit;
	return condition.last != SCML_NONE;
}

/* Does RULE ask something of a parameter that CALL does not have? */
static bool asks_for_more(const struct report_needs *needs, const struct report_call *call,
			  const struct scml_rule *rule)
{
	const struct report_needs_of *of = needs->of;
	const struct abi_call *abi = abi_call_by_nr(of->db, of->arch, call->call->nr);
	struct call_view view = {.db = of->db, .arch = of->arch, .call = call->call};
	size_t own;

	if (!abi)
		return false;
	view.params = abi_call_params(of->db, abi, of->arch, &view.param_count);
	own = call_param_count(&view, abi_call_variant(of->db, abi, of->arch));
	for (uint32_t i = 0; i < rule->cond_count; i++) {
		const char *name =
			of->table->strings + of->table->conds[rule->first_cond + i].param;

		for (size_t j = own; j < view.param_count; j++)
			if (abi_is_name(of->db, view.params[j].name, view.params[j].aliases,
					name))
				return true;
	}
	return false;
}

void report_needs_count(struct report_needs *needs, const struct report_call *call,
			uint64_t count)
{
	const struct scml_table *table = needs->of->table;
	struct report_cause need = {.name = call->name, .count = count};
	const struct scml_rule *rule;
	enum count_fit fit = COUNT_FITS;
	bool is_found = false;

	if (call->kind != REPORT_UNSUPPORTED)
		return;
	if (!call->rule || !call->call) {
		need_call(needs, call, &need);
		return;
	}
	rule = &table->rules[call->rule - 1];
	need.file = call->file;
	need.line = call->line;
	for (uint32_t i = 0; i < rule->cond_count; i++)
		is_found |= need_of_test(needs, call, &need,
					 table->conds[rule->first_cond + i].test, &fit);
	/* What is needed of the rule goes with any more parameters; fewer take another rule. */
	if (is_found && fit != COUNT_NEVER &&
	    (fit == COUNT_FITS || !asks_for_more(needs, call, rule)))
		return;
	need.file = NULL;
	need.line = 0;
	need_call(needs, call, &need);
}

static int by_place(const void *left, const void *right)
{
	const struct report_cause *a = left, *b = right;
	int order = report_text_order(a->name, b->name);

	if (!order)
		order = report_text_order(a->file, b->file);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = report_text_order(a->param, b->param);
	return order ? order : report_text_order(a->what, b->what);
}

void report_needs_each(const struct report_needs *needs,
		       void (*visit)(void *context, const struct report_cause *need),
		       void *context)
{
	size_t count;
	const struct report_cause *sorted = report_causes_sorted(needs->list, by_place, &count);

	for (size_t i = 0; i < count; i++)
		visit(context, &sorted[i]);
}
