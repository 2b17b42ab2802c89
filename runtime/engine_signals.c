#include "engine_signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "kinship.h"

/* Signals that ask us to end: they are the program's business as long as it runs. */
static const int fatal_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

enum { FATAL_SIGNALS = sizeof(fatal_signals) / sizeof(fatal_signals[0]) };

/* SIGPIPE is blocked too: a report that nobody reads must not end the supervisor. */
int engine_signals_take(struct engine_signals *signals)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		sigaddset(&mask, fatal_signals[i]);
	sigaddset(&mask, SIGCHLD);
	signals->fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return errno;
	sigaddset(&mask, SIGPIPE);
	sigprocmask(SIG_BLOCK, &mask, &signals->before.mask);
	/* If it were ignored, the program's exit status would be lost. */
	sigaction(SIGCHLD, &normal, &signals->before.on_child);
	return 0;
}

void engine_signals_give_back(struct engine_signals *signals)
{
	struct signalfd_siginfo info;
	const struct timespec now = {0};
	sigset_t pipe_only;

	while (read(signals->fd, &info, sizeof(info)) == sizeof(info))
		;
	close(signals->fd);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	if (!sigismember(&signals->before.mask, SIGPIPE))
		sigtimedwait(&pipe_only, NULL, &now);
	sigaction(SIGCHLD, &signals->before.on_child, NULL);
	sigprocmask(SIG_SETMASK, &signals->before.mask, NULL);
}

void engine_signals_wait(const struct engine_signals *signals)
{
	struct pollfd ready = {.fd = signals->fd, .events = POLLIN};

	poll(&ready, 1, -1);
}

bool engine_signals_next(struct engine_signals *signals, struct engine_request *request)
{
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof(info)) != sizeof(info))
		return false;
	request->number = info.ssi_signo == SIGCHLD ? 0 : (int)info.ssi_signo;
	request->is_for_all = info.ssi_code == SI_KERNEL;
	request->sender = request->is_for_all ? 0 : (pid_t)info.ssi_pid;
	return true;
}

bool engine_request_is_for(const struct engine_request *request, pid_t program)
{
	return !request->is_for_all && !kinship_descends(request->sender, program);
}
