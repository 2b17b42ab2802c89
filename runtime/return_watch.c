#include "return_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peek.h"
#include "ptrace_call.h"

enum {
	/* What the kernel takes for "begin again, whatever signal there is"; no header for
	   programs has it. */
	ERROR_AGAIN = 513,
	SYSCALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
	CLOSE_POLL_US = 1000,
	CLOSE_POLLS = 1000,
};

/* What is to come next. */
enum step {
	STEP_STOP,  /* the stop before the call begins again */
	STEP_ENTRY, /* the call, for the tracer */
	STEP_CALL,  /* the call, for the listener */
	STEP_EXIT,  /* its return */
};

struct return_watch_call {
	struct scml_call call;
	pid_t tid;
	enum step step;
	void *keep;
	struct return_watch_call *next;
};

static struct return_watch_call **find(struct return_watch *watch, pid_t tid)
{
	struct return_watch_call **at = &watch->calls;

	while (*at && (*at)->tid != tid)
		at = &(*at)->next;
	return at;
}

static void tell(const struct return_watch *watch, const struct return_watch_call *call,
		 enum engine_fate fate, int64_t ret)
{
	struct peek peek;
	struct scml_memory memory;
	struct engine_return end = {
		.call = call->call, .tid = call->tid, .fate = fate, .keep = call->keep};

	if (fate == ENGINE_RETURNED) {
		end.call.has_returned = true;
		end.call.ret = ret;
		peek_start(&peek, call->tid);
		memory = peek_memory(&peek);
		end.memory = &memory;
	}
	watch->run->on_return(watch->run->context, &end);
}

static void finish(struct return_watch *watch, struct return_watch_call **at,
		   enum engine_fate fate, int64_t ret)
{
	struct return_watch_call *call = *at;

	tell(watch, call, fate, ret);
	*at = call->next;
	free(call);
}

/* On x86, calls through the kernel's own page are no instructions that could be repeated. */
static bool can_begin_again(const struct engine_event *event)
{
	return event->instruction_pointer <= INT64_MAX;
}

static bool is_seized(pid_t tid)
{
	if (ptrace(PTRACE_SEIZE, tid, 0, (long)PTRACE_O_TRACESYSGOOD))
		return false;
	/* The thread is on its way through a call, and stops only behind it. */
	return ptrace(PTRACE_INTERRUPT, tid, 0, 0) == 0;
}

int return_watch_begin(struct return_watch *watch, struct notify *notify,
		       const struct engine_event *event, void *keep)
{
	struct return_watch_call *call;
	const struct return_watch_call unseen = {
		.call = event->call, .tid = event->tid, .keep = keep};

	if (!notify_is_valid(notify)) {
		tell(watch, &unseen, ENGINE_ENDED_WITHIN, 0);
		return ENOENT;
	}
	call = malloc(sizeof(*call));
	if (!call || !can_begin_again(event) || !is_seized(event->tid)) {
		free(call);
		tell(watch, &unseen, ENGINE_UNSEEN, 0);
		return notify_continue(notify);
	}
	*call = unseen;
	call->step = STEP_STOP;
	call->next = watch->calls;
	watch->calls = call;
	notify_refuse(notify, ERROR_AGAIN);
	return 0;
}

bool return_watch_takes(struct return_watch *watch, struct notify *notify, pid_t tid)
{
	struct return_watch_call **at = find(watch, tid);

	if (!*at)
		return false;
	if ((*at)->step != STEP_CALL) {
		/* Another thread has this number since it executed another program. */
		finish(watch, at, ENGINE_ENDED_WITHIN, 0);
		return false;
	}
	(*at)->step = STEP_EXIT;
	notify_continue(notify);
	return true;
}

static bool is_group_stop(int number)
{
	return number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

static void let_go(struct return_watch *watch, struct return_watch_call **at, int number,
		   enum engine_fate fate, int64_t ret)
{
	pid_t tid = (*at)->tid;

	/* Its memory is read before it goes on. */
	finish(watch, at, fate, ret);
	ptrace(PTRACE_DETACH, tid, 0, (long)number);
}

/* A stop in a call: its beginning or its end. */
static void take_call(struct return_watch *watch, struct return_watch_call **at)
{
	struct return_watch_call *call = *at;
	struct ptrace_call stop = {.place = PTRACE_ELSEWHERE};

	ptrace_call_read(call->tid, &stop);
	if (stop.place == PTRACE_AT_ENTRY && call->step == STEP_ENTRY &&
	    stop.call.nr == call->call.nr) {
		call->step = STEP_CALL;
		ptrace(PTRACE_SYSCALL, call->tid, 0, 0);
	} else if (stop.place == PTRACE_AT_EXIT && call->step == STEP_EXIT) {
		let_go(watch, at, 0, ENGINE_RETURNED, stop.call.ret);
	} else if (stop.place == PTRACE_AT_EXIT && call->step == STEP_CALL) {
		/* A signal came before the listener took it. */
		let_go(watch, at, 0, ENGINE_COMES_AGAIN, 0);
	} else {
		let_go(watch, at, 0, ENGINE_UNSEEN, 0);
	}
}

static void take_stop(struct return_watch *watch, struct return_watch_call **at, int status)
{
	struct return_watch_call *call = *at;
	int number = WSTOPSIG(status);

	if (status >> 16 == PTRACE_EVENT_STOP) {
		if (call->step == STEP_STOP)
			call->step = STEP_ENTRY;
		ptrace(is_group_stop(number) ? PTRACE_LISTEN : PTRACE_SYSCALL, call->tid, 0, 0);
	} else if (number == SYSCALL_STOP) {
		take_call(watch, at);
	} else {
		/* A signal came before the call could begin again: it does so behind the
		 * signal's handler, and is delivered anew. */
		let_go(watch, at, number, ENGINE_COMES_AGAIN, 0);
	}
}

static void take_change(struct return_watch *watch, struct return_watch_call **at, int status)
{
	if (WIFSTOPPED(status)) {
		take_stop(watch, at, status);
		return;
	}
	if ((*at)->tid == watch->main) {
		watch->has_main_ended = true;
		watch->status = status;
	}
	finish(watch, at, ENGINE_ENDED_WITHIN, 0);
}

/* Whoever has changed its state, asked for by name; who is gone without a word, too. */
static void ask_each(struct return_watch *watch)
{
	struct return_watch_call **at = &watch->calls;

	while (*at) {
		const struct return_watch_call *next = (*at)->next;
		int status;
		pid_t tid = waitpid((*at)->tid, &status, __WALL | WNOHANG);

		if (tid > 0)
			take_change(watch, at, status);
		else if (tid < 0 && errno == ECHILD)
			finish(watch, at, ENGINE_ENDED_WITHIN, 0);
		/* Where the call is gone, its place holds the next one. */
		if (*at != next)
			at = &(*at)->next;
	}
}

/* One whose return is waited for and who has changed its state, found by one call however many
 * they are. False: there is none, or a child of another kind is in front of it. */
static bool ask_all(struct return_watch *watch)
{
	const int changes = WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL;
	struct return_watch_call **at;
	siginfo_t info = {0};
	int status;

	if (waitid(P_ALL, 0, &info, changes) || !info.si_pid)
		return false;
	at = find(watch, info.si_pid);
	if (!*at || waitpid(info.si_pid, &status, __WALL | WNOHANG) != info.si_pid)
		return false;
	take_change(watch, at, status);
	return true;
}

void return_watch_step(struct return_watch *watch)
{
	bool has_found = false;

	while (watch->calls && ask_all(watch))
		has_found = true;
	if (!has_found)
		ask_each(watch);
}

/* What a stop of the one that is let go hands on. */
static int signal_of(int status)
{
	return status >> 16 || WSTOPSIG(status) == SYSCALL_STOP ? 0 : WSTOPSIG(status);
}

static bool close_call(struct return_watch *watch, struct return_watch_call **at)
{
	int status;
	pid_t tid = waitpid((*at)->tid, &status, __WALL | WNOHANG);

	if (tid == 0)
		return false;
	if (tid < 0)
		finish(watch, at, ENGINE_ENDED_WITHIN, 0);
	else if (WIFSTOPPED(status))
		let_go(watch, at, signal_of(status), ENGINE_UNSEEN, 0);
	else
		take_change(watch, at, status);
	return true;
}

void return_watch_close(struct return_watch *watch)
{
	for (struct return_watch_call *call = watch->calls; call; call = call->next)
		ptrace(PTRACE_INTERRUPT, call->tid, 0, 0);
	for (unsigned polls = 0; watch->calls && polls < CLOSE_POLLS; polls++) {
		struct return_watch_call **at = &watch->calls;

		while (*at && close_call(watch, at))
			;
		if (*at)
			usleep(CLOSE_POLL_US);
	}
	while (watch->calls)
		finish(watch, &watch->calls, ENGINE_UNSEEN, 0);
}
