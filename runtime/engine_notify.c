#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bell.h"
#include "caller_end.h"
#include "caller_trap.h"
#include "engine.h"
#include "engine_guard.h"
#include "engine_signals.h"
#include "notify.h"
#include "peek.h"
#include "program_path.h"
#include "return_watch.h"
#include "tracee.h"

/* The first kernel that says when the last process under a filter is gone. */
enum { KERNEL_MAJOR = 5, KERNEL_MINOR = 9 };

/* In a row without anything else: then a bell is worth its price. */
enum { CALLS_TO_BELL = 64 };

struct supervisor {
	const struct engine_run *run;
	struct engine_result *result;
	struct tracee tracee;
	struct engine_signals signals;
	struct engine_guard guard;
	struct notify notify;
	struct return_watch returns;
	struct bell bell;
	bool has_bell;
	unsigned calls_in_row;
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

static bool still_waits(const struct engine_event *event)
{
	const struct supervisor *supervisor = event->engine;

	return notify_is_valid(&supervisor->notify);
}

static int give_answer(struct supervisor *supervisor, const struct engine_event *event)
{
	struct notify *notify = &supervisor->notify;

	switch (event->answer->kind) {
	case ENGINE_GO_ON:
		break;
	case ENGINE_RETURN:
		return return_watch_begin(&supervisor->returns, notify, event,
					  event->answer->keep);
	case ENGINE_REFUSE:
		return notify_refuse(notify, event->answer->error);
	case ENGINE_TRAP:
		return caller_trap(notify, event, event->answer->error,
				   tracee_waits_killable(&supervisor->tracee));
	case ENGINE_KILL:
		if (!notify_is_valid(notify))
			return ENOENT;
		caller_end((pid_t)notify->request->pid);
		return notify_refuse(notify, ENOSYS);
	}
	return notify_continue(notify);
}

static void deliver(struct supervisor *supervisor)
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
	if (give_answer(supervisor, &event) == ENOENT)
		supervisor->result->withdrawn++;
}

/* False: there is no call at FD, the listener or what stands for it. */
static bool take_call(struct supervisor *supervisor, int fd)
{
	struct notify *notify = &supervisor->notify;
	pid_t tid;

	if (notify_receive(notify, fd))
		return false;
	supervisor->calls_in_row++;
	tid = (pid_t)notify->request->pid;
	if (return_watch_takes(&supervisor->returns, notify, tid))
		return true;
	/* After a failed execve() it is our own code that leaves. */
	if (tid == supervisor->tracee.pid && tracee_exec_error(&supervisor->tracee))
		notify_continue(notify);
	else
		deliver(supervisor);
	return true;
}

/*
 * Where calls come in a row, the next one is waited for in the call that takes it, which saves
 * a poll() for each. Before Linux 6.11 it does not say when nobody is left who could call: then
 * the program's own end does.
 */
static bool take_next_in_row(struct supervisor *supervisor)
{
	const int sources[] = {supervisor->tracee.pidfd, supervisor->signals.fd};
	struct bell *bell = &supervisor->bell;

	if (supervisor->calls_in_row < CALLS_TO_BELL || supervisor->has_main_ended ||
	    supervisor->returns.calls)
		return false;
	if (!supervisor->has_bell) {
		supervisor->has_bell = true;
		bell_open(bell, supervisor->tracee.listener, sources,
			  sizeof(sources) / sizeof(sources[0]));
	}
	bell_set(bell);
	if (bell_is_set(bell) && take_call(supervisor, bell->desk))
		return true;
	supervisor->calls_in_row = 0;
	return false;
}

static void reap_main(struct supervisor *supervisor)
{
	while (waitpid(supervisor->tracee.pid, &supervisor->result->status, 0) < 0 &&
	       errno == EINTR)
		;
	supervisor->has_main_ended = true;
}

/* Threads whose return is waited for; one of them may be the program itself. */
static void take_changes(struct supervisor *supervisor)
{
	return_watch_step(&supervisor->returns);
	if (supervisor->returns.has_main_ended && !supervisor->has_main_ended) {
		supervisor->has_main_ended = true;
		supervisor->result->status = supervisor->returns.status;
	}
}

/*
 * What the terminal sends reaches the program anyway; what somebody sent to us alone is meant
 * for it. @return false when there is nothing left to wait for
 */
static bool take_signals(struct supervisor *supervisor)
{
	struct engine_request request;

	while (engine_signals_next(&supervisor->signals, &request)) {
		if (!request.number)
			continue;
		if (supervisor->has_main_ended)
			return false;
		if (engine_request_is_for(&request, supervisor->tracee.pid))
			syscall(SYS_pidfd_send_signal, supervisor->tracee.pidfd, request.number,
				NULL, 0);
	}
	take_changes(supervisor);
	return true;
}

static enum engine_end supervise(struct supervisor *supervisor)
{
	enum { CALLS, MAIN, SIGNALS, SOURCES };
	struct pollfd sources[SOURCES] = {
		[CALLS] = {.fd = supervisor->tracee.listener, .events = POLLIN},
		[MAIN] = {.fd = supervisor->tracee.pidfd, .events = POLLIN},
		[SIGNALS] = {.fd = supervisor->signals.fd, .events = POLLIN},
	};

	while (sources[CALLS].fd >= 0 || !supervisor->has_main_ended ||
	       supervisor->returns.calls) {
		if (take_next_in_row(supervisor))
			continue;
		if (poll(sources, SOURCES, -1) < 0)
			continue;
		if (sources[SIGNALS].revents && !take_signals(supervisor))
			return ENGINE_DETACHED;
		if (sources[CALLS].revents & POLLIN)
			take_call(supervisor, supervisor->tracee.listener);
		else if (sources[CALLS].revents)
			sources[CALLS].fd = -1;
		if (sources[MAIN].revents && !supervisor->has_main_ended)
			reap_main(supervisor);
		if (supervisor->has_main_ended)
			sources[MAIN].fd = -1;
	}
	return ENGINE_ENDED;
}

static void watch(struct supervisor *supervisor)
{
	struct engine_result *result = supervisor->result;
	int error = notify_open(&supervisor->notify, supervisor->tracee.listener);

	result->has_started = true;
	supervisor->returns =
		(struct return_watch){.run = supervisor->run, .main = supervisor->tracee.pid};
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
	bell_close(&supervisor->bell);
	return_watch_close(&supervisor->returns);
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
	struct supervisor supervisor = {.run = run, .result = result};
	char path[PATH_MAX];
	struct tracee_start start = {
		.path = path,
		.argv = run->argv,
		.filter = run->filter,
		.filter_count = run->filter_count,
		.signals = &supervisor.signals.before,
	};
	const char *step;
	int error;

	*result = (struct engine_result){.end = ENGINE_FAILED};
	if (find_program(run, result, path) || check_kernel(result))
		return;
	error = engine_signals_take(&supervisor.signals);
	if (error) {
		fail(result, error, "receive signals");
		return;
	}
	error = tracee_start(&start, &supervisor.tracee, &step);
	if (error) {
		fail(result, error, step);
	} else {
		watch(&supervisor);
		tracee_close(&supervisor.tracee);
	}
	engine_signals_give_back(&supervisor.signals);
}
