/*
 * return_watch: to see how a call returns whose thread a seccomp listener holds. A listener
 * sees beginnings only. So the thread gets a tracer for this one call: it is seized while it is
 * held, the call is answered with "begin again", which the kernel does without the program's
 * knowing, and on the second time the tracer is there for the return. Then the thread is let
 * go. No other call and no other thread pays for it.
 */
#ifndef SCML_RETURN_WATCH_H
#define SCML_RETURN_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine.h"
#include "notify.h"

struct return_watch_call;

struct return_watch {
	const struct engine_run *run;
	struct return_watch_call *calls; /* those that have not returned yet */
	pid_t main;			 /* the program, a child of ours */
	bool has_main_ended;		 /* and STATUS is what it came to */
	int status;
};

/**
 * Answer the received call, EVENT, so that its return is going to be delivered with KEEP. Where
 * that cannot be, it goes on, and the callback is told so.
 * @return as notify_continue()
 */
int return_watch_begin(struct return_watch *watch, struct notify *notify,
		       const struct engine_event *event, void *keep);

/** Has the received call, of thread TID, been delivered already? Then let it happen. */
bool return_watch_takes(struct return_watch *watch, struct notify *notify, pid_t tid);

/** Look after the threads, one of which may have changed its state. */
void return_watch_step(struct return_watch *watch);

/** Let all threads go: their returns are not going to be seen. */
void return_watch_close(struct return_watch *watch);

#endif
