#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag_fixture.h"

START_TEST(every_row_is_complete)
{
	const struct diag_info *info = diag_info((enum diag_id)_i);
	enum diag_id id;

	ck_assert_msg(strspn(info->name, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
			      strlen(info->name),
		      "%s", info->name);
	ck_assert_msg(strcmp(info->name, "error") != 0, "-Werror means something else");
	ck_assert_ptr_eq(diag_info_named(info->name, &id), info);
	ck_assert_int_eq(id, _i);
	ck_assert_msg(info->title[0] && info->title[strlen(info->title) - 1] != '.', "%s",
		      info->name);
	ck_assert_msg(info->explanation[0] &&
			      info->explanation[strlen(info->explanation) - 1] == '.',
		      "%s", info->name);
	ck_assert_msg(!info->wrong[0] == !info->right[0], "%s", info->name);
}
END_TEST

START_TEST(text_has_place_line_caret_fix_and_notes)
{
	struct diag *diag;

	add_file("a.scml", "read(fd)\n\twrite(a, bcd);\n");
	diag = diag_add(diags, DIAG_SYNTAX, span(19, 22), "no '%s'", "bcd");
	diag_edit(diags, diag, span(19, 22), "efg");
	diag_edit(diags, diag, span(8, 8), ";");
	diag_edit(diags, diag, span(19, 20), "%s", "");
	diag_remark(diags, diag, span(0, 4), "see here");
	diag_remark(diags, diag, SPAN_NONE, "anywhere");
	ck_assert_str_eq(written(DIAG_TEXT, false), "a.scml:2:11: error: no 'bcd'\n"
						    "    2 |         write(a, bcd);\n"
						    "      |                  ^~~\n"
						    "      = fix: replace 'bcd' by 'efg'\n"
						    "      = fix: at 1:9 insert ';'\n"
						    "      = fix: remove 'b'\n"
						    "a.scml:1:1: note: see here\n"
						    "    1 | read(fd)\n"
						    "      | ^~~~\n"
						    "      = note: anywhere\n");
}
END_TEST

START_TEST(caret_counts_tabs_and_characters_as_shown)
{
	add_file("a.scml", "\xc3\xa9\xff\tx\ty;");
	diag_add(diags, DIAG_SYNTAX, span(4, 7), "x");
	ck_assert_str_eq(written(DIAG_TEXT, false),
			 "a.scml:1:5: error: x\n"
			 "    1 | \xc3\xa9\xef\xbf\xbd      x       y;\n"
			 "      |         ^~~~~~~~~\n");
}
END_TEST

START_TEST(caret_of_a_span_over_lines_ends_with_its_line)
{
	add_file("a.scml", "ab\ncd\n");
	diag_add(diags, DIAG_SYNTAX, span(1, 5), "x");
	diag_add(diags, DIAG_SYNTAX, span(6, 6), "end");
	ck_assert_str_eq(written(DIAG_TEXT, false), "a.scml:1:2: error: x\n"
						    "    1 | ab\n"
						    "      |  ^\n"
						    "a.scml:3:1: error: end\n"
						    "    3 | \n"
						    "      | ^\n");
}
END_TEST

START_TEST(long_line_is_cut_around_the_fault)
{
	char *text = arena_alloc(arena, 1001);
	const char *out;

	memset(text, 'x', 1000);
	text[500] = '@';
	add_file("a.scml", text);
	diag_add(diags, DIAG_SYNTAX, span(500, 501), "x");
	out = written(DIAG_TEXT, false);
	ck_assert_uint_lt(strlen(out), 400);
	/* the caret stands under the '@' */
	out = strchr(out, '\n') + 1;
	ck_assert_uint_eq((size_t)(strchr(out, '@') - out),
			  (size_t)(strchr(out, '^') - strchr(out, '\n') - 1));
}
END_TEST

START_TEST(no_control_character_reaches_the_terminal)
{
	add_file("a\033[2J.scml", "\033]0;x\a\r\xc2\x9bx;");
	diag_add(diags, DIAG_SYNTAX, span(0, 3), "seen '\033[1m'");
	for (const char *at = written(DIAG_TEXT, false); *at; at++)
		ck_assert(*at == '\n' || (unsigned char)*at >= 0x20);
	ck_assert_ptr_null(strstr(written(DIAG_TEXT, false), "\xc2\x9b"));
}
END_TEST

START_TEST(colours_come_only_when_asked_for)
{
	add_file("a.scml", "x;");
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "x");
	ck_assert_ptr_null(strchr(written(DIAG_TEXT, false), '\033'));
	ck_assert_ptr_nonnull(strstr(written(DIAG_TEXT, true), "\033[1;31m"));
	ck_assert_ptr_null(strchr(written(DIAG_JSON, true), '\033'));
}
END_TEST

START_TEST(message_without_a_place_has_none)
{
	diag_add(diags, DIAG_FILE_ERROR, SPAN_NONE, "cannot read 'x'");
	ck_assert_str_eq(written(DIAG_TEXT, false), "error: cannot read 'x'\n");
	ck_assert_str_eq(written(DIAG_GITHUB, false), "::error title=file::cannot read 'x'\n");
	ck_assert_str_eq(written(DIAG_JSON, false),
			 "{\"file\":null,\"level\":\"error\",\"name\":\"file\",\"message\":"
			 "\"cannot read 'x'\",\"notes\":[],\"fixes\":[]}\n");
}
END_TEST

static const struct {
	const char *options[3];
	const char *head; /* of the text; "" where nothing is listed */
} option_cases[] = {
	{{NULL}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
	{{"bare-number"}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
	{{"no-bare-number"}, ""},
	{{"no-bare-number", "bare-number"}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
	{{"error"}, "a.scml:1:1: error: x [-Werror=bare-number]\n"},
	{{"error=bare-number"}, "a.scml:1:1: error: x [-Werror=bare-number]\n"},
	{{"no-bare-number", "error=bare-number"},
	 "a.scml:1:1: error: x [-Werror=bare-number]\n"},
	{{"error", "no-error=bare-number"}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
	{{"no-error=bare-number", "error"}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
	{{"error", "no-bare-number"}, ""},
	{{"error=syntax"}, "a.scml:1:1: warning: x [-Wbare-number]\n"},
};

START_TEST(warnings_answer_to_their_options)
{
	const char *head = option_cases[_i].head;

	add_file("a.scml", "0;");
	for (size_t i = 0; i < 3 && option_cases[_i].options[i]; i++)
		ck_assert(diags_option(diags, option_cases[_i].options[i]));
	ck_assert_ptr_nonnull(diag_add(diags, DIAG_BARE_NUMBER, span(0, 1), "x"));
	if (*head)
		ck_assert_int_eq(strncmp(written(DIAG_TEXT, false), head, strlen(head)), 0);
	else
		ck_assert_str_eq(written(DIAG_TEXT, false), "");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), strstr(head, "error:") ? 1 : 0);
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), strstr(head, "warning:") ? 1 : 0);
}
END_TEST

START_TEST(unknown_option_is_refused)
{
	ck_assert(!diags_option(diags, "no-such"));
	ck_assert(!diags_option(diags, "error=no-such"));
	ck_assert(!diags_option(diags, "no-error=such"));
	ck_assert(!diags_option(diags, "no-"));
	ck_assert(!diags_option(diags, ""));
}
END_TEST

START_TEST(errors_cannot_be_switched_off)
{
	add_file("a.scml", "0;");
	ck_assert(diags_option(diags, "no-syntax"));
	ck_assert(diags_option(diags, "no-error=syntax"));
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "x");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
}
END_TEST

START_TEST(the_same_diagnostic_is_listed_once)
{
	add_file("a.scml", "01;");
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "x");
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "x");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "y");
	diag_add(diags, DIAG_SYNTAX, span(0, 2), "x");
	diag_add(diags, DIAG_SYNTAX, span(1, 1), "x");
	diag_add(diags, DIAG_NUMBER, span(0, 1), "x");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 5);
}
END_TEST

START_TEST(many_diagnostics_are_told_apart)
{
	enum { COUNT = 5000 };

	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 0; i < COUNT; i++)
			diag_add(diags, DIAG_SYNTAX, span(i, i + 1), "x");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), COUNT);
}
END_TEST

START_TEST(list_is_sorted_by_place_and_otherwise_as_pushed)
{
	static const char *const order[] = {"a", "b", "c", "d", "e", "f"};
	const struct diag *diag;
	size_t i = 0;

	add_file("a.scml", "0123;");
	add_file("b.scml", "0123;");
	diag_add(diags, DIAG_FILE_ERROR, SPAN_NONE, "f");
	diag_add(diags, DIAG_SYNTAX, (struct span){1, 0, 1}, "e");
	diag_add(diags, DIAG_SYNTAX, span(2, 3), "b");
	diag_add(diags, DIAG_SYNTAX, span(2, 2), "c");
	diag_add(diags, DIAG_BARE_NUMBER, span(2, 3), "d");
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "a");
	diags_sort(diags);
	for (diag = diags_first(diags); diag; diag = diag->next)
		ck_assert_str_eq(diag->text, order[i++]);
	ck_assert_uint_eq(i, 6);
}
END_TEST

START_TEST(sorting_holds_for_any_order)
{
	enum { COUNT = 1000 };
	uint32_t last = 0;
	size_t count = 0;

	for (uint32_t i = 0; i < COUNT; i++)
		diag_add(diags, DIAG_SYNTAX, span(i * 7919 % COUNT, COUNT), "x");
	diags_sort(diags);
	diags_sort(diags);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		ck_assert_uint_ge(diag->span.start, last);
		last = diag->span.start;
		count++;
	}
	ck_assert_uint_eq(count, COUNT);
	diag_add(diags, DIAG_SYNTAX, span(0, 1), "appended after sorting");
	diags_sort(diags);
	ck_assert_uint_eq(diags_first(diags)->span.start, 0);
}
END_TEST

START_TEST(errors_beyond_the_limit_are_counted)
{
	add_file("a.scml", "01234;");
	diags_limit(diags, 2);
	for (uint32_t i = 0; i < 5; i++)
		diag_add(diags, DIAG_SYNTAX, span(i, i + 1), "x");
	diag_add(diags, DIAG_BARE_NUMBER, span(0, 1), "warnings are not limited");
	diags_sort(diags);
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 2);
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), 1);
	ck_assert_ptr_nonnull(
		strstr(written(DIAG_TEXT, false), "note: 3 more errors not shown"));
}
END_TEST

START_TEST(github_commands_are_escaped)
{
	struct diag *diag;

	add_file("a,b:c.scml", "x\ny;");
	diag = diag_add(diags, DIAG_SYNTAX, span(2, 3), "50%%\n::x");
	diag_remark(diags, diag, span(0, 1), "first");
	diag_add(diags, DIAG_BARE_NUMBER, span(0, 3), "y");
	ck_assert_str_eq(
		written(DIAG_GITHUB, false),
		"::error file=a%2Cb%3Ac.scml,line=2,endLine=2,col=1,endColumn=2,"
		"title=syntax::50%25%0A::x%0Aa,b:c.scml:1: first\n"
		"::warning file=a%2Cb%3Ac.scml,line=1,endLine=2,title=bare-number::y\n");
}
END_TEST

START_TEST(formats_have_names)
{
	enum diag_format format;

	ck_assert(diag_format_named("text", &format) && format == DIAG_TEXT);
	ck_assert(diag_format_named("json", &format) && format == DIAG_JSON);
	ck_assert(diag_format_named("sarif", &format) && format == DIAG_SARIF);
	ck_assert(diag_format_named("github", &format) && format == DIAG_GITHUB);
	ck_assert(!diag_format_named("xml", &format));
}
END_TEST

static Suite *diag_suite(void)
{
	Suite *suite = suite_create("diag");
	TCase *tests = tcase_create("diag");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, every_row_is_complete, 0, DIAG_COUNT);
	tcase_add_test(tests, text_has_place_line_caret_fix_and_notes);
	tcase_add_test(tests, caret_counts_tabs_and_characters_as_shown);
	tcase_add_test(tests, caret_of_a_span_over_lines_ends_with_its_line);
	tcase_add_test(tests, long_line_is_cut_around_the_fault);
	tcase_add_test(tests, no_control_character_reaches_the_terminal);
	tcase_add_test(tests, colours_come_only_when_asked_for);
	tcase_add_test(tests, message_without_a_place_has_none);
	tcase_add_loop_test(tests, warnings_answer_to_their_options, 0,
			    sizeof(option_cases) / sizeof(option_cases[0]));
	tcase_add_test(tests, unknown_option_is_refused);
	tcase_add_test(tests, errors_cannot_be_switched_off);
	tcase_add_test(tests, the_same_diagnostic_is_listed_once);
	tcase_add_test(tests, many_diagnostics_are_told_apart);
	tcase_add_test(tests, list_is_sorted_by_place_and_otherwise_as_pushed);
	tcase_add_test(tests, sorting_holds_for_any_order);
	tcase_add_test(tests, errors_beyond_the_limit_are_counted);
	tcase_add_test(tests, github_commands_are_escaped);
	tcase_add_test(tests, formats_have_names);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(diag_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
