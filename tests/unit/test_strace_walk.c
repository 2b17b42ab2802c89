/* What is found by many bytes at once is what is found by looking at one after the other. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seed.h"
#include "strace_marks.h"
#include "strace_span.h"
#include "strace_walk.h"

enum { ROUNDS = 3000, MOST = 300 };

/* LEN bytes, of which most mean something in a line of strace's. */
static void make_text(char *text, size_t len, unsigned *state)
{
	static const char marks[] = "\"\"((){}[],,,<>*/\\ =|aB09_\n\xff";

	for (size_t i = 0; i < len; i++)
		text[i] = rand_r(state) % 3 ? marks[(size_t)rand_r(state) % (sizeof(marks) - 1)]
					    : (char)rand_r(state);
}

static void ck_same_marks(const struct strace_marks *found, const char *text, const char *form)
{
	struct strace_marks wanted = strace_marks_portable(text);

	ck_assert_msg(found->quotes == wanted.quotes && found->others == wanted.others,
		      "%s differs", form);
}

static void ck_all_forms(const char *text)
{
	struct strace_marks found = strace_marks(text);

	ck_same_marks(&found, text, "the usual form");
#ifdef __x86_64__
	found = strace_marks_sse2(text);
	ck_same_marks(&found, text, "sse2");
	if (__builtin_cpu_supports("avx2")) {
		found = strace_marks_avx2(text);
		ck_same_marks(&found, text, "avx2");
	}
#endif
}

START_TEST(all_forms_find_the_same_marks)
{
	unsigned state = (unsigned)seed_of_this_run();
	char text[STRACE_BLOCK];

	for (unsigned byte = 0; byte < 256; byte++) {
		memset(text, (int)byte, sizeof(text));
		ck_all_forms(text);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		make_text(text, sizeof(text), &state);
		ck_all_forms(text);
	}
}
END_TEST

/* All values of TEXT, of which SLACK bytes at the end do not belong to it. */
static void ck_same_ends(struct strace_text text, size_t slack, unsigned seed)
{
	struct strace_walk walk = strace_walk_start(text, slack);
	size_t at = 0;

	for (;;) {
		size_t wanted = at + strace_value_len(strace_skip(text, at));
		size_t end = strace_walk_value(&walk, at);

		ck_assert_msg(end == wanted,
			      "seed %u: value at %zu of '%.*s' ends at %zu, not %zu", seed, at,
			      (int)text.len, text.at, end, wanted);
		if (end == text.len)
			return;
		for (at = end + 1; at < text.len && text.at[at] == ' '; at++)
			continue;
	}
}

START_TEST(walk_comes_to_the_ends_of_values)
{
	unsigned seed = (unsigned)seed_of_this_run(), state = seed;

	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t len = (size_t)rand_r(&state) % MOST;
		size_t slack = (size_t)rand_r(&state) % (len + 1);
		char *text = malloc(len + 1);

		ck_assert_ptr_nonnull(text);
		make_text(text, len, &state);
		ck_same_ends((struct strace_text){text, len - slack}, slack, seed);
		free(text);
	}
}
END_TEST

START_TEST(angles_and_parentheses_are_found)
{
	unsigned state = (unsigned)seed_of_this_run();
	char text[MOST];

	for (unsigned i = 0; i < ROUNDS; i++) {
		size_t len = 1 + (size_t)rand_r(&state) % (sizeof(text) - 1);
		size_t at = (size_t)rand_r(&state) % len, angle = at, parenthesis = 0;

		make_text(text, len, &state);
		while (angle < len && text[angle] != '<' && text[angle] != '>')
			angle++;
		while (parenthesis < len && text[parenthesis] != '(')
			parenthesis++;
		ck_assert_uint_eq(strace_next_angle(text, at, len), angle);
		ck_assert_uint_eq(strace_find_parenthesis(text, len), parenthesis);
	}
}
END_TEST

START_TEST(process_numbers_of_any_length_are_read)
{
	for (unsigned digits = 0; digits < 9; digits++) {
		for (size_t slack = 0; slack < 9; slack++) {
			char line[32] = "123456789";
			uint32_t pid, wanted;
			size_t len;

			snprintf(line + digits, sizeof(line) - digits, " <)99999999");
			len = strace_pid_len((struct strace_text){line, digits + 3}, slack,
					     &pid);
			wanted = (uint32_t)strtoul(digits ? line : "0", NULL, 10);
			ck_assert_uint_eq(len, digits);
			ck_assert_uint_eq(pid, wanted);
		}
	}
}
END_TEST

START_TEST(process_number_does_not_go_beyond_its_line)
{
	uint32_t pid;

	ck_assert_uint_eq(strace_pid_len((struct strace_text){"1234567 9", 3}, 6, &pid), 3);
	ck_assert_uint_eq(pid, 123);
	ck_assert_uint_eq(strace_pid_len((struct strace_text){"12", 2}, 0, &pid), 2);
	ck_assert_uint_eq(pid, 12);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strace_walk");
	TCase *tc = tcase_create("walk");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, all_forms_find_the_same_marks);
	tcase_add_test(tc, walk_comes_to_the_ends_of_values);
	tcase_add_test(tc, angles_and_parentheses_are_found);
	tcase_add_test(tc, process_numbers_of_any_length_are_read);
	tcase_add_test(tc, process_number_does_not_go_beyond_its_line);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
