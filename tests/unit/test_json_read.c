/* JSON from anywhere: what it is read as, and what is refused where. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"

struct subject {
	struct arena *arena;
	struct diags *diags;
	const struct json_value *value;
	uint32_t error; /* where the first error is */
};

static struct subject read_bytes(const char *text, size_t size)
{
	struct subject subject = {.arena = arena_new()};
	struct sources *sources = sources_new(subject.arena);
	const struct source_document *source;

	subject.diags = diags_new(subject.arena, sources);
	source = source_from_text(sources, subject.diags, "test.json", text, size);
	ck_assert_ptr_nonnull(source);
	subject.value = json_read(subject.arena, subject.diags, source->file);
	ck_assert_uint_eq(diags_count(subject.diags, DIAG_ERROR), !subject.value);
	if (!subject.value)
		subject.error = diags_first(subject.diags)->span.start;
	return subject;
}

static struct subject read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

START_TEST(numbers_are_exact_up_to_64_bits)
{
	static const struct {
		const char *text;
		bool is_word;
		uint64_t word;
	} cases[] = {
		{"0", true, 0},
		{" 18446744073709551615 ", true, UINT64_MAX},
		{"18446744073709551616", false, 0},
		{"9223372036854775809", true, UINT64_C(9223372036854775809)},
		{"-1", false, 0},
		{"1.0", false, 0},
		{"1e3", false, 0},
		{"-0.5E-7", false, 0},
	};
	struct subject subject = read_text(cases[_i].text);

	ck_assert_ptr_nonnull(subject.value);
	ck_assert_int_eq(subject.value->kind, JSON_NUMBER);
	ck_assert_int_eq(subject.value->is_word, cases[_i].is_word);
	if (cases[_i].is_word)
		ck_assert_uint_eq(subject.value->word, cases[_i].word);
	arena_free(subject.arena);
}
END_TEST

START_TEST(strings_are_decoded)
{
	static const char *const cases[][2] = {
		{"\"\"", ""},
		{"\"a\\n\\t\\\"\\\\\\/\"", "a\n\t\"\\/"},
		{"\"\\u0041\\u00e4\\u20ac\\ud83d\\ude00\"", "A\u00e4\u20ac\U0001f600"},
		{"\"\u00e4\U0001f600\"", "\u00e4\U0001f600"},
	};
	struct subject subject = read_text(cases[_i][0]);

	ck_assert_ptr_nonnull(subject.value);
	ck_assert_str_eq(subject.value->text, cases[_i][1]);
	arena_free(subject.arena);
}
END_TEST

START_TEST(members_are_found_and_know_their_place)
{
	struct subject subject =
		read_text("{\"a\": 1, \"b\": [true, null, {}], \"a\": 2, \"c\": null}");
	const struct json_value *list = json_member(subject.value, "b");

	ck_assert_uint_eq(json_member(subject.value, "a")->word, 2);
	ck_assert_ptr_null(json_member(subject.value, "c"));
	ck_assert_ptr_null(json_member(subject.value, "d"));
	ck_assert_ptr_null(json_member(list, "a"));
	ck_assert_uint_eq(list->span.start, 14);
	ck_assert_uint_eq(list->span.end, 30);
	ck_assert(list->first->truth);
	ck_assert_int_eq(list->first->next->kind, JSON_NULL);
	ck_assert_int_eq(list->first->next->next->kind, JSON_OBJECT);
	arena_free(subject.arena);
}
END_TEST

START_TEST(what_is_no_json_is_refused_where_it_begins)
{
	static const struct {
		const char *text;
		uint32_t error;
	} cases[] = {
		{"", 0},
		{"{", 1},
		{"[1,]", 3},
		{"[1 2]", 3},
		{"{\"a\" 1}", 5},
		{"{a: 1}", 1},
		{"{\"a\": 1,}", 8},
		{"01", 0},
		{"1.", 0},
		{"-", 0},
		{"nul", 0},
		{"1 2", 2},
		{"\"abc", 0},
		{"\"a\nb\"", 0},
		{"\"\\x\"", 1},
		{"\"\\ud800\"", 1},
		{"\"\\u0000\"", 1},
		{"\"\\u12\"", 1},
		{"\"\xff\"", 1},
		{"'a'", 0},
		{"[1] // no", 4},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct subject subject = read_text(cases[i].text);

		ck_assert_msg(subject.value == NULL, "%s is taken", cases[i].text);
		ck_assert_msg(subject.error == cases[i].error, "%s fails at %u", cases[i].text,
			      subject.error);
		arena_free(subject.arena);
	}
}
END_TEST

START_TEST(a_nul_does_not_end_the_text_in_silence)
{
	static const char *const texts[] = {"1\0002", "\"a\000b\"", "[1,\0002]"};
	static const size_t sizes[] = {3, 5, 6};
	struct subject subject = read_bytes(texts[_i], sizes[_i]);

	ck_assert_ptr_null(subject.value);
	arena_free(subject.arena);
}
END_TEST

/* LEVELS arrays in each other. */
static struct subject read_nested(size_t levels)
{
	char *text = malloc(2 * levels);
	struct subject subject;

	memset(text, '[', levels);
	memset(text + levels, ']', levels);
	subject = read_bytes(text, 2 * levels);
	free(text);
	return subject;
}

START_TEST(depth_is_bounded)
{
	struct subject good = read_nested(JSON_MAX_DEPTH + 1);
	struct subject deep = read_nested(JSON_MAX_DEPTH + 2);
	struct subject endless = read_nested(1000000);

	ck_assert_ptr_nonnull(good.value);
	ck_assert_ptr_null(deep.value);
	ck_assert_ptr_null(endless.value);
	arena_free(deep.arena);
	arena_free(good.arena);
	arena_free(endless.arena);
}
END_TEST

START_TEST(values_are_bounded)
{
	size_t size = 2 * (size_t)JSON_MAX_VALUES + 2;
	char *text = malloc(size + 1);
	struct subject subject;

	for (size_t i = 0; i < size; i++)
		text[i] = i % 2 ? '1' : ',';
	text[0] = '[';
	text[size - 1] = '1';
	text[size] = ']';
	subject = read_bytes(text, size + 1);
	ck_assert_ptr_null(subject.value);
	free(text);
	arena_free(subject.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_read");
	TCase *tcase = tcase_create("json_read");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, numbers_are_exact_up_to_64_bits, 0, 8);
	tcase_add_loop_test(tcase, strings_are_decoded, 0, 4);
	tcase_add_test(tcase, members_are_found_and_know_their_place);
	tcase_add_test(tcase, what_is_no_json_is_refused_where_it_begins);
	tcase_add_loop_test(tcase, a_nul_does_not_end_the_text_in_silence, 0, 3);
	tcase_add_test(tcase, depth_is_bounded);
	tcase_add_test(tcase, values_are_bounded);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
