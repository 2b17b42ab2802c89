#include <check.h>
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compile.h"
#include "emit.h"
#include "fmt.h"
#include "fmt_check.h"
#include "source.h"
#include "spec_files.h"

static struct arena *arena;
static unsigned long long state;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static const char *lay_out(const char *text, bool reflow)
{
	size_t size;
	const char *out = fmt_lay_out_text(arena, "a.scml", text, strlen(text), reflow, &size);

	return out ? out : "(errors)";
}

static void check_text(const char *path, const char *text, size_t size)
{
	const char *fault = fmt_check(arena, path, text, size);

	/* Check has a bound on messages */
	if (fault)
		fprintf(stderr, "%s: %s\nfrom:\n%s\n", path, fault, text);
	ck_assert(!fault);
}

/* What each text becomes; NULL: it is in its layout already. */
static const struct {
	const char *text;
	const char *out;
} layouts[] = {
	{"", ""},
	{" \n\t\n", ""},
	{"read( fd,buf ,count ) ;", "read(fd, buf, count);\n"},
	{"a(b);c(d);", "a(b);\nc(d);\n"},
	{"a=B|C  |\tD;", "a = B | C | D;\n"},
	{"struct s={x=< y >,..};", "struct s = { x = <y>, .. };\n"},
	{"f(a=[<s>],..);", "f(a = [ <s> ], ..);\n"},
	/* lines stay broken where they were */
	{"f(a,\nb, c);", "f(\n    a,\n    b, c\n);\n"},
	{"f(\na, b,\n\n\n\nc = D\n);", "f(\n    a, b,\n\n    c = D\n);\n"},
	{"f(\n    a, b = C\n);\n", NULL},
	{"x = A |\n  B;\n", "x = A |\n    B;\n"},
	{"long_name = A\n  | B\n  | C;\n",
	 "long_name = A |\n            B |\n            C;\n"},
	{"x =\n    A |\n    B;\n", NULL},
	{"x =\n  A | B;\n", "x = A | B;\n"},
	{"struct s = {\n    x = A,\n    y = { z = B, .. },\n    ..\n};\n", NULL},
	/* blank lines: none at the ends, at most two between rules */
	{"\n\n\na(b);\n\n\n\n\nc(d);\n\n\n", "a(b);\n\n\nc(d);\n"},
	/* comments */
	{"// a\n\n// b\nf(x); // c\n//d", "// a\n\n// b\nf(x); // c\n//d\n"},
	{"f(x); // one\ngggg(x); // two\n\nh(x); // three\n",
	 "f(x);    // one\ngggg(x); // two\n\nh(x); // three\n"},
	{"f(x // x\n, y // y\n);", "f(\n    x, // x\n    y  // y\n);\n"},
	{"x = A // a\n | B; // b\n", "x = A | // a\n    B;  // b\n"},
	{"f(a) // end\n;", "f(a); // end\n"},
	{"f(flags =\n  // why\n  A, b);",
	 "f(\n    flags =\n        // why\n        A,\n    b\n);\n"},
	{"/* c */ f(/* d */ x, y /* e */);", "/* c */ f(/* d */ x, y /* e */);\n"},
	{"f(\n  x\n  // last\n);", "f(\n    x\n    // last\n);\n"},
	{"/*\n * a\n   * b\n text */\nf(x);", "/*\n * a\n * b\n text */\nf(x);\n"},
	{"//! # Title\n//!\n///  doc  \nf(x);", "//! # Title\n//!\n///  doc  \nf(x);\n"},
	{"f(x); // blanks \t \n", "f(x); // blanks\n"},
	/* a comma at the end stays */
	{"f(\na,\nb,\n);", "f(\n    a,\n    b,\n);\n"},
	{"\xef\xbb\xbf"
	 "f( x);\r\ng( y);\r\n",
	 "\xef\xbb\xbf"
	 "f(x);\r\ng(y);\r\n"},
	{"f(x;", "(errors)"},
};

START_TEST(text_becomes_its_layout)
{
	const char *wanted = layouts[_i].out ? layouts[_i].out : layouts[_i].text;

	ck_assert_str_eq(lay_out(layouts[_i].text, false), wanted);
	check_text("a.scml", layouts[_i].text, strlen(layouts[_i].text));
}
END_TEST

START_TEST(what_is_too_long_is_wrapped_as_authors_do)
{
	ck_assert_str_eq(
		lay_out("pidfd_send_signal(pidfd, sig, info, flags = PIDFD_SIGNAL_THREAD | "
			"PIDFD_SIGNAL_THREAD_GROUP | PIDFD_SIGNAL_PROCESS_GROUP, a, b);",
			false),
		"pidfd_send_signal(\n"
		"    pidfd, sig, info,\n"
		"    flags = PIDFD_SIGNAL_THREAD | PIDFD_SIGNAL_THREAD_GROUP | "
		"PIDFD_SIGNAL_PROCESS_GROUP,\n"
		"    a, b\n"
		");\n");
	ck_assert_str_eq(
		lay_out("clocks = CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW | "
			"CLOCK_REALTIME_COARSE | CLOCK_BOOTTIME;",
			false),
		"clocks = CLOCK_REALTIME | CLOCK_MONOTONIC | CLOCK_MONOTONIC_RAW |\n"
		"         CLOCK_REALTIME_COARSE | CLOCK_BOOTTIME;\n");
}
END_TEST

START_TEST(reflow_forgets_the_lines_of_the_author)
{
	ck_assert_str_eq(lay_out("f(\n  a,\n\n  b = C |\n    D // why\n);", true),
			 "f(\n    a,\n    b = C | D // why\n);\n");
	ck_assert_str_eq(lay_out("f(\n  a,\n  b = C |\n    D\n);", true), "f(a, b = C | D);\n");
}
END_TEST

static const char *lay_out_page(const char *text)
{
	size_t size;
	const char *out = fmt_lay_out_text(arena, "a.md", text, strlen(text), false, &size);

	check_text("a.md", text, strlen(text));
	return out ? out : "(errors)";
}

START_TEST(only_blocks_of_a_page_change)
{
	ck_assert_str_eq(lay_out_page("a  b\n\n```scml\nf( x);\n```\n\n    f( y);\n\n"
				      "```c\nint  x;\n```\n\n```c\ng( x);\n```\n"),
			 "a  b\n\n```scml\nf(x);\n```\n\n    f( y);\n\n"
			 "```c\nint  x;\n```\n\n```c\ng(x);\n```\n");
}
END_TEST

START_TEST(blocks_keep_the_indentation_of_their_fence)
{
	ck_assert_str_eq(
		lay_out_page("- item\n\n  ```scml\n  f(x,\n y);\n\n\n  g( z);\n  ```\n"),
		"- item\n\n  ```scml\n  f(\n      x,\n      y\n  );\n\n\n  g(z);\n  "
		"```\n");
	ck_assert_str_eq(lay_out_page("1. ```scml\n   f( x);\n   ```\n"),
			 "1. ```scml\n   f(x);\n   ```\n");
}
END_TEST

START_TEST(blocks_keep_their_quotes_and_line_ends)
{
	ck_assert_str_eq(lay_out_page("> ```scml\n> f(x,\n> y);\n>\n> g( z);\n> ```\n"),
			 "> ```scml\n> f(\n>     x,\n>     y\n> );\n>\n> g(z);\n> ```\n");
	ck_assert_str_eq(lay_out_page("a\r\n~~~scml\r\nf(x,\r\ny);\r\n~~~\r\n"),
			 "a\r\n~~~scml\r\nf(\r\n    x,\r\n    y\r\n);\r\n~~~\r\n");
}
END_TEST

START_TEST(page_with_an_error_stays)
{
	ck_assert_str_eq(lay_out_page("```scml\nf( x);\n```\n\n```scml\nf(\n```\n"),
			 "(errors)");
}
END_TEST

START_TEST(range_changes_the_rules_that_it_touches)
{
	const char *text = "a( x);\nb( x,\ny);\nc( x);\n";
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct source_document *document =
		source_from_text(sources, diags, "a.scml", text, strlen(text));
	const struct fmt_options options = {.range = {document->file->id, 10, 11}};
	const struct fmt_result *result =
		fmt_document(arena, diags, sources, document, &options);
	size_t size;

	ck_assert_str_eq(fmt_apply(arena, document->file, result, &size),
			 "a( x);\nb(\n    x,\n    y\n);\nc( x);\n");
	/* between tokens alone */
	ck_assert_uint_eq(result->edit_count, 3);
}
END_TEST

START_TEST(errors_of_many_files_are_all_reported)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct fmt_options options = {.range = SPAN_NONE};

	diags_limit(diags, 1);
	for (int i = 0; i < 3; i++) {
		const struct source_document *document =
			source_from_text(sources, diags, "a.scml", "f( ;", 4);

		ck_assert(fmt_document(arena, diags, sources, document, &options)->has_errors);
	}
}
END_TEST

/* A number below LIMIT. */
static unsigned draw(unsigned limit)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(state >> 33) % limit;
}

static void seed(void)
{
	const char *given = getenv("SCML_SEED");

	state = given ? strtoull(given, NULL, 10) : (unsigned long long)time(NULL);
	printf("SCML_SEED=%llu\n", state);
	fflush(stdout);
}

static void put_gap(FILE *out)
{
	static const char *const gaps[] = {"",
					   "",
					   " ",
					   " ",
					   "\n",
					   "\n\n\n\n",
					   "\t\r\n ",
					   " // line\n",
					   "\n  // own\n",
					   "\n/// doc\n",
					   "/* in */",
					   " /* two\n lines */ ",
					   "\n/*\n  * star\n */\n",
					   "// a\n// b\n\n// c\n",
					   "/**/ /* x */\n",
					   " // \xc3\xa9\xe2\x82\xac \n"};

	fputs(gaps[draw(draw(3) ? 5 : sizeof(gaps) / sizeof(*gaps))], out);
}

static void put(FILE *out, const char *token)
{
	put_gap(out);
	fputs(token, out);
	put_gap(out);
}

static void put_name(FILE *out)
{
	static const char *const names[] = {
		"a", "fd", "flags", "struct", "O_RDONLY", "A_RATHER_LONG_NAME_OF_A_CONSTANT"};
	char name[80];

	/* names must not run together */
	snprintf(name, sizeof(name), " %s ", names[draw(sizeof(names) / sizeof(*names))]);
	put(out, name);
}

static void put_members(FILE *out, bool is_struct, int depth);

static void put_pattern(FILE *out, int depth)
{
	unsigned kind = draw(depth > 3 ? 4 : 7);

	if (kind == 4) {
		put(out, "{");
		put_members(out, true, depth + 1);
		put(out, "}");
	} else if (kind == 5) {
		put(out, "[");
		for (unsigned i = draw(4) + 1; i > 0; i--) {
			put_pattern(out, depth + 1);
			if (i > 1 || draw(4) == 0)
				put(out, ",");
		}
		put(out, "]");
	} else {
		for (unsigned i = draw(draw(4) ? 4 : 12) + 1; i > 0; i--) {
			if (draw(4) == 0) {
				put(out, "<");
				put_name(out);
				put(out, ">");
			} else if (draw(5) == 0) {
				put(out, " -0x10 ");
			} else {
				put_name(out);
			}
			if (i > 1)
				put(out, "|");
		}
	}
}

static void put_members(FILE *out, bool is_struct, int depth)
{
	unsigned count = draw(5) + is_struct;

	for (unsigned i = 0; i < count; i++) {
		if (!is_struct && draw(9) == 0) {
			put(out, " 0 ");
		} else {
			put_name(out);
			if (draw(2)) {
				put(out, "=");
				put_pattern(out, depth);
			}
		}
		if (i + 1 < count || draw(4) == 0)
			put(out, ",");
		else if (draw(3) == 0)
			fputs(", ..", out);
	}
	if (count == 0 && draw(2))
		put(out, "..");
}

static void put_rule(FILE *out)
{
	if (draw(3) == 0) {
		put(out, " struct s");
		put(out, "=");
		put(out, "{");
		put_members(out, true, 0);
		put(out, "}");
	} else if (draw(2)) {
		put(out, " f");
		put(out, "(");
		put_members(out, false, 0);
		put(out, ")");
	} else {
		put(out, " x");
		put(out, "=");
		put_pattern(out, 9);
	}
	put(out, ";");
}

START_TEST(generated_documents_keep_everything)
{
	seed();
	for (int round = 0; round < 3000; round++) {
		char *text = NULL;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);
		bool is_page = draw(4) == 0;

		if (is_page)
			fputs(draw(2) ? "- x\n\n  ```scml\n" : "```scml\n", out);
		for (unsigned i = draw(4); i > 0; i--)
			put_rule(out);
		if (is_page)
			fputs("\n```\n", out);
		fclose(out);
		check_text(is_page ? "a.md" : "a.scml", text, size);
		free(text);
		tear_down();
		set_up();
	}
}
END_TEST

static char *read_file(const char *path, size_t *size)
{
	struct stat status;
	FILE *in = fopen(path, "r");
	char *text;

	ck_assert_msg(in && stat(path, &status) == 0, "%s", path);
	text = arena_alloc(arena, (size_t)status.st_size + 1);
	*size = fread(text, 1, (size_t)status.st_size, in);
	fclose(in);
	return text;
}

/* What EMIT makes of the files INPUTS. */
static const char *output_of(emit_fn *emit, const char *const *inputs, size_t count)
{
	static const struct emit_options options = {.output_name = ""};
	const struct compile_options how = {0};
	struct compilation *compilation = compile_new();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	const char *copy;

	compile_run(compilation, inputs, count, &how);
	ck_assert_uint_eq(diags_count(compilation->diags, DIAG_ERROR), 0);
	emit(compilation, &options, out);
	fclose(out);
	copy = arena_strndup(arena, text, size);
	compile_free(compilation);
	free(text);
	return copy;
}

/* The resolved rules of the files INPUTS without their places. */
static const char *rules_of_files(const char *const *inputs, size_t count)
{
	char *json = arena_strdup(arena, output_of(emit_json, inputs, count));
	char *kept = arena_alloc(arena, strlen(json) + 1);
	size_t used = 0;

	for (char *line = strtok(json, "\n"); line; line = strtok(NULL, "\n")) {
		if (strstr(line, "\"file\":") || strstr(line, "\"line\":") ||
		    strstr(line, "\"column\":"))
			continue;
		memcpy(kept + used, line, strlen(line));
		used += strlen(line);
	}
	return kept;
}

/* The same for a text. */
static const char *rules_of(const char *text, size_t size)
{
	char path[] = "/tmp/test_fmt_XXXXXX.scml";
	const char *inputs[] = {path};
	const char *rules;
	int fd = mkstemps(path, 5);

	ck_assert(fd >= 0 && write(fd, text, size) == (ssize_t)size);
	close(fd);
	rules = rules_of_files(inputs, 1);
	unlink(path);
	return rules;
}

/* TEXT with its blanks drawn anew, comments among them. */
static const char *mutated(const char *text, size_t size, size_t *out_size)
{
	char *out_text = NULL;
	FILE *out = open_memstream(&out_text, out_size);
	bool in_comment = false;
	const char *copy;

	for (size_t i = 0; i < size; i++) {
		bool is_name = isalnum((unsigned char)text[i]) || text[i] == '_';

		if (!in_comment && i + 1 < size && text[i] == '/' && text[i + 1] == '/')
			in_comment = true;
		if (text[i] == '\n')
			in_comment = false;
		if (in_comment || is_name || text[i] == '/' || text[i] == '-' ||
		    text[i] == '.') {
			putc(text[i], out);
		} else if (isspace((unsigned char)text[i])) {
			putc(draw(2) ? text[i] : '\n', out);
			put_gap(out);
		} else {
			put_gap(out);
			putc(text[i], out);
			put_gap(out);
		}
	}
	fclose(out);
	copy = arena_strndup(arena, out_text, *out_size);
	free(out_text);
	return copy;
}

static void check_meaning(const char *path, const char *text, size_t size)
{
	for (int reflow = 0; reflow < 2; reflow++) {
		size_t out_size;
		const char *out = fmt_lay_out_text(arena, path, text, size, reflow, &out_size);

		ck_assert_msg(out != NULL, "%s", text);
		ck_assert_str_eq(rules_of(text, size), rules_of(out, out_size));
	}
}

START_TEST(layout_of_real_specs_means_the_same)
{
	const char *folders[] = {getenv("SCML_SPECS"), getenv("SCML_CORPUS")};
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct spec_files files = {0};

	seed();
	for (size_t i = 0; i < 2; i++)
		if (folders[i] && access(folders[i], R_OK) == 0)
			spec_files_add(&files, arena, diags, folders[i]);
	ck_assert_uint_gt(files.paths.count, 0);
	for (size_t i = 0; i < files.paths.count; i++) {
		const char *path = files.paths.items[i];
		size_t size, other_size;
		const char *text = read_file(path, &size);
		const char *other = mutated(text, size, &other_size);

		check_text(path, text, size);
		check_text(path, other, other_size);
		check_meaning(path, text, size);
		check_meaning(path, other, other_size);
		ck_assert_str_eq(rules_of(text, size), rules_of(other, other_size));
	}
}
END_TEST

/* Without the numbers that names get where they would clash. */
static const char *without_numbers(const char *text)
{
	char *out = arena_strdup(arena, text);
	char *end = out;

	for (const char *at = text; *at; at++) {
		if (at[0] == '_' && isdigit((unsigned char)at[1]) && at[2] == '"')
			at += 2;
		*end++ = *at;
	}
	*end = '\0';
	return out;
}

START_TEST(one_document_of_all_specs_means_the_same)
{
	const char *folder = getenv("SCML_CORPUS");
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct spec_files files = {0};
	const char *text;

	spec_files_add(&files, arena, diags,
		       folder && access(folder, R_OK) == 0 ? folder : getenv("SCML_SPECS"));
	text = output_of(emit_scml, files.paths.items, files.paths.count);
	ck_assert_str_eq(without_numbers(rules_of_files(files.paths.items, files.paths.count)),
			 without_numbers(rules_of(text, strlen(text))));
	ck_assert_str_eq(lay_out(text, false), text);
}
END_TEST

START_TEST(own_specs_are_in_their_layout)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	struct spec_files files = {0};

	spec_files_add(&files, arena, diags, getenv("SCML_SPECS"));
	for (size_t i = 0; i < files.paths.count; i++) {
		size_t size, out_size;
		const char *text = read_file(files.paths.items[i], &size);
		const char *out =
			fmt_lay_out_text(arena, "a.scml", text, size, false, &out_size);

		ck_assert_str_eq(out, text);
	}
}
END_TEST

START_TEST(deep_nesting_stays_small)
{
	char *text = NULL;
	size_t size = 0, out_size;
	FILE *out = open_memstream(&text, &size);

	fputs("f(a = ", out);
	for (int i = 0; i < 199; i++)
		fputs("[", out);
	for (int i = 0; i < 20000; i++)
		fputs("X,\n", out);
	for (int i = 0; i < 199; i++)
		fputs("]", out);
	fputs(");", out);
	fclose(out);
	ck_assert_ptr_nonnull(fmt_lay_out_text(arena, "a.scml", text, size, false, &out_size));
	ck_assert_uint_lt(out_size, size * 40);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fmt");
	TCase *tcase = tcase_create("fmt");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, text_becomes_its_layout, 0,
			    sizeof(layouts) / sizeof(*layouts));
	tcase_add_test(tcase, what_is_too_long_is_wrapped_as_authors_do);
	tcase_add_test(tcase, reflow_forgets_the_lines_of_the_author);
	tcase_add_test(tcase, only_blocks_of_a_page_change);
	tcase_add_test(tcase, blocks_keep_the_indentation_of_their_fence);
	tcase_add_test(tcase, blocks_keep_their_quotes_and_line_ends);
	tcase_add_test(tcase, page_with_an_error_stays);
	tcase_add_test(tcase, range_changes_the_rules_that_it_touches);
	tcase_add_test(tcase, errors_of_many_files_are_all_reported);
	tcase_add_test(tcase, generated_documents_keep_everything);
	tcase_add_test(tcase, layout_of_real_specs_means_the_same);
	tcase_add_test(tcase, one_document_of_all_specs_means_the_same);
	tcase_add_test(tcase, own_specs_are_in_their_layout);
	tcase_add_test(tcase, deep_nesting_stays_small);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
