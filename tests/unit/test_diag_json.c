#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diag_fixture.h"
#include "json_text.h"

static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	ck_assert_msg(value != NULL, "%s: %s", error.text, text);
	return value;
}

START_TEST(json_lines_hold_any_bytes)
{
	json_t *line;
	const char *text;

	add_file("\xff\"\\.scml", "a\n\xc3\xa9 b;");
	diag_edit(diags, diag_add(diags, DIAG_SYNTAX, span(2, 4), "\x01\x7f\t\xfe'\xc3\xa9'"),
		  span(2, 4), "\"\n\xed\xa0\x80");
	text = written(DIAG_JSON, false);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	line = parsed(text);
	ck_assert_str_eq(json_string_value(json_object_get(line, "file")),
			 "\xef\xbf\xbd\"\\.scml");
	ck_assert_str_eq(json_string_value(json_object_get(line, "message")),
			 "\x01\x7f\t\xef\xbf\xbd'\xc3\xa9'");
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(json_object_get(line, "fixes"), 0), "text")),
			 "\"\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_int_eq(json_integer_value(json_object_get(line, "line")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(line, "column")), 1);
	ck_assert_int_eq(json_integer_value(json_object_get(line, "end_column")), 3);
	json_decref(line);
}
END_TEST

START_TEST(json_strings_hold_every_byte)
{
	char *buffer = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);
	json_t *value;

	putc('[', out);
	for (int byte = 0; byte < 256; byte++) {
		char text[] = {(char)byte, 'x'};

		json_write_bytes(out, text, 2);
		fputs(byte < 255 ? "," : "]", out);
	}
	fclose(out);
	value = json_loadb(buffer, size, JSON_ALLOW_NUL, NULL);
	ck_assert_ptr_nonnull(value);
	for (size_t byte = 0; byte < 256; byte++) {
		const json_t *text = json_array_get(value, byte);

		ck_assert_uint_eq(json_string_length(text), byte < 0x80 ? 2 : 4);
		if (byte < 0x80)
			ck_assert_int_eq(json_string_value(text)[0], (char)byte);
	}
	json_decref(value);
	free(buffer);
}
END_TEST

static json_t *at(json_t *value, const char *path)
{
	char *copy = arena_strdup(arena, path);

	for (char *word = strtok(copy, "."); word; word = strtok(NULL, ".")) {
		value = word[0] >= '0' && word[0] <= '9'
				? json_array_get(value, (size_t)atoi(word))
				: json_object_get(value, word);
		ck_assert_msg(value != NULL, "no %s of %s", word, path);
	}
	return value;
}

START_TEST(sarif_has_rules_results_and_fixes)
{
	struct diag *diag;
	json_t *log;
	json_t *result;
	json_t *rule;

	add_file("a b/\xc3\xa9.scml", "\xf0\x9f\x98\x80 b;");
	diag = diag_add(diags, DIAG_BARE_NUMBER, span(5, 6), "x");
	diag_remark(diags, diag, span(0, 4), "here");
	diag_edit(diags, diag, span(5, 6), "c");
	diag_add(diags, DIAG_FILE_ERROR, SPAN_NONE, "y");
	log = parsed(written(DIAG_SARIF, false));
	ck_assert_str_eq(json_string_value(at(log, "version")), "2.1.0");
	ck_assert_uint_eq(json_array_size(at(log, "runs.0.tool.driver.rules")), DIAG_COUNT);
	ck_assert_str_eq(json_string_value(at(log, "runs.0.columnKind")), "utf16CodeUnits");
	ck_assert_uint_eq(json_array_size(at(log, "runs.0.results")), 2);
	result = at(log, "runs.0.results.0");
	rule = json_array_get(at(log, "runs.0.tool.driver.rules"),
			      (size_t)json_integer_value(at(result, "ruleIndex")));
	ck_assert_str_eq(json_string_value(at(rule, "id")),
			 json_string_value(at(result, "ruleId")));
	ck_assert_str_eq(json_string_value(at(result, "level")), "warning");
	ck_assert_str_eq(json_string_value(at(
				 result, "locations.0.physicalLocation.artifactLocation.uri")),
			 "a%20b/%C3%A9.scml");
	ck_assert_int_eq(json_integer_value(
				 at(result, "locations.0.physicalLocation.region.startColumn")),
			 4);
	ck_assert_str_eq(json_string_value(at(result, "relatedLocations.0.message.text")),
			 "here");
	ck_assert_str_eq(
		json_string_value(
			at(result,
			   "fixes.0.artifactChanges.0.replacements.0.insertedContent.text")),
		"c");
	ck_assert_uint_eq(json_array_size(at(log, "runs.0.results.1.locations")), 0);
	json_decref(log);
}
END_TEST

START_TEST(empty_sarif_log_is_valid)
{
	json_t *log = parsed(written(DIAG_SARIF, false));

	ck_assert_uint_eq(json_array_size(at(log, "runs.0.results")), 0);
	json_decref(log);
}
END_TEST

static Suite *diag_json_suite(void)
{
	Suite *suite = suite_create("diag_json");
	TCase *tests = tcase_create("diag_json");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, json_lines_hold_any_bytes);
	tcase_add_test(tests, json_strings_hold_every_byte);
	tcase_add_test(tests, sarif_has_rules_results_and_fixes);
	tcase_add_test(tests, empty_sarif_log_is_valid);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(diag_json_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
