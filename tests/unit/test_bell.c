/* A pipe that is slept on, and another one that rings. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bell.h"

enum { ROUNDS = 5000, MAX_SPINS = 20000 };

static struct {
	struct bell bell;
	int slept_on[2], source[2];
} place;

static void set_up(void)
{
	ck_assert_int_eq(pipe2(place.slept_on, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(place.source, O_CLOEXEC), 0);
	ck_assert_int_eq(bell_open(&place.bell, place.slept_on[0], &place.source[0], 1), 0);
}

static void tear_down(void)
{
	bell_close(&place.bell);
	for (int i = 0; i < 2; i++) {
		close(place.slept_on[i]);
		close(place.source[i]);
	}
}

static void put(int fd)
{
	ck_assert_int_eq(write(fd, "x", 1), 1);
}

static void take(int fd)
{
	char byte;

	ck_assert_int_eq(read(fd, &byte, 1), 1);
}

/* The sleeper may be awake before the bell says that it rang. */
static void wait_until_rung(void)
{
	while (bell_is_set(&place.bell))
		sched_yield();
}

static bool sleeps_through(void)
{
	char byte;

	return read(place.bell.desk, &byte, 1) == 1;
}

START_TEST(a_bell_that_was_not_set_is_not_to_be_slept_on)
{
	ck_assert(!bell_is_set(&place.bell));
	ck_assert(!sleeps_through());
}
END_TEST

START_TEST(what_is_slept_on_arrives)
{
	bell_set(&place.bell);
	for (int i = 0; i < 100; i++) {
		put(place.slept_on[1]);
		ck_assert(sleeps_through());
	}
	ck_assert(bell_is_set(&place.bell));
}
END_TEST

START_TEST(what_is_readable_before_rings_at_once)
{
	put(place.source[1]);
	bell_set(&place.bell);
	ck_assert(!sleeps_through());
	wait_until_rung();
}
END_TEST

START_TEST(nothing_is_lost_when_it_rings)
{
	put(place.source[1]);
	bell_set(&place.bell);
	ck_assert(!sleeps_through());
	wait_until_rung();
	put(place.slept_on[1]);
	take(place.source[0]);
	bell_set(&place.bell);
	ck_assert(sleeps_through());
}
END_TEST

static void *ring_after(void *context)
{
	volatile unsigned spins = *(unsigned *)context;

	while (spins)
		spins--;
	put(place.source[1]);
	return NULL;
}

/* The signal comes anywhere: before the sleep, at its beginning, in it. */
START_TEST(no_ring_is_slept_through)
{
	unsigned seed = (unsigned)time(NULL);
	const char *given = getenv("SCML_SEED");

	if (given)
		seed = (unsigned)strtoul(given, NULL, 10);
	printf("SCML_SEED=%u\n", seed);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned spins = (unsigned)rand_r(&seed) % MAX_SPINS;
		pthread_t other;

		bell_set(&place.bell);
		ck_assert_int_eq(pthread_create(&other, NULL, ring_after, &spins), 0);
		ck_assert(!sleeps_through());
		wait_until_rung();
		pthread_join(other, NULL);
		take(place.source[0]);
	}
}
END_TEST

START_TEST(the_signal_is_given_back)
{
	struct sigaction mine = {.sa_handler = SIG_IGN}, now;
	sigset_t urgent, mask;

	bell_close(&place.bell);
	sigaction(SIGURG, &mine, NULL);
	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	sigprocmask(SIG_BLOCK, &urgent, NULL);
	ck_assert_int_eq(bell_open(&place.bell, place.slept_on[0], &place.source[0], 1), 0);
	bell_close(&place.bell);
	sigaction(SIGURG, NULL, &now);
	ck_assert_ptr_eq(now.sa_handler, SIG_IGN);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	ck_assert_int_eq(sigismember(&mask, SIGURG), 1);
}
END_TEST

START_TEST(a_bell_that_was_never_opened_does_nothing)
{
	struct bell none = {0};

	bell_set(&none);
	ck_assert(!bell_is_set(&none));
	bell_close(&none);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bell");
	TCase *tcase = tcase_create("bell");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_bell_that_was_not_set_is_not_to_be_slept_on);
	tcase_add_test(tcase, what_is_slept_on_arrives);
	tcase_add_test(tcase, what_is_readable_before_rings_at_once);
	tcase_add_test(tcase, nothing_is_lost_when_it_rings);
	tcase_add_test(tcase, no_ring_is_slept_through);
	tcase_add_test(tcase, the_signal_is_given_back);
	tcase_add_test(tcase, a_bell_that_was_never_opened_does_nothing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
