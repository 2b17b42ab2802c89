/* Every row of warnings.def keeps what it promises: its wrong text draws it, its right text
 * does not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile.h"
#include "emit.h"
#include "lint.h"

enum { OTHER_BYTES = 200 };

/* An example that begins so is a session of the shell; tests/package/explain.sh runs it. */
static const char session[] = "$ ";

/* Let the back ends say what they have to say about COMPILATION. */
static void emit_all(const struct compilation *compilation)
{
	struct emit_options options = {.bpf = bpf_options_default(), .output_name = "x"};
	FILE *nowhere = fopen("/dev/null", "w");

	ck_assert_ptr_nonnull(nowhere);
	if (diags_count(compilation->diags, DIAG_ERROR) == 0) {
		emit_bpf(compilation, &options, nowhere);
		emit_md(compilation, &options, nowhere);
	}
	fclose(nowhere);
}

/* How often TEXT draws ID, for all architectures and with all that can be asked for; the first
 * other error goes to OTHER. */
static size_t count_drawn(const char *text, enum diag_id id, char other[static OTHER_BYTES])
{
	char path[] = "/tmp/scml-warnings-XXXXXX.scml";
	int fd = mkstemps(path, 5);
	const char *inputs[] = {path}, *archs[] = {"x86_64", "aarch64", "riscv64"};
	struct compile_options options = {.archs = archs, .arch_count = 3};
	struct lint_options lint = {.portable = true, .min_kernel = 6 << 8 | 1};
	struct compilation *compilation = compile_new();
	size_t count = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	compile_run(compilation, inputs, 1, &options);
	lint_run(compilation, &lint);
	emit_all(compilation);
	unlink(path);
	other[0] = '\0';
	for (const struct diag *diag = diags_first(compilation->diags); diag;
	     diag = diag->next) {
		if (diag->id == id)
			count++;
		else if (diag->level == DIAG_ERROR && !other[0])
			snprintf(other, OTHER_BYTES, "%s", diag->text);
	}
	compile_free(compilation);
	return count;
}

START_TEST(wrong_text_draws_the_diagnostic_and_right_text_does_not)
{
	const struct diag_info *info = diag_info((enum diag_id)_i);
	char other[OTHER_BYTES];

	ck_assert_msg(!*info->wrong == !*info->right, "%s: one example of two", info->name);
	if (!*info->wrong) {
		/* nothing that a person could write draws it */
		ck_assert_ptr_nonnull(strstr(info->explanation, "fault of the compiler"));
		return;
	}
	if (strncmp(info->wrong, session, strlen(session)) == 0)
		return;
	ck_assert_msg(count_drawn(info->wrong, (enum diag_id)_i, other) > 0,
		      "%s: the wrong text does not draw it, but '%s'", info->name, other);
	ck_assert_msg(!*other, "%s: the wrong text draws '%s' too", info->name, other);
	ck_assert_msg(count_drawn(info->right, (enum diag_id)_i, other) == 0,
		      "%s: the right text draws it", info->name);
	ck_assert_msg(!*other, "%s: the right text has the error '%s'", info->name, other);
}
END_TEST

START_TEST(every_row_has_a_name_of_its_own_and_says_something)
{
	const struct diag_info *info = diag_info((enum diag_id)_i);
	enum diag_id found = DIAG_COUNT;

	ck_assert_ptr_eq(diag_info_named(info->name, &found), info);
	ck_assert_int_eq(found, _i);
	ck_assert_uint_gt(strlen(info->name), 0);
	ck_assert_uint_eq(strspn(info->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
			  strlen(info->name));
	ck_assert_uint_gt(strlen(info->title), 10);
	ck_assert_uint_gt(strlen(info->explanation), 20);
	ck_assert_msg(info->title[strlen(info->title) - 1] != '.', "%s: title", info->name);
	ck_assert_msg(info->explanation[strlen(info->explanation) - 1] == '.',
		      "%s: explanation", info->name);
}
END_TEST

START_TEST(no_name_can_be_taken_for_a_switch)
{
	static const char *const taken[] = {"error", "all", "no", "none"};
	const char *name = diag_info((enum diag_id)_i)->name;

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		ck_assert_str_ne(name, taken[i]);
	ck_assert(strncmp(name, "no-", 3) != 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("warnings");
	TCase *tests = tcase_create("warnings");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, wrong_text_draws_the_diagnostic_and_right_text_does_not, 0,
			    DIAG_COUNT);
	tcase_add_loop_test(tests, every_row_has_a_name_of_its_own_and_says_something, 0,
			    DIAG_COUNT);
	tcase_add_loop_test(tests, no_name_can_be_taken_for_a_switch, 0, DIAG_COUNT);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
