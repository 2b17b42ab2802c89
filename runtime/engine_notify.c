#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caller_end.h"
#include "engine.h"
#include "engine_guard.h"
#include "notify.h"
#include "peek.h"
#include "program_path.h"
#include "tracee.h"

/* The first kernel that says when the last process under a filter is gone. */
enum { KERNEL_MAJOR = 5, KERNEL_MINOR = 9 };

/* Signals that ask us to end: they are the program's business as long as it runs. */
static const int fatal_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

enum { FATAL_SIGNALS = sizeof(fatal_signals) / sizeof(fatal_signals[0]) };

struct supervisor {
	const struct engine_run *run;
	struct engine_result *result;
	struct tracee tracee;
	struct tracee_signals signals; /* as they were before */
	struct engine_guard guard;
	struct notify notify;
	int signal_fd;
	bool has_main_ended;
};

static int fail(struct engine_result *result, int error, const char *step)
{
	result->end = ENGINE_FAILED;
	result->error = error;
	result->step = step;
	return error;
}

static int check_kernel(struct engine_result *result)
{
	struct utsname name;
	long major, minor;
	char *rest;

	if (uname(&name))
		return 0;
	major = strtol(name.release, &rest, 10);
	minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;
	if (major > KERNEL_MAJOR || (major == KERNEL_MAJOR && minor >= KERNEL_MINOR))
		return 0;
	return fail(result, ENOSYS, "hold calls: that needs Linux 5.9 or newer");
}

/*
 * Signals are read from a descriptor, so that no disposition changes. SIGPIPE is blocked too: a
 * report that nobody reads must not end the supervisor.
 */
static int signals_take(struct supervisor *supervisor)
{
	struct sigaction normal = {.sa_handler = SIG_DFL};
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		sigaddset(&mask, fatal_signals[i]);
	supervisor->signal_fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (supervisor->signal_fd < 0)
		return fail(supervisor->result, errno, "receive signals");
	sigaddset(&mask, SIGPIPE);
	sigprocmask(SIG_BLOCK, &mask, &supervisor->signals.mask);
	/* If it were ignored, the program's exit status would be lost. */
	sigaction(SIGCHLD, &normal, &supervisor->signals.on_child);
	return 0;
}

static void signals_give_back(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;
	const struct timespec now = {0};
	sigset_t pipe_only;

	while (read(supervisor->signal_fd, &info, sizeof(info)) == sizeof(info))
		;
	close(supervisor->signal_fd);
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	if (!sigismember(&supervisor->signals.mask, SIGPIPE))
		sigtimedwait(&pipe_only, NULL, &now);
	sigaction(SIGCHLD, &supervisor->signals.on_child, NULL);
	sigprocmask(SIG_SETMASK, &supervisor->signals.mask, NULL);
}

static bool still_waits(const struct engine_event *event)
{
	const struct supervisor *supervisor = event->engine;

	return notify_is_valid(&supervisor->notify);
}

static struct engine_answer deliver(struct supervisor *supervisor)
{
	const struct seccomp_notif *request = supervisor->notify.request;
	struct peek peek;
	struct scml_memory memory;
	struct engine_answer answer = {.kind = ENGINE_GO_ON};
	struct engine_event event = {
		.call = {.arch = request->data.arch, .nr = (uint32_t)request->data.nr},
		.instruction_pointer = request->data.instruction_pointer,
		.answer = &answer,
		.tid = (pid_t)request->pid,
		.memory = &memory,
		.still_waits = still_waits,
		.engine = supervisor,
	};

	for (size_t i = 0; i < SCML_REGISTERS; i++)
		event.call.args[i] = request->data.args[i];
	peek_start(&peek, event.tid);
	memory = peek_memory(&peek);
	supervisor->result->calls++;
	supervisor->run->on_call(supervisor->run->context, &event);
	return answer;
}

static int give_answer(struct notify *notify, const struct engine_answer *answer)
{
	switch (answer->kind) {
	case ENGINE_GO_ON:
		break;
	case ENGINE_REFUSE:
		return notify_refuse(notify, answer->error);
	case ENGINE_KILL:
		if (!notify_is_valid(notify))
			return ENOENT;
		caller_end((pid_t)notify->request->pid);
		return notify_refuse(notify, ENOSYS);
	}
	return notify_continue(notify);
}

static void take_call(struct supervisor *supervisor)
{
	struct notify *notify = &supervisor->notify;
	struct engine_answer answer = {.kind = ENGINE_GO_ON};
	bool is_ours;

	if (notify_receive(notify))
		return;
	/* After a failed execve() it is our own code that leaves. */
	is_ours = (pid_t)notify->request->pid == supervisor->tracee.pid &&
		  tracee_exec_error(&supervisor->tracee);
	if (!is_ours)
		answer = deliver(supervisor);
	if (give_answer(notify, &answer) == ENOENT)
		supervisor->result->withdrawn++;
}

static void reap_main(struct supervisor *supervisor)
{
	while (waitpid(supervisor->tracee.pid, &supervisor->result->status, 0) < 0 &&
	       errno == EINTR)
		;
	supervisor->has_main_ended = true;
}

/*
 * What the terminal sends reaches the program anyway; what somebody sent to us alone is meant
 * for it. @return false when there is nothing left to wait for
 */
static bool take_signal(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	if (read(supervisor->signal_fd, &info, sizeof(info)) != sizeof(info))
		return true;
	if (supervisor->has_main_ended)
		return false;
	if (info.ssi_code != SI_KERNEL)
		syscall(SYS_pidfd_send_signal, supervisor->tracee.pidfd, (int)info.ssi_signo,
			NULL, 0);
	return true;
}

static enum engine_end supervise(struct supervisor *supervisor)
{
	enum { CALLS, MAIN, SIGNALS, SOURCES };
	struct pollfd sources[SOURCES] = {
		[CALLS] = {.fd = supervisor->tracee.listener, .events = POLLIN},
		[MAIN] = {.fd = supervisor->tracee.pidfd, .events = POLLIN},
		[SIGNALS] = {.fd = supervisor->signal_fd, .events = POLLIN},
	};
	bool has_callers = true;

	while (has_callers || !supervisor->has_main_ended) {
		if (poll(sources, SOURCES, -1) < 0)
			continue;
		if (sources[CALLS].revents & POLLIN) {
			take_call(supervisor);
		} else if (sources[CALLS].revents) {
			has_callers = false;
			sources[CALLS].fd = -1;
		}
		if (sources[MAIN].revents) {
			reap_main(supervisor);
			sources[MAIN].fd = -1;
		}
		if (sources[SIGNALS].revents && !take_signal(supervisor))
			return ENGINE_DETACHED;
	}
	return ENGINE_ENDED;
}

static void watch(struct supervisor *supervisor)
{
	struct engine_result *result = supervisor->result;
	int error = notify_open(&supervisor->notify, supervisor->tracee.listener);

	if (!error)
		error = engine_guard_start(&supervisor->tracee, &supervisor->guard);
	if (error) {
		kill(supervisor->tracee.pid, SIGKILL);
		reap_main(supervisor);
		notify_close(&supervisor->notify);
		fail(result, error, "watch the program");
		return;
	}
	result->has_no_new_privs = tracee_has_no_new_privs(&supervisor->tracee);
	result->may_repeat = !tracee_waits_killable(&supervisor->tracee);
	result->end = supervise(supervisor);
	if (result->end == ENGINE_DETACHED)
		engine_guard_leave(&supervisor->guard);
	else
		engine_guard_dismiss(&supervisor->guard);
	result->interrupted = supervisor->notify.missed;
	notify_close(&supervisor->notify);
	if (tracee_exec_error(&supervisor->tracee)) {
		result->end = ENGINE_NO_PROGRAM;
		result->error = tracee_exec_error(&supervisor->tracee);
		result->step = "execute the program";
	}
}

static int find_program(const struct engine_run *run, struct engine_result *result, char *path)
{
	int error = program_path(run->argv[0], path, PATH_MAX);

	if (error) {
		result->end = ENGINE_NO_PROGRAM;
		result->error = error;
		result->step = "find the program";
	}
	return error;
}

void engine_notify_run(const struct engine_run *run, struct engine_result *result)
{
	struct supervisor supervisor = {.run = run, .result = result, .signal_fd = -1};
	char path[PATH_MAX];
	struct tracee_start start = {
		.path = path,
		.argv = run->argv,
		.filter = run->filter,
		.filter_count = run->filter_count,
		.signals = &supervisor.signals,
	};
	const char *step;
	int error;

	*result = (struct engine_result){.end = ENGINE_FAILED};
	if (find_program(run, result, path) || check_kernel(result) ||
	    signals_take(&supervisor))
		return;
	error = tracee_start(&start, &supervisor.tracee, &step);
	if (error) {
		fail(result, error, step);
	} else {
		watch(&supervisor);
		tracee_close(&supervisor.tracee);
	}
	signals_give_back(&supervisor);
}
