/*
 * scmlrun as its users run it, and libscml's filters. The programs are this very one, with the
 * name of a behaviour as its first argument.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "scml_filter.h"

/* si_code of a trap; not every C library has it. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

enum { MAX_ARGS = 24, MAX_TEXT = 1 << 16, ODD_STATUS = 77 };

/* Only sockets of one family are in a rule; calls without rules are allowed. */
static const char rules[] = "socket(family = AF_UNIX, ..);\n";

static char self[4096]; /* this program */
static char folder[] = "/tmp/scmlrun-test-XXXXXX";
static char rules_path[64], filter_path[64];

/* The program's side. */

static int try_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 ? errno : 0;
}

static int do_unix(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0;
}

static int do_odd_status(void)
{
	return ODD_STATUS;
}

static int do_signal(void)
{
	return raise(SIGTERM);
}

/* The status of a child that makes the call: its signal, or its errno. */
static int do_in_child(void)
{
	int status;

	if (fork() == 0)
		_exit(try_socket());
	wait(&status);
	return WIFSIGNALED(status) ? 100 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void on_sigsys(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	_exit(info->si_code == SYS_SECCOMP && info->si_syscall == SYS_socket ? ODD_STATUS : 1);
}

static int do_catch(void)
{
	struct sigaction action = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};

	sigaction(SIGSYS, &action, NULL);
	return try_socket();
}

/* As a sandbox that makes the call elsewhere: what it was is read, and its result is written.
 */
static void on_emulated(int number, siginfo_t *info, void *context)
{
	ucontext_t *at = context;

	if (number != SIGSYS || info->si_code != SYS_SECCOMP || info->si_errno != 7)
		_exit(1);
#if defined(__x86_64__)
	if (at->uc_mcontext.gregs[REG_RAX] != SYS_socket ||
	    at->uc_mcontext.gregs[REG_RDI] != AF_INET ||
	    (void *)at->uc_mcontext.gregs[REG_RIP] != info->si_call_addr)
		_exit(2);
	at->uc_mcontext.gregs[REG_RAX] = ODD_STATUS;
#elif defined(__aarch64__)
	if (at->uc_mcontext.regs[0] != AF_INET || at->uc_mcontext.regs[8] != SYS_socket)
		_exit(2);
	at->uc_mcontext.regs[0] = ODD_STATUS;
#else
	(void)at;
	_exit(ODD_STATUS);
#endif
}

static int do_emulate(void)
{
	struct sigaction action = {.sa_sigaction = on_emulated, .sa_flags = SA_SIGINFO};

	sigaction(SIGSYS, &action, NULL);
	for (int i = 0; i < 5; i++)
		if (socket(AF_INET, SOCK_STREAM, 0) != ODD_STATUS)
			return 3;
	return ODD_STATUS;
}

static void *in_thread(void *result)
{
	*(int *)result = try_socket();
	return NULL;
}

static int do_in_thread(void)
{
	pthread_t thread;
	int result = 0;

	pthread_create(&thread, NULL, in_thread, &result);
	pthread_join(thread, NULL);
	return result;
}

static const struct {
	const char *name;
	int (*run)(void);
} behaviours[] = {
	{"socket", try_socket},	     {"unix", do_unix},		{"odd-status", do_odd_status},
	{"signal", do_signal},	     {"in-child", do_in_child}, {"catch", do_catch},
	{"in-thread", do_in_thread}, {"emulate", do_emulate},
};

static int behave(const char *name)
{
	for (size_t i = 0; i < sizeof(behaviours) / sizeof(*behaviours); i++)
		if (strcmp(behaviours[i].name, name) == 0)
			return behaviours[i].run();
	return 1;
}

/* The test's side. */

struct outcome {
	int status; /* of waitpid() */
	char text[MAX_TEXT];
};

static void read_all(int fd, char *text)
{
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, text + len, MAX_TEXT - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
}

static struct outcome *start(char *const *argv)
{
	static struct outcome outcome;
	int pipe_fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		dup2(pipe_fds[1], STDERR_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(pipe_fds[1]);
	read_all(pipe_fds[0], outcome.text);
	close(pipe_fds[0]);
	ck_assert_int_eq(waitpid(pid, &outcome.status, 0), pid);
	return &outcome;
}

/* `scmlrun INPUT OPTION... -- self BEHAVIOUR` */
static struct outcome *run(const char *input, const char *behaviour, ...)
{
	static char program[] = SCMLRUN, dashes[] = "--";
	char *argv[MAX_ARGS] = {program};
	size_t count = 1;
	va_list options;
	char *option;

	argv[count++] = (char *)(uintptr_t)input;
	va_start(options, behaviour);
	while ((option = va_arg(options, char *)))
		argv[count++] = option;
	va_end(options);
	argv[count++] = dashes;
	argv[count++] = self;
	argv[count++] = (char *)(uintptr_t)behaviour;
	argv[count] = NULL;
	return start(argv);
}

static int exit_status(const struct outcome *outcome)
{
	return WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status)
					  : 1000 + WTERMSIG(outcome->status);
}

static void check_text(const struct outcome *outcome, const char *wanted)
{
	ck_assert_msg(strstr(outcome->text, wanted) != NULL, "'%s' is not in: %s", wanted,
		      outcome->text);
}

START_TEST(a_refused_call_fails_and_is_named_with_the_nearest_rule)
{
	const struct outcome *outcome = run(rules_path, "socket", "--scope", "listed",
					    "--on-mismatch", "errno:EXDEV", NULL);

	ck_assert_int_eq(exit_status(outcome), EXDEV);
	check_text(outcome, "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) is answered errno:EXDEV");
	check_text(outcome, "AF_INET is in no rule");
	check_text(outcome, "rules.scml:1");
}
END_TEST

START_TEST(what_the_rules_allow_is_not_mentioned)
{
	const struct outcome *outcome = run(rules_path, "unix", "--scope", "listed", NULL);

	ck_assert_int_eq(exit_status(outcome), 0);
	ck_assert_str_eq(outcome->text, "");
}
END_TEST

START_TEST(a_raw_filter_names_calls_too)
{
	const struct outcome *outcome = run(filter_path, "socket", NULL);

	ck_assert_int_eq(exit_status(outcome), EACCES);
	check_text(outcome,
		   "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) is answered errno:EACCES");
}
END_TEST

START_TEST(exit_status_and_signal_are_passed_on)
{
	ck_assert_int_eq(exit_status(run(filter_path, "odd-status", NULL)), ODD_STATUS);
	ck_assert_int_eq(exit_status(run(filter_path, "signal", NULL)), 1000 + SIGTERM);
}
END_TEST

static const char *const kills[] = {"kill", "kill-thread"};

START_TEST(a_kill_ends_the_program_by_sigsys)
{
	const struct outcome *outcome = run(rules_path, "socket", "--scope", "listed",
					    "--on-mismatch", kills[_i], NULL);

	ck_assert_int_eq(exit_status(outcome), 1000 + SIGSYS);
	check_text(outcome, "is answered kill");
	outcome = run(rules_path, "in-thread", "--scope", "listed", "--on-mismatch", kills[_i],
		      NULL);
	ck_assert_int_eq(exit_status(outcome), 1000 + SIGSYS);
}
END_TEST

START_TEST(a_killed_child_ends_as_under_the_kernel_s_own_filter)
{
	const struct outcome *watched =
		run(rules_path, "in-child", "--scope", "listed", "--on-mismatch", "kill", NULL);
	int status = exit_status(watched);

	check_text(watched, "is answered kill");
	ck_assert_int_eq(status, 100 + SIGSYS);
	ck_assert_int_eq(exit_status(run(rules_path, "in-child", "--scope", "listed",
					 "--on-mismatch", "kill", "--plain", NULL)),
			 status);
}
END_TEST

START_TEST(a_kill_is_not_to_be_caught)
{
	const struct outcome *outcome =
		run(rules_path, "catch", "--scope", "listed", "--on-mismatch", "kill", NULL);

	ck_assert_int_eq(exit_status(outcome), 1000 + SIGSYS);
}
END_TEST

START_TEST(a_trap_reaches_the_program_s_handler)
{
	const struct outcome *outcome =
		run(rules_path, "catch", "--scope", "listed", "--on-mismatch", "trap", NULL);

	ck_assert_int_eq(exit_status(outcome), ODD_STATUS);
	check_text(outcome, "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) is answered trap (");
	check_text(outcome, "rules.scml:1");
	ck_assert_int_eq(exit_status(run(rules_path, "catch", "--scope", "listed",
					 "--on-mismatch", "trap", "--plain", NULL)),
			 ODD_STATUS);
	outcome = run(rules_path, "socket", "--scope", "listed", "--on-mismatch", "trap", NULL);
	ck_assert_int_eq(exit_status(outcome), 1000 + SIGSYS);
	check_text(outcome, "is answered trap (");
}
END_TEST

START_TEST(a_handler_of_a_trap_can_answer_the_call)
{
	for (int is_plain = 0; is_plain < 2; is_plain++)
		ck_assert_int_eq(exit_status(run(rules_path, "emulate", "--scope", "listed",
						 "--on-mismatch", "trap:7",
						 is_plain ? "--plain" : NULL, NULL)),
				 ODD_STATUS);
}
END_TEST

START_TEST(a_logged_call_happens_and_is_named)
{
	const struct outcome *outcome =
		run(rules_path, "socket", "--scope", "listed", "--on-mismatch", "log", NULL);

	ck_assert_int_eq(exit_status(outcome), 0);
	check_text(outcome, "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) is answered log (");
}
END_TEST

START_TEST(plain_filters_answer_the_same_and_say_nothing)
{
	const struct outcome *outcome = run(filter_path, "socket", "--plain", NULL);

	ck_assert_int_eq(exit_status(outcome), EACCES);
	ck_assert_str_eq(outcome->text, "");
}
END_TEST

START_TEST(quiet_says_nothing_and_a_file_takes_the_words)
{
	char path[80], text[MAX_TEXT];
	const struct outcome *outcome = run(filter_path, "socket", "-q", NULL);
	int fd;

	ck_assert_int_eq(exit_status(outcome), EACCES);
	ck_assert_str_eq(outcome->text, "");
	snprintf(path, sizeof(path), "%s/out", folder);
	outcome = run(filter_path, "socket", "-o", path, NULL);
	ck_assert_str_eq(outcome->text, "");
	fd = open(path, O_RDONLY);
	read_all(fd, text);
	close(fd);
	ck_assert(strstr(text, "socket(AF_INET") != NULL);
}
END_TEST

START_TEST(a_program_that_may_not_be_executed_is_told)
{
	const struct outcome *outcome = run(rules_path, "unix", NULL);

	ck_assert_int_eq(exit_status(outcome), 126);
	check_text(outcome, "execve(");
	check_text(outcome, "is answered errno:ENOSYS (no rule is for this call)");
	check_text(outcome, "cannot execute the program");
}
END_TEST

START_TEST(wrong_inputs_have_their_own_statuses)
{
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "%s/bad.bpf", folder);
	ck_assert_int_eq(exit_status(run(path, "unix", NULL)), 3);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, "no filter", 9), 9);
	close(fd);
	ck_assert_int_eq(exit_status(run(path, "unix", NULL)), 1);
	ck_assert_int_eq(exit_status(run(path, "unix", "--no-such-option", NULL)), 2);
	snprintf(path, sizeof(path), "%s/bad.scml", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, "socket(", 7), 7);
	close(fd);
	ck_assert_int_eq(exit_status(run(path, "unix", NULL)), 1);
}
END_TEST

/* In a child: load a filter by FLAGS that refuses sockets; 0 if that is then so. */
static int load_and_try(unsigned flags)
{
	int status;

	if (fork() == 0) {
		int error = scml_filter_load_file(filter_path, flags);

		if (error)
			_exit(1);
		_exit(try_socket() == EACCES && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) ==
							!(flags & SCML_FILTER_KEEP_PRIVS)
			      ? 0
			      : 2);
	}
	wait(&status);
	return status;
}

START_TEST(the_library_loads_a_filter)
{
	ck_assert_int_eq(load_and_try(0), 0);
	ck_assert_int_eq(load_and_try(SCML_FILTER_ALL_THREADS), 0);
	ck_assert_int_eq(load_and_try(SCML_FILTER_LOG), 0);
	if (geteuid() == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0)
		ck_assert_int_eq(load_and_try(SCML_FILTER_KEEP_PRIVS), 0);
}
END_TEST

START_TEST(the_library_says_what_is_wrong_with_a_filter)
{
	static const struct sock_filter long_filter[4097];
	const struct sock_filter no_return[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};

	ck_assert_int_eq(scml_filter_load(no_return, sizeof(no_return), 0), -EINVAL);
	ck_assert_int_eq(scml_filter_load(no_return, 7, 0), -EINVAL);
	ck_assert_int_eq(scml_filter_load(no_return, 0, 0), -EINVAL);
	ck_assert_int_eq(scml_filter_load(no_return, 8, 128), -EINVAL);
	ck_assert_int_eq(scml_filter_load(long_filter, sizeof(long_filter), 0), -E2BIG);
	ck_assert_int_eq(scml_filter_load_file("/dev/null/none", 0), -ENOTDIR);
	ck_assert_int_eq(scml_filter_load_file("/proc/self/nothing", 0), -ENOENT);
	ck_assert_int_eq(scml_filter_load_file("/dev/zero", 0), -E2BIG);
}
END_TEST

static bool prepare(void)
{
	char command[512];
	FILE *file;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0 || !mkdtemp(folder))
		return false;
	snprintf(rules_path, sizeof(rules_path), "%s/rules.scml", folder);
	snprintf(filter_path, sizeof(filter_path), "%s/filter.bpf", folder);
	file = fopen(rules_path, "w");
	if (!file || fputs(rules, file) < 0 || fclose(file))
		return false;
	snprintf(command, sizeof(command),
		 SCMLC " %s --scope listed --on-mismatch errno:EACCES -o %s", rules_path,
		 filter_path);
	return system(command) == 0;
}

static void clean_up(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	if (system(command))
		fputs("the folder of the test stays\n", stderr);
}

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	int failed;

	if (argc > 1)
		return behave(argv[1]);
	if (!prepare())
		return 1;
	suite = suite_create("scmlrun");
	tcase = tcase_create("scmlrun");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_refused_call_fails_and_is_named_with_the_nearest_rule);
	tcase_add_test(tcase, what_the_rules_allow_is_not_mentioned);
	tcase_add_test(tcase, a_raw_filter_names_calls_too);
	tcase_add_test(tcase, exit_status_and_signal_are_passed_on);
	tcase_add_loop_test(tcase, a_kill_ends_the_program_by_sigsys, 0, 2);
	tcase_add_test(tcase, a_killed_child_ends_as_under_the_kernel_s_own_filter);
	tcase_add_test(tcase, a_kill_is_not_to_be_caught);
	tcase_add_test(tcase, a_trap_reaches_the_program_s_handler);
	tcase_add_test(tcase, a_handler_of_a_trap_can_answer_the_call);
	tcase_add_test(tcase, a_logged_call_happens_and_is_named);
	tcase_add_test(tcase, plain_filters_answer_the_same_and_say_nothing);
	tcase_add_test(tcase, quiet_says_nothing_and_a_file_takes_the_words);
	tcase_add_test(tcase, a_program_that_may_not_be_executed_is_told);
	tcase_add_test(tcase, wrong_inputs_have_their_own_statuses);
	tcase_add_test(tcase, the_library_loads_a_filter);
	tcase_add_test(tcase, the_library_says_what_is_wrong_with_a_filter);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	clean_up();
	return failed != 0;
}
