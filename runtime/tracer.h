/*
 * tracer: the loop of a supervisor that is the tracer (ptrace(2)) of every thread of a program.
 * Threads are seized, so that signals, stops and continues mean what they mean without it.
 */
#ifndef SCML_TRACER_H
#define SCML_TRACER_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine.h"
#include "engine_signals.h"
#include "tracer_tasks.h"

struct tracer {
	const struct engine_run *run;
	struct engine_result *result;
	struct engine_signals signals;
	struct tracer_tasks tasks;
	bool stops_each_call; /* there is no filter that stops the right ones */
	bool is_attached;     /* the program was there before us and may stay behind */
	pid_t main;	      /* the program */
	bool has_main_ended;
	bool is_leaving;
	bool has_kill;	 /* the last thread to end was killed: it may have left a child */
	unsigned hidden; /* tasks whose call was changed: new children wait */
	/** Is CALL of thread TID our own code's, before or after the program? NULL: never. */
	bool (*is_own)(void *context, pid_t tid, const struct scml_call *call);
	void *own_context;
};

/** Become the tracer of thread TID and count it in. @return 0 or an errno */
int tracer_seize(struct tracer *tracer, pid_t tid);

/** Have TID, which was seized, stop where it is; the loop lets it go on. @return 0 or an errno
 */
int tracer_stop(pid_t tid);

/** Deliver calls until nobody is left who could make one, or until a signal says so. */
enum engine_end tracer_loop(struct tracer *tracer);

/** Forget what the loop left. */
void tracer_close(struct tracer *tracer);

#endif
