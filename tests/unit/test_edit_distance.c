/* How far names are from each other, against the whole table of the textbook. */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "edit_distance.h"
#include "seed.h"

enum { PAIRS = 300000, MAX_LEN = 12, MAX_LIMIT = 4 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* All cells, none of them left out. */
static unsigned whole_table(const char *a, const char *b)
{
	static unsigned cell[EDIT_DISTANCE_MAX_NAME + 2][EDIT_DISTANCE_MAX_NAME + 2];
	size_t a_len = strlen(a), b_len = strlen(b);

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			int x = i ? tolower(a[i - 1]) : 0, y = j ? tolower(b[j - 1]) : 0;

			cell[i][j] = i && j ? least(cell[i - 1][j - 1] + (x != y),
						    least(cell[i - 1][j], cell[i][j - 1]) + 1)
					    : (unsigned)(i + j);
			if (i > 1 && j > 1 && x == tolower(b[j - 2]) && y == tolower(a[i - 2]))
				cell[i][j] = least(cell[i][j], cell[i - 2][j - 2] + 1);
		}
	}
	return cell[a_len][b_len] == 0 && strcmp(a, b) != 0 ? 1 : cell[a_len][b_len];
}

static void random_name(uint64_t *state, const char *letters, char name[static MAX_LEN + 1])
{
	size_t len = next_random(state) % (MAX_LEN + 1);

	for (size_t i = 0; i < len; i++)
		name[i] = letters[next_random(state) % strlen(letters)];
	name[len] = '\0';
}

START_TEST(it_is_the_distance_of_the_whole_table_or_more_than_the_limit)
{
	static const char *const alphabets[] = {"ab", "abC", "abcABC", "abcdefghij_0123"};
	uint64_t state = seed_of_this_run();

	for (unsigned i = 0; i < PAIRS; i++) {
		unsigned limit = i % (MAX_LIMIT + 1), wanted, got;
		char a[MAX_LEN + 1], b[MAX_LEN + 1];

		random_name(&state, alphabets[i % 4], a);
		random_name(&state, alphabets[i % 4], b);
		wanted = whole_table(a, b);
		got = edit_distance(a, b, limit);
		insist(got == (wanted > limit ? limit + 1 : wanted),
		       "'%s' and '%s' are %u apart, not %u (limit %u)", a, b, wanted, got,
		       limit);
		insist(wanted > limit ||
			       edit_sketches_near(edit_sketch(a), edit_sketch(b), limit),
		       "the sketches of '%s' and '%s' are not near, the names are", a, b);
	}
}
END_TEST

START_TEST(long_names_are_compared_up_to_the_bound_and_no_farther)
{
	char a[EDIT_DISTANCE_MAX_NAME + 2], b[EDIT_DISTANCE_MAX_NAME + 2];

	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[EDIT_DISTANCE_MAX_NAME] = b[EDIT_DISTANCE_MAX_NAME] = '\0';
	b[7] = 'b';
	ck_assert_uint_eq(edit_distance(a, a, 2), 0);
	ck_assert_uint_eq(edit_distance(a, b, 2), 1);
	ck_assert_uint_eq(edit_distance(a + 3, b, 2), 3);
	ck_assert_uint_eq(edit_distance(a + 2, b, 2), 2);
	ck_assert(edit_sketches_near(edit_sketch(b), edit_sketch(a + 2), 2));
	a[EDIT_DISTANCE_MAX_NAME] = 'a';
	a[EDIT_DISTANCE_MAX_NAME + 1] = '\0';
	ck_assert_uint_eq(edit_distance(a, a, 2), 3);
}
END_TEST

/* Else nothing is gained. */
START_TEST(sketches_tell_most_names_apart)
{
	ck_assert(!edit_sketches_near(edit_sketch("MSG_DONTWAIT"), edit_sketch("MSG_PEEK"), 2));
	ck_assert(!edit_sketches_near(edit_sketch("AF_INET"), edit_sketch("AF_UNIX6"), 2));
	ck_assert(edit_sketches_near(edit_sketch("AF_INTE"), edit_sketch("AF_INET"), 2));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit_distance");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, it_is_the_distance_of_the_whole_table_or_more_than_the_limit);
	tcase_add_test(tcase, long_names_are_compared_up_to_the_bound_and_no_farther);
	tcase_add_test(tcase, sketches_tell_most_names_apart);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
