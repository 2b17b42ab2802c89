/*
 * Everything that could make a verdict unsound, by every engine: trace_traps does it, and
 * scmltrace must see all of it, or say that it did not.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pty.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGS = 16, CANNOT = 77, MAX_WAIT_MS = 20000 };

static const char *const engines[] = {"notify", "trace", "ptrace"};

enum { NOTIFY, TRACE, PTRACE, ENGINES };

static char folder[64], spec[128], report_path[128];
static char *report; /* what the last run said */

static void set_up(void)
{
	FILE *file;

	strcpy(folder, "/tmp/scml-traps-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(spec, sizeof(spec), "%s/traps.scml", folder);
	snprintf(report_path, sizeof(report_path), "%s/report", folder);
	file = fopen(spec, "w");
	ck_assert_ptr_nonnull(file);
	fputs("socket(family = AF_UNIX, type = SOCK_STREAM, protocol = 0);\n"
	      "struct sa = { sa_family = AF_UNIX, .. };\n"
	      "bind(sockfd, addr = <sa>, addrlen);\n"
	      "getsockname(sockfd, addr = <sa>, addrlen);\n",
	      file);
	fclose(file);
}

static void tear_down(void)
{
	char command[128];

	free(report);
	report = NULL;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static void read_report(void)
{
	FILE *file = fopen(report_path, "r");
	size_t len = 0;

	free(report);
	report = NULL;
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(getdelim(&report, &len, '\0', file) >= 0 || feof(file), 0);
	if (!report)
		report = calloc(1, 1);
	fclose(file);
}

/* scmltrace on a trap; `before` is run in the new process. */
static pid_t start(const char *engine, const char *option, const char *trap,
		   void (*before)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		if (before)
			before();
		execl(SCMLTRACE, "scmltrace", spec, "--scope", "listed", "--engine", engine,
		      "-o", report_path, option, "--", TRAPS, trap, NULL);
		_exit(98);
	}
	return pid;
}

static int finish(pid_t pid)
{
	int status = 0;

	for (int i = 0; i < MAX_WAIT_MS; i += 5) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			read_report();
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
		usleep(5000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ck_abort_msg("scmltrace hangs");
	return -1;
}

static int run(int engine, const char *trap)
{
	return finish(start(engines[engine], "--max=0", trap, NULL));
}

static size_t count(const char *part)
{
	size_t found = 0;

	for (const char *at = report; (at = strstr(at, part)); at++)
		found++;
	return found;
}

static void ck_has(const char *part)
{
	ck_assert_msg(strstr(report, part), "no '%s' in:\n%.3000s", part, report);
}

/* TRAP ends well, or cannot be; and COUNT markers were seen. */
static void ck_marks(int engine, const char *trap, size_t marks)
{
	int status = run(engine, trap);

	if (status == CANNOT)
		return;
	ck_assert_msg(status == 0, "%s: status %d of '%s':\n%.3000s", engines[engine], status,
		      trap, report);
	ck_assert_msg(count("(unsupported)") == marks,
		      "%s: %zu, not %zu, marks of '%s':\n%.3000s", engines[engine],
		      count("(unsupported)"), marks, trap, report);
}

START_TEST(calls_of_other_tables_are_counted)
{
	if (run(_i, "int80") != CANNOT) {
		ck_has("(other table)");
		ck_has("cannot certify");
	}
	if (run(_i, "x32") != CANNOT) {
		ck_has("(other table)");
		ck_has("cannot certify");
	}
}
END_TEST

START_TEST(a_filter_of_the_program_is_a_loss_where_it_hides_calls)
{
	ck_marks(_i, "own_filter", 1);
	ck_assert_uint_eq(count("(visibility lost from here)"), _i != PTRACE);
}
END_TEST

START_TEST(children_that_ask_not_to_be_traced_are_seen)
{
	ck_marks(_i, "untraced", 2);
}
END_TEST

START_TEST(threads_that_die_in_calls_do_no_harm)
{
	ck_assert_int_eq(run(_i, "killed"), 0);
	ck_has("(unsupported)");
}
END_TEST

START_TEST(memory_that_cannot_be_read_matches_nothing)
{
	ck_marks(_i, "unreadable", 1);
	ck_has("the memory cannot be read");
}
END_TEST

static void lose_powers(void)
{
	const uid_t nobody = 65534;

	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setgid(nobody) || setuid(nobody) || access(TRAPS, X_OK)))
		_exit(CANNOT);
}

START_TEST(memory_that_may_not_be_read_is_counted_and_certifies_nothing)
{
	int status;

	ck_assert_int_eq(chmod(folder, 0777), 0);
	status = finish(start(engines[_i], "--fail", "undumpable", lose_powers));
	if (status == CANNOT)
		return;
	ck_assert_int_eq(status, 4);
	ck_has("1 undecided");
	ck_has("bind: addr.sa_family: memory out of reach");
	ck_has("the memory of 1 call could not be read");
	ck_has("cannot certify");
}
END_TEST

START_TEST(returns_are_seen_in_a_hail_of_signals)
{
	ck_assert_int_eq(run(_i, "signals"), 0);
	ck_has("calls: 0 unsupported, 0 undecided");
	ck_has(_i == PTRACE ? " 3001 supported" : " 3000 supported");
}
END_TEST

START_TEST(stopped_children_stay_stopped_until_they_are_continued)
{
	ck_marks(_i, "stopped", 1);
}
END_TEST

START_TEST(a_program_that_traces_can_or_it_is_said_that_it_cannot)
{
	int status = run(_i, "ptrace");

	ck_assert_int_eq(status, _i == NOTIFY ? 0 : 9);
	if (_i == NOTIFY)
		ck_assert_uint_eq(count("(unsupported)"), 1);
	else
		ck_has("a process has one tracer");
}
END_TEST

START_TEST(programs_may_close_everything)
{
	ck_marks(_i, "close_all", 1);
}
END_TEST

START_TEST(five_hundred_threads_are_seen)
{
	ck_marks(_i, "threads", 500);
}
END_TEST

START_TEST(a_tree_of_processes_is_seen)
{
	ck_marks(_i, "forks", 256);
}
END_TEST

START_TEST(namespaces_and_other_roots_hide_nothing)
{
	ck_marks(_i, "pid_namespace", 1);
	ck_marks(_i, "chroot", 1);
}
END_TEST

START_TEST(programs_executed_by_threads_and_by_vfork_are_seen)
{
	ck_marks(_i, "exec_in_thread", 4);
	ck_marks(_i, "exec_in_vfork", 1);
}
END_TEST

START_TEST(set_uid_programs_keep_their_powers_under_root)
{
	char command[512], file[128];

	if (geteuid() != 0)
		return;
	snprintf(file, sizeof(file), "%s/traps", folder);
	snprintf(command, sizeof(command), "chmod 755 %s && cp %s %s && chmod 4755 %s", folder,
		 TRAPS, file, file);
	ck_assert_int_eq(system(command), 0);
	setenv("TRAPS_SETUID", file, 1);
	if (finish(start(engines[_i], "-q", "is_root", NULL)) == 0)
		ck_marks(_i, "set_uid", 1);
}
END_TEST

/* Wait until something is in the report. */
static void wait_for_mark(void)
{
	struct stat status;

	for (int i = 0; i < MAX_WAIT_MS; i++) {
		if (stat(report_path, &status) == 0 && status.st_size > 0)
			return;
		usleep(1000);
	}
	ck_abort_msg("no mark was seen");
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
		execl(SCMLTRACE, "scmltrace", spec, "--scope", "listed", "--engine",
		      engines[_i], "-o", report_path, "--", TRAPS, "wait", NULL);
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

/* Ctrl-Z stops all, SIGCONT has all go on, and Ctrl-C is the program's to answer. */
START_TEST(the_keys_of_a_terminal_reach_the_program)
{
	int terminal, status;
	pid_t pid = forkpty(&terminal, NULL, NULL, NULL);

	if (pid == 0) {
		execl(SCMLTRACE, "scmltrace", spec, "--scope", "listed", "--engine",
		      engines[_i], "-o", report_path, "--", TRAPS, "wait_for_interrupt", NULL);
		_exit(98);
	}
	ck_assert_int_gt(pid, 0);
	wait_for_mark();
	usleep(50000);
	/* The leader of a session that nobody could continue is not stopped by its terminal. */
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	ck_assert_int_eq(write(terminal, "\003", 1), 1);
	ck_assert_int_eq(finish(pid), 5);
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
		execl(SCMLTRACE, "scmltrace", spec, "--scope", "listed", "-o", report_path,
		      "-p", number, NULL);
		_exit(98);
	}
	wait_for_mark();
	usleep(200000);
	kill(pid, SIGINT);
	ck_assert_int_eq(finish(pid), 0);
	ck_assert_uint_gt(count("[pid "), 20);
	ck_has("let go");
	ck_assert_int_eq(waitpid(program, &status, WNOHANG | WUNTRACED), 0);
	close(input[1]);
	ck_assert_int_eq(waitpid(program, &status, 0), program);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_sleep_that_attaching_interrupts_is_no_call)
{
	char number[16];
	pid_t program = fork(), pid;

	if (program == 0) {
		sleep(2);
		_exit(0);
	}
	usleep(50000);
	snprintf(number, sizeof(number), "%d", (int)program);
	pid = fork();
	if (pid == 0) {
		execl(SCMLTRACE, "scmltrace", spec, "-o", report_path, "-p", number, NULL);
		_exit(98);
	}
	ck_assert_int_eq(waitpid(program, NULL, 0), program);
	ck_assert_int_eq(finish(pid), 0);
	ck_has("exit_group(0)");
	ck_assert_uint_eq(count("restart_syscall"), 0);
}
END_TEST

START_TEST(what_cannot_be_attached_to_is_an_error)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (dup2(open(report_path, O_WRONLY | O_CREAT, 0600), STDERR_FILENO) < 0)
			_exit(97);
		execl(SCMLTRACE, "scmltrace", spec, "-p", "999999999", NULL);
		_exit(98);
	}
	ck_assert_int_eq(finish(pid), 3);
	ck_has("cannot attach to process 999999999: No such process");
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
	if (dup2(open(report_path, O_WRONLY | O_CREAT, 0600), STDERR_FILENO) < 0)
		_exit(97);
}

START_TEST(where_calls_cannot_be_held_they_are_traced)
{
	ck_assert_int_eq(finish(start("auto", "--max=0", "forks", refuse_listeners)), 0);
	ck_has("the engine 'notify' does not work here");
	ck_has("Operation not permitted); 'trace' is used");
	ck_assert_uint_eq(count("(unsupported)"), 256);
}
END_TEST

START_TEST(where_there_can_be_no_filter_every_call_is_traced)
{
	ck_assert_int_eq(finish(start("auto", "--max=0", "mark", refuse_filters)), 0);
	ck_has("the engine 'notify' does not work here");
	ck_has("the engine 'trace' does not work here");
	ck_assert_uint_eq(count("(unsupported)"), 1);
}
END_TEST

START_TEST(where_nothing_works_nothing_is_run)
{
	ck_assert_int_eq(finish(start("auto", "-q", "mark", refuse_all)), 3);
	ck_has("cannot trace the program: Operation not permitted");
}
END_TEST

static int run_tests(void)
{
	Suite *suite = suite_create("traps");
	TCase *tcase = tcase_create("traps");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, calls_of_other_tables_are_counted, 0, ENGINES);
	tcase_add_loop_test(tcase, a_filter_of_the_program_is_a_loss_where_it_hides_calls, 0,
			    ENGINES);
	tcase_add_loop_test(tcase, children_that_ask_not_to_be_traced_are_seen, 0, ENGINES);
	tcase_add_loop_test(tcase, threads_that_die_in_calls_do_no_harm, 0, ENGINES);
	tcase_add_loop_test(tcase, memory_that_cannot_be_read_matches_nothing, 0, ENGINES);
	tcase_add_loop_test(tcase, memory_that_may_not_be_read_is_counted_and_certifies_nothing,
			    0, ENGINES);
	tcase_add_loop_test(tcase, returns_are_seen_in_a_hail_of_signals, 0, ENGINES);
	tcase_add_loop_test(tcase, stopped_children_stay_stopped_until_they_are_continued, 0,
			    ENGINES);
	tcase_add_loop_test(tcase, a_program_that_traces_can_or_it_is_said_that_it_cannot, 0,
			    ENGINES);
	tcase_add_loop_test(tcase, programs_may_close_everything, 0, ENGINES);
	tcase_add_loop_test(tcase, five_hundred_threads_are_seen, 0, ENGINES);
	tcase_add_loop_test(tcase, a_tree_of_processes_is_seen, 0, ENGINES);
	tcase_add_loop_test(tcase, namespaces_and_other_roots_hide_nothing, 0, ENGINES);
	tcase_add_loop_test(tcase, programs_executed_by_threads_and_by_vfork_are_seen, 0,
			    ENGINES);
	tcase_add_loop_test(tcase, set_uid_programs_keep_their_powers_under_root, 0, ENGINES);
	tcase_add_loop_test(tcase, the_program_does_not_outlive_the_supervisor, 0, ENGINES);
	tcase_add_loop_test(tcase, the_keys_of_a_terminal_reach_the_program, 0, ENGINES);
	tcase_add_test(tcase, attaching_sees_all_threads_and_lets_go_without_a_trace);
	tcase_add_test(tcase, a_sleep_that_attaching_interrupts_is_no_call);
	tcase_add_test(tcase, what_cannot_be_attached_to_is_an_error);
	tcase_add_test(tcase, where_calls_cannot_be_held_they_are_traced);
	tcase_add_test(tcase, where_there_can_be_no_filter_every_call_is_traced);
	tcase_add_test(tcase, where_nothing_works_nothing_is_run);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(void)
{
	pid_t pid = fork();
	int status;

	/* Where programs cannot be watched at all, nothing can be said. */
	if (pid == 0) {
		execl(TRAPS, "trace_traps", "mark", NULL);
		_exit(98);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		return CANNOT;
	return run_tests();
}
