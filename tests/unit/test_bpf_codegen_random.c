/* Filters made from random typed rules answer what the rules ask for by definition. */
#include <check.h>

#include "bpf/check.h"
#include "bpf_cached.h"
#include "bpf_rules.h"
#include "seed.h"

static struct bpf_code compile(struct toy *toy, const struct rules *rules,
			       const struct bpf_options *options)
{
	struct bpf_code code = bpf_compile(toy->arena, toy->diags, &rules, 1, options);
	struct bpf_fault fault = {0};

	ck_assert_uint_gt(code.count, 0);
	ck_assert_msg(bpf_check(code.items, code.count, &fault), "%zu: %s", fault.index,
		      fault.reason);
	return code;
}

/* Filters of random rules answer what the definitions say; COUNT filters. */
static void compare_random(struct random *random, size_t filters, size_t calls, size_t most)
{
	for (size_t i = 0; i < filters; i++) {
		struct random_pool pool = {.count = 0};
		struct bpf_options options = random_options(random);
		unsigned arch = random_below(random, TOY_ARCHS);
		const struct rules *rules;
		struct toy *toy;
		struct bpf_code code;

		toy = toy_new();
		rules = random_rules(random, toy, arch, &pool, most);
		code = compile(toy, rules, &options);
		for (size_t j = 0; j < calls; j++) {
			unsigned from = random_below(random, 20) ? arch : TOY_PLAIN;
			struct seccomp_data data;
			uint64_t args[6];
			uint32_t expected, seen;

			random_args(random, &pool, args);
			data = toy_data(from, random_nr(random), args);
			expected = wanted_answer(toy, &rules, 1, &options, &data);
			seen = toy_answer(&code, &data);
			ck_assert_msg(seen == expected, "filter %zu, call %zu: %#x, not %#x", i,
				      j, seen, expected);
		}
		arena_free(toy->arena);
	}
}

START_TEST(random_rules_are_answered_by_their_definition)
{
	struct random random = random_new("random_rules_are_answered_by_their_definition");

	compare_random(&random, 1500 / ROUNDS_DIVISOR, 200, 8);
}
END_TEST

START_TEST(random_rules_with_long_lists_are_answered_by_their_definition)
{
	struct random random =
		random_new("random_rules_with_long_lists_are_answered_by_their_definition");

	compare_random(&random, 40 / ROUNDS_DIVISOR, 2000, 60);
}
END_TEST

START_TEST(small_filter_is_never_the_longer_one)
{
	struct random random = random_new("small_filter_is_never_the_longer_one");

	for (size_t i = 0; i < 200 / ROUNDS_DIVISOR; i++) {
		struct random_pool pool = {.count = 0};
		struct bpf_options options = distinct_options();
		const struct rules *rules;
		struct toy *toy;
		size_t fast;

		toy = toy_new();
		rules = random_rules(&random, toy, TOY_LITTLE, &pool, 8);
		fast = compile(toy, rules, &options).count;
		options.is_small = true;
		ck_assert_uint_le(compile(toy, rules, &options).count, fast);
		arena_free(toy->arena);
	}
}
END_TEST

START_TEST(calls_that_are_always_allowed_stay_in_the_bitmap)
{
	struct random random = random_new("calls_that_are_always_allowed_stay_in_the_bitmap");

	for (size_t i = 0; i < 200 / ROUNDS_DIVISOR; i++) {
		struct random_pool pool = {.count = 0};
		struct bpf_options options = distinct_options();
		const struct rules *rules;
		struct toy *toy;
		struct bpf_code code;

		toy = toy_new();
		options.scope = BPF_SCOPE_LISTED;
		rules = random_rules(&random, toy, TOY_LITTLE, &pool, 8);
		code = compile(toy, rules, &options);
		for (uint32_t nr = 0; nr < TOY_CALLS; nr++) {
			bool is_ruled = nr == TOY_GAP;

			for (size_t j = 0; j < rules->call_count; j++)
				is_ruled |= rules->calls[j].nr == nr;
			if (!is_ruled)
				ck_assert(is_cached(&code, toy_audit[TOY_LITTLE], nr));
		}
		arena_free(toy->arena);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bpf_codegen_random");
	TCase *tcase = tcase_create("random");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, random_rules_are_answered_by_their_definition);
	tcase_add_test(tcase, random_rules_with_long_lists_are_answered_by_their_definition);
	tcase_add_test(tcase, small_filter_is_never_the_longer_one);
	tcase_add_test(tcase, calls_that_are_always_allowed_stay_in_the_bitmap);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
