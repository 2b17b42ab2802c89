/* The matcher behind pointers: each claim of scml.h on a table made by hand. */
#include <check.h>
#include <stdlib.h>

#include "table_fixture.h"

START_TEST(null_pointer_matches_without_a_look)
{
	uint32_t child = fixture_op(&fx, SCML_OP_FALSE);
	uint32_t memory = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				       fixture_fixed(4, 4), child);
	uint32_t each =
		fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64), fixture_fixed(4, 4), child);
	uint32_t narrow = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 32),
				       fixture_fixed(4, 4), child);

	ck_supported(verdict_of(memory, 0, 0));
	ck_supported(verdict_of(each, 0, 0));
	ck_supported(verdict_of(narrow, 0x100000000, 0));
	ck_assert_uint_eq(fx.reads, 0);
	ck_unsupported(verdict_of(memory, 0x1000, 0));
	ck_unsupported(verdict_of(each, 0x1000, 0));
}
END_TEST

START_TEST(without_memory_pointers_are_undecided)
{
	struct scml_call call = {.arch = FIXTURE_ARCH, .args = {0x1000}};
	uint32_t child = in(fixture_field(0, 32), 1);
	uint32_t tests[3];

	tests[0] = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), fixture_fixed(4, 4),
				child);
	tests[1] =
		fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64), fixture_fixed(4, 4), child);
	tests[2] = fixture_test(
		&fx, (struct scml_test){.op = SCML_OP_STRING, .place = fixture_arg(0, 64)});
	fixture_cond(&fx, 0);
	for (unsigned i = 0; i < 3; i++) {
		fx.conds[0].test = tests[i];
		call.args[0] = 0x1000;
		ck_undecided(scml_match(&fx.table, &call, NULL, NULL));
		call.args[0] = 0;
		if (i < 2)
			ck_supported(scml_match(&fx.table, &call, NULL, NULL));
	}
}
END_TEST

START_TEST(fault_is_unsupported_and_unknown_is_undecided)
{
	uint32_t child = in(fixture_field(0, 32), 0);
	uint32_t test = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				     fixture_fixed(4, 4), child);

	fx.unknown_from = 0x10000;
	ck_supported(verdict_of(test, 0x1000, 0));
	ck_supported(verdict_of(test, 0x1000 + FIXTURE_MEMORY - 4, 0));
	ck_unsupported(verdict_of(test, 0x1000 + FIXTURE_MEMORY - 3, 0));
	ck_unsupported(verdict_of(test, 0xfff, 0));
	ck_undecided(verdict_of(test, 0x10000, 0));
}
END_TEST

static void check_field(struct scml_place place, uint64_t expected)
{
	uint32_t child = in(place, expected);

	ck_supported(verdict_of(fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
					     fixture_fixed(16, 16), child),
				0x1000, 0));
}

START_TEST(fields_are_read_in_the_byte_order_of_table_or_field)
{
	struct scml_place place;

	fixture_put(&fx, 0x1000, 0xf8f7f6f5f4f3f2f1, 8);
	check_field(fixture_field(1, 8), 0xf2);
	check_field(fixture_field(1, 16), 0xf3f2);
	check_field(fixture_field(1, 32), 0xf5f4f3f2);
	check_field(fixture_field(0, 64), 0xf8f7f6f5f4f3f2f1);
	for (unsigned whole = 0; whole < 2; whole++) {
		fx.table.big_endian = whole;
		place = fixture_field(1, 16);
		place.flags = whole ? 0 : SCML_BIG_ENDIAN;
		check_field(place, 0xf2f3);
		place.width = 32;
		check_field(place, 0xf2f3f4f5);
		place.width = 8;
		check_field(place, 0xf2);
		place.width = 64;
		place.offset = 0;
		check_field(place, 0xf1f2f3f4f5f6f7f8);
	}
}
END_TEST

START_TEST(signed_field_is_compared_as_it_lies)
{
	struct scml_place place = fixture_field(0, 16);

	place.flags = SCML_SIGNED;
	fixture_put(&fx, 0x1000, 0xffff, 2);
	check_field(place, 0xffff);
}
END_TEST

START_TEST(field_beyond_size_or_extent_does_not_match)
{
	uint32_t child = in(fixture_field(4, 32), 0);
	struct scml_place length = fixture_arg(1, 32);
	uint32_t by_size = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
					fixture_fixed(7, 100), child);
	uint32_t by_extent = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
					  fixture_extent(8, SCML_EXTENT_PLACE, length), child);

	ck_unsupported(verdict_of(by_size, 0x1000, 0));
	ck_supported(verdict_of(by_extent, 0x1000, 8));
	ck_supported(verdict_of(by_extent, 0x1000, 1000));
	ck_unsupported(verdict_of(by_extent, 0x1000, 7));
	ck_unsupported(verdict_of(by_extent, 0x1000, 0));
}
END_TEST

START_TEST(zero_beyond_makes_the_missing_bytes_zero)
{
	struct scml_block block = fixture_extent(8, SCML_EXTENT_PLACE, fixture_arg(1, 64));
	uint32_t zero, low;

	block.flags = SCML_ZERO_BEYOND;
	zero = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), block,
			    in(fixture_field(4, 32), 0));
	low = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), block,
			   in(fixture_field(4, 32), 0x2211));
	fixture_put(&fx, 0x1000, 0x4433221100000000, 8);
	ck_supported(verdict_of(zero, 0x1000, 4));
	ck_unsupported(verdict_of(zero, 0x1000, 8));
	ck_supported(verdict_of(low, 0x1000, 6));
	ck_supported(verdict_of(zero, 0x1000 + FIXTURE_MEMORY - 4, 4));
	ck_unsupported(verdict_of(zero, 0x1000 + FIXTURE_MEMORY - 4, 5));
}
END_TEST

START_TEST(negative_extent_means_none_only_where_it_is_signed)
{
	struct scml_place length = fixture_arg(1, 32);
	uint32_t child = in(fixture_field(0, 32), 0);
	uint32_t is_signed, is_unsigned;

	is_unsigned = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				   fixture_extent(8, SCML_EXTENT_PLACE, length), child);
	length.flags = SCML_SIGNED;
	is_signed = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				 fixture_extent(8, SCML_EXTENT_PLACE, length), child);
	ck_supported(verdict_of(is_unsigned, 0x1000, 0xffffffff));
	ck_unsupported(verdict_of(is_signed, 0x1000, 0xffffffff));
	ck_supported(verdict_of(is_signed, 0x1000, 0x7fffffff));
}
END_TEST

START_TEST(extent_can_lie_behind_a_pointer)
{
	uint32_t child = in(fixture_field(0, 32), 0);
	uint32_t test =
		fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
			     fixture_extent(8, SCML_EXTENT_POINTEE, fixture_arg(1, 64)), child);

	fixture_put(&fx, 0x1100, 4, 4);
	ck_supported(verdict_of(test, 0x1000, 0x1100));
	fixture_put(&fx, 0x1100, 3, 4);
	ck_unsupported(verdict_of(test, 0x1000, 0x1100));
	fixture_put(&fx, 0x1100, 0xffffffff, 4);
	ck_unsupported(verdict_of(test, 0x1000, 0x1100));
	ck_unsupported(verdict_of(test, 0x1000, 0));
	ck_unsupported(verdict_of(test, 0x1000, 0x9));
	fx.unknown_from = 0x10000;
	ck_undecided(verdict_of(test, 0x1000, 0x10000));
}
END_TEST

START_TEST(extent_can_be_the_return_value)
{
	uint32_t child = in(fixture_field(0, 32), 0);
	uint32_t test =
		fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64),
			     fixture_extent(4, SCML_EXTENT_RETURN, fixture_arg(0, 64)), child);

	fixture_put(&fx, 0x1008, 1, 4);
	ck_undecided(verdict_of(test, 0x1000, 0));
	ck_supported(verdict_at_return(test, 0x1000, 2));
	ck_unsupported(verdict_at_return(test, 0x1000, 3));
	ck_supported(verdict_at_return(test, 0x1000, -14));
}
END_TEST

START_TEST(struct_that_is_not_looked_into_must_be_readable)
{
	struct scml_place length = fixture_arg(1, 64);
	uint32_t yes = fixture_op(&fx, SCML_OP_TRUE);
	uint32_t children[4] = {
		yes, fixture_group(&fx, SCML_OP_ALL, 0),
		fixture_group(&fx, SCML_OP_ANY, 2, yes, in(fixture_field(0, 8), 0)),
		fixture_group(&fx, SCML_OP_ALL, 2, yes, in(fixture_arg(2, 8), 0))};

	fx.unknown_from = 0x10000;
	for (unsigned i = 0; i < 4; i++) {
		uint32_t test =
			fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				     fixture_extent(8, SCML_EXTENT_PLACE, length), children[i]);

		ck_supported(verdict_of(test, 0x1000, 8));
		ck_supported(verdict_of(test, 0x1000 + FIXTURE_MEMORY - 1, 8));
		ck_unsupported(verdict_of(test, 0x1000 + FIXTURE_MEMORY, 8));
		ck_undecided(verdict_of(test, 0x10000, 8));
		ck_supported(verdict_of(test, 0x1000 + FIXTURE_MEMORY, 0));
	}
}
END_TEST

START_TEST(pointer_in_memory_leads_on)
{
	uint32_t inner =
		fixture_deep(&fx, SCML_OP_MEMORY, fixture_field(8, 64),
			     fixture_extent(8, SCML_EXTENT_PLACE, fixture_field(0, 32)),
			     in(fixture_field(0, 32), 77));
	uint32_t outer = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				      fixture_fixed(16, 16), inner);

	fixture_put(&fx, 0x1000, 4, 4);
	fixture_put(&fx, 0x1008, 0x1100, 8);
	fixture_put(&fx, 0x1100, 77, 4);
	ck_supported(verdict_of(outer, 0x1000, 0));
	fixture_put(&fx, 0x1000, 3, 4);
	ck_unsupported(verdict_of(outer, 0x1000, 0));
	fixture_put(&fx, 0x1008, 0, 8);
	ck_supported(verdict_of(outer, 0x1000, 0));
}
END_TEST

START_TEST(each_element_must_match)
{
	uint32_t test = fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64),
				     fixture_extent(8, SCML_EXTENT_PLACE, fixture_arg(1, 64)),
				     in(fixture_field(4, 32), 0));

	fixture_put(&fx, 0x1000 + 8 * 5 + 4, 1, 4);
	fixture_put(&fx, 0x1000, 1, 4);
	ck_supported(verdict_of(test, 0x1000, 0));
	ck_supported(verdict_of(test, 0x1000, 5));
	ck_unsupported(verdict_of(test, 0x1000, 6));
	ck_supported(verdict_of(test, 1, 0));
	ck_unsupported(verdict_of(test, 1, 1));
	ck_unsupported(verdict_of(test, 0x1000 + FIXTURE_MEMORY - 8, 2));
}
END_TEST

START_TEST(too_many_elements_are_undecided_unless_one_fails)
{
	uint32_t test = fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64),
				     fixture_extent(1, SCML_EXTENT_PLACE, fixture_arg(1, 64)),
				     in(fixture_field(0, 8), 0));

	ck_supported(verdict_of(test, 0x1000, SCML_MAX_ELEMENTS));
	ck_undecided(verdict_of(test, 0x1000, SCML_MAX_ELEMENTS + 1));
	ck_undecided(verdict_of(test, 0x1000, UINT64_MAX));
	fixture_put(&fx, 0x1000 + SCML_MAX_ELEMENTS, 1, 1);
	ck_undecided(verdict_of(test, 0x1000, SCML_MAX_ELEMENTS + 1));
	fixture_put(&fx, 0x1000 + SCML_MAX_ELEMENTS - 1, 1, 1);
	ck_unsupported(verdict_of(test, 0x1000, SCML_MAX_ELEMENTS + 1));
}
END_TEST

START_TEST(addresses_that_wrap_around_cannot_be_read)
{
	uint32_t child = in(fixture_field(0, 32), 0);
	uint32_t each =
		fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64), fixture_fixed(4, 3), child);
	uint32_t late = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64),
				     fixture_fixed(64, 64), in(fixture_field(16, 32), 0));
	uint32_t bare = fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64), fixture_fixed(4, 4),
				     fixture_op(&fx, SCML_OP_TRUE));
	uint32_t text = fixture_test(
		&fx, (struct scml_test){.op = SCML_OP_STRING, .place = fixture_arg(0, 64)});

	fx.memory_at = UINT64_MAX - 11;
	fx.memory_size = 12;
	ck_supported(verdict_of(each, UINT64_MAX - 11, 0));
	ck_unsupported(verdict_of(each, UINT64_MAX - 7, 0));
	ck_unsupported(verdict_of(each, UINT64_MAX - 1, 0));
	ck_unsupported(verdict_of(late, UINT64_MAX - 11, 0));
	ck_unsupported(verdict_of(bare, UINT64_MAX - 11, 0));
	memset(fx.bytes, 'a', 12);
	ck_unsupported(verdict_of(text, UINT64_MAX - 11, 0));
	fx.bytes[11] = 0;
	ck_supported(verdict_of(text, UINT64_MAX - 11, 0));
}
END_TEST

START_TEST(embedded_array_lies_in_its_struct)
{
	struct scml_block array = fixture_fixed(4, 3);
	struct scml_block outer = fixture_extent(16, SCML_EXTENT_PLACE, fixture_arg(1, 64));
	uint32_t each, test, zero;

	array.flags = SCML_EMBEDDED;
	each = fixture_deep(&fx, SCML_OP_EACH, fixture_field(4, 64), array,
			    in(fixture_field(2, 16), 0));
	test = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), outer, each);
	outer.flags = SCML_ZERO_BEYOND;
	zero = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), outer, each);
	fixture_put(&fx, 0x1000, 0x0000ffffffffffff, 8);
	fixture_put(&fx, 0x1008, 0x0000ffff0000ffff, 8);
	ck_supported(verdict_of(test, 0x1000, 16));
	ck_unsupported(verdict_of(test, 0x1000, 15));
	ck_supported(verdict_of(zero, 0x1000, 15));
	ck_supported(verdict_of(zero, 0x1000 + FIXTURE_MEMORY, 0));
	for (unsigned i = 0; i < 3; i++) {
		fixture_put(&fx, 0x1006 + 4 * i, 1, 2);
		ck_unsupported(verdict_of(test, 0x1000, 16));
		fixture_put(&fx, 0x1006 + 4 * i, 0, 2);
	}
}
END_TEST

START_TEST(string_is_bounded_readable_and_ends)
{
	uint32_t test = fixture_test(
		&fx, (struct scml_test){.op = SCML_OP_STRING, .place = fixture_arg(0, 64)});

	memset(fx.bytes, 'a', sizeof(fx.bytes));
	fx.bytes[SCML_MAX_STRING + 99] = 0;
	ck_supported(verdict_of(test, 0x1000 + 100, 0));
	ck_unsupported(verdict_of(test, 0x1000 + 99, 0));
	ck_supported(verdict_of(test, 0x1000 + SCML_MAX_STRING + 99, 0));
	ck_unsupported(verdict_of(test, 0x1000 + FIXTURE_MEMORY - 10, 0));
	ck_unsupported(verdict_of(test, 0, 0));
	fx.unknown_from = 0x1000 + 3000;
	ck_undecided(verdict_of(test, 0x1000 + 2000, 0));
}
END_TEST

START_TEST(what_the_kernel_fills_in_is_matched_at_the_return)
{
	uint32_t child = in(fixture_field(0, 32), 5);
	struct scml_block block = fixture_fixed(4, 4);
	uint32_t test;

	block.flags = SCML_AT_RETURN;
	test = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), block, child);
	ck_undecided(verdict_of(test, 0x1000, 0));
	ck_supported(verdict_of(test, 0, 0));
	ck_unsupported(verdict_at_return(test, 0x1000, 0));
	ck_supported(verdict_at_return(test, 0x1000, -1));
	ck_supported(verdict_at_return(test, 0x1000, -4095));
	ck_unsupported(verdict_at_return(test, 0x1000, -4096));
	ck_supported(verdict_at_return(test, 1, -14));
	fixture_put(&fx, 0x1000, 5, 4);
	ck_supported(verdict_at_return(test, 0x1000, 3));
	ck_assert(fx.reads);
}
END_TEST

START_TEST(word_that_the_kernel_fills_in_is_matched_at_the_return)
{
	uint32_t child = in(fixture_field(0, 32), 5);
	uint32_t test;

	fx.tests[child].flags = SCML_AT_RETURN;
	test = fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(0, 64), fixture_fixed(4, 4),
			    child);
	ck_undecided(verdict_of(test, 0x1000, 0));
	ck_unsupported(verdict_at_return(test, 0x1000, 0));
	ck_supported(verdict_at_return(test, 0x1000, -1));
}
END_TEST

START_TEST(arrays_in_arrays_end_undecided)
{
	uint32_t test = in(fixture_field(0, 8), 0);

	for (unsigned i = 0; i < 8; i++)
		test = fixture_deep(&fx, SCML_OP_EACH, fixture_field(0, 16),
				    fixture_fixed(2, 1000), test);
	test = fixture_deep(&fx, SCML_OP_EACH, fixture_arg(0, 64), fixture_fixed(2, 1000),
			    test);
	for (unsigned i = 0; i < FIXTURE_MEMORY / 2; i++)
		fixture_put(&fx, 0x1000 + 2 * i, 0x1000, 2);
	ck_undecided(verdict_of(test, 0x1000, 0));
	ck_assert_uint_le(fx.reads, 2 * SCML_MAX_STEPS);
}
END_TEST

static TCase *memory_case(void)
{
	TCase *tc = tcase_create("memory");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, null_pointer_matches_without_a_look);
	tcase_add_test(tc, without_memory_pointers_are_undecided);
	tcase_add_test(tc, fault_is_unsupported_and_unknown_is_undecided);
	tcase_add_test(tc, fields_are_read_in_the_byte_order_of_table_or_field);
	tcase_add_test(tc, signed_field_is_compared_as_it_lies);
	tcase_add_test(tc, field_beyond_size_or_extent_does_not_match);
	tcase_add_test(tc, zero_beyond_makes_the_missing_bytes_zero);
	tcase_add_test(tc, negative_extent_means_none_only_where_it_is_signed);
	tcase_add_test(tc, extent_can_lie_behind_a_pointer);
	tcase_add_test(tc, extent_can_be_the_return_value);
	tcase_add_test(tc, struct_that_is_not_looked_into_must_be_readable);
	tcase_add_test(tc, pointer_in_memory_leads_on);
	tcase_add_test(tc, each_element_must_match);
	tcase_add_test(tc, too_many_elements_are_undecided_unless_one_fails);
	tcase_add_test(tc, addresses_that_wrap_around_cannot_be_read);
	tcase_add_test(tc, embedded_array_lies_in_its_struct);
	tcase_add_test(tc, string_is_bounded_readable_and_ends);
	tcase_add_test(tc, what_the_kernel_fills_in_is_matched_at_the_return);
	tcase_add_test(tc, word_that_the_kernel_fills_in_is_matched_at_the_return);
	tcase_add_test(tc, arrays_in_arrays_end_undecided);
	return tc;
}

int main(void)
{
	Suite *suite = suite_create("match_memory");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, memory_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
