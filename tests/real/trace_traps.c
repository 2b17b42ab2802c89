/*
 * What makes a verdict unsound, one trap a name: `trace_traps NAME` does it and exits with 0,
 * or with 77 where this machine cannot. The marker, a socket of AF_INET6, is what the rules of
 * the test do not have: whoever watches must see every one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace_returns.h"

enum {
	CANNOT = 77,
	THREADS = 500,
	GENERATIONS = 8,
	KILLED = 40,
	BLOCKED = 60,
	SIGNALLED = 3000,
	GROUP_MARKS = 200
};

static int mark(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	return fd >= 0 ? close(fd) : 0;
}

static int status_of(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return CANNOT;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#ifdef __x86_64__
/* getpid in the table of 32-bit programs. */
static int do_int80(void)
{
	long number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
	return number == getpid() ? 0 : CANNOT;
}

static int do_x32(void)
{
	syscall(SYS_getpid | 0x40000000);
	return 0;
}
#else
static int do_int80(void)
{
	return CANNOT;
}

static int do_x32(void)
{
	return CANNOT;
}
#endif

static int do_own_filter(void)
{
	struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog filter = {1, allow};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		return CANNOT;
	return mark();
}

/* Calls of its child are held by the program itself. */
static int do_own_listener(void)
{
	struct sock_filter hold[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(hold) / sizeof(hold[0]), hold};
	union {
		struct seccomp_notif notice;
		char room[256];
	} request = {0};
	struct seccomp_notif_resp response = {.val = 42};
	long listener;
	pid_t pid;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return CANNOT;
	listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			   SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
	if (listener < 0)
		return errno == EBUSY ? 9 : CANNOT;
	pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_getppid) == 42 ? mark() : 1);
	if (ioctl((int)listener, SECCOMP_IOCTL_NOTIF_RECV, &request))
		return 2;
	response.id = request.notice.id;
	if (ioctl((int)listener, SECCOMP_IOCTL_NOTIF_SEND, &response))
		return 3;
	return status_of(pid);
}

/* A child that asks not to be traced; what was asked for must still be there afterwards. */
static int do_untraced(void)
{
	struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
	unsigned long flags = CLONE_UNTRACED | SIGCHLD;
	pid_t pid;

#ifdef __x86_64__
	unsigned long first = flags;
	long result = SYS_clone;
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;

	__asm__ volatile("syscall"
			 : "+a"(result), "+D"(first)
			 : "S"(0), "d"(0), "r"(r10), "r"(r8)
			 : "rcx", "r11", "memory");
	if (result == 0)
		_exit(first == flags ? mark() : 2);
	pid = (pid_t)result;
	if (first != flags)
		return 3;
#else
	pid = (pid_t)syscall(SYS_clone, flags, 0, 0, 0, 0);
	if (pid == 0)
		_exit(mark());
#endif
	if (status_of(pid))
		return 4;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(args.flags == CLONE_UNTRACED ? mark() : 5);
	return pid < 0 ? CANNOT : args.flags == CLONE_UNTRACED ? status_of(pid) : 6;
}

static void *mark_for_ever(void *context)
{
	for (;;)
		mark();
	return context;
}

/* Threads end in the middle of calls: by exit_group, and by SIGKILL. */
static int do_killed(void)
{
	for (int i = 0; i < KILLED; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			pthread_t threads[3];

			for (size_t j = 0; j < 3; j++)
				pthread_create(&threads[j], NULL, mark_for_ever, NULL);
			usleep(3000);
			_exit(0);
		}
		usleep((useconds_t)(i * 200));
		if (i % 2)
			kill(pid, SIGKILL);
		status_of(pid);
	}
	return 0;
}

static int do_unreadable(void)
{
	bind(-1, (struct sockaddr *)8, sizeof(struct sockaddr));
	return 0;
}

/* Nobody without privileges may look into this process any longer. */
static int do_undumpable(void)
{
	const struct sockaddr address = {.sa_family = AF_UNIX};

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return CANNOT;
	bind(-1, &address, sizeof(address));
	return 0;
}

static int do_stopped(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(mark());
	}
	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != SIGSTOP)
		return 1;
	usleep(20000);
	if (waitpid(pid, &status, WNOHANG) != 0)
		return 3;
	if (kill(pid, SIGCONT))
		return 2;
	return status_of(pid);
}

/* A debugger and its program. */
static int do_ptrace(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(9);
		raise(SIGSTOP);
		_exit(mark());
	}
	if (waitpid(pid, &status, 0) != pid)
		return 1;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (ptrace(PTRACE_CONT, pid, 0, 0))
		return 2;
	return status_of(pid);
}

static int do_close_all(void)
{
	syscall(SYS_close_range, 0, ~0U, 0);
	return mark();
}

static void *mark_once(void *context)
{
	mark();
	return context;
}

static int do_threads(void)
{
	static pthread_t threads[THREADS];
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (size_t i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], &small, mark_once, NULL))
			return CANNOT;
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/* Everybody has a child in each generation. */
static int do_forks(void)
{
	for (int i = 0; i < GENERATIONS; i++)
		fork();
	mark();
	while (wait(NULL) > 0)
		;
	return 0;
}

static int do_pid_namespace(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID) && unshare(CLONE_NEWUSER | CLONE_NEWPID))
		return CANNOT;
	pid = fork();
	if (pid == 0)
		_exit(getpid() == 1 ? mark() : 1);
	return status_of(pid);
}

static int do_chroot(void)
{
	if (chroot("/proc/self") && (unshare(CLONE_NEWUSER) || chroot("/proc/self")))
		return CANNOT;
	return mark();
}

static void *execute(void *context)
{
	char *const argv[] = {(char *)(uintptr_t) "trace_traps", (char *)(uintptr_t) "mark",
			      NULL};

	execv("/proc/self/exe", argv);
	return context;
}

/* Another thread than the first executes a program, and all others are gone. */
static int do_exec_in_thread(void)
{
	pthread_t threads[4];

	for (size_t i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, mark_once, NULL);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	pthread_create(&threads[3], NULL, execute, NULL);
	pthread_join(threads[3], NULL);
	return 1;
}

static int do_exec_in_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/proc/self/exe", "trace_traps", "mark", NULL);
		_exit(1);
	}
	return status_of(pid);
}

/* To the powers of nobody, and back by a set-uid file, which is given as TRAPS_SETUID. */
static int do_set_uid(void)
{
	const char *file = getenv("TRAPS_SETUID");

	if (!file || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		return CANNOT;
	execl(file, "trace_traps", "is_root", NULL);
	return CANNOT;
}

static int do_is_root(void)
{
	mark();
	return geteuid() == 0 ? 0 : 1;
}

static int do_wait(void)
{
	mark();
	while (pause() < 0)
		;
	return 0;
}

static void on_interrupt(int number)
{
	(void)number;
	_exit(5);
}

static int do_wait_for_interrupt(void)
{
	signal(SIGINT, on_interrupt);
	mark();
	while (pause() < 0)
		;
	return 0;
}

static void *mark_slowly(void *context)
{
	for (;;) {
		mark();
		usleep(5000);
	}
	return context;
}

/* Threads and a child that go on until standard input ends. */
static int do_serve(void)
{
	pthread_t threads[4];
	pid_t pid = fork();
	char byte;

	if (pid == 0)
		mark_slowly(NULL);
	for (size_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, mark_slowly, NULL);
	if (write(STDOUT_FILENO, "s", 1) != 1)
		return 1;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	kill(pid, SIGTERM);
	status_of(pid);
	return 0;
}

static volatile sig_atomic_t terminations;

static void on_termination(int number)
{
	(void)number;
	terminations++;
}

/* The group, in which the supervisor is too, is sent a signal: everybody has it once. */
static int do_kill_group(void)
{
	signal(SIGTERM, on_termination);
	if (kill(0, SIGTERM))
		return 2;
	/* A second one would come while these are looked after. */
	for (int i = 0; i < GROUP_MARKS; i++)
		mark();
	return terminations == 1 ? 0 : 1;
}

static const struct {
	const char *name;
	int (*run)(void);
} traps[] = {
	{"mark", mark},
	{"int80", do_int80},
	{"x32", do_x32},
	{"own_filter", do_own_filter},
	{"own_listener", do_own_listener},
	{"untraced", do_untraced},
	{"killed", do_killed},
	{"unreadable", do_unreadable},
	{"undumpable", do_undumpable},
	{"signals", trace_returns_under_signals},
	{"blocked", trace_returns_beside_blocked},
	{"stopped", do_stopped},
	{"ptrace", do_ptrace},
	{"close_all", do_close_all},
	{"threads", do_threads},
	{"forks", do_forks},
	{"pid_namespace", do_pid_namespace},
	{"chroot", do_chroot},
	{"exec_in_thread", do_exec_in_thread},
	{"exec_in_vfork", do_exec_in_vfork},
	{"set_uid", do_set_uid},
	{"is_root", do_is_root},
	{"kill_group", do_kill_group},
	{"wait", do_wait},
	{"wait_for_interrupt", do_wait_for_interrupt},
	{"serve", do_serve},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(traps) / sizeof(traps[0]); i++)
		if (strcmp(argv[1], traps[i].name) == 0)
			return traps[i].run();
	fprintf(stderr, "usage: trace_traps NAME\n");
	return 2;
}
