#include "tracee.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/*
 * Once the filter is on, every call may be one that waits for the supervisor, which at that
 * time does not have the listener yet. So the child tells its descriptor's number by storing it
 * in a page that both share. It shares the descriptor table too, until execve() gives it a copy
 * of its own without what is close-on-exec: the listener then is already the supervisor's, and
 * the program never has it.
 */
struct tracee_note {
	atomic_bool may_go;  /* the tracer has it */
	atomic_int listener; /* -1 until the filter is on */
	atomic_int error;    /* why the filter could not be put on */
	atomic_int exec_error;
	atomic_bool has_no_new_privs;
	atomic_bool waits_killable;
};

enum {
	START_YIELDS = 400, /* usually enough, and shorter than any sleep */
	START_POLL_NS = 50 * 1000,
};

static const struct timespec start_pause = {.tv_nsec = START_POLL_NS};

static int filter_install(const struct tracee_start *start, unsigned long flags)
{
	struct sock_fprog program = {
		.len = (unsigned short)start->filter_count,
		.filter = (struct sock_filter *)(uintptr_t)start->filter,
	};

	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Kernels before 5.19 cannot wait killably: then a signal interrupts a call that waits. */
static int filter_install_best(const struct tracee_start *start, struct tracee_note *note)
{
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int listener;

	if (start->on_start)
		return filter_install(start, SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	listener = filter_install(start, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	note->waits_killable = listener >= 0;
	if (listener < 0 && errno == EINVAL)
		listener = filter_install(start, flags);
	return listener;
}

/* With the privilege to do without, no_new_privs stays as it is: set-uid programs then work. */
static int filter_put_on(const struct tracee_start *start, struct tracee_note *note)
{
	int listener = filter_install_best(start, note);

	if (listener < 0 && errno == EACCES) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
			return -1;
		note->has_no_new_privs = true;
		listener = filter_install_best(start, note);
	}
	return listener;
}

/* From the filter on, nothing but the program's execve() may happen here. */
static _Noreturn void child_run(const struct tracee_start *start, struct tracee_note *note)
{
	int listener = 0;

	while (start->on_start && !note->may_go)
		nanosleep(&start_pause, NULL);
	sigaction(SIGCHLD, &start->signals->on_child, NULL);
	sigprocmask(SIG_SETMASK, &start->signals->mask, NULL);
	if (start->filter_count)
		listener = filter_put_on(start, note);
	if (listener < 0) {
		note->error = errno;
		_exit(1);
	}
	note->listener = listener;
	execve(start->path, start->argv, environ);
	note->exec_error = errno;
	_exit(1);
}

static pid_t child_clone(int *pidfd)
{
	unsigned long flags = CLONE_FILES | CLONE_PIDFD | SIGCHLD;

	return (pid_t)syscall(SYS_clone, flags, NULL, pidfd, NULL, NULL);
}

/* The child cannot wake us without a call, so look again until it has spoken or is gone. */
static int listener_wait(const struct tracee *tracee)
{
	struct pollfd gone = {.fd = tracee->pidfd, .events = POLLIN};

	for (unsigned i = 0; i < START_YIELDS && tracee->note->listener < 0; i++)
		sched_yield();
	for (;;) {
		bool is_spoken = tracee->note->listener >= 0;
		bool is_gone = !is_spoken && ppoll(&gone, 1, &start_pause, NULL) > 0;
		int listener = tracee->note->listener;

		if (listener >= 0 || is_gone)
			return listener;
	}
}

static struct tracee_note *note_new(void)
{
	struct tracee_note *note = mmap(NULL, sizeof(*note), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (note == MAP_FAILED)
		return NULL;
	note->listener = -1;
	return note;
}

static int tracer_announce(const struct tracee_start *start, struct tracee *tracee,
			   const char **step)
{
	int error = start->on_start(start->context, tracee->pid);

	*step = "trace the program";
	if (error) {
		kill(tracee->pid, SIGKILL);
		waitpid(tracee->pid, NULL, 0);
		tracee_close(tracee);
		return error;
	}
	tracee->note->may_go = true;
	return 0;
}

int tracee_start(const struct tracee_start *start, struct tracee *tracee, const char **step)
{
	int error;

	*tracee = (struct tracee){.pid = -1, .pidfd = -1, .listener = -1};
	*step = "share memory with the program's process";
	tracee->note = note_new();
	if (!tracee->note)
		return errno;
	*step = "start a process";
	tracee->pid = child_clone(&tracee->pidfd);
	if (tracee->pid == 0)
		child_run(start, tracee->note);
	if (tracee->pid < 0) {
		error = errno;
		tracee_close(tracee);
		return error;
	}
	if (start->on_start)
		return tracer_announce(start, tracee, step);
	*step = "put a filter that notifies on the program";
	tracee->listener = listener_wait(tracee);
	if (tracee->listener >= 0)
		return 0;
	waitpid(tracee->pid, NULL, 0);
	error = tracee->note->error;
	tracee_close(tracee);
	/* Killed before it could say anything. */
	return error ? error : ECHILD;
}

int tracee_filter_error(const struct tracee *tracee)
{
	return tracee->note->error;
}

int tracee_exec_error(const struct tracee *tracee)
{
	return tracee->note->exec_error;
}

bool tracee_has_no_new_privs(const struct tracee *tracee)
{
	return tracee->note->has_no_new_privs;
}

bool tracee_waits_killable(const struct tracee *tracee)
{
	return tracee->note->waits_killable;
}

void tracee_close(struct tracee *tracee)
{
	if (tracee->listener >= 0)
		close(tracee->listener);
	if (tracee->pidfd >= 0)
		close(tracee->pidfd);
	if (tracee->note)
		munmap(tracee->note, sizeof(*tracee->note));
	*tracee = (struct tracee){.pid = -1, .pidfd = -1, .listener = -1};
}
