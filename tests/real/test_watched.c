/*
 * What comes from outside while a program is watched, by every engine: the end of the
 * supervisor, the keys of a terminal; attaching and letting go; and sandboxes around it all.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trap_run.h"

enum { MARKS_OF_ALL = 20 };

static bool has_mark(pid_t pid)
{
	struct stat status;

	(void)pid;
	return stat(trap_report_path(), &status) == 0 && status.st_size > 0;
}

/* Wait until something is in the report. */
static void wait_for_mark(void)
{
	ck_assert_msg(trap_wait_until(has_mark, 0), "no mark was seen");
}

static bool has_marks_of_all(pid_t pid)
{
	(void)pid;
	trap_read_report();
	return trap_count("[pid ") > MARKS_OF_ALL;
}

START_TEST(the_program_does_not_outlive_the_supervisor)
{
	int errors[2], status;
	char text[256] = "";
	size_t len = 0;
	ssize_t got;
	pid_t pid;

	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(pipe2(errors, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(errors[1], STDERR_FILENO);
		execl(SCMLTRACE, "scmltrace", trap_spec(), "--scope", "listed", "--engine",
		      trap_engines[_i], "-o", trap_report_path(), "--", TRAPS, "wait", NULL);
		_exit(98);
	}
	close(errors[1]);
	wait_for_mark();
	kill(pid, SIGKILL);
	/* Until all who could write have ended: nobody is left. */
	while (len < sizeof(text) - 1 &&
	       (got = read(errors[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	close(errors[0]);
	ck_assert_msg(strstr(text, "the supervisor is gone"), "'%s'", text);
	while (wait(&status) > 0)
		;
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

static void lead_group(void)
{
	if (setpgid(0, 0))
		_exit(97);
}

START_TEST(what_the_program_sends_to_its_group_it_gets_once)
{
	ck_trap_ends(trap_start(trap_engines[_i], "--max=0", "kill_group", lead_group), 0);
}
END_TEST

static void wait_for_term(void)
{
	lead_group();
	signal(SIGTERM, SIG_DFL);
}

START_TEST(what_is_sent_to_the_supervisor_alone_reaches_the_program)
{
	pid_t pid = trap_start(trap_engines[_i], "--max=0", "wait", wait_for_term);

	wait_for_mark();
	kill(pid, SIGTERM);
	ck_trap_ends(pid, 128 + SIGTERM);
}
END_TEST

/* Ctrl-Z stops all, SIGCONT has all go on, and Ctrl-C is the program's to answer. */
START_TEST(the_keys_of_a_terminal_reach_the_program)
{
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0) {
		execl(SCMLTRACE, "scmltrace", trap_spec(), "--scope", "listed", "--engine",
		      trap_engines[_i], "-o", trap_report_path(), "--", TRAPS,
		      "wait_for_interrupt", NULL);
		_exit(98);
	}
	ck_assert_int_gt(pid, 0);
	wait_for_mark();
	/* The leader of a session that nobody could continue is not stopped by its terminal. */
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(write(terminal, "\003", 1), 1);
	ck_trap_ends(pid, 5);
	close(terminal);
}
END_TEST

START_TEST(attaching_sees_all_threads_and_lets_go_without_a_trace)
{
	int input[2], output[2], status;
	char number[16], byte;
	pid_t program, pid;

	ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
	program = fork();
	if (program == 0) {
		dup2(input[0], STDIN_FILENO);
		dup2(output[1], STDOUT_FILENO);
		execl(TRAPS, "trace_traps", "serve", NULL);
		_exit(98);
	}
	ck_assert_int_eq(read(output[0], &byte, 1), 1);
	snprintf(number, sizeof(number), "%d", (int)program);
	pid = fork();
	if (pid == 0) {
		execl(SCMLTRACE, "scmltrace", trap_spec(), "--scope", "listed", "-o",
		      trap_report_path(), "-p", number, NULL);
		_exit(98);
	}
	ck_assert_msg(trap_wait_until(has_marks_of_all, 0), "not enough marks:\n%.3000s",
		      trap_report());
	kill(pid, SIGINT);
	ck_trap_ends(pid, 0);
	ck_trap_has("let go");
	ck_assert_int_eq(waitpid(program, &status, WNOHANG | WUNTRACED), 0);
	close(input[1]);
	ck_assert_int_eq(waitpid(program, &status, 0), program);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The number of the call in which PID sleeps; negative: it does not, or nobody may know. */
static long sleeps_in(pid_t pid)
{
	char path[64], text[32];
	long nr = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)pid);
	file = fopen(path, "r");
	if (file && fgets(text, sizeof(text), file) && strncmp(text, "running", 7) != 0)
		nr = strtol(text, NULL, 10);
	if (file)
		fclose(file);
	return nr;
}

static bool sleeps(pid_t pid)
{
	return sleeps_in(pid) == SYS_clock_nanosleep || sleeps_in(pid) == SYS_nanosleep;
}

static bool sleeps_again(pid_t pid)
{
	return sleeps_in(pid) == SYS_restart_syscall;
}

static void end_sleep(int number)
{
	(void)number;
}

START_TEST(a_sleep_that_attaching_interrupts_is_no_call)
{
	char number[16];
	pid_t program = fork(), pid;

	if (program == 0) {
		signal(SIGUSR1, end_sleep);
		sleep(2 * TRAP_MAX_WAIT_MS / 1000);
		_exit(0);
	}
	ck_assert_msg(trap_wait_until(sleeps, program), "the program does not sleep");
	snprintf(number, sizeof(number), "%d", (int)program);
	pid = fork();
	if (pid == 0) {
		execl(SCMLTRACE, "scmltrace", trap_spec(), "-o", trap_report_path(), "-p",
		      number, NULL);
		_exit(98);
	}
	ck_assert_msg(trap_wait_until(sleeps_again, program), "it is in call %ld",
		      sleeps_in(program));
	kill(program, SIGUSR1);
	ck_assert_int_eq(waitpid(program, NULL, 0), program);
	ck_trap_ends(pid, 0);
	ck_trap_has("exit_group(0)");
	ck_trap_count("restart_syscall", 0);
}
END_TEST

START_TEST(what_cannot_be_attached_to_is_an_error)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (dup2(open(trap_report_path(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO) < 0)
			_exit(97);
		execl(SCMLTRACE, "scmltrace", trap_spec(), "-p", "999999999", NULL);
		_exit(98);
	}
	ck_trap_ends(pid, 3);
	ck_trap_has("cannot attach to process 999999999: No such process");
}
END_TEST

/* Sandboxes in which scmltrace itself is run. */

static void refuse(uint32_t nr, size_t argument, uint32_t bits)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 (uint32_t)(offsetof(struct seccomp_data, args) + 8 * argument)),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		_exit(97);
}

static void refuse_listeners(void)
{
	refuse(SYS_seccomp, 1, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

static void refuse_filters(void)
{
	refuse(SYS_seccomp, 0, SECCOMP_SET_MODE_FILTER);
}

static void refuse_all(void)
{
	refuse_filters();
	refuse(SYS_ptrace, 0, ~0U);
	if (dup2(open(trap_report_path(), O_WRONLY | O_CREAT, 0600), STDERR_FILENO) < 0)
		_exit(97);
}

START_TEST(where_calls_cannot_be_held_they_are_traced)
{
	ck_trap_ends(trap_start("auto", "--max=0", "forks", refuse_listeners), 0);
	ck_trap_has("the engine 'notify' does not work here");
	ck_trap_has("Operation not permitted); 'trace' is used");
	ck_trap_count("(unsupported)", 256);
}
END_TEST

START_TEST(where_there_can_be_no_filter_every_call_is_traced)
{
	ck_trap_ends(trap_start("auto", "--max=0", "mark", refuse_filters), 0);
	ck_trap_has("the engine 'notify' does not work here");
	ck_trap_has("the engine 'trace' does not work here");
	ck_trap_count("(unsupported)", 1);
}
END_TEST

static void refuse_marks(void)
{
	refuse(SYS_socket, 0, AF_INET6);
}

START_TEST(calls_that_a_filter_around_it_all_refuses_are_seen_or_told_of)
{
	pid_t pid = trap_start(trap_engines[_i], "--fail", "mark", refuse_marks);

	if (_i == TRAP_BY_PTRACE) {
		ck_trap_ends(pid, 1);
		ck_trap_has("EPERM (Operation not permitted) (unsupported)");
	} else {
		ck_trap_ends(pid, 4);
		ck_trap_has("a seccomp filter was there before");
	}
}
END_TEST

static void inherit_ring(void)
{
	struct io_uring_params params = {0};
	long ring = syscall(SYS_io_uring_setup, 4, &params);

	if (ring < 0 || fcntl((int)ring, F_SETFD, 0))
		_exit(TRAP_CANNOT);
}

START_TEST(a_ring_from_before_is_told_of)
{
	int status = trap_finish(trap_start(trap_engines[_i], "--fail", "mark", inherit_ring));

	if (status == TRAP_CANNOT)
		return;
	ck_trap_has("there was an io_uring before");
	ck_trap_has("cannot certify");
}
END_TEST

START_TEST(where_nothing_works_nothing_is_run)
{
	ck_trap_ends(trap_start("auto", "-q", "mark", refuse_all), 3);
	ck_trap_has("cannot trace the program: Operation not permitted");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("watched");
	TCase *tcase = tcase_create("watched");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (!trap_can_be_made())
		return TRAP_CANNOT;
	tcase_set_timeout(tcase, TRAP_TIMEOUT_S);
	tcase_add_checked_fixture(tcase, trap_set_up, trap_tear_down);
	tcase_add_loop_test(tcase, the_program_does_not_outlive_the_supervisor, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, what_the_program_sends_to_its_group_it_gets_once, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, what_is_sent_to_the_supervisor_alone_reaches_the_program, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, the_keys_of_a_terminal_reach_the_program, 0, TRAP_ENGINES);
	tcase_add_test(tcase, attaching_sees_all_threads_and_lets_go_without_a_trace);
	tcase_add_test(tcase, a_sleep_that_attaching_interrupts_is_no_call);
	tcase_add_test(tcase, what_cannot_be_attached_to_is_an_error);
	tcase_add_test(tcase, where_calls_cannot_be_held_they_are_traced);
	tcase_add_test(tcase, where_there_can_be_no_filter_every_call_is_traced);
	tcase_add_loop_test(tcase,
			    calls_that_a_filter_around_it_all_refuses_are_seen_or_told_of, 0,
			    TRAP_ENGINES);
	tcase_add_loop_test(tcase, a_ring_from_before_is_told_of, 0, TRAP_ENGINES);
	tcase_add_test(tcase, where_nothing_works_nothing_is_run);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
