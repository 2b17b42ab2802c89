/* Filters made from a few typed rules: what they answer, and what they cost. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "bpf/check.h"
#include "bpf_rules.h"
#include "seed.h"

static struct toy *toy;

static void set_up(void)
{
	toy = toy_new();
}

static void tear_down(void)
{
	arena_free(toy->arena);
}

static struct bpf_code compile(const struct rules *const *rules, size_t count,
			       const struct bpf_options *options)
{
	struct bpf_code code = bpf_compile(toy->arena, toy->diags, rules, count, options);
	struct bpf_fault fault = {0};

	ck_assert_uint_gt(code.count, 0);
	ck_assert_msg(bpf_check(code.items, code.count, &fault), "%zu: %s", fault.index,
		      fault.reason);
	return code;
}

/* The filter of one call, c1, with one rule. */
static struct bpf_code compile_test(unsigned arch, const struct test *test,
				    const struct bpf_options *options)
{
	const struct rules *rules = toy_rules(toy, arch, 1, test);

	return compile(&rules, 1, options);
}

static uint32_t answer(const struct bpf_code *code, unsigned arch, uint32_t nr, uint64_t arg)
{
	const uint64_t args[6] = {arg, 0, 0, 0, 0, 0};
	struct seccomp_data data = toy_data(arch, nr, args);

	return toy_answer(code, &data);
}

START_TEST(numbers_and_architectures_get_their_answers)
{
	struct bpf_options options = distinct_options();
	const struct test *yes = toy_group(toy, SCML_OP_TRUE, NULL, 0);
	struct bpf_code code = compile_test(TOY_LITTLE, yes, &options);

	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0, 0), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, TOY_GAP, 0), UNKNOWN);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, TOY_CALLS, 0), UNKNOWN);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0x3fffffff, 0), UNKNOWN);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0x40000000, 0), BAD_ARCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0x40000001, 0), BAD_ARCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0x80000001, 0), UNKNOWN);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0xfffffffe, 0), BAD_ARCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0xffffffff, 0), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_PLAIN, 1, 0), BAD_ARCH);
	ck_assert_uint_eq(answer(&code, TOY_BIG, 1, 0), BAD_ARCH);
}
END_TEST

START_TEST(unknown_numbers_are_a_mismatch_unless_said_otherwise)
{
	struct bpf_options options = distinct_options();
	struct bpf_code code;

	options.has_on_unknown = false;
	code = compile_test(TOY_PLAIN, NULL, &options);
	ck_assert_uint_eq(answer(&code, TOY_PLAIN, TOY_GAP, 0), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_PLAIN, 0x40000001, 0), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_PLAIN, 0xffffffff, 0), MISMATCH);
}
END_TEST

START_TEST(scope_listed_allows_calls_without_rules_but_no_unknown_ones)
{
	struct bpf_options options = distinct_options();
	struct bpf_code code;

	options.scope = BPF_SCOPE_LISTED;
	code = compile_test(TOY_LITTLE, toy_group(toy, SCML_OP_FALSE, NULL, 0), &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 2, 0), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, TOY_GAP, 0), UNKNOWN);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 0xffffffff, 0), MISMATCH);
}
END_TEST

START_TEST(call_can_have_its_own_mismatch_and_the_last_one_counts)
{
	const uint64_t seven = 7;
	const struct bpf_call_action actions[] = {
		{"c1", ALLOW}, {"c2", OF_CALL}, {"c1", OF_CALL}};
	struct bpf_options options = distinct_options();
	struct bpf_code code;

	options.call_actions = actions;
	options.call_action_count = 3;
	code = compile_test(TOY_LITTLE, toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, &seven, 1),
			    &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 7), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 8), OF_CALL);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 2, 0), OF_CALL);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 3, 0), MISMATCH);
}
END_TEST

START_TEST(action_for_no_call_is_an_error_that_names_it)
{
	const struct bpf_call_action action = {"c33", ALLOW};
	const struct rules *rules = toy_rules(toy, TOY_LITTLE, 1, NULL);
	struct bpf_options options = distinct_options();
	struct bpf_code code;

	options.call_actions = &action;
	options.call_action_count = 1;
	code = bpf_compile(toy->arena, toy->diags, &rules, 1, &options);
	ck_assert_uint_eq(code.count, 0);
	ck_assert_uint_eq(diags_count(toy->diags, DIAG_ERROR), 1);
	ck_assert(strstr(diags_first(toy->diags)->text, "'c33'"));
}
END_TEST

START_TEST(rule_that_matches_nothing_allows_nothing)
{
	struct bpf_options options = distinct_options();
	const struct rules *rules = toy_rules(toy, TOY_LITTLE, 1, NULL);
	struct rule rule = rules->calls[0].rules[0];
	struct rule_call call = rules->calls[0];
	struct rules never = *rules;
	const struct rules *list = &never;
	struct bpf_code code;

	rule.is_never = true;
	call.rules = &rule;
	never.calls = &call;
	code = compile(&list, 1, &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0), MISMATCH);
}
END_TEST

START_TEST(upper_half_of_an_int_is_not_looked_at_but_that_of_a_long_is)
{
	const uint64_t seven = 7;
	struct bpf_options options = distinct_options();

	for (unsigned arch = 0; arch < TOY_ARCHS; arch++) {
		struct test *test = toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, &seven, 1);
		struct bpf_code code = compile_test(arch, test, &options);

		ck_assert_uint_eq(answer(&code, arch, 1, 7), ALLOW);
		ck_assert_uint_eq(answer(&code, arch, 1, 7 | 1ull << 40), ALLOW);
		ck_assert_uint_eq(answer(&code, arch, 1, 7ull << 32), MISMATCH);
		test->place.width = 64;
		test->mask = UINT64_MAX;
		code = compile_test(arch, test, &options);
		ck_assert_uint_eq(answer(&code, arch, 1, 7), ALLOW);
		ck_assert_uint_eq(answer(&code, arch, 1, 7 | 1ull << 40), MISMATCH);
	}
}
END_TEST

START_TEST(list_may_reach_to_the_end_of_the_numbers)
{
	static const unsigned widths[] = {8, 16, 32, 64};
	struct bpf_options options = distinct_options();

	for (size_t i = 0; i < 4; i++) {
		uint64_t last = UINT64_MAX >> (64 - widths[i]);
		const uint64_t values[] = {0, 1, last - 2, last - 1, last};
		struct test *test =
			toy_test(toy, SCML_OP_IN, 0, widths[i], UINT64_MAX, values, 5);
		struct bpf_code code = compile_test(TOY_LITTLE, test, &options);

		for (size_t j = 0; j < 5; j++)
			ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, values[j]), ALLOW);
		ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 2), MISMATCH);
		ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, last - 3), MISMATCH);
	}
}
END_TEST

START_TEST(word_of_two_fields_is_asked_for_field_by_field)
{
	static const uint64_t lows[] = {0, 8, 0xff}, highs[] = {0, 0x20000, 0xffffff00};
	struct bpf_options options = distinct_options();
	uint64_t values[9];
	struct bpf_code code;

	for (size_t i = 0; i < 9; i++)
		values[i] = lows[i % 3] | highs[i / 3];
	options.is_small = true;
	code = compile_test(TOY_LITTLE, toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, values, 9),
			    &options);
	for (size_t i = 0; i < 9; i++) {
		ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, values[i]), ALLOW);
		ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, values[i] ^ 1), MISMATCH);
		ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, values[i] ^ 0x100), MISMATCH);
	}
	/* Value by value they take one more. */
	ck_assert_uint_le(code.count, 18);
}
END_TEST

START_TEST(composite_flag_counts_only_as_a_whole)
{
	const uint64_t sync = 0x101000;
	struct bpf_options options = distinct_options();
	struct test *test = toy_test(toy, SCML_OP_BITS, 0, 32, UINT32_MAX, &sync, 1);
	struct bpf_code code;

	test->bits = 0x1000;
	code = compile_test(TOY_LITTLE, test, &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0x1000), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0x101000), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0x100000), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0x101001), MISMATCH);
	test->bits = 0;
	code = compile_test(TOY_LITTLE, test, &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 0x1000), MISMATCH);
}
END_TEST

START_TEST(composite_across_both_words_counts_only_as_a_whole)
{
	const uint64_t both = 1ull << 40 | 1;
	struct bpf_options options = distinct_options();
	struct test *test = toy_test(toy, SCML_OP_BITS, 0, 64, UINT64_MAX, &both, 1);
	struct bpf_code code;

	test->bits = 6;
	code = compile_test(TOY_LITTLE, test, &options);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 6), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, both | 2), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 1), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 1ull << 40), MISMATCH);
}
END_TEST

START_TEST(register_that_fails_beats_memory_that_is_open)
{
	const uint64_t seven = 7;
	const struct test *parts[] = {toy_memory(toy, 1),
				      toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, &seven, 1)};
	struct bpf_options options = distinct_options();
	struct bpf_code code =
		compile_test(TOY_LITTLE, toy_group(toy, SCML_OP_ALL, parts, 2), &options);
	const uint64_t null_args[6] = {7, 0, 0, 0, 0, 0};
	const uint64_t pointer_args[6] = {7, 1ull << 32, 0, 0, 0, 0};
	const uint64_t bad_args[6] = {8, 1ull << 32, 0, 0, 0, 0};
	struct seccomp_data data = toy_data(TOY_LITTLE, 1, null_args);

	ck_assert_uint_eq(toy_answer(&code, &data), ALLOW);
	data = toy_data(TOY_LITTLE, 1, pointer_args);
	ck_assert_uint_eq(toy_answer(&code, &data), UNDECIDED);
	data = toy_data(TOY_LITTLE, 1, bad_args);
	ck_assert_uint_eq(toy_answer(&code, &data), MISMATCH);
}
END_TEST

START_TEST(open_rules_cost_nothing_where_they_are_allowed)
{
	const struct test *path = toy_test(toy, SCML_OP_STRING, 0, 64, UINT64_MAX, NULL, 0);
	struct bpf_options options = distinct_options();
	struct bpf_code with, without;

	options.on_undecided = ALLOW;
	with = compile_test(TOY_LITTLE, path, &options);
	without = compile_test(TOY_LITTLE, NULL, &options);
	ck_assert_uint_eq(with.count, without.count);
}
END_TEST

START_TEST(undecidable_rule_is_reported_with_its_place_and_its_answer)
{
	struct bpf_options options = distinct_options();
	const struct rules *rules = toy_rules(toy, TOY_LITTLE, 1, toy_memory(toy, 2));
	struct rule rule = rules->calls[0].rules[0];
	struct rule_call call = rules->calls[0];
	struct rules open = *rules;
	const struct rules *list = &open;
	const struct diag *diag;

	rule.is_undecidable = true;
	call.rules = &rule;
	open.calls = &call;
	options.on_undecided = SECCOMP_RET_ERRNO | EPERM;
	compile(&list, 1, &options);
	diag = diags_first(toy->diags);
	ck_assert_ptr_nonnull(diag);
	ck_assert_int_eq(diag->id, DIAG_UNDECIDABLE);
	ck_assert_uint_eq(diag->span.end, 1);
	ck_assert(strstr(diag->text, "'c1'"));
	ck_assert(strstr(diag->text, "'param.field'"));
	ck_assert(strstr(diag->text, "'errno:EPERM'"));
	ck_assert_ptr_null(diag->next);
}
END_TEST

START_TEST(several_architectures_each_get_their_own_rules)
{
	const uint64_t first = 7, second = 8;
	const struct rules *rules[] = {
		toy_rules(toy, TOY_BIG, 1,
			  toy_test(toy, SCML_OP_IN, 0, 64, UINT64_MAX, &first, 1)),
		toy_rules(toy, TOY_LITTLE, 2,
			  toy_test(toy, SCML_OP_IN, 0, 64, UINT64_MAX, &second, 1))};
	struct bpf_options options = distinct_options();
	struct bpf_code code = compile(rules, 2, &options);

	ck_assert_uint_eq(answer(&code, TOY_BIG, 1, 7), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_BIG, 1, 7ull << 32), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_BIG, 2, 8), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 2, 8), ALLOW);
	ck_assert_uint_eq(answer(&code, TOY_LITTLE, 1, 7), MISMATCH);
	ck_assert_uint_eq(answer(&code, TOY_PLAIN, 1, 7), BAD_ARCH);
}
END_TEST

START_TEST(filter_that_is_too_long_is_an_error_that_names_the_call)
{
	enum { MANY = 5000 };
	struct bpf_options options = distinct_options();
	const struct rules *rules;
	uint64_t values[MANY];
	struct bpf_code code;

	for (uint64_t i = 0; i < MANY; i++)
		values[i] = i * 3;
	rules = toy_rules(toy, TOY_LITTLE, 1,
			  toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, values, MANY));
	code = bpf_compile(toy->arena, toy->diags, &rules, 1, &options);
	ck_assert_uint_eq(code.count, 0);
	ck_assert_uint_eq(diags_count(toy->diags, DIAG_ERROR), 1);
	ck_assert_int_eq(diags_first(toy->diags)->id, DIAG_FILTER_LENGTH);
	ck_assert_ptr_nonnull(diags_first(toy->diags)->remarks);
	ck_assert(strstr(diags_first(toy->diags)->remarks->text, "'c1'"));
}
END_TEST

START_TEST(test_of_the_same_word_does_not_load_it_again)
{
	const uint64_t values[] = {1, 5, 9, 13};
	struct bpf_options options = distinct_options();
	struct bpf_code code = compile_test(
		TOY_PLAIN, toy_test(toy, SCML_OP_IN, 0, 32, UINT32_MAX, values, 4), &options);
	size_t loads = 0;

	for (size_t i = 0; i < code.count; i++)
		loads += code.items[i].code == (BPF_LD | BPF_W | BPF_ABS);
	ck_assert_uint_eq(loads, 3);
}
END_TEST

/* Rules of one call for a level (argument 1) and three options (argument 2) each. */
static struct rules level_rules(const uint64_t *levels, size_t count)
{
	struct rule_call *call = ARENA_NEW(toy->arena, struct rule_call);
	const struct test **tests = ARENA_ARRAY(toy->arena, const struct test *, count);

	for (uint64_t i = 0; i < count; i++) {
		const uint64_t options[] = {10 * i, 10 * i + 2, 10 * i + 4};
		const struct test *parts[] = {
			toy_test(toy, SCML_OP_IN, 1, 32, UINT32_MAX, &levels[i], 1),
			toy_test(toy, SCML_OP_IN, 2, 32, UINT32_MAX, options, 3)};

		tests[i] = toy_group(toy, SCML_OP_ALL, parts, 2);
	}
	*call = toy_call(toy, 1, tests, count);
	return (struct rules){
		.db = &toy->db, .arch = TOY_PLAIN, .calls = call, .call_count = 1};
}

START_TEST(what_one_rule_has_asked_the_next_does_not_ask_again)
{
	const uint64_t levels[] = {1, 2, 1, 2};
	const struct rules rules = level_rules(levels, 4);
	const struct rules *list = &rules;
	struct bpf_options options = distinct_options();
	struct bpf_code code = compile(&list, 1, &options);
	const uint64_t wrong_option[6] = {0, 1, 50, 0, 0, 0};
	struct seccomp_data data = toy_data(TOY_PLAIN, 1, wrong_option);
	struct bpf_result result;
	size_t level_tests = 0;

	for (size_t i = 1; i < code.count; i++)
		level_tests += code.items[i].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
			       code.items[i - 1].code == (BPF_LD | BPF_W | BPF_ABS) &&
			       code.items[i - 1].k == BPF_FIELD_ARGS + 8;
	ck_assert_uint_eq(level_tests, 1);
	ck_assert(bpf_sim(code.items, code.count, &data, &result));
	ck_assert_uint_eq(result.action, MISMATCH);
	/* Two for the architecture, three for the number, two for the level, one return. */
	ck_assert_uint_le(result.executed, 8 + 6);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bpf_codegen");
	TCase *made = tcase_create("made by hand");

	tcase_add_checked_fixture(made, set_up, tear_down);
	tcase_add_test(made, numbers_and_architectures_get_their_answers);
	tcase_add_test(made, unknown_numbers_are_a_mismatch_unless_said_otherwise);
	tcase_add_test(made, scope_listed_allows_calls_without_rules_but_no_unknown_ones);
	tcase_add_test(made, call_can_have_its_own_mismatch_and_the_last_one_counts);
	tcase_add_test(made, action_for_no_call_is_an_error_that_names_it);
	tcase_add_test(made, rule_that_matches_nothing_allows_nothing);
	tcase_add_test(made, upper_half_of_an_int_is_not_looked_at_but_that_of_a_long_is);
	tcase_add_test(made, list_may_reach_to_the_end_of_the_numbers);
	tcase_add_test(made, word_of_two_fields_is_asked_for_field_by_field);
	tcase_add_test(made, composite_flag_counts_only_as_a_whole);
	tcase_add_test(made, composite_across_both_words_counts_only_as_a_whole);
	tcase_add_test(made, register_that_fails_beats_memory_that_is_open);
	tcase_add_test(made, open_rules_cost_nothing_where_they_are_allowed);
	tcase_add_test(made, undecidable_rule_is_reported_with_its_place_and_its_answer);
	tcase_add_test(made, several_architectures_each_get_their_own_rules);
	tcase_add_test(made, filter_that_is_too_long_is_an_error_that_names_the_call);
	tcase_add_test(made, test_of_the_same_word_does_not_load_it_again);
	tcase_add_test(made, what_one_rule_has_asked_the_next_does_not_ask_again);
	suite_add_tcase(suite, made);
	return run_suite(suite);
}
