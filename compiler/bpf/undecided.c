#include "bpf/undecided.h"

#include "bpf/action.h"
#include "bpf/decide.h"

/* What TEST asks of memory first, in the words of a report: `addr.sa_family`. */
static const char *open_name(const struct test *test)
{
	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		for (size_t i = 0; i < test->child_count; i++)
			if (bpf_can_be_open(test->children[i]))
				return open_name(test->children[i]);
	}
	if ((test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH) && test->child_count) {
		const struct test *child = test->children[0];
		const char *name = bpf_can_be_open(child) ? open_name(child) : NULL;

		if (name && *name)
			return name;
	}
	return test->name;
}

static void report_rule(struct diags *diags, const struct rules *rules,
			const struct rule_call *call, const struct rule *rule,
			const char *action)
{
	const char *name = abi_string(rules->db, call->abi->name);
	struct diag *diag = NULL;

	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct rule_cond *cond = &rule->conds[i];
		const char *place;

		if (!bpf_can_be_open(cond->test))
			continue;
		place = open_name(cond->test);
		if (!place || !*place)
			place = cond->name;
		if (!diag)
			diag = diag_add(diags, DIAG_UNDECIDABLE, cond->span,
					"a filter cannot decide this rule of '%s': '%s' lies "
					"in memory; what it leaves open is answered '%s' "
					"(--on-undecided)",
					name, place, action);
		else
			diag_remark(diags, diag, cond->span, "'%s' lies in memory too", place);
	}
}

void bpf_report_undecided(struct diags *diags, const struct rules *rules, uint32_t action)
{
	char name[BPF_ACTION_NAME_MAX];

	bpf_action_name(action, name);
	for (size_t i = 0; i < rules->call_count; i++) {
		const struct rule_call *call = &rules->calls[i];

		for (size_t j = 0; j < call->rule_count; j++)
			if (call->rules[j].is_undecidable && !call->rules[j].is_never)
				report_rule(diags, rules, call, &call->rules[j], name);
	}
}
