/*
 * tracee: start a program with a seccomp filter on it, and otherwise as if it had been started
 * by the shell: same descriptors, environment, signal mask and dispositions.
 */
#ifndef SCML_TRACEE_H
#define SCML_TRACEE_H

#include <linux/filter.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** What the starting process tells the supervisor without a system call. */
struct tracee_note;

/** What the program is to find as the supervisor found it. */
struct tracee_signals {
	sigset_t mask;
	struct sigaction on_child; /* for SIGCHLD */
};

struct tracee_start {
	const char *path; /* file to execute */
	char *const *argv;
	const struct sock_filter *filter;
	size_t filter_count; /* 0: none */
	const struct tracee_signals *signals;
	/**
	 * Called with the new process, which waits until then before it does anything. Where
	 * it is given, the filter is one for a tracer and notifies nobody. NULL: there is no
	 * tracer. @return 0 or an errno
	 */
	int (*on_start)(void *context, pid_t pid);
	void *context;
};

struct tracee {
	pid_t pid;
	int pidfd;
	int listener; /* where the filter's notifications arrive; -1 with a tracer */
	struct tracee_note *note;
};

/**
 * Start a program. When this returns the filter is on it, and it is in its execve() or past it;
 * with a tracer, which must let it run, it is about to.
 * @param step  on failure: what was being done
 * @return 0 or an errno; then nothing is left behind
 */
int tracee_start(const struct tracee_start *start, struct tracee *tracee, const char **step);

/** With a tracer: the errno for which the filter could not be put on, or 0. */
int tracee_filter_error(const struct tracee *tracee);

/** The errno with which execve() failed, 0 as long as it did not. */
int tracee_exec_error(const struct tracee *tracee);

/** Had no_new_privs to be set? */
bool tracee_has_no_new_privs(const struct tracee *tracee);

/** Does a call that waits for its answer wait through signals that do not kill? */
bool tracee_waits_killable(const struct tracee *tracee);

/** Release what tracee_start() acquired; the process itself is the caller's to reap. */
void tracee_close(struct tracee *tracee);

#endif
