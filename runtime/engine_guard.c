#include "engine_guard.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kinship.h"
#include "notify.h"

/* What the supervisor says through the leash; what its end without a word means is first. */
enum { GUARD_KILL, GUARD_LEAVE };

/* Children first: a child of a dead parent can no longer be found. */
static void kill_family(pid_t pid, unsigned generation)
{
	DIR *proc = generation < KINSHIP_MAX_GENERATIONS ? opendir("/proc") : NULL;

	for (struct dirent *entry; proc && (entry = readdir(proc));) {
		pid_t child = (pid_t)strtol(entry->d_name, NULL, 10);

		if (isdigit((unsigned char)entry->d_name[0]) && kinship_parent(child) == pid)
			kill_family(child, generation + 1);
	}
	if (proc)
		closedir(proc);
	kill(pid, SIGKILL);
}

static void caller_kill(struct notify *notify)
{
	/* A number that is 0 here would be this process group's. */
	if (notify->request->pid > 0)
		kill((pid_t)notify->request->pid, SIGKILL);
	else
		notify_refuse(notify, EPERM);
}

static void caller_release(struct notify *notify)
{
	notify_continue(notify);
}

/* Until nobody is left who could call. */
static void answer_callers(int listener, void (*answer)(struct notify *notify))
{
	struct notify notify;

	if (listener < 0 || notify_open(&notify, listener))
		return;
	while (notify_wait(&notify))
		if (notify_receive(&notify, listener) == 0)
			answer(&notify);
	notify_close(&notify);
}

static void close_all_but(const int *keep, size_t count)
{
	unsigned next = 3;

	for (size_t i = 0; i < count; i++) {
		if (keep[i] < 0)
			continue;
		if ((unsigned)keep[i] > next)
			syscall(SYS_close_range, next, (unsigned)keep[i] - 1, 0);
		if ((unsigned)keep[i] >= next)
			next = (unsigned)keep[i] + 1;
	}
	syscall(SYS_close_range, next, ~0U, 0);
}

static int compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Out of the terminal's reach, and holding nobody's pipes open. */
static void guard_settle(const struct tracee *tracee, int leash)
{
	int keep[] = {tracee->listener, tracee->pidfd, leash};
	sigset_t all;

	setsid();
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	qsort(keep, sizeof(keep) / sizeof(keep[0]), sizeof(keep[0]), compare_ints);
	close_all_but(keep, sizeof(keep) / sizeof(keep[0]));
}

static void guard_avenge(const struct tracee *tracee)
{
	static const char gone[] =
		"scmltrace: the supervisor is gone; the traced programs are killed\n";
	struct pollfd main_ended = {.fd = tracee->pidfd, .events = POLLIN};

	if (write(STDERR_FILENO, gone, sizeof(gone) - 1) < 0)
		close(STDERR_FILENO);
	if (poll(&main_ended, 1, 0) == 0)
		kill_family(tracee->pid, 0);
	answer_callers(tracee->listener, caller_kill);
}

static _Noreturn void guard_run(const struct tracee *tracee, int leash)
{
	char word = GUARD_KILL;

	guard_settle(tracee, leash);
	while (read(leash, &word, 1) < 0 && errno == EINTR)
		;
	if (word == GUARD_KILL)
		guard_avenge(tracee);
	else
		answer_callers(tracee->listener, caller_release);
	_exit(0);
}

int engine_guard_start(const struct tracee *tracee, struct engine_guard *guard)
{
	int leash[2];

	if (pipe2(leash, O_CLOEXEC))
		return errno;
	guard->pid = fork();
	if (guard->pid == 0) {
		close(leash[1]);
		guard_run(tracee, leash[0]);
	}
	close(leash[0]);
	guard->leash = leash[1];
	if (guard->pid < 0) {
		int error = errno;

		close(guard->leash);
		return error;
	}
	return 0;
}

static void guard_tell(struct engine_guard *guard, char word)
{
	while (write(guard->leash, &word, 1) < 0 && errno == EINTR)
		;
	close(guard->leash);
	guard->leash = -1;
}

/*
 * Under load it may not have run yet, and a short program is not to wait for that: whoever is
 * its parent in the end collects it.
 */
void engine_guard_dismiss(struct engine_guard *guard)
{
	kill(guard->pid, SIGKILL);
	close(guard->leash);
	guard->leash = -1;
	waitpid(guard->pid, NULL, WNOHANG);
}

void engine_guard_leave(struct engine_guard *guard)
{
	guard_tell(guard, GUARD_LEAVE);
}
