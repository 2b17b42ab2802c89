/* explain: which rule, condition and test made a verdict what it is. Freestanding, like
 * match.c. */
#include "match.h"

/* How near something came to matching: fewer failures are nearer, then a later first one. */
struct miss {
	uint32_t failures;
	uint32_t first;
};

static bool is_nearer(struct miss a, struct miss b)
{
	return a.failures != b.failures ? a.failures < b.failures : a.first > b.first;
}

static void miss_add(struct miss *miss, uint32_t index, enum scml_verdict verdict)
{
	if (verdict == SCML_UNSUPPORTED && !miss->failures++)
		miss->first = index;
}

static struct miss miss_of_test(struct match_state *st, const struct match_view *view,
				const struct scml_test *test)
{
	struct miss miss = {0, 0};

	if (test->op != SCML_OP_ALL)
		return (struct miss){1, 0};
	for (uint32_t i = 0; i < test->count && st->steps; i++)
		miss_add(&miss, i,
			 scml_match_eval(st, view, st->table->tests + test->first + i));
	return miss;
}

static struct miss miss_of_rule(struct match_state *st, const struct scml_rule *rule)
{
	struct miss miss = {0, 0};

	for (uint32_t i = 0; i < rule->cond_count && st->steps; i++)
		miss_add(&miss, i, scml_match_cond(st, rule->first_cond + i));
	return miss;
}

/* The alternative of an ANY that explains it: an open one, or of those that failed the nearest.
 * SCML_NONE: the steps ran out. */
static uint32_t telling_child(struct match_state *st, const struct match_view *view,
			      const struct scml_test *test, enum scml_verdict verdict)
{
	bool is_nearest_wanted = test->op == SCML_OP_ANY && verdict == SCML_UNSUPPORTED;
	uint32_t best = SCML_NONE;
	struct miss best_miss = {UINT32_MAX, 0};

	for (uint32_t i = 0; i < test->count && st->steps; i++) {
		const struct scml_test *child = st->table->tests + test->first + i;
		struct miss miss;

		if (scml_match_eval(st, view, child) != verdict)
			continue;
		if (!is_nearest_wanted)
			return test->first + i;
		miss = miss_of_test(st, view, child);
		if (is_nearer(miss, best_miss)) {
			best = test->first + i;
			best_miss = miss;
		}
	}
	return best;
}

/* Step from the block TEST to the child that explains it, in *VIEW; SCML_NONE: TEST itself
 * does.
 */
static uint32_t telling_block_child(struct match_state *st, struct match_view *view,
				    const struct scml_test *test, enum scml_verdict verdict)
{
	const struct scml_block *block = st->table->blocks + test->block;
	const struct scml_test *child = st->table->tests + test->first;
	enum scml_verdict own;
	struct match_view inside;
	uint64_t extent;

	if (!scml_match_open_block(st, view, test, &inside, &extent, &own))
		return SCML_NONE;
	if (test->op == SCML_OP_MEMORY) {
		scml_match_enter_struct(st, block, &inside, extent, NULL);
		if (scml_match_eval(st, &inside, child) != verdict)
			return SCML_NONE;
		*view = inside;
		return test->first;
	}
	for (uint64_t i = 0; i < extent && i < SCML_MAX_ELEMENTS && st->steps; i++) {
		struct match_view element = scml_match_element(block, &inside, i);

		if (scml_match_eval(st, &element, child) != verdict)
			continue;
		*view = element;
		return test->first;
	}
	return SCML_NONE;
}

static bool has_word(const struct match_state *st, const struct scml_test *test)
{
	if (test->op == SCML_OP_EACH || test->op == SCML_OP_MEMORY)
		return !(st->table->blocks[test->block].flags & SCML_EMBEDDED);
	return test->op >= SCML_OP_IN &&
	       (st->call->has_returned || !(test->flags & SCML_AT_RETURN));
}

/* The innermost test below INDEX that makes for VERDICT, and the word that it saw. */
static void explain_test(struct match_state *st, uint32_t index, enum scml_verdict verdict,
			 struct scml_reason *reason)
{
	struct match_view view = {.base = 0};
	const struct scml_test *test;

	for (uint32_t next = index; next != SCML_NONE;) {
		index = next;
		test = st->table->tests + index;
		next = SCML_NONE;
		if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY)
			next = telling_child(st, &view, test, verdict);
		else if (test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH)
			next = telling_block_child(st, &view, test, verdict);
	}
	reason->test = index;
	test = st->table->tests + index;
	if (!has_word(st, test))
		return;
	reason->has_value = scml_match_read_place(st, &view, &test->place, &reason->value) ==
			    SCML_SUPPORTED;
	if (!reason->has_value)
		reason->value = 0;
}

static uint32_t nearest_rule(struct match_state *st, const struct scml_call_rules *rules)
{
	struct miss best_miss = {UINT32_MAX, 0};
	uint32_t best = rules->first_rule;

	for (uint32_t i = 0; i < rules->rule_count && st->steps; i++) {
		uint32_t index = rules->first_rule + i;
		struct miss miss = miss_of_rule(st, st->table->rules + index);

		if (is_nearer(miss, best_miss)) {
			best = index;
			best_miss = miss;
		}
	}
	return best;
}

void scml_match_explain(struct match_state *st, const struct scml_call_rules *rules,
			uint32_t decider, enum scml_verdict verdict, struct scml_reason *reason)
{
	const struct scml_rule *rule;

	st->steps = SCML_MAX_STEPS;
	if (decider == SCML_NONE && rules->rule_count)
		decider = nearest_rule(st, rules);
	reason->rule = decider;
	if (decider == SCML_NONE || verdict == SCML_SUPPORTED)
		return;
	rule = st->table->rules + decider;
	for (uint32_t i = 0; i < rule->cond_count && st->steps; i++) {
		uint32_t cond = rule->first_cond + i;

		if (scml_match_cond(st, cond) != verdict)
			continue;
		reason->cond = cond;
		explain_test(st, st->table->conds[cond].test, verdict, reason);
		return;
	}
}
