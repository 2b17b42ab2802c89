/*
 * seed: a test that draws its cases says with which seed, and draws the same with SCML_SEED.
 * What such tests share beside: the numbers, assertions in long loops, main().
 */
#ifndef SCML_SEED_H
#define SCML_SEED_H

#include <check.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Check tells its parent about every assertion; in loops that is too slow. */
#define insist(condition, ...)                     \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

/* From one state, which is never 0, to the next. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint64_t seed_of_this_run(void)
{
	const char *given = getenv("SCML_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0)
			      : (uint64_t)time(NULL) * 2654435761u + (uint64_t)getpid();

	printf("SCML_SEED=%#" PRIx64 "\n", seed);
	fflush(stdout);
	return seed ? seed : 1;
}

/* What main() returns. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
