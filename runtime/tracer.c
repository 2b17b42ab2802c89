#include "tracer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "clone_untraced.h"
#include "peek.h"
#include "ptrace_call.h"

enum {
	STOPS_AT_ONCE = 64, /* before signals are looked after */
	ORPHAN_WAIT_MS = 50,
	SYSCALL_STOP = SIGTRAP | 0x80, /* PTRACE_O_TRACESYSGOOD */
};

int tracer_seize(struct tracer *tracer, pid_t tid)
{
	unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
				PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
	struct tracer_task *task;

	if (!tracer->is_attached)
		options |= PTRACE_O_EXITKILL;
	/* Else the program's own filters would find a tracer that they do not have. */
	if (!tracer->stops_each_call)
		options |= PTRACE_O_TRACESECCOMP;
	if (ptrace(PTRACE_SEIZE, tid, 0, options))
		return errno;
	task = tracer_tasks_add(&tracer->tasks, tid);
	if (!task)
		return ENOMEM;
	task->is_known = true;
	task->was_within = tracer->is_attached;
	return 0;
}

int tracer_stop(pid_t tid)
{
	return ptrace(PTRACE_INTERRUPT, tid, 0, 0) ? errno : 0;
}

/* Let TASK go on, with signal NUMBER where that is not 0. */
static void resume(struct tracer *tracer, struct tracer_task *task, int number)
{
	bool stops_next = tracer->stops_each_call || task->wants_return || task->hides_flag;

	ptrace(stops_next ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, 0, (long)number);
}

static bool still_waits(const struct engine_event *event)
{
	unsigned long message;

	return ptrace(PTRACE_GETEVENTMSG, event->tid, 0, &message) == 0;
}

static void end_call(struct tracer *tracer, struct tracer_task *task, enum engine_fate fate,
		     int64_t ret)
{
	struct peek peek;
	struct scml_memory memory;
	struct engine_return end = {
		.call = task->call, .tid = task->tid, .fate = fate, .keep = task->keep};

	if (!task->wants_return)
		return;
	if (fate == ENGINE_RETURNED) {
		end.call.has_returned = true;
		end.call.ret = ret;
		peek_start(&peek, task->tid);
		memory = peek_memory(&peek);
		end.memory = task->has_new_image ? NULL : &memory;
	}
	task->wants_return = false;
	task->keep = NULL;
	tracer->run->on_return(tracer->run->context, &end);
}

static void deliver(struct tracer *tracer, struct tracer_task *task,
		    const struct ptrace_call *stop)
{
	struct peek peek;
	struct scml_memory memory;
	struct engine_answer answer = {.kind = ENGINE_GO_ON};
	struct engine_event event = {
		.call = stop->call,
		.instruction_pointer = stop->instruction_pointer,
		.answer = &answer,
		.tid = task->tid,
		.memory = &memory,
		.still_waits = still_waits,
	};

	/* A call whose end was missed. */
	end_call(tracer, task, ENGINE_UNSEEN, 0);
	peek_start(&peek, task->tid);
	memory = peek_memory(&peek);
	tracer->result->calls++;
	tracer->run->on_call(tracer->run->context, &event);
	task->has_new_image = false;
	task->wants_return = answer.kind == ENGINE_RETURN;
	task->keep = answer.keep;
	if (!still_waits(&event))
		tracer->result->withdrawn++;
}

/* What goes on with a call from before we came is none that the program makes. */
static bool is_from_before(struct tracer_task *task, const struct scml_call *call)
{
	bool is_first = task->was_within;

	task->was_within = false;
	return is_first && ptrace_call_resumes(call);
}

static void begin_call(struct tracer *tracer, struct tracer_task *task,
		       const struct ptrace_call *stop)
{
	if (is_from_before(task, &stop->call))
		return;
	if (tracer->is_own && tracer->is_own(tracer->own_context, task->tid, &stop->call))
		return;
	deliver(tracer, task, stop);
	task->call = stop->call;
	if (clone_untraced_asked(task->tid, &task->call)) {
		clone_untraced_hide(task->tid, &task->call);
		task->hides_flag = true;
		tracer->hidden++;
	}
}

static void release_waiting(void *context, struct tracer_task *task)
{
	if (task->is_waiting) {
		task->is_waiting = false;
		resume(context, task, 0);
	}
}

static void unhide(struct tracer *tracer, struct tracer_task *task)
{
	if (!task->hides_flag)
		return;
	task->hides_flag = false;
	clone_untraced_restore(task->tid, &task->call);
	if (--tracer->hidden == 0)
		tracer_tasks_each(&tracer->tasks, release_waiting, tracer);
}

static void take_call(struct tracer *tracer, struct tracer_task *task)
{
	struct ptrace_call stop;

	if (ptrace_call_read(task->tid, &stop))
		return;
	switch (stop.place) {
	case PTRACE_AT_ENTRY:
		if (tracer->stops_each_call)
			begin_call(tracer, task, &stop);
		return;
	case PTRACE_AT_FILTER:
		begin_call(tracer, task, &stop);
		return;
	case PTRACE_AT_EXIT:
		end_call(tracer, task, ENGINE_RETURNED, stop.call.ret);
		unhide(tracer, task);
		return;
	case PTRACE_ELSEWHERE:
		return;
	}
}

/* Is thread TID there, and ours? */
static bool is_ours(pid_t tid)
{
	siginfo_t info;

	return waitid(P_PID, (id_t)tid, &info,
		      WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) == 0;
}

/* TASK has a child: it is traced already, and stops before its first instruction. */
static void take_birth(struct tracer *tracer, struct tracer_task *task)
{
	struct tracer_task *child;
	unsigned long tid;

	if (ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &tid))
		return;
	/* It may have lived its whole life before its parent told of it. */
	if (!is_ours((pid_t)tid))
		return;
	child = tracer_tasks_add(&tracer->tasks, (pid_t)tid);
	if (!child || child->is_known)
		return;
	child->is_known = true;
	if (task->hides_flag) {
		child->restores_flag = true;
		child->call = task->call;
	}
	if (child->is_waiting) {
		child->is_waiting = false;
		if (child->restores_flag)
			clone_untraced_restore(child->tid, &child->call);
		child->restores_flag = false;
		resume(tracer, child, 0);
	}
}

/* TASK executes another program: all its threads are gone, and it has the first one's number.
 */
static void take_exec(struct tracer *tracer, struct tracer_task *task)
{
	unsigned long before;
	struct tracer_task *caller;

	task->has_new_image = true;
	if (ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &before) || (pid_t)before == task->tid)
		return;
	caller = tracer_tasks_find(&tracer->tasks, (pid_t)before);
	if (!caller)
		return;
	end_call(tracer, task, ENGINE_ENDED_WITHIN, 0);
	task->call = caller->call;
	task->wants_return = caller->wants_return;
	task->keep = caller->keep;
	tracer_tasks_remove(&tracer->tasks, caller);
}

static bool is_group_stop(int number)
{
	return number == SIGSTOP || number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/* A new child, or what tracer_stop() brought, or the beginning or end of a stopped job. */
static void take_event_stop(struct tracer *tracer, struct tracer_task *task, int number)
{
	if (is_group_stop(number)) {
		ptrace(PTRACE_LISTEN, task->tid, 0, 0);
		return;
	}
	if (!task->is_known && tracer->hidden) {
		task->is_waiting = true;
		return;
	}
	task->is_known = true;
	if (task->restores_flag) {
		task->restores_flag = false;
		clone_untraced_restore(task->tid, &task->call);
	}
	resume(tracer, task, 0);
}

static void take_stop(struct tracer *tracer, struct tracer_task *task, int status)
{
	int number = WSTOPSIG(status);

	switch (status >> 16) {
	case PTRACE_EVENT_STOP:
		take_event_stop(tracer, task, number);
		return;
	case PTRACE_EVENT_CLONE:
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
		take_birth(tracer, task);
		break;
	case PTRACE_EVENT_EXEC:
		take_exec(tracer, task);
		break;
	case PTRACE_EVENT_SECCOMP:
		take_call(tracer, task);
		break;
	case 0:
		if (number != SYSCALL_STOP) {
			resume(tracer, task, number);
			return;
		}
		take_call(tracer, task);
		break;
	default:
		break;
	}
	resume(tracer, task, 0);
}

/* Let TASK, which has stopped, go for good. */
static void let_go(struct tracer *tracer, struct tracer_task *task, int status)
{
	int event = status >> 16, number = WSTOPSIG(status);

	if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK ||
	    event == PTRACE_EVENT_VFORK)
		take_birth(tracer, task);
	end_call(tracer, task, ENGINE_UNSEEN, 0);
	unhide(tracer, task);
	if (event || number == SYSCALL_STOP)
		number = 0;
	ptrace(PTRACE_DETACH, task->tid, 0, (long)number);
	tracer_tasks_remove(&tracer->tasks, task);
}

static void take_end(struct tracer *tracer, struct tracer_task *task, pid_t tid, int status)
{
	if (tid == tracer->main) {
		tracer->has_main_ended = true;
		if (!tracer->is_attached)
			tracer->result->status = status;
	}
	if (!task)
		return;
	tracer->has_kill = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	end_call(tracer, task, ENGINE_ENDED_WITHIN, 0);
	unhide(tracer, task);
	tracer_tasks_remove(&tracer->tasks, task);
}

/* One change of a thread's state. False: there is none. */
static bool take_change(struct tracer *tracer)
{
	struct tracer_task *task;
	int status;
	pid_t tid = waitpid(-1, &status, __WALL | WNOHANG);

	if (tid <= 0)
		return false;
	if (!WIFSTOPPED(status)) {
		take_end(tracer, tracer_tasks_find(&tracer->tasks, tid), tid, status);
		return true;
	}
	task = tracer_tasks_add(&tracer->tasks, tid);
	if (!task) /* nothing can be remembered of it: it is not to wait for ever */
		ptrace(PTRACE_DETACH, tid, 0, 0);
	else if (tracer->is_leaving)
		let_go(tracer, task, status);
	else
		take_stop(tracer, task, status);
	return true;
}

static void interrupt_task(void *context, struct tracer_task *task)
{
	struct tracer *tracer = context;

	if (!task->is_waiting) {
		tracer_stop(task->tid);
		return;
	}
	ptrace(PTRACE_DETACH, task->tid, 0, 0);
	tracer_tasks_remove(&tracer->tasks, task);
}

static void kill_task(void *context, struct tracer_task *task)
{
	(void)context;
	kill(task->tid, SIGKILL);
}

/* Signals that were sent. True: they say not to wait any longer. */
static bool take_signals(struct tracer *tracer)
{
	struct engine_request request;

	while (engine_signals_next(&tracer->signals, &request)) {
		if (!request.number)
			continue;
		if (tracer->is_attached || tracer->has_main_ended)
			return true;
		/* What the terminal sends reaches the program anyway; what somebody sent to us
		 * alone is meant for it. */
		if (engine_request_is_for(&request, tracer->main))
			kill(tracer->main, request.number);
	}
	return false;
}

/* A parent that is killed does not tell of the child that it is just having. */
static bool has_orphan(struct tracer *tracer)
{
	struct pollfd ready = {.fd = tracer->signals.fd, .events = POLLIN};

	if (!tracer->has_kill || tracer->is_leaving)
		return false;
	tracer->has_kill = false;
	poll(&ready, 1, ORPHAN_WAIT_MS);
	return take_change(tracer);
}

static enum engine_end leave(struct tracer *tracer)
{
	/* A filter that answers SECCOMP_RET_TRACE lets nothing happen without a tracer. */
	bool must_kill = !tracer->stops_each_call;

	tracer->is_leaving = !must_kill;
	tracer_tasks_each(&tracer->tasks, must_kill ? kill_task : interrupt_task, tracer);
	while (tracer->tasks.count) {
		if (!take_change(tracer))
			engine_signals_wait(&tracer->signals);
		take_signals(tracer);
	}
	return must_kill ? ENGINE_CUT : ENGINE_DETACHED;
}

enum engine_end tracer_loop(struct tracer *tracer)
{
	while (tracer->tasks.count || has_orphan(tracer)) {
		unsigned taken = 0;

		while (taken < STOPS_AT_ONCE && take_change(tracer))
			taken++;
		if (!tracer->tasks.count)
			continue;
		if (taken < STOPS_AT_ONCE)
			engine_signals_wait(&tracer->signals);
		if (take_signals(tracer))
			return leave(tracer);
	}
	return ENGINE_ENDED;
}

static void forget(void *context, struct tracer_task *task)
{
	tracer_tasks_remove(context, task);
}

void tracer_close(struct tracer *tracer)
{
	tracer_tasks_each(&tracer->tasks, forget, &tracer->tasks);
}
