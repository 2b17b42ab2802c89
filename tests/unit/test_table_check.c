/* What scml_table_check() refuses: each a small change to a table that is in order. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "table_fixture.h"

static uint32_t word, memory, each, group;

/* ALL of a word test and a struct whose embedded elements are words. */
static void setup_table(void)
{
	struct scml_block array = fixture_fixed(4, 2);
	struct scml_place length = fixture_arg(1, 32);

	setup();
	array.flags = SCML_EMBEDDED;
	word = fixture_word(&fx, SCML_OP_IN, fixture_arg(0, 32), 3, V(1), V(2), V(2));
	each = fixture_deep(&fx, SCML_OP_EACH, fixture_field(0, 32), array,
			    in(fixture_field(0, 32), 1));
	memory = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
			      fixture_extent(8, SCML_EXTENT_PLACE, length), each);
	group = fixture_group(&fx, SCML_OP_ALL, 2, word, memory);
	fixture_cond(&fx, group);
	ck_assert_int_eq(scml_table_check(&fx.table), 0);
}

/* Set LVALUE for one check, which must fail, and put it back. */
#define ck_refuses(lvalue, value)                                       \
	do {                                                            \
		__typeof__(lvalue) kept = (lvalue);                     \
		(lvalue) = (value);                                     \
		ck_assert_int_eq(scml_table_check(&fx.table), -EINVAL); \
		(lvalue) = kept;                                        \
		ck_assert_int_eq(scml_table_check(&fx.table), 0);       \
	} while (0)

START_TEST(another_version_is_out_of_range)
{
	fx.table.version++;
	ck_assert_int_eq(scml_table_check(&fx.table), -ERANGE);
}
END_TEST

START_TEST(every_index_must_be_in_range)
{
	ck_refuses(fx.by_nr[0], 2);
	ck_refuses(fx.calls[0].first_rule, 1);
	ck_refuses(fx.calls[0].rule_count, 2);
	ck_refuses(fx.calls[0].rule_count, UINT32_MAX);
	ck_refuses(fx.calls[0].name, 1);
	ck_refuses(fx.rules[0].first_cond, 2);
	ck_refuses(fx.rules[0].cond_count, 2);
	ck_refuses(fx.rules[0].file, 1);
	ck_refuses(fx.conds[0].test, fx.table.test_count);
	ck_refuses(fx.conds[0].param, 1);
	ck_refuses(fx.tests[word].first, fx.table.value_count);
	ck_refuses(fx.tests[word].count, UINT32_MAX);
	ck_refuses(fx.tests[word].name, 1);
	ck_refuses(fx.tests[group].first, fx.table.test_count);
	ck_refuses(fx.tests[group].count, UINT32_MAX);
	ck_refuses(fx.tests[memory].first, fx.table.test_count);
	ck_refuses(fx.tests[memory].block, fx.table.block_count);
}
END_TEST

START_TEST(every_kind_must_be_known)
{
	ck_refuses(fx.tests[word].op, SCML_OP_EACH + 1);
	ck_refuses(fx.tests[word].flags, SCML_ZERO_BEYOND);
	ck_refuses(fx.tests[word].place.width, 24);
	ck_refuses(fx.tests[word].place.width, 0);
	ck_refuses(fx.tests[word].place.base, SCML_INSIDE + 1);
	ck_refuses(fx.tests[word].place.flags, 4);
	ck_refuses(fx.blocks[0].flags, 8 | SCML_EMBEDDED);
	ck_refuses(fx.blocks[1].extent.kind, SCML_EXTENT_RETURN + 1);
	ck_refuses(fx.blocks[1].extent.place.width, 1);
}
END_TEST

START_TEST(every_array_must_be_there)
{
	ck_refuses(fx.table.by_nr, NULL);
	ck_refuses(fx.table.calls, NULL);
	ck_refuses(fx.table.rules, NULL);
	ck_refuses(fx.table.conds, NULL);
	ck_refuses(fx.table.tests, NULL);
	ck_refuses(fx.table.blocks, NULL);
	ck_refuses(fx.table.values, NULL);
	ck_refuses(fx.table.strings, NULL);
	ck_refuses(fx.table.string_bytes, 0);
}
END_TEST

START_TEST(strings_must_end)
{
	ck_refuses(fx.table.strings, "a");
	fx.table.string_bytes = 3;
	fx.table.strings = "\0a";
	ck_assert_int_eq(scml_table_check(&fx.table), 0);
	ck_refuses(fx.table.strings, "\0ab");
}
END_TEST

START_TEST(values_must_be_sorted)
{
	ck_refuses(fx.values[1], 0);
	ck_refuses(fx.values[2], 1);
}
END_TEST

START_TEST(places_in_memory_need_a_block_around_them)
{
	ck_refuses(fx.tests[fx.tests[group].first].place.base, SCML_INSIDE);
	ck_refuses(fx.blocks[1].extent.place.base, SCML_INSIDE);
}
END_TEST

START_TEST(only_arrays_in_structs_are_embedded)
{
	ck_refuses(fx.blocks[1].flags, SCML_EMBEDDED);
	ck_refuses(fx.tests[each].place.base, 0);
	ck_refuses(fx.blocks[0].size, 0);
}
END_TEST

START_TEST(a_cycle_is_refused)
{
	ck_refuses(fx.tests[group - 1].first, group - 1);
	ck_refuses(fx.tests[group - 1].first, group);
	ck_refuses(fx.tests[group].first, group - 1);
	ck_refuses(fx.tests[each].first, memory);
}
END_TEST

START_TEST(depth_is_bounded)
{
	uint32_t test = word;

	for (unsigned depth = 2; depth <= SCML_MAX_DEPTH; depth++)
		test = fixture_group(&fx, SCML_OP_ANY, 1, test);
	ck_supported(verdict_of(test, 1, 0));
	fx.conds[0].test = fixture_group(&fx, SCML_OP_ANY, 1, test);
	ck_assert_int_eq(scml_table_check(&fx.table), -EINVAL);
}
END_TEST

/* Each level has the one below it many times over: no cycle, but no end either. */
START_TEST(shared_branches_that_never_end_are_refused)
{
	uint32_t test = word;

	for (unsigned depth = 2; depth <= SCML_MAX_DEPTH; depth++)
		test = fixture_group(&fx, SCML_OP_ALL, 8, test, test, test, test, test, test,
				     test, test);
	fx.conds[0].test = test;
	ck_assert_int_eq(scml_table_check(&fx.table), -EINVAL);
}
END_TEST

/* The steps of the one call to the caller's arrays, and into the table. */
static void add_steps(struct scml_steps *room)
{
	ck_assert(scml_table_steps(&fx.table, 0, room));
	fx.table.starts = fx.starts;
	fx.starts[0] = 1;
	fx.table.steps = room->steps;
	fx.table.ways = room->ways;
	fx.calls[0].step_count = fx.table.step_count = room->step_count;
	fx.table.way_count = room->way_count;
	ck_assert_int_eq(scml_table_check(&fx.table), 0);
}

START_TEST(steps_must_say_what_the_rules_do)
{
	struct scml_step steps[32];
	struct scml_way ways[64];
	struct scml_steps room = {steps, ways, 32, 64, 0};

	for (unsigned rule = 0; rule < 3; rule++) {
		fixture_rule(&fx);
		fixture_cond(&fx, in(fixture_arg(2, 32), 5 + rule));
	}
	add_steps(&room);
	ck_assert_uint_gt(room.way_count, 2);
	for (uint32_t i = 0; i < room.step_count; i++) {
		ck_refuses(steps[i].op, (uint8_t)(steps[i].op + 1));
		ck_refuses(steps[i].from, (uint8_t)(steps[i].from + 1));
		ck_refuses(steps[i].offset, 8);
		ck_refuses(steps[i].yes, (uint16_t)(steps[i].yes + 1));
		ck_refuses(steps[i].no, UINT16_MAX);
		ck_refuses(steps[i].index, UINT32_MAX);
		ck_refuses(steps[i].low, 77);
		ck_refuses(steps[i].mask, 77);
		ck_refuses(steps[i].set, 77);
	}
	for (uint32_t i = 0; i < room.way_count; i++) {
		ck_refuses(ways[i].value, ways[i].value + 1);
		ck_refuses(ways[i].steps, (uint16_t)(ways[i].steps + 1));
		ck_refuses(ways[i].end, (uint16_t)(ways[i].end + 1));
	}
	ck_refuses(fx.calls[0].step_count, room.step_count - 1);
	ck_refuses(fx.calls[0].first_step, 1);
	ck_refuses(fx.table.way_count, room.way_count - 1);
	ck_refuses(fx.starts[0], 0);
	ck_refuses(fx.starts[0], 2);
	ck_refuses(fx.table.steps, NULL);
	ck_refuses(fx.table.ways, NULL);
	ck_refuses(fx.values[0], 0);
	ck_refuses(fx.blocks[1].prefix, SCML_MAX_PREFIX + 1);
}
END_TEST

START_TEST(steps_must_fit_into_their_room)
{
	struct scml_step steps[32];
	struct scml_way ways[1];
	struct scml_steps counted = {0}, room = {.steps = steps, .ways = ways};

	ck_assert(scml_table_steps(&fx.table, 0, &counted));
	room.step_count = counted.step_count - 1;
	ck_assert(!scml_table_steps(&fx.table, 0, &room));
	room.step_count = counted.step_count;
	ck_assert(scml_table_steps(&fx.table, 0, &room));
}
END_TEST

START_TEST(empty_table_is_in_order)
{
	static const struct scml_table empty = {
		.version = SCML_TABLE_VERSION, .string_bytes = 1, .strings = ""};
	static const struct scml_call call;

	ck_assert_int_eq(scml_table_check(&empty), 0);
	ck_unsupported(scml_match(&empty, &call, NULL, NULL));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table_check");
	TCase *tc = tcase_create("table_check");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup_table, NULL);
	tcase_add_test(tc, another_version_is_out_of_range);
	tcase_add_test(tc, every_index_must_be_in_range);
	tcase_add_test(tc, every_kind_must_be_known);
	tcase_add_test(tc, every_array_must_be_there);
	tcase_add_test(tc, strings_must_end);
	tcase_add_test(tc, values_must_be_sorted);
	tcase_add_test(tc, places_in_memory_need_a_block_around_them);
	tcase_add_test(tc, only_arrays_in_structs_are_embedded);
	tcase_add_test(tc, a_cycle_is_refused);
	tcase_add_test(tc, depth_is_bounded);
	tcase_add_test(tc, shared_branches_that_never_end_are_refused);
	tcase_add_test(tc, steps_must_say_what_the_rules_do);
	tcase_add_test(tc, steps_must_fit_into_their_room);
	tcase_add_test(tc, empty_table_is_in_order);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
