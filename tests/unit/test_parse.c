#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "parse_fixture.h"
#include "syntax_cases.h"

static const struct {
	const char *text;
	const char *tree;
} trees[] = {
	{"", ""},
	{" \t\r\n\f\v", ""},
	{"fork();", "fork();"},
	{"read(fd, buf, count);", "read(fd, buf, count);"},
	{"read(fd,buf,count,);", "read(fd, buf, count);"},
	{"f(..);f(..,);f(a,..);f(a,..,);", "f(..);f(..);f(a, ..);f(a, ..);"},
	{"f(a = X | 0x10 | <b>);", "f(a=X|16|<b>);"},
	{"f(a = <INTEGER>, b = <PATH>, c = NULL);", "f(a=<INTEGER>, b=<PATH>, c=NULL);"},
	{"f(a = 0, b = 00, c = 017, d = 0o17, e = 0O17, f = 0XfF, g = 19, h = -1);",
	 "f(a=0, b=0, c=15, d=15, e=15, f=255, g=19, h=-1);"},
	{"a = 18446744073709551615 | 0xffffffffffffffff | 01777777777777777777777;",
	 "a=18446744073709551615|18446744073709551615|18446744073709551615;"},
	{"a = -9223372036854775808 | -0x8000000000000000 | -0 | -017;",
	 "a=-9223372036854775808|-9223372036854775808|-0|-15;"},
	{"f(a, 0, -1, 0x2);", "f(a, #0, #-1, #2);"},
	{"struct s = { a, b = X, .. };", "struct s={a, b=X, ..};"},
	{"struct s = { .. };struct s = { .., };struct s = { a, };",
	 "struct s={..};struct s={..};struct s={a};"},
	{"f(a = { b = { c = [ X, Y | Z, { d, .. }, [ 1 ], <e>, ], .. } });",
	 "f(a={b={c=[X, Y|Z, {d, ..}, [1], <e>], ..}});"},
	{"a = X; b = <a> | Y; f(c = <b>);", "a=X;b=<a>|Y;f(c=<b>);"},
	/* `struct` is a name wherever no struct rule can begin */
	{"struct struct = { struct = struct, .. };f(struct, a = struct | <struct>);",
	 "struct struct={struct=struct, ..};f(struct, a=struct|<struct>);"},
	{"structs = X; struct1(a);", "structs=X;struct1(a);"},
	/* comments stand anywhere */
	{"f/**/(/* ( */a//)\n,b=/**/X/**/|/***/Y)/**/;// ;", "f(a, b=X|Y);"},
	{"/*/ **/f();/* /* */", "f();"},
	/* layout means nothing */
	{"f(\na = X,\nb = Y,\ng\n)\n;\nh\n(\n)\n;", "f(a=X, b=Y, g);h();"},
	{"f(a\n,\nb\n=\nX\n|\nY\n);a\n=\nX\n;", "f(a, b=X|Y);a=X;"},
	{"   f(\na = {\nb = X,\nc = Y\n});", "f(a={b=X, c=Y});"},
};

START_TEST(right_documents_parse)
{
	ck_assert_str_eq(show(parse(trees[_i].text)), trees[_i].tree);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		ck_assert_int_eq(diag->id, DIAG_BARE_NUMBER);
}
END_TEST

START_TEST(mistakes_are_told_one_by_one)
{
	parse(syntax_cases[_i].text);
	ck_assert_str_eq(messages(), syntax_cases[_i].messages);
}
END_TEST

/* TEXT with all the edits of its diagnostics made, last one first. */
static const char *mended(const char *text)
{
	size_t end = strlen(text);
	const char *tail = "";

	diags_sort(diags);
	for (;;) {
		const struct diag_edit *best = NULL;

		for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
			for (const struct diag_edit *edit = diag->edits; edit;
			     edit = edit->next)
				if (edit->span.end <= end &&
				    (!best || edit->span.end > best->span.end))
					best = edit;
		if (!best)
			return arena_printf(arena, "%.*s%s", (int)end, text, tail);
		tail = arena_printf(arena, "%s%.*s%s", best->text, (int)(end - best->span.end),
				    text + best->span.end, tail);
		end = best->span.start;
		if (end == 0)
			return tail;
		end -= best->span.start == best->span.end;
		tail = arena_printf(arena, "%.*s%s", (int)(best->span.start - end), text + end,
				    tail);
	}
}

START_TEST(offered_edits_mend_the_document)
{
	const char *text = syntax_cases[_i].text;
	const struct diag *diag;

	parse(text);
	for (diag = diags_first(diags); diag && diag->edits; diag = diag->next)
		;
	if (diag || !diags_first(diags))
		return; /* not all of its mistakes have an edit */
	text = mended(text);
	diags = diags_new(arena, sources);
	parse(text);
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == 0, "%s\n%s", text, messages());
}
END_TEST

START_TEST(rules_around_a_mistake_are_kept)
{
	const struct ast_document *document =
		parse("a(b);\nc = X Y;\nd(e);\nf(, g);\nh(i)\nstruct j = {};\nk = L;");

	ck_assert_str_eq(show(document), "a(b);d(e);h(i);k=L;");
	ck_assert_uint_eq(document->lost_count, 3);
	ck_assert_str_eq(document->lost[0].text, "c");
	ck_assert_str_eq(document->lost[1].text, "f");
	ck_assert_str_eq(document->lost[2].text, "j");
}
END_TEST

START_TEST(missing_bracket_names_the_open_one)
{
	const struct diag *diag;

	parse("f(a = {\n b = [ X,\n");
	diag = diags_first(diags);
	ck_assert_str_eq(diag->text, "']});' is missing after ','");
	ck_assert_uint_eq(diag->remarks->span.start, 13);
	ck_assert_uint_eq(diag->remarks->next->span.start, 6);
	ck_assert_uint_eq(diag->remarks->next->next->span.start, 1);
	ck_assert_ptr_null(diag->remarks->next->next->next);
}
END_TEST

START_TEST(spans_cover_what_they_name)
{
	static const char text[] = " f(a, b = X | <c>, ..) ;\nstruct s = { d = [ -0x1 ], .. };";
	const struct ast_document *document = parse(text);
	const struct ast_rule *call = document->rules[0];
	const struct ast_rule *record = document->rules[1];
	const struct ast_pattern *array = record->pattern->fields[0].pattern;
	const struct {
		struct span span;
		const char *text;
	} cases[] = {
		{call->span, "f(a, b = X | <c>, ..) ;"},
		{call->name.span, "f"},
		{call->params[0].span, "a"},
		{call->params[1].span, "b = X | <c>"},
		{call->params[1].pattern->span, "X | <c>"},
		{call->params[1].pattern->parts[1].span, "<c>"},
		{call->params[1].pattern->parts[1].name.span, "c"},
		{call->dots, ".."},
		{record->span, "struct s = { d = [ -0x1 ], .. };"},
		{record->name.span, "s"},
		{record->pattern->span, "{ d = [ -0x1 ], .. }"},
		{record->pattern->dots, ".."},
		{array->span, "[ -0x1 ]"},
		{array->elements[0]->parts[0].number.span, "-0x1"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct span *span = &cases[i].span;

		ck_assert_str_eq(
			arena_strndup(arena, text + span->start, span->end - span->start),
			cases[i].text);
	}
}
END_TEST

START_TEST(comments_are_kept_with_their_kind)
{
	static const struct {
		enum ast_comment_kind kind;
		bool is_own_line;
		const char *text;
	} cases[] = {
		{AST_INNER_COMMENT, true, "about all"},
		{AST_LINE_COMMENT, true, " two blanks"},
		{AST_DOC_COMMENT, true, "about f"},
		{AST_LINE_COMMENT, true, "//// four"},
		{AST_BLOCK_COMMENT, false, "in "},
		{AST_LINE_COMMENT, false, "trails"},
		{AST_BLOCK_COMMENT, true, "*\n * b "},
		{AST_LINE_COMMENT, true, ""},
		{AST_DOC_COMMENT, true, ""},
		{AST_INNER_COMMENT, true, ""},
	};
	const struct ast_document *document =
		parse("//! about all\n//  two blanks\r\n\t/// about f\n////// four\n"
		      "f(/* in */ a); //\ttrails\n/**\n * b */ //\n  ///\n//!");

	/* the second comment of the block comment's line does not stand alone */
	ck_assert_uint_eq(document->comment_count, sizeof(cases) / sizeof(cases[0]));
	for (size_t i = 0; i < document->comment_count; i++) {
		ck_assert_int_eq(document->comments[i].kind, cases[i].kind);
		ck_assert_str_eq(document->comments[i].text, cases[i].text);
		if (i != 7)
			ck_assert_int_eq(document->comments[i].is_own_line,
					 cases[i].is_own_line);
	}
	ck_assert(!document->comments[7].is_own_line);
	ck_assert_ptr_null(diags_first(diags));
}
END_TEST

START_TEST(comments_belong_to_rules)
{
	/* { first, inside, end } of each rule */
	static const size_t cases[][3] = {{0, 2, 5}, {5, 5, 5}, {5, 6, 6}, {6, 7, 8}};
	const struct ast_document *document = parse("// 0\n/* 1 */ f( // 2\n /* 3 */ a); // 4\n"
						    "g(b); /// 5, about the next\nh(c); "
						    "\n// 6\n\ni(d /* 7 */)\n;\n// 8\n");

	ck_assert_uint_eq(document->rule_count, 4);
	ck_assert_uint_eq(document->comment_count, 9);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(document->rules[i]->first_comment, cases[i][0]);
		ck_assert_uint_eq(document->rules[i]->inside_comment, cases[i][1]);
		ck_assert_uint_eq(document->rules[i]->end_comment, cases[i][2]);
	}
}
END_TEST

START_TEST(rule_without_semicolon_keeps_its_comments)
{
	const struct ast_document *document = parse("// 0\nf(/* 1 */ a) // 2\n// 3\ng(b);");

	ck_assert_uint_eq(document->rules[0]->inside_comment, 1);
	ck_assert_uint_eq(document->rules[0]->end_comment, 3);
	ck_assert_uint_eq(document->rules[1]->first_comment, 3);
	ck_assert_uint_eq(document->rules[1]->inside_comment, 4);
}
END_TEST

START_TEST(bare_number_is_a_value_and_a_warning)
{
	const struct ast_document *document = parse("renameat2(a, b, c, d, 0);");

	ck_assert(document->rules[0]->params[4].is_bare_number);
	ck_assert_str_eq(document->rules[0]->params[4].name.text, "");
	ck_assert_str_eq(messages(),
			 "1:23 the number '0' stands where a parameter is expected; "
			 "write NAME = 0\n");
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), 1);
}
END_TEST

START_TEST(rows_about_syntax_have_examples_that_hold)
{
	const struct diag_info *info = diag_info((enum diag_id)_i);
	bool is_drawn = false;

	if (!info->wrong[0] || info->wrong[0] == '$')
		return; /* it is about a bound or a file */
	parse(info->wrong);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		is_drawn |= diag->id == (enum diag_id)_i;
	ck_assert_msg(is_drawn, "%s: %s", info->name, messages());
	tear_down();
	set_up();
	parse(info->right);
	ck_assert_msg(!diags_first(diags), "%s: %s", info->name, messages());
}
END_TEST

/* Markdown */

START_TEST(examples_of_the_reference_are_right)
{
	const char *path = getenv("SCML_REFERENCE");
	const struct source_document *document;

	if (!path) {
		printf("skipped: SCML_REFERENCE is not set\n");
		return;
	}
	document = source_read(sources, diags, path);
	ck_assert_ptr_nonnull(document);
	ck_assert_uint_gt(parse_document(arena, diags, sources, document)->rule_count, 10);
	ck_assert_str_eq(messages(), "");
}
END_TEST

START_TEST(rule_does_not_cross_blocks)
{
	static const char page[] = "# A\n```scml\na = X |\n```\n\n```scml\nY;\nf(b);\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(messages(),
			 "3:8 expected a value after '|', found the end of the block\n"
			 "7:2 expected '(' or '=' after 'Y', found ';'\n");
	ck_assert_str_eq(show(document), "f(b);");
}
END_TEST

START_TEST(missing_semicolon_is_seen_at_the_end_of_a_block)
{
	static const char page[] = "```scml\na = X\n```\n```scml\nf(b)\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(messages(), "2:6 ';' is missing after 'X'\n"
				     "5:5 ';' is missing after ')'\n");
	ck_assert_str_eq(show(document), "a=X;f(b);");
}
END_TEST

START_TEST(tokens_and_comments_cross_the_lines_of_a_quote)
{
	static const char page[] = "> ```scml\n> a = X /* b\n> c */ |\n> Y; @\n> ```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(show(document), "a=X|Y;");
	ck_assert_uint_eq(document->comment_count, 1);
	ck_assert_str_eq(messages(), "4:6 stray '@'\n");
}
END_TEST

START_TEST(comment_ends_with_its_block)
{
	static const char page[] = "```scml\nf(a); /* b\n```\n*/\n```scml\ng(c);\n```\n";
	const struct ast_document *document = parse_bytes("t.md", page, sizeof(page) - 1);

	ck_assert_str_eq(show(document), "f(a);g(c);");
	ck_assert_str_eq(messages(), "2:7 the comment has no end: '*/' is missing\n");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static Suite *parse_suite(void)
{
	Suite *suite = suite_create("parse");
	TCase *tests = tcase_create("parse");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, right_documents_parse, 0, COUNT(trees));
	tcase_add_loop_test(tests, mistakes_are_told_one_by_one, 0, COUNT(syntax_cases));
	tcase_add_loop_test(tests, offered_edits_mend_the_document, 0, COUNT(syntax_cases));
	tcase_add_test(tests, rules_around_a_mistake_are_kept);
	tcase_add_test(tests, missing_bracket_names_the_open_one);
	tcase_add_test(tests, spans_cover_what_they_name);
	tcase_add_test(tests, comments_are_kept_with_their_kind);
	tcase_add_test(tests, comments_belong_to_rules);
	tcase_add_test(tests, rule_without_semicolon_keeps_its_comments);
	tcase_add_test(tests, bare_number_is_a_value_and_a_warning);
	tcase_add_loop_test(tests, rows_about_syntax_have_examples_that_hold, DIAG_SYNTAX,
			    DIAG_BARE_NUMBER + 1);
	tcase_add_test(tests, examples_of_the_reference_are_right);
	tcase_add_test(tests, rule_does_not_cross_blocks);
	tcase_add_test(tests, missing_semicolon_is_seen_at_the_end_of_a_block);
	tcase_add_test(tests, tokens_and_comments_cross_the_lines_of_a_quote);
	tcase_add_test(tests, comment_ends_with_its_block);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(parse_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
