/*
 * engine: ways to watch the system calls of a program while it runs. An engine starts the
 * program with a classic BPF filter on it; calls that the filter answers with
 * SECCOMP_RET_ALLOW are not seen, every call that it answers with SECCOMP_RET_USER_NOTIF is
 * delivered to a callback and then goes on in the kernel as if nothing had happened, unless the
 * callback answers otherwise.
 *
 * A new engine is one row of the table in engine.c and one file.
 */
#ifndef SCML_ENGINE_H
#define SCML_ENGINE_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "scml.h"

/** What becomes of a call that was delivered. */
enum engine_answer_kind {
	ENGINE_GO_ON,  /* it happens, as if it had not been delivered */
	ENGINE_REFUSE, /* it fails with an errno */
	ENGINE_KILL, /* the process ends by SIGSYS, or by SIGKILL where it would survive that */
};

struct engine_answer {
	enum engine_answer_kind kind;
	int error; /* ENGINE_REFUSE */
};

/** One call that is about to happen; alive as long as the callback runs. */
struct engine_event {
	struct scml_call call;
	uint64_t instruction_pointer;
	struct engine_answer *answer;	  /* for the callback to set; ENGINE_GO_ON before */
	pid_t tid;			  /* the thread that makes it */
	const struct scml_memory *memory; /* its memory as it is now */
	bool (*still_waits)(
		const struct engine_event *event); /* engine_event_holds() asks it */
	const void *engine;
};

/**
 * Is the thread of EVENT still waiting in this very call? Ask after reading memory and before
 * believing what was read: a thread that was killed meanwhile may have left its number to
 * another one.
 */
static inline bool engine_event_holds(const struct engine_event *event)
{
	return event->still_waits(event);
}

/** Takes one call. The program's thread waits until this returns. */
typedef void engine_call_fn(void *context, const struct engine_event *event);

/** What to run, and how to watch it. */
struct engine_run {
	char *const *argv; /* ended by NULL; argv[0] is searched for in PATH */
	const struct sock_filter *filter;
	size_t filter_count;
	engine_call_fn *on_call;
	void *context;
};

/** Where a run got to. */
enum engine_end {
	ENGINE_ENDED,	 /* the program and all that it started have ended */
	ENGINE_DETACHED, /* the program has ended, and a signal said not to wait for the rest */
	ENGINE_NO_PROGRAM, /* it was not found or could not be executed */
	ENGINE_FAILED,	   /* the engine does not work here, or broke */
};

struct engine_result {
	enum engine_end end;
	int error;	       /* ENGINE_NO_PROGRAM, ENGINE_FAILED: an errno … */
	const char *step;      /* … and what was being done, as in "cannot STEP" */
	int status;	       /* of the program, as from waitpid() */
	uint64_t calls;	       /* delivered */
	uint64_t withdrawn;    /* their thread was gone before they could be answered */
	uint64_t interrupted;  /* a signal came before they were seen: the kernel restarts them
				  or has them fail with EINTR, it does not execute them */
	bool has_no_new_privs; /* had to be set: set-uid programs ran without their privileges
				*/
	bool may_repeat;       /* a call that a signal interrupts may be delivered twice */
};

struct engine {
	const char *name; /* `--engine NAME` */
	const char *help;
	void (*run)(const struct engine_run *run, struct engine_result *result);
};

/** The engines, best first, ended by a row whose name is NULL. */
extern const struct engine engines[];

/** The engine called NAME, the best one for "auto", or NULL. */
const struct engine *engine_find(const char *name);

/** SECCOMP_RET_USER_NOTIF for what the filter does not allow. */
void engine_notify_run(const struct engine_run *run, struct engine_result *result);

#endif
