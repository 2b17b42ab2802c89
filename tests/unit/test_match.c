/* The matcher on registers, and its reasons: each claim of scml.h on a table made by hand. */
#include <check.h>
#include <stdlib.h>

#include "table_fixture.h"

START_TEST(rule_without_conditions_matches_every_call)
{
	ck_supported(match_two(1, 2));
}
END_TEST

START_TEST(number_without_rules_is_unsupported)
{
	struct scml_call call = {.arch = FIXTURE_ARCH, .nr = 1};
	struct scml_reason reason;

	ck_unsupported(scml_match(&fx.table, &call, NULL, &reason));
	ck_assert_uint_eq(reason.rule, SCML_NONE);
	call.nr = UINT32_MAX;
	ck_unsupported(scml_match(&fx.table, &call, NULL, &reason));
	ck_assert(scml_has_rules(&fx.table, 0));
	ck_assert(!scml_has_rules(&fx.table, 1));
	fx.calls[0].rule_count = 0;
	ck_assert(!scml_has_rules(&fx.table, 0));
	ck_unsupported(match_two(0, 0));
}
END_TEST

START_TEST(call_of_another_arch_is_unsupported_without_a_rule)
{
	struct scml_call call = {.arch = 0x40000003};
	struct scml_reason reason;

	ck_unsupported(scml_match(&fx.table, &call, &fx.memory, &reason));
	ck_assert_uint_eq(reason.rule, SCML_NONE);
	ck_assert_uint_eq(reason.cond, SCML_NONE);
	ck_assert_uint_eq(reason.test, SCML_NONE);
	ck_assert(!reason.has_value);
}
END_TEST

START_TEST(all_is_the_least_and_any_the_greatest)
{
	uint32_t t[3] = {fixture_op(&fx, SCML_OP_FALSE), undecided_test(),
			 fixture_op(&fx, SCML_OP_TRUE)};

	for (unsigned a = 0; a < 3; a++) {
		for (unsigned b = 0; b < 3; b++) {
			uint32_t all = fixture_group(&fx, SCML_OP_ALL, 2, t[a], t[b]);
			uint32_t any = fixture_group(&fx, SCML_OP_ANY, 2, t[a], t[b]);

			ck_assert_uint_eq(verdict_of(all, 0, 0), a < b ? a : b);
			ck_assert_uint_eq(verdict_of(any, 0, 0), a > b ? a : b);
		}
	}
	ck_supported(verdict_of(fixture_group(&fx, SCML_OP_ALL, 0), 0, 0));
	ck_unsupported(verdict_of(fixture_group(&fx, SCML_OP_ANY, 0), 0, 0));
}
END_TEST

START_TEST(a_rule_is_the_least_of_its_conditions)
{
	fixture_cond(&fx, undecided_test());
	fixture_cond(&fx, in(fixture_arg(0, 32), 7));
	ck_undecided(match_six((uint64_t[6]){7, 0, 0, 0, 0, 0x10000}, false, 0, NULL));
	ck_unsupported(match_six((uint64_t[6]){8, 0, 0, 0, 0, 0x10000}, false, 0, NULL));
	ck_supported(match_six((uint64_t[6]){7}, false, 0, NULL));
}
END_TEST

START_TEST(a_call_is_the_greatest_of_its_rules)
{
	const uint64_t args[6] = {7, 0, 0, 0, 0, 0x10000};

	fixture_cond(&fx, fixture_op(&fx, SCML_OP_FALSE));
	ck_unsupported(match_six(args, false, 0, NULL));
	fixture_rule(&fx);
	fixture_cond(&fx, undecided_test());
	ck_undecided(match_six(args, false, 0, NULL));
	fixture_rule(&fx);
	fixture_cond(&fx, in(fixture_arg(0, 32), 7));
	ck_supported(match_six(args, false, 0, NULL));
}
END_TEST

START_TEST(all_stops_reading_where_nothing_can_change)
{
	uint32_t child = in(fixture_field(0, 32), 1);
	uint32_t deep = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				     fixture_fixed(4, 4), child);
	uint32_t reg = in(fixture_arg(1, 32), 1);

	fixture_put(&fx, 0x1000, 1, 4);
	ck_unsupported(verdict_of(fixture_group(&fx, SCML_OP_ALL, 2, reg, deep), 0x1000, 2));
	ck_supported(verdict_of(fixture_group(&fx, SCML_OP_ANY, 2, reg, deep), 0x1000, 1));
	ck_assert_uint_eq(fx.reads, 0);
	ck_supported(verdict_of(fixture_group(&fx, SCML_OP_ALL, 2, reg, deep), 0x1000, 1));
	ck_assert_uint_eq(fx.reads, 1);
}
END_TEST

START_TEST(register_is_cut_to_the_width)
{
	ck_supported(verdict_of(in(fixture_arg(0, 8), 0x12), 0xffffffffffffff12, 0));
	ck_supported(verdict_of(in(fixture_arg(0, 16), 0xff12), 0xffffffffffffff12, 0));
	ck_supported(verdict_of(in(fixture_arg(0, 32), 0xffffff12), 0xffffffffffffff12, 0));
	ck_supported(
		verdict_of(in(fixture_arg(0, 64), 0xffffffffffffff12), 0xffffffffffffff12, 0));
	ck_unsupported(verdict_of(in(fixture_arg(0, 64), 0x12), 0x100000012, 0));
	ck_unsupported(verdict_of(in(fixture_arg(1, 32), 1), 1, 0));
}
END_TEST

START_TEST(every_register_can_be_tested)
{
	for (unsigned i = 0; i < 6; i++) {
		uint64_t args[6] = {0};

		fx.table.cond_count = fx.rules[0].cond_count = 0;
		fixture_cond(&fx, in(fixture_arg(i, 64), 9));
		ck_unsupported(match_six(args, false, 0, NULL));
		args[i] = 9;
		ck_supported(match_six(args, false, 0, NULL));
	}
}
END_TEST

START_TEST(in_and_not_in_are_opposites_under_a_mask)
{
	uint32_t member = fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 2, V(1), V(5));
	uint32_t stranger =
		fixture_word(&fx, SCML_OP_NOT_IN, fixture_arg(0, 32), 2, V(1), V(5));

	fx.tests[member].mask = fx.tests[stranger].mask = 0xf;
	for (uint64_t word = 0; word < 64; word++) {
		bool is_member = (word & 0xf) == 1 || (word & 0xf) == 5;

		ck_assert_int_eq(verdict_of(member, word, 0) == SCML_SUPPORTED, is_member);
		ck_assert_int_eq(verdict_of(stranger, word, 0) == SCML_SUPPORTED, !is_member);
	}
}
END_TEST

START_TEST(empty_list_holds_nothing)
{
	ck_unsupported(verdict_of(fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 64), 0), 0, 0));
	ck_supported(
		verdict_of(fixture_word(&fx, SCML_OP_NOT_IN, fixture_arg(0, 64), 0), 0, 0));
}
END_TEST

START_TEST(long_lists_are_searched_whole)
{
	for (uint32_t count = 1; count <= 70; count++) {
		uint32_t test = in(fixture_arg(0, 64), 10);

		fx.table.value_count = 0;
		fx.tests[test].first = 0;
		fx.tests[test].count = fx.table.value_count = count;
		for (uint32_t i = 0; i < count; i++)
			fx.values[i] = 10 + 3 * i;
		for (uint64_t word = 0; word < 10 + 3 * count + 3; word++) {
			bool is_member =
				word >= 10 && word < 10 + 3 * count && (word - 10) % 3 == 0;

			ck_assert_int_eq(verdict_of(test, word, 0) == SCML_SUPPORTED,
					 is_member);
		}
		fx.table.test_count = 0;
	}
}
END_TEST

START_TEST(bits_are_the_or_of_single_bits_and_whole_composites)
{
	/* single bits 1 and 2; composites 0x30 and 0x41 */
	uint32_t test =
		fixture_word(&fx, SCML_OP_BITS, fixture_arg(0, 32), 2, V(0x30), V(0x41));

	fx.tests[test].bits = 3;
	ck_supported(verdict_of(test, 0, 0));
	ck_supported(verdict_of(test, 3, 0));
	ck_supported(verdict_of(test, 0x30, 0));
	ck_supported(verdict_of(test, 0x33, 0));
	ck_supported(verdict_of(test, 0x41, 0));
	ck_supported(verdict_of(test, 0x71, 0));
	ck_unsupported(verdict_of(test, 0x10, 0));
	ck_unsupported(verdict_of(test, 0x40, 0));
	ck_unsupported(verdict_of(test, 0x70, 0));
	ck_unsupported(verdict_of(test, 0x4, 0));
	ck_unsupported(verdict_of(test, 0x80000000, 0));
	ck_supported(verdict_of(test, 0x100000000, 0));
	fx.tests[test].mask = 0xff;
	ck_supported(verdict_of(test, 0xff01, 0));
}
END_TEST

START_TEST(reason_of_a_match_is_the_rule)
{
	struct scml_reason reason;

	fixture_cond(&fx, in(fixture_arg(0, 32), 1));
	fixture_rule(&fx);
	ck_supported(match_six((uint64_t[6]){0}, false, 0, &reason));
	ck_assert_uint_eq(reason.rule, 1);
	ck_assert_uint_eq(reason.cond, SCML_NONE);
	ck_assert_uint_eq(reason.test, SCML_NONE);
	ck_assert(!reason.has_value);
}
END_TEST

START_TEST(reason_of_a_refusal_is_the_nearest_rule)
{
	struct scml_reason reason;
	uint32_t tests[3];

	for (unsigned i = 0; i < 3; i++)
		tests[i] = in(fixture_arg(i, 32), 1);
	fixture_cond(&fx, tests[0]);
	fixture_cond(&fx, tests[1]);
	fixture_rule(&fx);
	fixture_cond(&fx, tests[0]);
	fixture_cond(&fx, tests[2]);
	fixture_rule(&fx);
	fixture_cond(&fx, tests[2]);
	fixture_cond(&fx, tests[1]);
	/* each rule fails once or twice; of those with one failure the rightmost, then first */
	ck_supported(match_six((uint64_t[6]){9, 1, 1}, false, 0, NULL));
	ck_unsupported(match_six((uint64_t[6]){1, 0x700000009, 9}, false, 0, &reason));
	ck_assert_uint_eq(reason.rule, 0);
	ck_assert_uint_eq(reason.cond, 1);
	ck_assert_uint_eq(reason.test, tests[1]);
	ck_assert(reason.has_value);
	ck_assert_uint_eq(reason.value, 9);
	ck_unsupported(match_six((uint64_t[6]){9, 9, 1}, false, 0, &reason));
	ck_assert_uint_eq(reason.rule, 2);
	ck_assert_uint_eq(reason.cond, 5);
	ck_unsupported(match_six((uint64_t[6]){9, 9, 9}, false, 0, &reason));
	ck_assert_uint_eq(reason.rule, 0);
	ck_assert_uint_eq(reason.cond, 0);
}
END_TEST

START_TEST(reason_of_doubt_is_the_first_open_rule)
{
	struct scml_reason reason;
	uint32_t open = undecided_test();

	fixture_cond(&fx, in(fixture_arg(0, 32), 1));
	fixture_rule(&fx);
	fixture_cond(&fx, in(fixture_arg(0, 32), 9));
	fixture_cond(&fx, open);
	fixture_rule(&fx);
	fixture_cond(&fx, open);
	ck_undecided(match_six((uint64_t[6]){9, 0, 0, 0, 0, 0x10000}, false, 0, &reason));
	ck_assert_uint_eq(reason.rule, 1);
	ck_assert_uint_eq(reason.cond, 2);
	ck_assert_uint_eq(reason.test, open);
	ck_assert(reason.has_value);
	ck_assert_uint_eq(reason.value, 0x10000);
}
END_TEST

START_TEST(reason_names_the_innermost_test_and_its_word)
{
	uint32_t family[2] = {in(fixture_field(0, 16), 2), in(fixture_field(0, 16), 10)};
	uint32_t port[2] = {in(fixture_field(2, 16), 80), in(fixture_field(2, 16), 443)};
	uint32_t v4 = fixture_group(&fx, SCML_OP_ALL, 2, family[0], port[0]);
	uint32_t v6 = fixture_group(&fx, SCML_OP_ALL, 2, family[1], port[1]);
	uint32_t any = fixture_group(&fx, SCML_OP_ANY, 2, v4, v6);
	uint32_t inner =
		fixture_deep(&fx, SCML_OP_EACH, fixture_field(0, 64), fixture_fixed(4, 3), any);
	struct scml_reason reason;

	fixture_cond(&fx, fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				       fixture_fixed(8, 8), inner));
	fixture_put(&fx, 0x1000, 0x1100, 8);
	fixture_put(&fx, 0x1100, 80 << 16 | 2, 4);
	fixture_put(&fx, 0x1104, 444 << 16 | 10, 4);
	ck_unsupported(match_six((uint64_t[6]){0x1000}, false, 0, &reason));
	ck_assert_uint_eq(fx.tests[reason.test].place.offset, 2);
	ck_assert_uint_eq(fx.values[fx.tests[reason.test].first], 443);
	ck_assert(reason.has_value);
	ck_assert_uint_eq(reason.value, 444);
	fixture_put(&fx, 0x1000, 7, 8);
	ck_unsupported(match_six((uint64_t[6]){0x1000}, false, 0, &reason));
	ck_assert_uint_eq(fx.tests[reason.test].place.offset, 0);
	ck_assert(!reason.has_value);
	ck_unsupported(match_six((uint64_t[6]){7}, false, 0, &reason));
	ck_assert(!reason.has_value);
}
END_TEST

START_TEST(register_that_nobody_can_tell_is_undecided)
{
	struct scml_call call = {.arch = FIXTURE_ARCH, .unknown = 1 << 2, .args = {7, 0, 7}};
	struct scml_reason reason;
	uint32_t fails;

	fixture_cond(&fx, in(fixture_arg(0, 32), 7));
	fixture_cond(&fx, in(fixture_arg(2, 32), 7));
	ck_undecided(scml_match(&fx.table, &call, NULL, &reason));
	ck_assert_uint_eq(reason.cond, 1);
	ck_assert(!reason.has_value);
	call.args[2] = 8;
	ck_undecided(scml_match(&fx.table, &call, NULL, NULL));
	call.unknown = 0;
	ck_unsupported(scml_match(&fx.table, &call, NULL, NULL));
	fails = in(fixture_arg(0, 32), 8);
	fixture_cond(&fx, fails);
	call.unknown = 1 << 2;
	ck_unsupported(scml_match(&fx.table, &call, NULL, NULL));
}
END_TEST

START_TEST(verdicts_have_names)
{
	ck_assert_str_eq(scml_verdict_name(SCML_UNSUPPORTED), "unsupported");
	ck_assert_str_eq(scml_verdict_name(SCML_UNDECIDED), "undecided");
	ck_assert_str_eq(scml_verdict_name(SCML_SUPPORTED), "supported");
}
END_TEST

static TCase *verdict_case(void)
{
	TCase *tc = tcase_create("verdict");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, rule_without_conditions_matches_every_call);
	tcase_add_test(tc, number_without_rules_is_unsupported);
	tcase_add_test(tc, call_of_another_arch_is_unsupported_without_a_rule);
	tcase_add_test(tc, all_is_the_least_and_any_the_greatest);
	tcase_add_test(tc, a_rule_is_the_least_of_its_conditions);
	tcase_add_test(tc, a_call_is_the_greatest_of_its_rules);
	tcase_add_test(tc, all_stops_reading_where_nothing_can_change);
	tcase_add_test(tc, register_is_cut_to_the_width);
	tcase_add_test(tc, every_register_can_be_tested);
	tcase_add_test(tc, in_and_not_in_are_opposites_under_a_mask);
	tcase_add_test(tc, empty_list_holds_nothing);
	tcase_add_test(tc, long_lists_are_searched_whole);
	tcase_add_test(tc, bits_are_the_or_of_single_bits_and_whole_composites);
	tcase_add_test(tc, register_that_nobody_can_tell_is_undecided);
	tcase_add_test(tc, verdicts_have_names);
	return tc;
}

static TCase *reason_case(void)
{
	TCase *tc = tcase_create("reason");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, reason_of_a_match_is_the_rule);
	tcase_add_test(tc, reason_of_a_refusal_is_the_nearest_rule);
	tcase_add_test(tc, reason_of_doubt_is_the_first_open_rule);
	tcase_add_test(tc, reason_names_the_innermost_test_and_its_word);
	return tc;
}

int main(void)
{
	Suite *suite = suite_create("match");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, verdict_case());
	suite_add_tcase(suite, reason_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
