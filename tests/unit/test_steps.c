/* The steps of rules: what they must be made of, and that they say what the rules say. */
#include <check.h>
#include <stdlib.h>

#include "table_fixture.h"

static struct scml_step steps[256];
static struct scml_way ways[512];

/* The fixture begins with a rule. */
static void add_rule(unsigned index)
{
	if (index)
		fixture_rule(&fx);
}

/* The steps of the one call into the table. */
static void add_steps(void)
{
	struct scml_steps room = {steps, ways, 256, 512, 0};

	ck_assert(scml_table_steps(&fx.table, 0, &room));
	fx.table.starts = fx.starts;
	fx.starts[0] = 1;
	fx.table.steps = steps;
	fx.table.ways = ways;
	fx.calls[0].step_count = fx.table.step_count = room.step_count;
	fx.table.way_count = room.way_count;
	ck_assert_int_eq(scml_table_check(&fx.table), 0);
}

/* Some value of the register under MASK. */
static uint32_t masked(unsigned arg, uint64_t mask, uint64_t value)
{
	uint32_t test = in(fixture_arg(arg, 32), value);

	fx.tests[test].mask = mask;
	return test;
}

/* For the first values of two registers steps and rules say the same, and name the same rule.
 */
static void compare_steps(uint64_t first, uint64_t second)
{
	struct scml_call call = {.arch = FIXTURE_ARCH};

	for (; call.args[0] < first; call.args[0]++) {
		for (call.args[1] = 0; call.args[1] < second; call.args[1]++) {
			struct scml_reason by_steps, by_rules;
			enum scml_verdict verdict =
				scml_match(&fx.table, &call, &fx.memory, &by_steps);

			ck_assert_int_eq(scml_match(&fx.table, &call, &fx.memory, NULL),
					 verdict);
			fx.table.starts = NULL;
			ck_assert_int_eq(scml_match(&fx.table, &call, &fx.memory, &by_rules),
					 verdict);
			fx.table.starts = fx.starts;
			ck_assert_uint_eq(by_steps.rule, by_rules.rule);
		}
	}
}

START_TEST(a_switch_leads_to_the_first_rule_that_takes_the_value)
{
	struct scml_reason reason;

	for (unsigned rule = 0; rule < 4; rule++) {
		add_rule(rule);
		fixture_cond(&fx, fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 3, V(7),
					       V(10 * rule), V(90000)));
		fixture_cond(&fx, in(fixture_arg(1, 32), rule));
	}
	fx.values[0] = 0, fx.values[1] = 7; /* 10 * 0 comes first */
	add_steps();
	ck_assert_int_eq(steps[0].op, SCML_STEP_SWITCH);
	for (unsigned rule = 0; rule < 4; rule++) {
		const uint64_t values[] = {7, 10 * V(rule), 90000};

		for (unsigned i = 0; i < 3; i++) {
			uint64_t args[6] = {values[i] | V(1) << 32, rule};

			ck_supported(match_six(args, false, 0, &reason));
			ck_assert_uint_eq(reason.rule, rule);
			args[1] = 4;
			ck_unsupported(match_six(args, false, 0, NULL));
		}
	}
	ck_unsupported(match_two(8, 0));
	ck_unsupported(match_two(10, 0));
	ck_unsupported(match_two(90001, 0));
}
END_TEST

/* The greatest value of all is one too, and too large for a switch. */
START_TEST(a_switch_has_no_large_values)
{
	const uint64_t values[] = {3, 7, UINT64_MAX};

	for (unsigned rule = 0; rule < 3; rule++) {
		add_rule(rule);
		fixture_cond(&fx, in(fixture_arg(0, 64), values[rule]));
	}
	add_steps();
	ck_assert_uint_eq(fx.table.way_count, 0);
	for (unsigned rule = 0; rule < 3; rule++)
		ck_supported(match_two(values[rule], 0));
	ck_unsupported(match_two(UINT32_MAX, 0));
}
END_TEST

START_TEST(a_switch_takes_any_bits_of_a_register)
{
	for (unsigned rule = 0; rule < 3; rule++) {
		add_rule(rule);
		fixture_cond(&fx, masked(0, 0xf0, rule << 4));
	}
	add_steps();
	ck_assert_int_eq(steps[0].op, SCML_STEP_SWITCH);
	compare_steps(1024, 1);
	ck_supported(match_two(0x72f, 0));
	ck_unsupported(match_two(0x732, 0));
}
END_TEST

/* The third rule lists a value that only it lists, beside others that no switch can know. */
START_TEST(what_no_value_lists_is_left_to_the_other_rules)
{
	for (unsigned rule = 0; rule < 3; rule++) {
		uint32_t test = in(fixture_arg(0, 32), 0x100 + rule);

		add_rule(rule);
		if (rule == 2)
			test = fixture_group(&fx, SCML_OP_ANY, 3, masked(0, 0xff0f, 1),
					     masked(0, 0xff0f, 2),
					     in(fixture_arg(0, 32), 0x30));
		fixture_cond(&fx, test);
	}
	add_steps();
	ck_assert_int_eq(steps[0].op, SCML_STEP_SWITCH);
	compare_steps(0x400, 1);
	ck_supported(match_two(0x30, 0));
	ck_unsupported(match_two(0x40, 0));
}
END_TEST

/* The values 1 and 2 leave open the same rule, but not the same of it. */
START_TEST(values_share_what_is_left_only_if_it_is_the_same)
{
	for (unsigned rule = 0; rule < 2; rule++) {
		uint32_t pairs[2];

		add_rule(rule);
		for (unsigned i = 0; i < 2; i++)
			pairs[i] = fixture_group(&fx, SCML_OP_ALL, 2,
						 in(fixture_arg(0, 32), 1 + i + 4 * rule),
						 in(fixture_arg(1, 32), 5 + i));
		fixture_cond(&fx, fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 2,
					       V(1 + 4 * rule), V(2 + 4 * rule)));
		fixture_cond(&fx, fixture_group(&fx, SCML_OP_ANY, 2, pairs[0], pairs[1]));
	}
	add_steps();
	ck_assert_int_eq(steps[0].op, SCML_STEP_SWITCH);
	compare_steps(16, 16);
	ck_supported(match_two(1, 5));
	ck_supported(match_two(6, 6));
	ck_unsupported(match_two(2, 5));
}
END_TEST

/* A field, flags beside it and a flag that must be there: one look at the register. */
START_TEST(a_rule_looks_at_a_register_once)
{
	uint32_t flags = fixture_test(&fx, (struct scml_test){.op = SCML_OP_BITS,
							      .place = fixture_arg(0, 32),
							      .mask = 0xfffffffc,
							      .bits = 0x70});
	uint32_t field = fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 2, V(1), V(2));

	fx.tests[field].mask = 3;
	fixture_cond(&fx, fixture_group(&fx, SCML_OP_ALL, 2, field, flags));
	fixture_cond(&fx, masked(0, 0x40, 0x40));
	fixture_cond(&fx, in(fixture_arg(1, 32), 3));
	add_steps();
	ck_assert_uint_eq(fx.table.step_count, 4);
	ck_assert_int_eq(steps[0].op, SCML_STEP_LAST);
	ck_assert_int_eq(steps[1].op, SCML_STEP_LAST);
	compare_steps(256, 5);
	ck_supported(match_two(0x72, 3));
	ck_unsupported(match_two(0x32, 3));
}
END_TEST

/* Many values share places among the ways. */
START_TEST(a_switch_finds_every_one_of_many_values)
{
	for (unsigned rule = 0; rule < 24; rule++) {
		add_rule(rule);
		fixture_cond(&fx,
			     fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 4, V(rule),
					  V(50 + 3 * rule), V(200 + 7 * rule), V(600 + rule)));
	}
	add_steps();
	ck_assert_int_eq(steps[0].op, SCML_STEP_SWITCH);
	compare_steps(1024, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("steps");
	TCase *tc = tcase_create("steps");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_switch_leads_to_the_first_rule_that_takes_the_value);
	tcase_add_test(tc, a_switch_has_no_large_values);
	tcase_add_test(tc, a_switch_takes_any_bits_of_a_register);
	tcase_add_test(tc, what_no_value_lists_is_left_to_the_other_rules);
	tcase_add_test(tc, values_share_what_is_left_only_if_it_is_the_same);
	tcase_add_test(tc, a_rule_looks_at_a_register_once);
	tcase_add_test(tc, a_switch_finds_every_one_of_many_values);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
