/* Framing, places in texts, names of files: what the language server stands on. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lsp/rpc.h"
#include "lsp/text.h"
#include "lsp/uri.h"
#include "lsp_fixture.h"

/* What the reader makes of BYTES, given in steps of STEP: bodies in brackets, `!` for a bad
 * header, `+` for a body that is too large. */
static const char *read_all(const char *bytes, size_t step)
{
	static char seen[1000];
	struct rpc_reader reader = {0};
	size_t len = strlen(bytes), body_len;
	const char *body;

	seen[0] = '\0';
	for (size_t at = 0; at < len; at += step) {
		enum rpc_event event;

		ck_assert(rpc_feed(&reader, bytes + at, at + step < len ? step : len - at));
		while ((event = rpc_next(&reader, &body, &body_len)) != RPC_NEED_MORE) {
			char *end = seen + strlen(seen);

			if (event == RPC_MESSAGE)
				sprintf(end, "[%.*s]", (int)body_len, body);
			else
				strcpy(end, event == RPC_BAD_HEADER ? "!" : "+");
		}
	}
	rpc_free(&reader);
	return seen;
}

static void reads(const char *bytes, const char *seen)
{
	for (size_t step = 1; step <= strlen(bytes); step++)
		ck_assert_str_eq(read_all(bytes, step), seen);
}

START_TEST(messages_are_found_however_they_are_cut)
{
	reads("Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\nabc", "[{}][abc]");
	reads("content-length:2\n\n{}", "[{}]");
	reads("Content-Type: x; charset=utf-8\r\nContent-Length: 2 \r\n\r\n{}", "[{}]");
	reads("\r\n\r\nContent-Length: 0\r\n\r\n\r\nContent-Length: 1\r\n\r\nx", "[][x]");
}
END_TEST

START_TEST(bad_headers_are_passed_over)
{
	reads("Hello\r\n\r\nContent-Length: 2\r\n\r\n{}", "![{}]");
	reads("Content-Length: -1\r\n\r\nContent-Length: 2\r\n\r\n{}", "![{}]");
	reads("Content-Length: x\r\n\r\nContent-Length: 2x\r\n\r\n", "!!");
	reads("noise\r\nContent-Length: 2\r\n\r\n{}", "[{}]");
	reads("Content-Length:\r\n\r\n", "!");
}
END_TEST

START_TEST(what_is_too_large_is_skipped_and_not_kept)
{
	struct rpc_reader reader = {0};
	char buffer[70000];
	const char *body;
	size_t len, left = (size_t)RPC_MAX_BODY + 1;

	memset(buffer, 'x', sizeof(buffer));
	snprintf(buffer, sizeof(buffer), "Content-Length: %zu\r\n\r\n", left);
	ck_assert(rpc_feed(&reader, buffer, strlen(buffer)));
	ck_assert_int_eq(rpc_next(&reader, &body, &len), RPC_TOO_LARGE);
	memset(buffer, 'x', sizeof(buffer));
	while (left) {
		size_t step = left < sizeof(buffer) ? left : sizeof(buffer);

		ck_assert(rpc_feed(&reader, buffer, step));
		ck_assert_int_eq(rpc_next(&reader, &body, &len), RPC_NEED_MORE);
		left -= step;
	}
	ck_assert_uint_le(reader.capacity, 1024 * 1024);
	ck_assert(rpc_feed(&reader, "Content-Length: 2\r\n\r\n{}", 23));
	ck_assert_int_eq(rpc_next(&reader, &body, &len), RPC_MESSAGE);
	rpc_free(&reader);
}
END_TEST

START_TEST(a_line_without_an_end_takes_no_memory)
{
	struct rpc_reader reader = {0};
	char buffer[65536];
	const char *body;
	size_t len;

	memset(buffer, 'x', sizeof(buffer));
	for (size_t i = 0; i < 1000; i++) {
		ck_assert(rpc_feed(&reader, buffer, sizeof(buffer)));
		ck_assert_int_eq(rpc_next(&reader, &body, &len), RPC_NEED_MORE);
	}
	ck_assert_uint_le(reader.capacity, 1024 * 1024);
	ck_assert(rpc_feed(&reader, "\r\nContent-Length: 2\r\n\r\n{}", 25));
	ck_assert_int_eq(rpc_next(&reader, &body, &len), RPC_MESSAGE);
	rpc_free(&reader);
}
END_TEST

static void is_at(const char *text, enum lsp_encoding encoding, uint32_t offset, uint32_t line,
		  uint32_t column)
{
	struct lsp_lines lines = {0};
	struct lsp_position position;

	lsp_lines_build(&lines, text, strlen(text));
	position = lsp_position_at(&lines, text, strlen(text), encoding, offset);
	ck_assert_uint_eq(position.line, line);
	ck_assert_uint_eq(position.column, column);
	ck_assert_uint_eq(lsp_offset_at(&lines, text, strlen(text), encoding, position),
			  offset);
	lsp_lines_free(&lines);
}

START_TEST(places_are_counted_in_the_agreed_units)
{
	static const char text[] =
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"; /* a, e', euro, face */

	is_at(text, LSP_UTF8, 10, 0, 10);
	is_at(text, LSP_UTF16, 10, 0, 5);
	is_at(text, LSP_UTF32, 10, 0, 4);
	is_at("a\r\nb\rc\nd", LSP_UTF16, 3, 1, 0);
	is_at("a\r\nb\rc\nd", LSP_UTF16, 5, 2, 0);
	is_at("a\r\nb\rc\nd", LSP_UTF16, 7, 3, 0);
	is_at("a\n", LSP_UTF16, 2, 1, 0);
}
END_TEST

/* Against counting from the start of the line. */
START_TEST(places_in_long_lines_are_those_of_a_count)
{
	enum { SIZE = 20000 };
	static const char *const pieces[] = {"a", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xff",
					     "\xe2\x82\xac"};
	char *text = malloc(SIZE + 8);
	struct lsp_lines lines = {0};
	uint32_t units = 0, points = 0;
	size_t size = 0;

	while (size < SIZE) {
		const char *piece = pieces[(size * 7 + size / 13) % 5];

		memcpy(text + size, piece, strlen(piece));
		size += strlen(piece);
	}
	lsp_lines_build(&lines, text, size);
	for (uint32_t at = 0; at < size;) {
		bool is_long = ((unsigned char)text[at] & 0xf8) == 0xf0;

		ck_assert_uint_eq(lsp_position_at(&lines, text, size, LSP_UTF16, at).column,
				  units);
		ck_assert_uint_eq(lsp_position_at(&lines, text, size, LSP_UTF32, at).column,
				  points);
		ck_assert_uint_eq(lsp_position_at(&lines, text, size, LSP_UTF8, at).column, at);
		if (is_long) /* in the middle: that of the character */
			ck_assert_uint_eq(
				lsp_position_at(&lines, text, size, LSP_UTF16, at + 2).column,
				units);
		units += is_long ? 2 : 1;
		points++;
		at += is_long					 ? 4
		      : ((unsigned char)text[at] & 0xf0) == 0xe0 ? 3
		      : ((unsigned char)text[at] & 0xe0) == 0xc0 ? 2
								 : 1;
	}
	lsp_lines_free(&lines);
	free(text);
}
END_TEST

START_TEST(places_outside_the_text_are_its_nearest)
{
	static const char text[] = "ab\r\ncd";
	struct lsp_lines lines = {0};

	lsp_lines_build(&lines, text, strlen(text));
	ck_assert_uint_eq(
		lsp_offset_at(&lines, text, 6, LSP_UTF16, (struct lsp_position){0, 99}), 2);
	ck_assert_uint_eq(
		lsp_offset_at(&lines, text, 6, LSP_UTF16, (struct lsp_position){9, 0}), 6);
	lsp_lines_free(&lines);
	lsp_lines_build(&lines, "\xf0\x9f\x98\x80", 4);
	ck_assert_uint_eq(lsp_offset_at(&lines, "\xf0\x9f\x98\x80", 4, LSP_UTF16,
					(struct lsp_position){0, 1}),
			  0);
	lsp_lines_free(&lines);
}
END_TEST

START_TEST(names_of_files_go_both_ways)
{
	struct arena *own = arena_new();

	ck_assert_str_eq(uri_to_path(own, "file:///a%20b/c%C3%A9.scml"), "/a b/c\xc3\xa9.scml");
	ck_assert_str_eq(uri_to_path(own, "file://host/a"), "/a");
	ck_assert_str_eq(uri_to_path(own, "untitled:1"), "untitled:1");
	ck_assert_str_eq(uri_to_path(own, "file:///a%00b%zz%"), "/a%00b%zz%");
	ck_assert_str_eq(uri_of_path(own, "/a b/c\xc3\xa9.scml"), "file:///a%20b/c%C3%A9.scml");
	ck_assert_str_eq(path_tidy(own, "/a/./b//../c/"), "/a/c");
	ck_assert_str_eq(path_tidy(own, "/../.."), "/");
	arena_free(own);
}
END_TEST

/* One random change, made to the server's text and to ours. */
static void change_both(char *text, size_t limit)
{
	static const char *const pieces[] = {"",	   "a", "\\n",	   "\\r\\n",
					     "\u00e9",	   "<", "read(fd", " = O_RDWR |",
					     "\U0001f600", ";"};
	static const char *const plain[] = {"",		  "a", "\n",	  "\r\n",
					    "\u00e9",	  "<", "read(fd", " = O_RDWR |",
					    "\U0001f600", ";"};
	size_t size = strlen(text), piece = (size_t)rand() % 10, start, end;
	struct lsp_lines lines = {0};
	struct lsp_position from, to;
	char params[500], tail[4000];

	start = (size_t)rand() % (size + 1);
	end = start + (size_t)rand() % 8;
	end = end < size ? end : size;
	lsp_lines_build(&lines, text, size);
	from = lsp_position_at(&lines, text, size, LSP_UTF16, (uint32_t)start);
	to = lsp_position_at(&lines, text, size, LSP_UTF16, (uint32_t)end);
	start = lsp_offset_at(&lines, text, size, LSP_UTF16, from);
	end = lsp_offset_at(&lines, text, size, LSP_UTF16, to);
	lsp_lines_free(&lines);
	if (end < start || size + 20 > limit)
		return;
	snprintf(params, sizeof(params),
		 "{\"textDocument\":{\"uri\":\"" LSP_URI "\",\"version\":2},\"contentChanges\":"
		 "[{\"range\":{\"start\":{\"line\":%u,\"character\":%u},\"end\":{\"line\":%u,"
		 "\"character\":%u}},\"text\":\"%s\"}]}",
		 from.line, from.column, to.line, to.column, pieces[piece]);
	lsp_notify_json("textDocument/didChange", params);
	memcpy(tail, text + end, size - end + 1);
	memcpy(text + start, plain[piece], strlen(plain[piece]));
	memcpy(text + start + strlen(plain[piece]), tail, size - end + 1);
}

START_TEST(a_text_after_many_edits_is_diagnosed_as_if_opened_anew)
{
	char text[4000] = "";
	unsigned seed = (unsigned)time(NULL);

	printf("seed %u\n", seed);
	srand(seed);
	lsp_open("");
	for (unsigned i = 0; i < 400; i++) {
		json_t *edited;

		change_both(text, sizeof(text));
		if (i % 20)
			continue;
		edited = json_deep_copy(lsp_diagnostics(LSP_URI));
		lsp_open_as("file:///w/fresh.scml", text);
		ck_assert_uint_eq(json_array_size(lsp_diagnostics("file:///w/fresh.scml")),
				  json_array_size(edited));
		json_decref(edited);
	}
}
END_TEST

START_TEST(requests_out_of_turn_are_refused)
{
	lsp_request("initialize", "{\"capabilities\":{}}");
	ck_assert_int_eq(lsp_error(), -32600);
	lsp_request("no/such", "{}");
	ck_assert_int_eq(lsp_error(), -32601);
	lsp_request("textDocument/hover", "{}");
	ck_assert_int_eq(lsp_error(), -32602);
	lsp_request("textDocument/hover", "{\"textDocument\":{\"uri\":\"file:///none\"}}");
	ck_assert_int_eq(lsp_error(), -32602);
	lsp_request("shutdown", "null");
	ck_assert_int_eq(lsp_error(), 0);
	lsp_request("textDocument/hover", "{}");
	ck_assert_int_eq(lsp_error(), -32600);
}
END_TEST

START_TEST(units_are_agreed_on)
{
	const json_t *list;

	lsp_restart("{\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-32\","
		    "\"utf-8\"]}}}");
	lsp_open("/* \u00e9\U0001f600 */ read(fd);");
	list = lsp_diagnostics(LSP_URI);
	ck_assert_int_eq(lsp_int_at(list, "0.range.start.character"), 13);
	lsp_restart("{\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-16\"]}}}");
	lsp_open("/* \u00e9\U0001f600 */ read(fd);");
	list = lsp_diagnostics(LSP_URI);
	ck_assert_int_eq(lsp_int_at(list, "0.range.start.character"), 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lsp_text");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, lsp_start, lsp_stop);
	tcase_add_test(tcase, messages_are_found_however_they_are_cut);
	tcase_add_test(tcase, bad_headers_are_passed_over);
	tcase_add_test(tcase, what_is_too_large_is_skipped_and_not_kept);
	tcase_add_test(tcase, a_line_without_an_end_takes_no_memory);
	tcase_add_test(tcase, places_are_counted_in_the_agreed_units);
	tcase_add_test(tcase, places_in_long_lines_are_those_of_a_count);
	tcase_add_test(tcase, places_outside_the_text_are_its_nearest);
	tcase_add_test(tcase, names_of_files_go_both_ways);
	tcase_add_test(tcase, a_text_after_many_edits_is_diagnosed_as_if_opened_anew);
	tcase_add_test(tcase, requests_out_of_turn_are_refused);
	tcase_add_test(tcase, units_are_agreed_on);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
