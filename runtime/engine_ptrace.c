#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "tracer.h"
#include "tracer_program.h"

enum { STATUS_LINE = 256 };

static void fail(struct engine_result *result, int error, const char *step)
{
	result->end = ENGINE_FAILED;
	result->error = error;
	result->step = step;
}

/* The tracer of thread TID, 0 where it has none. */
static pid_t tracer_of(pid_t tid)
{
	static const char key[] = "TracerPid:";
	char line[STATUS_LINE];
	long tracer = 0;
	FILE *file;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)tid);
	file = fopen(line, "re");
	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, sizeof(key) - 1) == 0)
			tracer = strtol(line + sizeof(key) - 1, NULL, 10);
	if (file)
		fclose(file);
	return (pid_t)tracer;
}

/* A thread that was born by one that we have is ours already; one that has ended is none. */
static int seize_thread(struct tracer *tracer, pid_t tid, bool *is_new)
{
	int error;

	*is_new = false;
	if (tracer_tasks_find(&tracer->tasks, tid) || tracer_of(tid) == getpid())
		return 0;
	error = tracer_seize(tracer, tid);
	if (error == ESRCH)
		return 0;
	if (error)
		return error;
	*is_new = true;
	error = tracer_stop(tid);
	return error == ESRCH ? 0 : error;
}

static int seize_new_threads(struct tracer *tracer, DIR *threads, bool *has_new)
{
	int error = 0;

	*has_new = false;
	for (struct dirent *entry; !error && (entry = readdir(threads));) {
		bool is_new;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		error = seize_thread(tracer, (pid_t)strtol(entry->d_name, NULL, 10), &is_new);
		*has_new |= is_new;
	}
	return error;
}

/* Threads may start others as long as not all are ours. */
static int seize_process(struct tracer *tracer, pid_t pid)
{
	bool has_new = true;
	char path[64];
	int error = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	while (!error && has_new) {
		DIR *threads = opendir(path);

		if (!threads)
			return tracer->tasks.count ? 0 : ESRCH;
		error = seize_new_threads(tracer, threads, &has_new);
		closedir(threads);
	}
	return error;
}

static void attach(struct tracer *tracer, struct engine_result *result)
{
	pid_t pid = tracer->run->pid;
	int error = seize_process(tracer, pid);

	if (error || !tracer->tasks.count) {
		/* Whatever is ours already is let go when we end. */
		fail(result, error ? error : ESRCH,
		     error == EPERM && tracer_of(pid)
			     ? "attach, beside another tracer, to process"
			     : "attach to process");
		return;
	}
	result->has_started = true;
	result->end = tracer_loop(tracer);
}

static void attach_run(const struct engine_run *run, struct engine_result *result)
{
	struct tracer tracer = {
		.run = run,
		.result = result,
		.stops_each_call = true,
		.is_attached = true,
		.main = run->pid,
	};
	int error = engine_signals_take(&tracer.signals);

	*result = (struct engine_result){.end = ENGINE_FAILED};
	if (error) {
		fail(result, error, "receive signals");
		return;
	}
	attach(&tracer, result);
	tracer_close(&tracer);
	engine_signals_give_back(&tracer.signals);
}

void engine_ptrace_run(const struct engine_run *run, struct engine_result *result)
{
	if (run->argv)
		tracer_program_run(run, NULL, 0, result);
	else
		attach_run(run, result);
}
