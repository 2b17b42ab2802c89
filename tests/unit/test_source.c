#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"
#include "source.h"
#include "utf8.h"

static struct arena *arena;
static struct sources *sources;
static struct diags *diags;
static char folder[] = "/tmp/scml-source-XXXXXX";

static void set_up(void)
{
	arena = arena_new();
	sources = sources_new(arena);
	diags = diags_new(arena, sources);
}

static void tear_down(void)
{
	arena_free(arena);
}

static const struct source_document *read_text(const char *path, const char *text)
{
	return source_from_text(sources, diags, path, text, strlen(text));
}

/* The text of a document: blocks are separated by '%', chunks that continue one are not. */
static const char *document_text(const struct source_document *document)
{
	const char *text = "";

	ck_assert_ptr_nonnull(document);
	for (size_t i = 0; i < document->chunk_count; i++) {
		const struct source_chunk *chunk = &document->chunks[i];

		text = arena_printf(arena, "%s%s%.*s", text,
				    i > 0 && !chunk->continues ? "%" : "",
				    (int)(chunk->end - chunk->start),
				    source_file(sources, chunk->file)->text + chunk->start);
	}
	return text;
}

static const char *page_text(const char *page)
{
	return document_text(read_text("page.md", page));
}

static const char *in_folder(const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static void write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static const char *first_message(void)
{
	ck_assert_ptr_nonnull(diags_first(diags));
	return diags_first(diags)->text;
}

START_TEST(scml_file_is_one_chunk)
{
	const struct source_document *document = read_text("a.scml", "read(fd);\n");

	ck_assert_str_eq(document_text(document), "read(fd);\n");
	ck_assert_uint_eq(document->chunk_count, 1);
	ck_assert(!document->file->is_markdown);
	ck_assert_uint_eq(source_file_count(sources), 1);
	ck_assert_ptr_null(source_file(sources, 1));
}
END_TEST

START_TEST(byte_order_mark_is_not_text)
{
	ck_assert_str_eq(document_text(read_text("a.scml", "\xef\xbb\xbfread(fd);")),
			 "read(fd);");
}
END_TEST

START_TEST(places_count_from_one)
{
	static const struct {
		uint32_t offset, line, column;
	} cases[] = {{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {5, 3, 2}, {6, 3, 3}};
	const struct source_file *file = read_text("a.scml", "ab\n\ncd")->file;

	ck_assert_uint_eq(file->line_count, 3);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source_place place = source_place(file, cases[i].offset);

		ck_assert_uint_eq(place.line, cases[i].line);
		ck_assert_uint_eq(place.column, cases[i].column);
	}
}
END_TEST

START_TEST(lines_come_without_their_end)
{
	const struct source_file *file = read_text("a.scml", "ab\r\n\ncd\re")->file;
	size_t len;

	ck_assert_int_eq(memcmp(source_line(file, 1, &len), "ab", 2), 0);
	ck_assert_uint_eq(len, 2);
	source_line(file, 2, &len);
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(memcmp(source_line(file, 3, &len), "cd\re", 4), 0);
	ck_assert_uint_eq(len, 4);
	source_line(file, 4, &len);
	ck_assert_uint_eq(len, 0);
	source_line(file, 0, &len);
	ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(columns_for_editors_count_utf16_units)
{
	/* two bytes, one unit; four bytes, two units; an invalid byte, one unit */
	const struct source_file *file =
		read_text("a.scml", "x\n\xc3\xa9-\xf0\x9f\x98\x80-\xff-")->file;
	static const uint32_t columns[][2] = {{2, 0}, {4, 1}, {5, 2}, {9, 4}, {10, 5}, {11, 6}};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		ck_assert_uint_eq(source_utf16_column(file, columns[i][0]), columns[i][1]);
}
END_TEST

START_TEST(utf16_columns_hold_far_into_a_long_line)
{
	enum { COUNT = 20000 };
	char *text = arena_alloc(arena, COUNT * 3 + 1);
	const struct source_file *file;

	for (size_t i = 0; i < COUNT; i++)
		memcpy(text + i * 3, "\xe2\x82\xac", 3);
	file = read_text("a.scml", text)->file;
	for (uint32_t i = 0; i < COUNT; i++)
		ck_assert_uint_eq(source_utf16_column(file, i * 3), i);
}
END_TEST

START_TEST(utf8_decoder_takes_only_what_is_valid)
{
	static const struct {
		const char *text;
		size_t len;
		uint32_t point;
	} cases[] = {
		{"a", 1, 'a'},
		{"\xc3\xa9", 2, 0xe9},
		{"\xe2\x82\xac", 3, 0x20ac},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
		{"\xc3", 1, UTF8_INVALID},
		{"\xc0\x80", 1, UTF8_INVALID},	       /* too long a form */
		{"\xe0\x80\x80", 1, UTF8_INVALID},     /* likewise */
		{"\xed\xa0\x80", 1, UTF8_INVALID},     /* a surrogate */
		{"\xf4\x90\x80\x80", 1, UTF8_INVALID}, /* beyond the last code point */
		{"\xff", 1, UTF8_INVALID},
		{"\x80", 1, UTF8_INVALID},
		{"\xe2\x82", 1, UTF8_INVALID},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t point;

		ck_assert_uint_eq(utf8_decode(cases[i].text, strlen(cases[i].text), &point),
				  cases[i].len);
		ck_assert_uint_eq(point, cases[i].point);
	}
}
END_TEST

START_TEST(nul_bytes_are_kept)
{
	const struct source_document *document =
		source_from_text(sources, diags, "a.scml", "a\0b\n", 4);

	ck_assert_uint_eq(document->file->size, 4);
	ck_assert_int_eq(memcmp(document->file->text, "a\0b\n", 5), 0);
}
END_TEST

START_TEST(missing_file_is_an_error)
{
	ck_assert_ptr_null(source_read(sources, diags, in_folder("none.scml")));
	ck_assert_str_eq(first_message(),
			 arena_printf(arena, "cannot read '%s': %s", in_folder("none.scml"),
				      strerror(ENOENT)));
	ck_assert_int_eq(diags_first(diags)->id, DIAG_FILE_ERROR);
}
END_TEST

START_TEST(folder_is_an_error)
{
	ck_assert_ptr_null(source_read(sources, diags, folder));
	ck_assert_str_eq(first_message(),
			 arena_printf(arena, "'%s' is a folder, not a file", folder));
}
END_TEST

START_TEST(file_beyond_the_limit_is_an_error)
{
	const char *path = in_folder("large.scml");

	write_file(path, "");
	ck_assert_int_eq(truncate(path, SOURCE_MAX_BYTES + 1), 0);
	ck_assert_ptr_null(source_read(sources, diags, path));
	ck_assert_str_eq(first_message(),
			 arena_printf(arena, "'%s' is larger than 64 MiB", path));
	unlink(path);
}
END_TEST

START_TEST(endless_input_is_an_error)
{
	ck_assert_ptr_null(source_read(sources, diags, "/dev/zero"));
	ck_assert_str_eq(first_message(), "'/dev/zero' is larger than 64 MiB");
}
END_TEST

START_TEST(dash_is_standard_input)
{
	const struct source_document *document;
	int saved = dup(STDIN_FILENO);
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "read(fd);", 9), 9);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	document = source_read(sources, diags, "-");
	dup2(saved, STDIN_FILENO);
	close(saved);
	ck_assert_str_eq(document_text(document), "read(fd);");
	ck_assert_str_eq(document->file->path, "<stdin>");
}
END_TEST

static const struct {
	const char *page;
	const char *text;
} pages[] = {
	/* fences */
	{"a\n```scml\nread(fd);\n```\nb\n", "read(fd);\n"},
	{"~~~ scml\nread(fd);\n~~~\n", "read(fd);\n"},
	{"~~~~scml\n~~~\n```\n~~~~\n", "~~~\n```\n"},
	{"```scml\na;\n``\n````\nb", "a;\n``\n"},
	{"```scml\na;\n``` x\n```\n", "a;\n``` x\n"},
	{"```scml\na;\n", "a;\n"},
	{"```scml\r\na;\r\n```\r\n", "a;\r\n"},
	{"```scml\n```\n", ""},
	{"```SCML,ignored more\na;\n```\n", "a;\n"},
	{"``` scml `x`\na;\n```\n", ""},
	{"``scml\na;\n``\n", ""},
	{"   ```scml\n   a;\n   ```\n", "   a;\n"},
	{"    ```scml\n    a;\n    ```\n", ""},
	{"\\```scml\na;\n```\n", ""},
	/* other languages, and prose */
	{"```\na;\n```\n```rust\nb;\n```\n```scml\nc;\n```\n", "c;\n"},
	{"````md\n```scml\na;\n```\n````\n```scml\nb;\n```\n", "b;\n"},
	{"<!--\n```scml\na;\n```\n-->\n```scml\nb;\n```\n", "b;\n"},
	{"<!-- x -->\n```scml\nb;\n```\n", "b;\n"},
	/* several blocks are one document */
	{"```scml\na;\n```\n\n```scml\nb;\n```\n", "a;\n%b;\n"},
	/* lists and quotes */
	{"- x\n\n  ```scml\n  a;\n  ```\n", "  a;\n"},
	{"1. ```scml\n   a;\n   ```\n", "   a;\n"},
	{"- - x\n\n    ```scml\n    a;\n    ```\n", "    a;\n"},
	{"- x\n\ny\n\n    ```scml\n    a;\n    ```\n", ""},
	{"> ```scml\n> a;\n> b;\n> ```\n", "a;\nb;\n"},
	{"> ```scml\n> a;\nb\n", "a;\n"},
	{"> > ```scml\n> > a;\n> > ```\n", "a;\n"},
	/* blocks of C */
	{"```c\nread(fd);\n```\n", "read(fd);\n"},
	{"```c\nread (fd);\n```\n", "read (fd);\n"},
	{"```c\n// x\n/* y\n*/ a = B;\n```\n", "// x\n/* y\n*/ a = B;\n"},
	{"```c\nstruct a = {};\n```\n", "struct a = {};\n"},
	{"```c\nint main(void);\n```\n", ""},
	{"```c\nstruct a { int b; };\n```\n", ""},
	{"```c\nstruct(a);\n```\n", ""},
	{"```c\na == b;\n```\n", ""},
	{"```c\n/* a(b);\n```\n", ""},
	{"```c\n```\n", ""},
	{"```c\n#include <a.h>\n # include \"b.h\"\nread(fd);\n```\n", "read(fd);\n"},
	{"```c\nread(fd);\n#include <a.h>\nb(c);\n```\n", "read(fd);\nb(c);\n"},
	{"```c\n#define A\nread(fd);\n```\n", ""},
	{"```c\nread(fd);\n#if 0\n```\n", ""},
	{"> ```c\n> struct\n> a =\n> ```\n", "struct\na =\n"},
	{"```cpp\nread(fd);\n```\n", ""},
};

START_TEST(markdown_blocks_are_found_as_commonmark_says)
{
	ck_assert_str_eq(page_text(pages[_i].page), pages[_i].text);
	ck_assert_ptr_null(diags_first(diags));
}
END_TEST

START_TEST(include_is_followed_from_the_page)
{
	write_file(in_folder("a.scml"), "read(fd);\n");
	write_file(in_folder("page.md"), "```c\n{{#include a.scml}}\n```\n```scml\nb;\n "
					 "{{#include ./a.scml }}\nc;\n```\n");
	ck_assert_str_eq(document_text(source_read(sources, diags, in_folder("page.md"))),
			 "read(fd);\n%b;\n%read(fd);\n%c;\n");
	ck_assert_ptr_null(diags_first(diags));
}
END_TEST

START_TEST(include_of_one_file_twice_reads_it_once)
{
	write_file(in_folder("a.scml"), "read(fd);\n");
	write_file(in_folder("page.md"),
		   "```scml\n{{#include a.scml}}\n{{#include a.scml}}\n```\n");
	ck_assert_str_eq(document_text(source_read(sources, diags, in_folder("page.md"))),
			 "read(fd);\n%read(fd);\n");
	ck_assert_uint_eq(source_file_count(sources), 2);
}
END_TEST

static const struct {
	const char *page;
	const char *text; /* "" where none is expected */
	uint32_t line, column;
} bad_includes[] = {
	{"```scml\n{{#include none.scml}}\n```\n", "cannot read 'none.scml': ", 2, 12},
	{"```c\n{{#include none.scml}}\n```\n", "cannot read 'none.scml': ", 2, 12},
	{"```scml\n{{#include a.rs}}\n```\n", "only .scml files can be included", 2, 12},
	{"```scml\n{{#include a.scml:2:3}}\n```\n", "only whole files can be included", 2, 12},
	{"```scml\n{{#include }}\n```\n", "only .scml files can be included", 2, 12},
	{"```c\n{{#include a.scml:2:3}}\n```\n", "only whole files can be included", 2, 12},
	{"```c\n{{#include a.c}}\n```\n", "", 0, 0},
	{"```rust\n{{#include none.scml}}\n```\n", "", 0, 0},
	{"{{#include none.scml}}\n", "", 0, 0},
};

START_TEST(include_that_cannot_be_followed_is_an_error)
{
	const struct source_document *document = read_text("page.md", bad_includes[_i].page);
	const char *text = bad_includes[_i].text;
	struct source_place place;

	if (!*text) {
		ck_assert_ptr_nonnull(document);
		ck_assert_ptr_null(diags_first(diags));
		return;
	}
	ck_assert(document->is_incomplete);
	ck_assert_int_eq(strncmp(first_message(), text, strlen(text)), 0);
	place = source_place(source_file(sources, 0), diags_first(diags)->span.start);
	ck_assert_uint_eq(place.line, bad_includes[_i].line);
	ck_assert_uint_eq(place.column, bad_includes[_i].column);
}
END_TEST

START_TEST(includes_are_bounded)
{
	char *text = arena_alloc(arena, (SOURCE_MAX_INCLUDES + 3) * 32);
	size_t at = (size_t)sprintf(text, "```scml\n");

	write_file(in_folder("a.scml"), "a;\n");
	for (int i = 0; i < SOURCE_MAX_INCLUDES + 2; i++)
		at += (size_t)sprintf(text + at, "{{#include a.scml}}\n");
	write_file(in_folder("page.md"), text);
	ck_assert(source_read(sources, diags, in_folder("page.md"))->is_incomplete);
	ck_assert_str_eq(first_message(), "too many includes on one page");
	ck_assert_uint_eq(diags_count(diags, DIAG_ERROR), 1);
}
END_TEST

static Suite *source_suite(void)
{
	Suite *suite = suite_create("source");
	TCase *tests = tcase_create("source");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, scml_file_is_one_chunk);
	tcase_add_test(tests, byte_order_mark_is_not_text);
	tcase_add_test(tests, places_count_from_one);
	tcase_add_test(tests, lines_come_without_their_end);
	tcase_add_test(tests, columns_for_editors_count_utf16_units);
	tcase_add_test(tests, utf16_columns_hold_far_into_a_long_line);
	tcase_add_test(tests, utf8_decoder_takes_only_what_is_valid);
	tcase_add_test(tests, nul_bytes_are_kept);
	tcase_add_test(tests, missing_file_is_an_error);
	tcase_add_test(tests, folder_is_an_error);
	tcase_add_test(tests, file_beyond_the_limit_is_an_error);
	tcase_add_test(tests, endless_input_is_an_error);
	tcase_add_test(tests, dash_is_standard_input);
	tcase_add_loop_test(tests, markdown_blocks_are_found_as_commonmark_says, 0,
			    sizeof(pages) / sizeof(pages[0]));
	tcase_add_test(tests, include_is_followed_from_the_page);
	tcase_add_test(tests, include_of_one_file_twice_reads_it_once);
	tcase_add_loop_test(tests, include_that_cannot_be_followed_is_an_error, 0,
			    sizeof(bad_includes) / sizeof(bad_includes[0]));
	tcase_add_test(tests, includes_are_bounded);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(source_suite());
	int failed;

	if (!mkdtemp(folder))
		return EXIT_FAILURE;
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	unlink(arena_printf(arena = arena_new(), "%s/a.scml", folder));
	unlink(arena_printf(arena, "%s/page.md", folder));
	rmdir(folder);
	arena_free(arena);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
