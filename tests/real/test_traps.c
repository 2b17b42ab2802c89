/*
 * Everything that could make a verdict unsound, by every engine: trace_traps does it, and
 * scmltrace must see all of it, or say that it did not.
 */
#include <check.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trap_run.h"

START_TEST(calls_of_other_tables_are_counted)
{
	if (trap_run(_i, "int80") != TRAP_CANNOT) {
		ck_trap_has("(other table)");
		ck_trap_has("cannot certify");
	}
	if (trap_run(_i, "x32") != TRAP_CANNOT) {
		ck_trap_has("(other table)");
		ck_trap_has("cannot certify");
	}
}
END_TEST

START_TEST(a_filter_of_the_program_is_a_loss_where_it_hides_calls)
{
	ck_trap_marks(_i, "own_filter", 1);
	ck_trap_count("(visibility lost from here)", _i != TRAP_BY_PTRACE);
}
END_TEST

START_TEST(a_program_that_holds_calls_can_or_it_is_said_that_it_cannot)
{
	int status = trap_run(_i, "own_listener");

	if (status == TRAP_CANNOT)
		return;
	ck_assert_msg(status == (_i == TRAP_BY_NOTIFY ? 9 : 0), "status %d of:\n%.3000s",
		      status, trap_report());
	if (_i == TRAP_BY_NOTIFY)
		ck_trap_has("a process has one listener");
	else
		ck_trap_count("(unsupported)", 1);
}
END_TEST

START_TEST(children_that_ask_not_to_be_traced_are_seen)
{
	ck_trap_marks(_i, "untraced", 2);
}
END_TEST

START_TEST(threads_that_die_in_calls_do_no_harm)
{
	ck_trap_runs(_i, "killed", 0);
	ck_trap_has("(unsupported)");
}
END_TEST

START_TEST(memory_that_cannot_be_read_matches_nothing)
{
	ck_trap_marks(_i, "unreadable", 1);
	ck_trap_has("the memory cannot be read");
}
END_TEST

static void lose_powers(void)
{
	const uid_t nobody = 65534;

	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setgid(nobody) || setuid(nobody) || access(TRAPS, X_OK)))
		_exit(TRAP_CANNOT);
}

START_TEST(memory_that_may_not_be_read_is_counted_and_certifies_nothing)
{
	int status;

	ck_assert_int_eq(chmod(trap_folder(), 0777), 0);
	status = trap_finish(trap_start(trap_engines[_i], "--fail", "undumpable", lose_powers));
	if (status == TRAP_CANNOT)
		return;
	ck_assert_msg(status == 4, "status %d of:\n%.3000s", status, trap_report());
	ck_trap_has("1 undecided");
	ck_trap_has("bind: addr.sa_family: memory out of reach");
	ck_trap_has("the memory of 1 call could not be read");
	ck_trap_has("cannot certify");
}
END_TEST

START_TEST(returns_are_seen_in_a_hail_of_signals)
{
	ck_trap_runs(_i, "signals", 0);
	ck_trap_has("calls: 0 unsupported, 0 undecided");
	ck_trap_has(_i == TRAP_BY_PTRACE ? " 3001 supported" : " 3000 supported");
}
END_TEST

START_TEST(returns_are_seen_though_many_threads_wait)
{
	ck_trap_runs(_i, "blocked", 0);
	ck_trap_has("calls: 0 unsupported, 0 undecided");
}
END_TEST

START_TEST(stopped_children_stay_stopped_until_they_are_continued)
{
	ck_trap_marks(_i, "stopped", 1);
}
END_TEST

START_TEST(a_program_that_traces_can_or_it_is_said_that_it_cannot)
{
	ck_trap_runs(_i, "ptrace", _i == TRAP_BY_NOTIFY ? 0 : 9);
	if (_i == TRAP_BY_NOTIFY)
		ck_trap_count("(unsupported)", 1);
	else
		ck_trap_has("a process has one tracer");
}
END_TEST

START_TEST(programs_may_close_everything)
{
	ck_trap_marks(_i, "close_all", 1);
}
END_TEST

START_TEST(five_hundred_threads_are_seen)
{
	ck_trap_marks(_i, "threads", 500);
}
END_TEST

START_TEST(a_tree_of_processes_is_seen)
{
	ck_trap_marks(_i, "forks", 256);
}
END_TEST

START_TEST(namespaces_and_other_roots_hide_nothing)
{
	ck_trap_marks(_i, "pid_namespace", 1);
	ck_trap_marks(_i, "chroot", 1);
}
END_TEST

START_TEST(programs_executed_by_threads_and_by_vfork_are_seen)
{
	ck_trap_marks(_i, "exec_in_thread", 4);
	ck_trap_marks(_i, "exec_in_vfork", 1);
}
END_TEST

START_TEST(set_uid_programs_keep_their_powers_under_root)
{
	char command[512], file[128];

	if (geteuid() != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) > 0)
		return;
	snprintf(file, sizeof(file), "%s/traps", trap_folder());
	snprintf(command, sizeof(command), "chmod 755 %s && cp %s %s && chmod 4755 %s",
		 trap_folder(), TRAPS, file, file);
	ck_assert_int_eq(system(command), 0);
	setenv("TRAPS_SETUID", file, 1);
	if (trap_finish(trap_start(trap_engines[_i], "-q", "is_root", NULL)) == 0)
		ck_trap_marks(_i, "set_uid", 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("traps");
	TCase *tcase = tcase_create("traps");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (!trap_can_be_made())
		return TRAP_CANNOT;
	tcase_set_timeout(tcase, TRAP_TIMEOUT_S);
	tcase_add_checked_fixture(tcase, trap_set_up, trap_tear_down);
	tcase_add_loop_test(tcase, calls_of_other_tables_are_counted, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, a_filter_of_the_program_is_a_loss_where_it_hides_calls, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, a_program_that_holds_calls_can_or_it_is_said_that_it_cannot,
			    0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, children_that_ask_not_to_be_traced_are_seen, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, threads_that_die_in_calls_do_no_harm, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, memory_that_cannot_be_read_matches_nothing, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, memory_that_may_not_be_read_is_counted_and_certifies_nothing,
			    0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, returns_are_seen_in_a_hail_of_signals, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, returns_are_seen_though_many_threads_wait, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, stopped_children_stay_stopped_until_they_are_continued, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, a_program_that_traces_can_or_it_is_said_that_it_cannot, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, programs_may_close_everything, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, five_hundred_threads_are_seen, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, a_tree_of_processes_is_seen, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, namespaces_and_other_roots_hide_nothing, 0, TRAP_ENGINES);
	tcase_add_loop_test(tcase, programs_executed_by_threads_and_by_vfork_are_seen, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, set_uid_programs_keep_their_powers_under_root, 0,
			    TRAP_ENGINES);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
