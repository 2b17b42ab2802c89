#include "engine_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int do_calls(int times)
{
	for (int i = 0; i < times; i++)
		syscall(PROBE_NR, SCHED_OTHER);
	return 0;
}

static int do_calls_and_exit(const char *argument)
{
	return do_calls(atoi(argument));
}

static int do_exit(const char *argument)
{
	return atoi(argument);
}

static void *thread_main(void *context)
{
	do_calls(*(int *)context);
	return NULL;
}

static int do_threads(const char *argument)
{
	pthread_t threads[8];
	int times = atoi(argument);

	for (size_t i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, thread_main, &times))
			return 1;
	for (size_t i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static int do_forks(const char *argument)
{
	int count = atoi(argument), ended = 0;

	for (int i = 0; i < count; i++)
		if (fork() == 0)
			_exit(do_calls(10));
	while (wait(NULL) > 0)
		ended++;
	return ended != count;
}

static int do_spawns(const char *argument)
{
	char *const argv[] = {SELF, "calls", "1", NULL};
	int status, failed = 0;

	for (int i = 0; i < atoi(argument); i++) {
		pid_t pid;

		if (posix_spawn(&pid, SELF, NULL, NULL, argv, environ))
			return 1;
		waitpid(pid, &status, 0);
		failed |= status;
	}
	return failed;
}

static int do_vfork(const char *argument)
{
	char *const argv[] = {SELF, "calls", (char *)(uintptr_t)argument, NULL};
	int status;
	pid_t pid = vfork();

	if (pid == 0) {
		execv(SELF, argv);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	return status;
}

static int do_exec(const char *argument)
{
	char *const argv[] = {SELF, "exit", (char *)(uintptr_t)argument, NULL};

	do_calls(1);
	execv(SELF, argv);
	return 1;
}

static int do_signal(const char *argument)
{
	signal(atoi(argument), SIG_DFL);
	raise(atoi(argument));
	return 0;
}

/* Descriptors 3 … 299 are the test's; 0 if just the one in ARGUMENT is open. */
static int do_descriptors(const char *argument)
{
	for (int fd = 3; fd < 300; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd == atoi(argument)))
			return fd > 200 ? 2 : 1;
	return 0;
}

/* SIGUSR1 is blocked, SIGCHLD and SIGUSR2 are ignored, nothing else is changed. */
static int do_signals(const char *argument)
{
	struct sigaction action;
	sigset_t mask;
	int wrong = 0;

	(void)argument;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number < 32; number++) {
		bool is_ignored = number == SIGCHLD || number == SIGUSR2;

		if (number == SIGKILL || number == SIGSTOP)
			continue;
		sigaction(number, NULL, &action);
		wrong += (action.sa_handler == SIG_IGN) != is_ignored;
		wrong += sigismember(&mask, number) != (number == SIGUSR1);
	}
	return wrong;
}

static int do_daemon(const char *argument)
{
	do_calls(atoi(argument));
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			poll(NULL, 0, 200);
			do_calls(atoi(argument));
		}
		_exit(0);
	}
	return 7;
}

static int do_open(const char *argument)
{
	return open(argument, O_RDONLY) >= 0;
}

static int do_no_new_privs(const char *argument)
{
	(void)argument;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

static int do_wait(const char *argument)
{
	do_calls(atoi(argument));
	pause();
	return 0;
}

static int do_foreign(const char *argument)
{
	(void)argument;
#ifdef __x86_64__
	/* getpid in the table of 32-bit programs. */
	long number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
	return number == getpid() ? 0 : 77;
#else
	return 77;
#endif
}

static void on_signal(int number)
{
	(void)number;
}

/*
 * Signals arrive while calls are made, but for the first and the last: that one was interrupted
 * is known from the next one that is seen.
 */
static int do_under_fire(int times, int flags)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
	pid_t self = getpid();

	sigaction(SIGUSR1, &action, NULL);
	do_calls(1);
	if (fork() == 0) {
		for (int i = 0; i < 300; i++) {
			kill(self, SIGUSR1);
			usleep(100);
		}
		_exit(0);
	}
	do_calls(times - 2);
	while (wait(NULL) < 0 && errno == EINTR)
		;
	do_calls(1);
	return 0;
}

static int do_interrupted(const char *argument)
{
	return do_under_fire(atoi(argument), 0);
}

static int do_restarted(const char *argument)
{
	return do_under_fire(atoi(argument), SA_RESTART);
}

static const struct behaviour {
	const char *name;
	int (*run)(const char *argument);
} behaviours[] = {
	{"calls", do_calls_and_exit},
	{"exit", do_exit},
	{"threads", do_threads},
	{"forks", do_forks},
	{"spawns", do_spawns},
	{"vfork", do_vfork},
	{"exec", do_exec},
	{"signal", do_signal},
	{"descriptors", do_descriptors},
	{"signals", do_signals},
	{"daemon", do_daemon},
	{"open", do_open},
	{"no_new_privs", do_no_new_privs},
	{"wait", do_wait},
	{"foreign", do_foreign},
	{"interrupted", do_interrupted},
	{"restarted", do_restarted},
};

int engine_program(const char *name, const char *argument)
{
	for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (strcmp(name, behaviours[i].name) == 0)
			return behaviours[i].run(argument);
	return 99;
}
