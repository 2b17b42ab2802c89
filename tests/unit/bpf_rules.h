/* bpf_rules: random typed rules and options for filters, and what they ask for by definition.
 */
#ifndef SCML_BPF_RULES_H
#define SCML_BPF_RULES_H

#include "bpf_random.h"

enum {
	MISMATCH = SECCOMP_RET_ERRNO | 1,
	UNDECIDED = SECCOMP_RET_ERRNO | 2,
	BAD_ARCH = SECCOMP_RET_ERRNO | 3,
	UNKNOWN = SECCOMP_RET_ERRNO | 4,
	OF_CALL = SECCOMP_RET_ERRNO | 5,
	ALLOW = SECCOMP_RET_ALLOW,
};

static inline struct bpf_options distinct_options(void)
{
	struct bpf_options options = bpf_options_default();

	options.on_mismatch = MISMATCH;
	options.on_undecided = UNDECIDED;
	options.on_bad_arch = BAD_ARCH;
	options.has_on_unknown = true;
	options.on_unknown = UNKNOWN;
	return options;
}

static inline struct bpf_options random_options(struct random *random)
{
	static const struct bpf_call_action own[] = {{"c3", ALLOW}, {"c3", OF_CALL}};
	struct bpf_options options = distinct_options();

	if (random_below(random, 2))
		options.on_undecided = ALLOW;
	else if (random_below(random, 3) == 0)
		options.on_undecided = MISMATCH;
	options.has_on_unknown = random_below(random, 3);
	options.scope = random_below(random, 3) ? BPF_SCOPE_ALL : BPF_SCOPE_LISTED;
	options.call_actions = own;
	options.call_action_count = random_below(random, 3);
	options.is_hasty = random_below(random, 4) == 0;
	options.is_small = random_below(random, 4) == 0;
	return options;
}

/* Rules for most calls, of up to 3 alternatives; their word tests have up to MOST values. */
static inline const struct rules *random_rules(struct random *random, struct toy *toy,
					       unsigned arch, struct random_pool *pool,
					       size_t most)
{
	struct rules *rules = ARENA_NEW(toy->arena, struct rules);
	struct rule_call *calls = ARENA_ARRAY(toy->arena, struct rule_call, TOY_CALLS);

	*rules = (struct rules){.db = &toy->db, .arch = arch, .calls = calls};
	for (uint32_t nr = 0; nr < TOY_CALLS; nr++) {
		const struct test *tests[3];
		unsigned count = 1 + random_below(random, 3);

		if (nr == TOY_GAP || random_below(random, 3) == 0)
			continue;
		for (unsigned i = 0; i < count; i++) {
			tests[i] = random_below(random, 12) ? random_test(random, toy, 3, most)
							    : NULL;
			if (tests[i])
				pool_collect(random, pool, tests[i]);
		}
		calls[rules->call_count++] = toy_call(toy, nr, tests, count);
	}
	return rules;
}

static inline uint32_t random_nr(struct random *random)
{
	static const uint32_t special[] = {TOY_CALLS,  UINT32_MAX, 0xfffffffe, 0x40000001,
					   0x80000001, 0x3fffffff, 0x7fffffff};

	if (random_below(random, 16) == 0)
		return special[random_below(random, 7)];
	return random_below(random, TOY_CALLS);
}

static inline enum scml_verdict call_verdict(const struct rule_call *call,
					     const uint64_t args[6])
{
	enum scml_verdict verdict = SCML_UNSUPPORTED;

	for (size_t i = 0; i < call->rule_count; i++) {
		enum scml_verdict one = SCML_SUPPORTED;

		if (call->rules[i].cond_count)
			one = naive_verdict(call->rules[i].conds[0].test, args);
		if (one > verdict)
			verdict = one;
	}
	return verdict;
}

/* What RULES of one architecture of TOY ask for. */
static inline uint32_t wanted_of_arch(const struct toy *toy, const struct rules *rules,
				      const struct bpf_options *options, uint32_t nr,
				      const uint64_t args[6])
{
	uint32_t unknown = options->has_on_unknown ? options->on_unknown : options->on_mismatch;
	uint32_t mismatch = options->on_mismatch;
	const char *name;

	if (nr == UINT32_MAX)
		return options->on_mismatch;
	if (nr & toy->archs[rules->arch].foreign_nr_bit)
		return options->on_bad_arch;
	if (nr >= TOY_CALLS || nr == TOY_GAP)
		return unknown;
	name = toy->strings + toy->calls[toy->nr_calls[nr]].name;
	for (size_t i = 0; i < options->call_action_count; i++)
		if (!strcmp(name, options->call_actions[i].call))
			mismatch = options->call_actions[i].action;
	for (size_t i = 0; i < rules->call_count; i++) {
		enum scml_verdict verdict;

		if (rules->calls[i].nr != nr)
			continue;
		verdict = call_verdict(&rules->calls[i], args);
		if (verdict == SCML_SUPPORTED)
			return ALLOW;
		return verdict == SCML_UNDECIDED ? options->on_undecided : mismatch;
	}
	return options->scope == BPF_SCOPE_LISTED ? (uint32_t)ALLOW : mismatch;
}

/* What RULES of COUNT architectures ask for. */
static inline uint32_t wanted_answer(const struct toy *toy, const struct rules *const *rules,
				     size_t count, const struct bpf_options *options,
				     const struct seccomp_data *data)
{
	uint64_t args[6];

	for (size_t i = 0; i < count; i++) {
		if (toy_audit[rules[i]->arch] != data->arch)
			continue;
		for (int j = 0; j < 6; j++)
			args[j] = rules[i]->arch == TOY_BIG
					  ? data->args[j] << 32 | data->args[j] >> 32
					  : (uint64_t)data->args[j];
		return wanted_of_arch(toy, rules[i], options, (uint32_t)data->nr, args);
	}
	return options->on_bad_arch;
}

#endif
