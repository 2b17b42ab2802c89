/*
 * The matcher against an evaluator that was written without it: naive, byte by byte, without
 * short cuts. And damaged tables: what scml_table_check() lets through is safe to match with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match_naive.h"

enum {
	ROUNDS = 60000,
	DAMAGES = 60000,
};

/* Compare for one call; which verdict it was. */
static enum scml_verdict compare(struct world *w, const struct scml_call *call, unsigned round)
{
	struct scml_memory memory = {read_world, w};
	struct scml_reason expected, reason;
	uint64_t evaluations = 0;
	enum scml_verdict verdict =
		naive_match(&(struct naive){w, call, &evaluations}, &expected);

	if (evaluations > SCML_MAX_STEPS)
		return scml_match(&w->table, call, &memory, &reason);
	/* Beyond the matcher's bound on steps it may also say that it does not know. */
	if (evaluations > SCML_MAX_STEPS / 4 &&
	    scml_match(&w->table, call, &memory, NULL) == SCML_UNDECIDED)
		return SCML_UNDECIDED;
	ck_assert_msg(scml_match(&w->table, call, &memory, NULL) == verdict,
		      "round %u: another verdict than '%s'", round, scml_verdict_name(verdict));
	ck_assert_int_eq(scml_match(&w->table, call, &memory, &reason), verdict);
	if (evaluations > SCML_MAX_STEPS / 4)
		return verdict;
	ck_assert_uint_eq(reason.rule, expected.rule);
	ck_assert_uint_eq(reason.cond, expected.cond);
	return verdict;
}

START_TEST(verdict_and_reason_are_those_of_the_naive_evaluator)
{
	static struct world w;
	unsigned seen[3] = {0}, switches = 0;

	open_world(&w);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct scml_call call;

		if (round % 8 == 0) {
			random_table(&w);
			random_steps(&w);
			switches += w.table.way_count > 0;
			ck_assert_int_eq(scml_table_check(&w.table), 0);
		}
		random_memory(&w);
		call = random_call(&w);
		seen[compare(&w, &call, round)]++;
	}
	printf("%u unsupported, %u undecided, %u supported; %u tables with switches\n", seen[0],
	       seen[1], seen[2], switches);
	ck_assert_uint_gt(switches, ROUNDS / 8 / 60);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_gt(seen[i], ROUNDS / 60);
	close_world(&w);
}
END_TEST

static void damage(struct world *w)
{
	struct {
		void *bytes;
		size_t size;
	} parts[] = {{w->by_nr, CALLS * sizeof(*w->by_nr)},
		     {w->starts, CALLS * sizeof(*w->starts)},
		     {w->calls, CALLS * sizeof(*w->calls)},
		     {w->rules, RULES * sizeof(*w->rules)},
		     {w->conds, CONDS * sizeof(*w->conds)},
		     {w->tests, TESTS * sizeof(*w->tests)},
		     {w->tests, TESTS * sizeof(*w->tests)},
		     {w->blocks, BLOCKS * sizeof(*w->blocks)},
		     {w->values, VALUES * sizeof(*w->values)},
		     {w->steps, (w->table.step_count + 1) * sizeof(*w->steps)},
		     {w->ways, (w->table.way_count + 1) * sizeof(*w->ways)}};

	for (unsigned i = 1 + below(w, 3); i > 0; i--) {
		unsigned part = below(w, sizeof(parts) / sizeof(*parts));
		unsigned char *bytes = parts[part].bytes;
		size_t at = below(w, (uint32_t)parts[part].size);

		/* small values hit what is nearly right: other tests, other blocks, cycles */
		bytes[at] = (unsigned char)(one_in(w, 3) ? next_random(w) : below(w, TESTS));
	}
}

START_TEST(damaged_table_is_refused_or_safe)
{
	static struct world w;
	unsigned refused = 0, passed = 0;

	open_world(&w);
	for (unsigned round = 0; round < DAMAGES; round++) {
		struct scml_memory memory = {read_world, &w};
		struct scml_reason reason;
		struct scml_call call;

		if (round % 4 == 0) {
			random_table(&w);
			w.table.step_count = w.table.way_count = 0;
			if (round % 8 == 0)
				random_steps(&w);
			random_memory(&w);
		}
		damage(&w);
		if (scml_table_check(&w.table) != 0) {
			refused++;
			random_table(&w);
			w.table.step_count = w.table.way_count = 0;
			continue;
		}
		passed++;
		call = random_call(&w);
		scml_match(&w.table, &call, &memory, &reason);
		scml_match(&w.table, &call, NULL, &reason);
	}
	printf("%u refused, %u passed\n", refused, passed);
	ck_assert_uint_gt(refused, DAMAGES / 20);
	ck_assert_uint_gt(passed, DAMAGES / 20);
	close_world(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("match_random");
	TCase *tc = tcase_create("random");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, verdict_and_reason_are_those_of_the_naive_evaluator);
	tcase_add_test(tc, damaged_table_is_refused_or_safe);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
