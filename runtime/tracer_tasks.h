/* tracer_tasks: what a tracer remembers of each thread, found by its number. */
#ifndef SCML_TRACER_TASKS_H
#define SCML_TRACER_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "scml.h"

struct tracer_task {
	pid_t tid;
	bool wants_return; /* CALL's return is to be delivered, */
	void *keep;	   /* with this */
	struct scml_call call;
	bool has_new_image; /* CALL executed another program */
	bool hides_flag;    /* CALL was changed, so that its child does not escape */
	bool restores_flag; /* CALL, its parent's, was: the flag is put back in it too */
	bool is_waiting;    /* a new one, stopped until its parent has told of it */
	bool is_known;	    /* its parent has told of it, or it has been resumed */
	bool was_within;    /* a call, maybe, when it was stopped for the first time */
	struct tracer_task *next;
};

enum { TRACER_BUCKETS = 1024 };

struct tracer_tasks {
	struct tracer_task *buckets[TRACER_BUCKETS];
	size_t count;
};

/** The thread with number TID, or NULL. */
struct tracer_task *tracer_tasks_find(const struct tracer_tasks *tasks, pid_t tid);

/** The same; a new one if it was not there. NULL: no memory. */
struct tracer_task *tracer_tasks_add(struct tracer_tasks *tasks, pid_t tid);

/** Forget TASK. */
void tracer_tasks_remove(struct tracer_tasks *tasks, struct tracer_task *task);

/** Run VISIT for each; it may remove the one that it is given. */
void tracer_tasks_each(struct tracer_tasks *tasks,
		       void (*visit)(void *context, struct tracer_task *task), void *context);

#endif
