/* Real programs under the engine; engine_program.h has them. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine.h"
#include "engine_program.h"

enum { MAX_THREADS = 64, MAX_NR = 512, ALL_CALLS = -1 };

struct seen {
	uint64_t delivered;
	int wanted;	/* a number, or ALL_CALLS; calls of other tables are always */
	uint64_t calls; /* wanted ones */
	uint64_t by_nr[MAX_NR];
	uint64_t foreign;
	uint64_t stale; /* no longer waiting while they were looked at */
	pid_t tids[MAX_THREADS];
	size_t tid_count;
	uint32_t first_nr;
	char path[64];
	uint64_t interrupted;
	bool may_repeat;
	int announce; /* a descriptor that gets a byte for each call; -1: none */
};

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv)
#define OWN_ARCH AUDIT_ARCH_RISCV64
#endif

static void remember_tid(struct seen *seen, pid_t tid)
{
	for (size_t i = 0; i < seen->tid_count; i++)
		if (seen->tids[i] == tid)
			return;
	if (seen->tid_count < MAX_THREADS)
		seen->tids[seen->tid_count++] = tid;
}

static void on_call(void *context, const struct engine_event *event)
{
	struct seen *seen = context;
	const struct scml_memory *memory = event->memory;

	seen->delivered++;
	if (seen->wanted != ALL_CALLS && event->call.arch == OWN_ARCH &&
	    (int)event->call.nr != seen->wanted)
		return;
	if (!seen->calls)
		seen->first_nr = event->call.nr;
	seen->calls++;
	if (event->call.arch == AUDIT_ARCH_I386)
		seen->foreign++;
	else if (event->call.nr < MAX_NR)
		seen->by_nr[event->call.nr]++;
	remember_tid(seen, event->tid);
	if (event->call.nr == SYS_openat) {
		size_t done = sizeof(seen->path) - 1;

		memset(seen->path, 0, sizeof(seen->path));
		ck_assert_int_eq(memory->read(memory->context, event->call.args[1], seen->path,
					      done, &done),
				 SCML_READ_OK);
	}
	seen->stale += !engine_event_holds(event);
	if (seen->announce >= 0)
		ck_assert_int_eq(write(seen->announce, "", 1), 1);
}

/* The engine that is tested: named in the environment, so that each has a run of its own. */
static const struct engine *engine(void)
{
	const char *name = getenv("SCML_ENGINE");
	const struct engine *found = name ? engine_find(name) : engine_next(NULL, 0);

	ck_assert_ptr_nonnull(found);
	return found;
}

/* Run ARGV and hold the calls with number NR and those of other tables, or all. */
static struct engine_result watch(char *const *argv, int nr, struct seen *seen)
{
	const struct sock_filter all[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF}};
	const struct sock_filter some[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch)},
		{BPF_JMP | BPF_JEQ | BPF_K, 0, 2, OWN_ARCH},
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr)},
		{BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)nr},
		{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_USER_NOTIF},
		{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
	};
	struct engine_run run = {.argv = argv, .on_call = on_call, .context = seen};
	struct engine_result result;

	seen->wanted = nr;
	run.filter = nr == ALL_CALLS ? all : some;
	run.filter_count = nr == ALL_CALLS ? 1 : sizeof(some) / sizeof(some[0]);
	engine()->run(&run, &result);
	return result;
}

/* The same for a behaviour; it must have run to its end. */
static int watch_behaviour(const char *name, const char *argument, int nr, struct seen *seen)
{
	char *const argv[] = {SELF, (char *)(uintptr_t)name, (char *)(uintptr_t)argument, NULL};
	struct engine_result result;

	*seen = (struct seen){.announce = -1};
	result = watch(argv, nr, seen);
	ck_assert_msg(result.end == ENGINE_ENDED, "cannot %s: %s",
		      result.step ? result.step : "end", strerror(result.error));
	ck_assert_uint_eq(result.calls, seen->delivered);
	ck_assert_uint_eq(result.withdrawn, 0);
	ck_assert_uint_eq(seen->stale, 0);
	seen->interrupted = result.interrupted;
	seen->may_repeat = result.may_repeat;
	return result.status;
}

START_TEST(ten_thousand_calls_are_all_delivered)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("calls", "10000", PROBE_NR, &seen), 0);
	ck_assert_uint_eq(seen.calls, 10000);
	ck_assert_uint_eq(seen.by_nr[PROBE_NR], 10000);
	ck_assert_uint_eq(seen.tid_count, 1);
}
END_TEST

START_TEST(the_first_call_is_the_execve_of_the_program)
{
	struct seen seen;

	watch_behaviour("calls", "3", ALL_CALLS, &seen);
	ck_assert_uint_eq(seen.first_nr, SYS_execve);
	ck_assert_uint_eq(seen.by_nr[SYS_execve], 1);
	ck_assert_uint_eq(seen.by_nr[PROBE_NR], 3);
	ck_assert_uint_eq(seen.by_nr[SYS_exit_group], 1);
}
END_TEST

START_TEST(calls_that_the_filter_allows_are_not_delivered)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("calls", "100", SYS_getpgid, &seen), 0);
	ck_assert_uint_eq(seen.calls, 0);
}
END_TEST

START_TEST(threads_lose_no_call)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("threads", "500", PROBE_NR, &seen), 0);
	ck_assert_uint_eq(seen.calls, 8 * 500);
	ck_assert_uint_eq(seen.tid_count, 8);
}
END_TEST

START_TEST(forked_children_are_watched)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("forks", "30", PROBE_NR, &seen), 0);
	ck_assert_uint_eq(seen.calls, 300);
	ck_assert_uint_eq(seen.tid_count, 30);
}
END_TEST

START_TEST(spawned_programs_are_watched)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("spawns", "5", PROBE_NR, &seen), 0);
	ck_assert_uint_eq(seen.calls, 5);
	ck_assert_int_eq(watch_behaviour("vfork", "4", PROBE_NR, &seen), 0);
	ck_assert_uint_eq(seen.calls, 4);
}
END_TEST

START_TEST(the_filter_stays_over_execve)
{
	struct seen seen;
	int status = watch_behaviour("exec", "9", SYS_execve, &seen);

	ck_assert_int_eq(WEXITSTATUS(status), 9);
	ck_assert_uint_eq(seen.by_nr[SYS_execve], 2);
}
END_TEST

START_TEST(exit_status_and_signal_are_passed_on)
{
	struct seen seen;
	int status = watch_behaviour("exit", "42", PROBE_NR, &seen);

	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 42);
	status = watch_behaviour("signal", "9", PROBE_NR, &seen);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}
END_TEST

START_TEST(exit_status_survives_an_ignored_sigchld)
{
	struct seen seen;
	int status;

	signal(SIGCHLD, SIG_IGN);
	status = watch_behaviour("exit", "5", PROBE_NR, &seen);
	ck_assert_int_eq(WEXITSTATUS(status), 5);
	ck_assert(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
}
END_TEST

START_TEST(the_program_has_the_descriptors_it_was_given_and_no_other)
{
	struct seen seen;
	int status;

	for (int fd = 3; fd < 300; fd++)
		close(fd);
	ck_assert_int_eq(dup2(STDERR_FILENO, 123), 123);
	status = watch_behaviour("descriptors", "123", ALL_CALLS, &seen);
	ck_assert_int_eq(status, 0);
	for (int fd = 3; fd < 300; fd++)
		ck_assert_msg((fcntl(fd, F_GETFD) >= 0) == (fd == 123), "%d is left", fd);
}
END_TEST

START_TEST(the_program_has_the_signal_settings_it_was_given)
{
	struct seen seen;
	sigset_t mask, after;

	sigemptyset(&mask);
	sigemptyset(&after);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	ck_assert_int_eq(watch_behaviour("signals", "", ALL_CALLS, &seen), 0);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int number = 1; number < 32; number++)
		ck_assert_int_eq(sigismember(&after, number), number == SIGUSR1);
}
END_TEST

START_TEST(daemons_are_watched_to_their_end)
{
	struct seen seen;
	int status = watch_behaviour("daemon", "6", PROBE_NR, &seen);

	ck_assert_int_eq(WEXITSTATUS(status), 7);
	ck_assert_uint_eq(seen.calls, 12);
	status = watch_behaviour("daemon", "500", PROBE_NR, &seen);
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	ck_assert_uint_eq(seen.calls, 1000);
}
END_TEST

START_TEST(the_memory_of_a_held_call_can_be_read)
{
	struct seen seen;

	watch_behaviour("open", "/no/such/file", SYS_openat, &seen);
	ck_assert_str_eq(seen.path, "/no/such/file");
}
END_TEST

START_TEST(the_privileged_keep_new_privileges_and_others_lose_them)
{
	struct seen seen;
	bool is_root = geteuid() == 0;
	int status;

	/* Nobody here has any to lose. */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) > 0)
		return;
	status = watch_behaviour("no_new_privs", "", PROBE_NR, &seen);
	if (is_root) {
		ck_assert_int_eq(WEXITSTATUS(status), 0);
		ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
		/* As it would be for a program that was started by that user. */
		ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
		/* The program's file may be out of reach now. */
		if (access(SELF, X_OK))
			return;
		status = watch_behaviour("no_new_privs", "", PROBE_NR, &seen);
	}
	/* Without a filter there is no need to. */
	ck_assert_int_eq(WEXITSTATUS(status), !(engine()->traits & ENGINE_SEES_ALL));
}
END_TEST

START_TEST(calls_of_the_32_bit_table_are_delivered_as_such)
{
	struct seen seen;
	int status = watch_behaviour("foreign", "", PROBE_NR, &seen);

	if (status == 0)
		ck_assert_uint_eq(seen.foreign, 1);
}
END_TEST

START_TEST(calls_that_signals_interrupt_are_restarted_and_delivered_once)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("restarted", "5000", PROBE_NR, &seen), 0);
	if (!seen.may_repeat)
		ck_assert_uint_eq(seen.calls, 5000);
}
END_TEST

START_TEST(calls_that_end_before_they_are_seen_are_counted)
{
	struct seen seen;

	ck_assert_int_eq(watch_behaviour("interrupted", "5000", PROBE_NR, &seen), 0);
	if (!seen.may_repeat)
		ck_assert_uint_eq(seen.calls + seen.interrupted, 5000);
}
END_TEST

START_TEST(a_program_that_is_not_there_is_told_from_one_that_may_not_run)
{
	struct seen seen = {.announce = -1};
	char *const missing[] = {"no-such-program", NULL};
	char *const missing_file[] = {"./no-such-program", NULL};
	char *const plain_file[] = {"/etc/passwd", NULL};
	char *const empty[] = {"", NULL};
	struct engine_result result = watch(missing, ALL_CALLS, &seen);

	ck_assert_int_eq(result.end, ENGINE_NO_PROGRAM);
	ck_assert_int_eq(result.error, ENOENT);
	ck_assert_uint_eq(result.calls, 0);
	result = watch(empty, ALL_CALLS, &seen);
	ck_assert_int_eq(result.error, ENOENT);
	result = watch(missing_file, ALL_CALLS, &seen);
	ck_assert_int_eq(result.end, ENGINE_NO_PROGRAM);
	ck_assert_int_eq(result.error, ENOENT);
	/* Its execve() was made; what our own code does after it is not the program's. */
	ck_assert_uint_eq(result.calls, 1);
	result = watch(plain_file, ALL_CALLS, &seen);
	ck_assert_int_eq(result.end, ENGINE_NO_PROGRAM);
	ck_assert_int_eq(result.error, EACCES);
}
END_TEST

START_TEST(a_filter_that_the_kernel_refuses_is_an_error)
{
	const struct sock_filter broken[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}};
	char *const argv[] = {"true", NULL};
	struct engine_run run = {.argv = argv, .filter = broken, .filter_count = 1};
	struct engine_result result;

	engine_find("notify")->run(&run, &result);
	ck_assert_int_eq(result.end, ENGINE_FAILED);
	ck_assert_int_eq(result.error, EINVAL);
	ck_assert_ptr_nonnull(result.step);
}
END_TEST

START_TEST(one_engine_within_another_says_that_it_cannot)
{
	const struct sock_filter nested[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
	char *const argv[] = {"true", NULL};
	struct engine_run run = {.argv = argv, .filter = nested, .filter_count = 1};
	struct sock_fprog program = {.len = 1,
				     .filter = (struct sock_filter *)(uintptr_t)nested};
	struct engine_result result;

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_ge((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
				      SECCOMP_FILTER_FLAG_NEW_LISTENER, &program),
			 0);
	engine_find("notify")->run(&run, &result);
	ck_assert_int_eq(result.end, ENGINE_FAILED);
	ck_assert_int_eq(result.error, EBUSY);
}
END_TEST

/* A supervisor in a process of its own, whose program has made COUNT calls and waits. */
static pid_t start_supervisor(int count, int *status_pipe)
{
	int calls[2], statuses[2];
	char byte, text[16];
	pid_t pid;

	snprintf(text, sizeof(text), "%d", count);

	ck_assert_int_eq(pipe2(calls, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(statuses, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct seen seen = {.announce = calls[1]};
		char *const argv[] = {SELF, "wait", text, NULL};
		struct engine_result result = watch(argv, PROBE_NR, &seen);
		ssize_t written = write(statuses[1], &result, sizeof(result));

		_exit(written != sizeof(result));
	}
	close(calls[1]);
	close(statuses[1]);
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(read(calls[0], &byte, 1), 1);
	close(calls[0]);
	*status_pipe = statuses[0];
	return pid;
}

/* After many calls in a row the supervisor may wait for the next one in another way. */
static const int call_counts[] = {1, 63, 64, 65, 1000};

START_TEST(a_signal_sent_to_the_supervisor_reaches_the_program)
{
	struct engine_result result;
	int status_pipe;
	pid_t supervisor = start_supervisor(call_counts[_i], &status_pipe);

	ck_assert_int_eq(kill(supervisor, SIGTERM), 0);
	ck_assert_int_eq(read(status_pipe, &result, sizeof(result)), sizeof(result));
	ck_assert_int_eq(result.end, ENGINE_ENDED);
	ck_assert(WIFSIGNALED(result.status));
	ck_assert_int_eq(WTERMSIG(result.status), SIGTERM);
	waitpid(supervisor, NULL, 0);
}
END_TEST

START_TEST(the_program_does_not_outlive_a_killed_supervisor)
{
	int status_pipe, status;
	char byte;
	pid_t supervisor;

	/* Whoever is orphaned comes to us, so that wait() ends when all have. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	ck_assert_int_eq(dup2(open("/dev/null", O_WRONLY), STDERR_FILENO), STDERR_FILENO);
	supervisor = start_supervisor(call_counts[_i], &status_pipe);
	ck_assert_int_eq(kill(supervisor, SIGKILL), 0);
	ck_assert_int_eq(waitpid(supervisor, &status, 0), supervisor);
	for (int i = 0; i < 2; i++)
		ck_assert_int_gt(wait(&status), 0);
	ck_assert_int_eq(wait(&status), -1);
	ck_assert_int_eq(read(status_pipe, &byte, 1), 0);
}
END_TEST

START_TEST(every_engine_has_a_name_and_a_help)
{
	ck_assert_ptr_null(engine_find("no-such-engine"));
	for (const struct engine *engine = engines; engine->name; engine++) {
		ck_assert_ptr_eq(engine_find(engine->name), engine);
		ck_assert_ptr_nonnull(engine->help);
	}
}
END_TEST

static int run_tests(void)
{
	Suite *suite = suite_create("engine");
	TCase *tcase = tcase_create("engine");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, ten_thousand_calls_are_all_delivered);
	tcase_add_test(tcase, the_first_call_is_the_execve_of_the_program);
	tcase_add_test(tcase, calls_that_the_filter_allows_are_not_delivered);
	tcase_add_test(tcase, threads_lose_no_call);
	tcase_add_test(tcase, forked_children_are_watched);
	tcase_add_test(tcase, spawned_programs_are_watched);
	tcase_add_test(tcase, the_filter_stays_over_execve);
	tcase_add_test(tcase, exit_status_and_signal_are_passed_on);
	tcase_add_test(tcase, exit_status_survives_an_ignored_sigchld);
	tcase_add_test(tcase, the_program_has_the_descriptors_it_was_given_and_no_other);
	tcase_add_test(tcase, the_program_has_the_signal_settings_it_was_given);
	tcase_add_test(tcase, daemons_are_watched_to_their_end);
	tcase_add_test(tcase, the_memory_of_a_held_call_can_be_read);
	tcase_add_test(tcase, the_privileged_keep_new_privileges_and_others_lose_them);
	tcase_add_test(tcase, calls_of_the_32_bit_table_are_delivered_as_such);
	tcase_add_test(tcase, calls_that_signals_interrupt_are_restarted_and_delivered_once);
	tcase_add_test(tcase, calls_that_end_before_they_are_seen_are_counted);
	tcase_add_test(tcase, a_program_that_is_not_there_is_told_from_one_that_may_not_run);
	tcase_add_test(tcase, a_filter_that_the_kernel_refuses_is_an_error);
	tcase_add_test(tcase, one_engine_within_another_says_that_it_cannot);
	tcase_add_loop_test(tcase, a_signal_sent_to_the_supervisor_reaches_the_program, 0,
			    sizeof(call_counts) / sizeof(call_counts[0]));
	tcase_add_loop_test(tcase, the_program_does_not_outlive_a_killed_supervisor, 0,
			    sizeof(call_counts) / sizeof(call_counts[0]));
	tcase_add_test(tcase, every_engine_has_a_name_and_a_help);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	return argc == 3 ? engine_program(argv[1], argv[2]) : run_tests();
}
