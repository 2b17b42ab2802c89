#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "parse.h"
#include "parse_fixture.h"

static const char *repeated(const char *text, size_t count, const char *tail)
{
	size_t len = strlen(text);
	char *all = arena_alloc(arena, len * count + strlen(tail) + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(all + i * len, text, len);
	strcpy(all + len * count, tail);
	return all;
}

static const struct {
	const char *head, *nest, *tail;
} nests[] = {
	{"f(a = ", "[", ""},	 {"f(a = ", "{x=", ""},
	{"f(a = ", "[{x=", ";"}, {"f", "(", ""},
	{"f(a = ", "(", ");"},	 {"", "[", ""},
	{"", "{", "}"},		 {"a = ", "<", ">;"},
	{"a = ", "[", ";"},	 {"struct s = ", "{x=", ";"},
	{"f(", "{", ");"},	 {"f(a = X ", "{", ";"},
	{"f(a = ", "g(", "));"}, {"f(a b, ", "[", ");"},
};

START_TEST(deep_nesting_is_one_error)
{
	enum { DEPTH = 200000 };
	const char *text = repeated(nests[_i].nest, DEPTH, nests[_i].tail);
	size_t expected = strstr(nests[_i].head, "a b") ? 2 : 1;

	parse(arena_printf(arena, "%s%s", nests[_i].head, text));
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == expected, "%s", messages());
}
END_TEST

START_TEST(rule_after_deep_nesting_is_read)
{
	const struct ast_document *document = parse(arena_printf(
		arena, "f(a = %s%s);g(b);", repeated("[", 1000, "X"), repeated("]", 1000, "")));

	ck_assert_str_eq(messages(), "1:207 patterns are nested more than 200 deep\n");
	ck_assert_str_eq(show(document), "g(b);");
}
END_TEST

START_TEST(the_depth_bound_is_where_it_is_said_to_be)
{
	static const char *const heads[] = {"f(a = ", "a = ", "f(a = "};
	static const char *const open[] = {"[", "[", "{x="};
	static const char *const close[] = {"]", "]", "}"};
	static const char *const tails[] = {");", ";", ");"};

	for (size_t extra = 0; extra < 2; extra++) {
		size_t depth = PARSE_MAX_DEPTH + extra;

		diags = diags_new(arena, sources);
		parse(arena_printf(arena, "%s%s%s%s", heads[_i], repeated(open[_i], depth, "1"),
				   repeated(close[_i], depth, ""), tails[_i]));
		if (extra)
			ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_DEEP);
		else
			ck_assert(!diags_first(diags) ||
				  diags_first(diags)->id != DIAG_TOO_DEEP);
	}
}
END_TEST

static double seconds_to_parse(const char *text)
{
	struct timespec start;
	struct timespec end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
	parse(text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return (double)(end.tv_sec - start.tv_sec) +
	       (double)(end.tv_nsec - start.tv_nsec) / 1e9;
}

static const struct {
	const char *head, *piece, *tail;
} bulks[] = {
	{"", "read(fd, count = X | Y);\n", ""},
	{"f(a = ", "X | ", "Y);"},
	{"f(", "a, ", ");"},
	{"f(a", " b", ");"},
	{"a = X", " X", ";"},
	{"/*", "*", "*/"},
	{"/*", "/*", ""},
	{"//", "x", ""},
	{"", "/**/", ""},
	{"", "//\n", ""},
	{"", "\n", ""},
	{"", "@", ""},
	{"", "@ ", ""},
	{"", "\x80", ""},
	{"", "a", ""},
	{"", "-", ""},
	{"", ".", ""},
	{"", "..", ""},
	{"", "1", ""},
	{"", ";", ""},
	{"", "\"", ""},
	{"", "'\n", ""},
	{"", "a(", ""},
	{"", "struct ", ""},
	{"", "f(a = {", ""},
	{"f(a = ", "{} ", ");"},
	{"f(", "[]", ");"},
	{"f(a = [", ",", "]);"},
	{"a", "=", ";"},
	{"a = X", "|", ";"},
};

START_TEST(time_grows_with_the_size)
{
	enum { SMALL = 1 << 14, FACTOR = 16, SLACK = 8 };
	const char *head = bulks[_i].head;
	const char *tail = bulks[_i].tail;
	const char *piece = bulks[_i].piece;
	double small = seconds_to_parse(
		arena_printf(arena, "%s%s", head, repeated(piece, SMALL, tail)));
	double large = seconds_to_parse(
		arena_printf(arena, "%s%s", head, repeated(piece, SMALL * FACTOR, tail)));

	/* quadratic work would take FACTOR squared; what is short is not measured */
	ck_assert_msg(large < 0.5 || large < small * FACTOR * SLACK, "%f %f", small, large);
}
END_TEST

START_TEST(many_errors_end_with_one_that_says_so)
{
	size_t last_words = 0;

	parse(repeated("f(,);", 100000, ""));
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 10001);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		last_words += diag->id == DIAG_TOO_LONG;
	ck_assert_uint_eq(last_words, 1);
}
END_TEST

START_TEST(too_many_tokens_are_one_error)
{
	parse(repeated("f(a);\n", PARSE_MAX_TOKENS / 5 + 1, ""));
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
	ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_LONG);
}
END_TEST

START_TEST(long_name_is_an_error)
{
	ck_assert_str_eq(show(parse(repeated("a", 1000, "();"))), repeated("a", 1000, "();"));
	ck_assert_ptr_null(diags_first(diags));
	parse(repeated("a", 1001, "();"));
	ck_assert_int_eq(diags_first(diags)->id, DIAG_TOO_LONG);
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
}
END_TEST

static void check_span(struct span span)
{
	const struct source_file *file = source_file(sources, span.file);

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_le(span.start, span.end);
	ck_assert_uint_le(span.end, file->size);
}

static void check_pattern(const struct ast_pattern *pattern);

static void check_params(const struct ast_param *params, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_span(params[i].span);
		ck_assert_ptr_nonnull(params[i].name.text);
		if (params[i].pattern)
			check_pattern(params[i].pattern);
	}
}

static void check_pattern(const struct ast_pattern *pattern)
{
	check_span(pattern->span);
	check_params(pattern->fields, pattern->field_count);
	for (size_t i = 0; i < pattern->part_count; i++)
		check_span(pattern->parts[i].span);
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(pattern->elements[i]);
}

/* What holds for every input: all places exist, comments are shared out in order. */
static void check_everything(const struct ast_document *document)
{
	size_t comment = 0;

	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		check_span(diag->span);
		for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next)
			check_span(edit->span);
	}
	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];

		check_span(rule->span);
		check_span(rule->name.span);
		ck_assert_str_ne(rule->name.text, "");
		check_params(rule->params, rule->param_count);
		if (rule->pattern)
			check_pattern(rule->pattern);
		ck_assert_uint_eq(rule->first_comment, comment);
		ck_assert_uint_le(rule->first_comment, rule->inside_comment);
		ck_assert_uint_le(rule->inside_comment, rule->end_comment);
		comment = rule->end_comment;
	}
	ck_assert_uint_le(comment, document->comment_count);
	for (size_t i = 0; i < document->comment_count; i++)
		check_span(document->comments[i].span);
}

static const char sample[] =
	"//! # Sample\n"
	"/// the modes\n"
	"mode = O_RDONLY | O_WRONLY | 0x10 | -1 | 017;\n"
	"struct sockaddr = { sa_family = AF_INET | AF_UNIX, .. }; // trailing\n"
	"struct other = { a = [ <mode>, { b, c = NULL, .. } ], d, };\n"
	"/* block\n */ open(path, flags = O_CREAT | <mode>, mode,);\n"
	"bind(fd, addr = <sockaddr>, addrlen = <INTEGER>, ..);\n"
	"renameat2(a, b, c, d, 0);\n"
	"fork();\n";

START_TEST(no_byte_in_any_place_does_harm)
{
	size_t size = sizeof(sample) - 1;

	for (size_t at = 0; at <= size; at += 11) {
		char text[sizeof(sample)];

		memcpy(text, sample, at);
		text[at] = (char)_i;
		memcpy(text + at + 1, sample + at, size - at);
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", text, size + 1));
	}
}
END_TEST

START_TEST(every_control_byte_is_reported)
{
	char text[] = "read(fd );";
	bool is_blank = _i && strchr(" \t\r\n\f\v", _i);

	text[7] = (char)_i;
	parse_bytes("t.scml", text, sizeof(text) - 1);
	if (is_blank)
		ck_assert_str_eq(messages(), "");
	else
		ck_assert_str_eq(messages(),
				 arena_printf(arena, "1:8 stray byte 0x%02x\n", (unsigned)_i));
}
END_TEST

START_TEST(nul_byte_in_a_comment_is_reported)
{
	static const char text[] = "// a\0b\n/* c\0\0 */ f();";
	const struct ast_document *document = parse_bytes("t.scml", text, sizeof(text) - 1);

	ck_assert_str_eq(messages(), "1:5 stray byte 0x00\n2:5 stray byte 0x00\n");
	ck_assert_str_eq(document->comments[0].text, "a\xef\xbf\xbd"
						     "b");
}
END_TEST

START_TEST(comment_that_is_not_utf8_is_a_warning)
{
	const struct ast_document *document = parse("// caf\xe9\n// \xe9\nf();");

	ck_assert_str_eq(messages(), "1:1 the comment is not UTF-8\n");
	ck_assert_uint_eq(diags_count(diags, DIAG_WARNING), 1);
	ck_assert_str_eq(document->comments[0].text, "caf\xef\xbf\xbd");
	ck_assert_uint_eq(document->rule_count, 1);
}
END_TEST

START_TEST(every_prefix_parses_or_is_an_error)
{
	for (size_t size = 0; size < sizeof(sample); size++) {
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", sample, size));
		tear_down();
		set_up();
		check_everything(parse_bytes(
			"t.md", arena_printf(arena, "```scml\n%.*s", (int)size, sample),
			size + 8));
	}
}
END_TEST

static unsigned int seed;

static size_t below(size_t limit)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 8) % limit;
}

/* Change TEXT at one place: drop, double, move or overwrite some bytes. */
static size_t mutate(char *text, size_t size, size_t capacity)
{
	static const char marks[] = "(){}[]<>=|,;.-/*\"'#@ \n\t\0a0X";
	size_t at = below(size + 1);
	size_t len = below(12);

	if (len > size - at)
		len = size - at;
	switch (below(4)) {
	case 0:
		memmove(text + at, text + at + len, size - at - len);
		return size - len;
	case 1:
		if (size + len > capacity)
			return size;
		memmove(text + at + len, text + at, size - at);
		return size + len;
	case 2:
		if (size == capacity)
			return size;
		memmove(text + at + 1, text + at, size - at);
		text[at] = marks[below(sizeof(marks))];
		return size + 1;
	default:
		if (at < size)
			text[at] = marks[below(sizeof(marks))];
		return size;
	}
}

START_TEST(random_changes_do_no_harm)
{
	enum { ROUNDS = 4000, CAPACITY = 2 * sizeof(sample) };
	const char *fixed = getenv("SCML_SEED");
	unsigned int first =
		fixed ? (unsigned int)strtoul(fixed, NULL, 0) : (unsigned int)time(NULL);

	printf("SCML_SEED=%u\n", first);
	fflush(stdout);
	seed = first;
	for (int round = 0; round < ROUNDS; round++) {
		char text[CAPACITY];
		size_t size = sizeof(sample) - 1;

		memcpy(text, sample, size);
		for (size_t changes = below(8) + 1; changes > 0; changes--)
			size = mutate(text, size, CAPACITY);
		tear_down();
		set_up();
		check_everything(parse_bytes("t.scml", text, size));
	}
}
END_TEST

/* The corpus, where there is one */

static size_t check_corpus_file(const char *path)
{
	const struct source_document *document = source_read(sources, diags, path);
	const struct ast_document *ast;

	ck_assert_ptr_nonnull(document);
	ast = parse_document(arena, diags, sources, document);
	ck_assert_msg(diags_count(diags, DIAG_ERROR) == 0, "%s: %s", path, messages());
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		ck_assert_int_eq(diag->id, DIAG_BARE_NUMBER);
	ck_assert_uint_eq(ast->lost_count, 0);
	check_everything(ast);
	return ast->rule_count;
}

static size_t check_corpus_folder(const char *path)
{
	DIR *folder = opendir(path);
	size_t rules = 0;

	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		const char *name = arena_printf(arena, "%s/%s", path, entry->d_name);
		size_t len = strlen(name);

		if (entry->d_name[0] == '.')
			continue;
		if (len > 5 && strcmp(name + len - 5, ".scml") == 0)
			rules += check_corpus_file(name);
		else
			rules += check_corpus_folder(name);
	}
	if (folder)
		closedir(folder);
	return rules;
}

START_TEST(the_corpus_parses)
{
	const char *path = getenv("SCML_CORPUS");
	DIR *folder = path ? opendir(path) : NULL;

	if (!folder) {
		printf("skipped: no corpus (SCML_CORPUS)\n");
		return;
	}
	closedir(folder);
	ck_assert_uint_gt(check_corpus_folder(path), 100);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static Suite *parse_hostile_suite(void)
{
	Suite *suite = suite_create("parse_hostile");
	TCase *tests = tcase_create("parse_hostile");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, deep_nesting_is_one_error, 0, COUNT(nests));
	tcase_add_test(tests, rule_after_deep_nesting_is_read);
	tcase_add_loop_test(tests, the_depth_bound_is_where_it_is_said_to_be, 0, 3);
	tcase_add_loop_test(tests, time_grows_with_the_size, 0, COUNT(bulks));
	tcase_add_test(tests, many_errors_end_with_one_that_says_so);
	tcase_add_test(tests, too_many_tokens_are_one_error);
	tcase_add_test(tests, long_name_is_an_error);
	tcase_add_loop_test(tests, no_byte_in_any_place_does_harm, 0, 256);
	tcase_add_loop_test(tests, every_control_byte_is_reported, 0, 0x20);
	tcase_add_test(tests, nul_byte_in_a_comment_is_reported);
	tcase_add_test(tests, comment_that_is_not_utf8_is_a_warning);
	tcase_add_test(tests, every_prefix_parses_or_is_an_error);
	tcase_add_test(tests, random_changes_do_no_harm);
	tcase_add_test(tests, the_corpus_parses);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(parse_hostile_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
