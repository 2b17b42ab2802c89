#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "resolve.h"

struct fixture {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	const struct res_document *document;
};

static struct fixture resolve(const char *text)
{
	struct fixture fixture = {.arena = arena_new()};
	const struct source_document *source;

	fixture.sources = sources_new(fixture.arena);
	fixture.diags = diags_new(fixture.arena, fixture.sources);
	source = source_from_text(fixture.sources, fixture.diags, "t.scml", text, strlen(text));
	fixture.document = resolve_document(
		fixture.arena, fixture.diags,
		parse_document(fixture.arena, fixture.diags, fixture.sources, source));
	diags_sort(fixture.diags);
	return fixture;
}

/* The diagnostics of TEXT are those called NAMES, in the order of their places. */
static void expect(const char *text, const char *names)
{
	struct fixture fixture = resolve(text);
	const char *seen = "";

	for (const struct diag *diag = diags_first(fixture.diags); diag; diag = diag->next)
		seen = arena_printf(fixture.arena, "%s%s%s", seen, *seen ? " " : "",
				    diag_info(diag->id)->name);
	ck_assert_msg(strcmp(seen, names) == 0, "'%s' draws '%s', not '%s'", text, seen, names);
	arena_free(fixture.arena);
}

/* The parts of the first rule's first parameter, flattened. */
static void expect_parts(const char *text, const char *parts)
{
	struct fixture fixture = resolve(text);
	const struct res_pattern *pattern;
	const char *seen = "";

	ck_assert_uint_ge(fixture.document->rule_count, 1);
	pattern = fixture.document->rules[fixture.document->rule_count - 1].params[0].pattern;
	ck_assert_ptr_nonnull(pattern);
	for (size_t i = 0; i < pattern->part_count; i++)
		seen = arena_printf(fixture.arena, "%s%s%s", seen, i ? " " : "",
				    pattern->parts[i]->name.text);
	ck_assert_str_eq(seen, parts);
	arena_free(fixture.arena);
}

START_TEST(lists_that_refer_to_lists_come_out_flat_and_each_name_once)
{
	expect_parts("a = A | B; b = <a> | C | A; f(x = D | <b> | <a>);", "D A B C");
}
END_TEST

START_TEST(an_unknown_reference_is_an_error_and_a_near_name_is_suggested)
{
	struct fixture fixture = resolve("flags = A; f(x = <flag>);");
	const struct diag *diag = diags_first(fixture.diags);

	ck_assert_int_eq(diag->id, DIAG_UNKNOWN_REFERENCE);
	ck_assert_ptr_nonnull(strstr(diag->text, "did you mean 'flags'?"));
	ck_assert_str_eq(diag->edits->text, "flags");
	ck_assert(fixture.document->rules[0].is_broken);
	arena_free(fixture.arena);
	expect("f(x = <nothing_like_it>);", "unknown-reference");
	expect("f(x = <integer>);", "unknown-reference");
	/* a definition that has a syntax error is a definition */
	expect("a = A B; struct s = { c d }; f(x = <a>, y = <s>);", "syntax syntax");
}
END_TEST

START_TEST(a_cycle_is_an_error_whatever_its_length)
{
	expect("a = <a>; f(x = <a>);", "cycle");
	expect("a = <b>; b = <a>; f(x = <a>);", "forward-reference cycle");
	expect("struct a = { x = <b>, .. }; struct b = { y = <a>, .. }; f(x = <a>);",
	       "forward-reference cycle");
}
END_TEST

START_TEST(a_longer_chain_than_the_bound_is_one_error)
{
	struct arena *arena = arena_new();
	const char *text = "a0 = A;";

	for (int i = 1; i < 400; i++)
		text = arena_printf(arena, "%s a%d = <a%d>;", text, i, i - 1);
	text = arena_printf(arena, "%s f(x = <a399>);", text);
	expect(text, "too-deep");
	arena_free(arena);
}
END_TEST

START_TEST(a_name_can_extend_its_own_earlier_definition)
{
	expect("a = A; a = <a> | B; f(x = <a>);", "shadowed");
	expect_parts("a = A; a = <a> | B; f(x = <a>);", "A B");
}
END_TEST

START_TEST(a_later_definition_counts_for_what_follows_it)
{
	expect_parts("a = A; f(x = <a>); a = B; g(x = <a>);", "B");
	expect("a = A; f(x = <a>); a = B; g(x = <a>);", "shadowed");
}
END_TEST

START_TEST(a_reference_before_the_definition_binds_to_the_first_later_one)
{
	expect("f(x = <a>); a = A;", "forward-reference");
	expect_parts("a = A; a = B; f(x = <a>);", "B");
	expect_parts("f(x = <a>); a = A; a = B;", "A");
}
END_TEST

START_TEST(struct_rules_that_follow_each_other_are_alternatives)
{
	struct fixture fixture =
		resolve("struct s = { a = A, .. }; struct s = { a = B, .. }; f(x = <s>);");
	const struct res_pattern *pattern = fixture.document->rules[0].params[0].pattern;

	ck_assert_ptr_null(diags_first(fixture.diags));
	ck_assert_int_eq(pattern->kind, RES_STRUCTS);
	ck_assert_uint_eq(pattern->struct_count, 2);
	arena_free(fixture.arena);
	expect("struct s = { a = A, .. }; f(x = <s>); struct s = { a = B, .. }; g(x = <s>);",
	       "shadowed");
}
END_TEST

START_TEST(one_name_for_a_struct_and_for_flags_is_an_error)
{
	expect("a = A; struct a = { x, .. }; f(x = <a>);", "name-clash");
}
END_TEST

START_TEST(built_in_names_cannot_be_defined_and_stand_where_they_belong)
{
	expect("INTEGER = A;", "builtin");
	expect("struct PATH = { a, .. };", "builtin");
	expect("NULL = 1;", "builtin");
	expect("f(x = <NULL>);", "builtin");
	expect("f(x = <INTEGER>, y = <PATH>, z = NULL);", "");
}
END_TEST

START_TEST(values_and_memory_do_not_mix_but_null_goes_with_memory)
{
	expect("struct s = { a, .. }; f(x = <s> | A);", "wrong-kind");
	expect("struct s = { a, .. }; f(x = <s> | <INTEGER>);", "wrong-kind");
	expect("f(x = <PATH> | 3);", "wrong-kind");
	expect("struct s = { a, .. }; f(x = <s> | <PATH>);", "wrong-kind");
	expect("struct s = { a, .. }; a = <s>; f(x = <a>);", "wrong-kind");
	expect("struct s = { a, .. }; f(x = <s> | NULL, y = <PATH> | NULL);", "");
}
END_TEST

START_TEST(a_definition_that_nothing_uses_draws_a_warning_and_its_errors_still_count)
{
	expect("a = A; f(x);", "unused");
	expect("a = <b>; f(x);", "unknown-reference");
}
END_TEST

START_TEST(every_error_of_a_document_is_reported_and_whole_rules_stay_whole)
{
	struct fixture fixture = resolve("f(x = <a>); g(x); h(x = <b>, y = <c>);");

	ck_assert_uint_eq(diags_count(fixture.diags, DIAG_ERROR), 3);
	ck_assert_uint_eq(fixture.document->rule_count, 3);
	ck_assert(fixture.document->rules[0].is_broken);
	ck_assert(!fixture.document->rules[1].is_broken);
	ck_assert(fixture.document->rules[2].is_broken);
	arena_free(fixture.arena);
}
END_TEST

START_TEST(ten_thousand_constants_in_lists_of_lists_take_no_time_to_speak_of)
{
	struct arena *arena = arena_new();
	size_t size = 400 * 1000, len = 0;
	char *text = arena_alloc(arena, size);

	for (int i = 0; i < 10000; i++)
		len += (size_t)snprintf(text + len, size - len, "%sC%d", i ? "|" : "a0=", i);
	for (int i = 1; i < 60; i++)
		len += (size_t)snprintf(text + len, size - len, "; a%d = <a%d> | <a%d>", i,
					i - 1, i - 1);
	snprintf(text + len, size - len, "; f(x = <a59>);");
	expect(text, "");
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("resolve");
	TCase *tcase = tcase_create("names");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, lists_that_refer_to_lists_come_out_flat_and_each_name_once);
	tcase_add_test(tcase, an_unknown_reference_is_an_error_and_a_near_name_is_suggested);
	tcase_add_test(tcase, a_cycle_is_an_error_whatever_its_length);
	tcase_add_test(tcase, a_longer_chain_than_the_bound_is_one_error);
	tcase_add_test(tcase, a_name_can_extend_its_own_earlier_definition);
	tcase_add_test(tcase, a_later_definition_counts_for_what_follows_it);
	tcase_add_test(tcase, a_reference_before_the_definition_binds_to_the_first_later_one);
	tcase_add_test(tcase, struct_rules_that_follow_each_other_are_alternatives);
	tcase_add_test(tcase, one_name_for_a_struct_and_for_flags_is_an_error);
	tcase_add_test(tcase, built_in_names_cannot_be_defined_and_stand_where_they_belong);
	tcase_add_test(tcase, values_and_memory_do_not_mix_but_null_goes_with_memory);
	tcase_add_test(
		tcase,
		a_definition_that_nothing_uses_draws_a_warning_and_its_errors_still_count);
	tcase_add_test(tcase, every_error_of_a_document_is_reported_and_whole_rules_stay_whole);
	tcase_add_test(tcase,
		       ten_thousand_constants_in_lists_of_lists_take_no_time_to_speak_of);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
