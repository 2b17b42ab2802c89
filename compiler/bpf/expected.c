#include "bpf/expected.h"

#include <linux/seccomp.h>

#include "bpf/outlook.h"
#include "bpf/space.h"

struct answers {
	struct bdd *bdd;
	const struct rules *rules;
	const struct bpf_options *options;
	const uint32_t *of_call; /* by index of a call in the database */
};

/* The call KNOWN; its rules are CALL or NULL. */
static bdd_node call_answer(const struct answers *answers, const struct abi_call *known,
			    const struct rule_call *call)
{
	const struct bpf_options *options = answers->options;
	const struct rules *rules = answers->rules;
	struct bpf_outlook outlook;
	bdd_node refused;

	if (!call && options->scope == BPF_SCOPE_LISTED)
		return bdd_leaf(answers->bdd, SECCOMP_RET_ALLOW);
	refused = bdd_leaf(answers->bdd, answers->of_call[known - rules->db->calls]);
	if (!call)
		return refused;
	outlook = bpf_call_outlook(answers->bdd, NULL, rules, call);
	return bdd_choose(answers->bdd, outlook.surely,
			  bdd_leaf(answers->bdd, SECCOMP_RET_ALLOW),
			  bdd_choose(answers->bdd, outlook.maybe,
				     bdd_leaf(answers->bdd, options->on_undecided), refused));
}

/* Refusals by call: those of single calls, later ones first, and else the general one. */
static const uint32_t *refusals(struct arena *arena, const struct rules *rules,
				const struct bpf_options *options)
{
	uint32_t *of_call = ARENA_ARRAY(arena, uint32_t, rules->db->call_count + 1);

	for (size_t i = 0; i < rules->db->call_count; i++)
		of_call[i] = options->on_mismatch;
	for (size_t i = 0; i < options->call_action_count; i++) {
		const struct abi_call *call =
			abi_call_find(rules->db, options->call_actions[i].call);

		if (call)
			of_call[call - rules->db->calls] = options->call_actions[i].action;
	}
	return of_call;
}

/* Numbers that are no call: unknown, of another table, or none at all. */
static bdd_node stray_answer(const struct answers *answers)
{
	const struct bpf_options *options = answers->options;
	uint32_t foreign = answers->rules->db->archs[answers->rules->arch].foreign_nr_bit;
	struct bdd *bdd = answers->bdd;
	bdd_node node = bdd_leaf(bdd, options->has_on_unknown ? options->on_unknown
							      : options->on_mismatch);

	for (unsigned bit = 0; bit < 32; bit++)
		if (foreign >> bit & 1)
			node = bdd_choose(bdd, bdd_bit(bdd, space_variable(BPF_FIELD_NR, bit)),
					  bdd_leaf(bdd, options->on_bad_arch), node);
	return bdd_choose(bdd, space_equals(bdd, BPF_FIELD_NR, UINT32_MAX),
			  bdd_leaf(bdd, options->on_mismatch), node);
}

static bdd_node numbers_answer(const struct answers *answers)
{
	const struct rules *rules = answers->rules;
	uint32_t last = rules->db->archs[rules->arch].max_nr;
	const struct rule_call *call = rules->calls, *end = call + rules->call_count;
	bdd_node node = stray_answer(answers);

	if (call < end && end[-1].nr > last)
		last = end[-1].nr;
	for (uint32_t nr = 0; nr <= last; nr++) {
		bool has_rules = call < end && call->nr == nr;
		const struct abi_call *known =
			has_rules ? call->abi : abi_call_by_nr(rules->db, rules->arch, nr);

		if (known)
			node = bdd_choose(
				answers->bdd, space_equals(answers->bdd, BPF_FIELD_NR, nr),
				call_answer(answers, known, has_rules ? call : NULL), node);
		call += has_rules;
	}
	return node;
}

bdd_node bpf_expected(struct bdd *bdd, const struct rules *const *rules, size_t count,
		      const struct bpf_options *options)
{
	struct arena *arena = arena_new();
	bdd_node node = bdd_leaf(bdd, options->on_bad_arch);

	for (size_t i = count; i-- > 0;) {
		const struct answers answers = {bdd, rules[i], options,
						refusals(arena, rules[i], options)};
		uint32_t audit = rules[i]->db->archs[rules[i]->arch].audit;

		node = bdd_choose(bdd, space_equals(bdd, BPF_FIELD_ARCH, audit),
				  numbers_answer(&answers), node);
	}
	arena_free(arena);
	return node;
}
