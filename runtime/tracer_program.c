#include "tracer_program.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine_guard.h"
#include "program_path.h"
#include "ptrace_call.h"
#include "tracee.h"
#include "tracer.h"

struct start {
	struct tracer tracer;
	struct tracee tracee;
	const char *path;
	bool has_begun; /* the program's execve() has been seen, or only it can be */
};

static void fail(struct engine_result *result, int error, const char *step)
{
	result->end = ENGINE_FAILED;
	result->error = error;
	result->step = step;
}

/* Our own code runs in the new process until its execve(), and again if that fails. */
static bool is_own(void *context, pid_t tid, const struct scml_call *call)
{
	struct start *start = context;

	if (tid != start->tracer.main)
		return false;
	if (!start->has_begun)
		start->has_begun = call->nr == SYS_execve &&
				   call->args[0] == (uint64_t)(uintptr_t)start->path;
	return !start->has_begun || tracee_exec_error(&start->tracee);
}

/* The first stop, in which nothing has happened yet; from then on the loop sees every call. */
static int stop_once(pid_t pid)
{
	struct ptrace_call ignored;
	int error = tracer_stop(pid), status;

	while (!error && waitpid(pid, &status, __WALL) < 0)
		error = errno == EINTR ? 0 : errno;
	/* A kernel that cannot tell the call of a stop had better say so now. */
	if (!error)
		error = ptrace_call_read(pid, &ignored);
	if (!error && ptrace(PTRACE_SYSCALL, pid, 0, 0))
		error = errno;
	return error;
}

static int on_start(void *context, pid_t pid)
{
	struct start *start = context;
	int error;

	start->tracer.main = pid;
	error = tracer_seize(&start->tracer, pid);
	return error ? error : stop_once(pid);
}

static void give_up(struct start *start, int error)
{
	kill(start->tracer.main, SIGKILL);
	while (waitpid(start->tracer.main, NULL, __WALL) < 0 && errno == EINTR)
		;
	fail(start->tracer.result, error, "watch the program");
}

static void watch(struct start *start)
{
	struct engine_result *result = start->tracer.result;
	struct engine_guard guard;
	int error = engine_guard_start(&start->tracee, &guard);

	if (error) {
		give_up(start, error);
		return;
	}
	result->end = tracer_loop(&start->tracer);
	engine_guard_dismiss(&guard);
	result->has_started = start->has_begun && !tracee_filter_error(&start->tracee);
	result->has_no_new_privs = tracee_has_no_new_privs(&start->tracee);
	result->may_repeat = false;
	error = tracee_exec_error(&start->tracee);
	if (tracee_filter_error(&start->tracee)) {
		fail(result, tracee_filter_error(&start->tracee),
		     "put a filter that asks a tracer on the program");
	} else if (error) {
		result->end = ENGINE_NO_PROGRAM;
		result->error = error;
		result->step = "execute the program";
	}
}

void tracer_program_run(const struct engine_run *run, const struct sock_filter *filter,
			size_t count, struct engine_result *result)
{
	char path[PATH_MAX];
	struct start start = {
		.tracer = {.run = run,
			   .result = result,
			   .stops_each_call = count == 0,
			   .is_own = is_own,
			   .own_context = &start},
		.path = path,
		.has_begun = count > 0,
	};
	struct tracee_start program = {
		.path = path,
		.argv = run->argv,
		.filter = filter,
		.filter_count = count,
		.signals = &start.tracer.signals.before,
		.on_start = on_start,
		.context = &start,
	};
	const char *step = "find the program";
	int error = program_path(run->argv[0], path, sizeof(path));

	*result =
		(struct engine_result){.end = ENGINE_NO_PROGRAM, .error = error, .step = step};
	if (error)
		return;
	error = engine_signals_take(&start.tracer.signals);
	if (error) {
		fail(result, error, "receive signals");
		return;
	}
	error = tracee_start(&program, &start.tracee, &step);
	if (error) {
		fail(result, error, step);
	} else {
		watch(&start);
		tracee_close(&start.tracee);
	}
	tracer_close(&start.tracer);
	engine_signals_give_back(&start.tracer.signals);
}
