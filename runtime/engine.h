/*
 * engine: ways to watch the system calls of a program while it runs. An engine starts the
 * program, or attaches to one, and delivers its calls to a callback before they happen: those
 * that a classic BPF filter answers with SECCOMP_RET_USER_NOTIF, or all of them where the
 * engine uses no filter. A delivered call then goes on in the kernel as if nothing had
 * happened, unless the callback answers otherwise, and is delivered again when it has returned
 * if the callback asks for that.
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
	ENGINE_RETURN, /* it happens, and its return is delivered too */
	ENGINE_REFUSE, /* it fails with an errno; ENGINE_ANSWERS only */
	ENGINE_TRAP,   /* its thread has SIGSYS as from a filter, or the process ends as with
			  ENGINE_KILL where nobody would take that; ENGINE_ANSWERS only */
	ENGINE_KILL,   /* the process ends by SIGSYS, or by SIGKILL where it would survive that;
			  ENGINE_ANSWERS only */
};

struct engine_answer {
	enum engine_answer_kind kind;
	int error;  /* ENGINE_REFUSE; ENGINE_TRAP: what the handler finds as si_errno */
	void *keep; /* ENGINE_RETURN: for engine_return.keep */
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

/** What became of a call whose return was asked for. */
enum engine_fate {
	ENGINE_RETURNED,     /* the call has what it returned, the memory what was filled in */
	ENGINE_ENDED_WITHIN, /* its thread ended before it returned */
	ENGINE_UNSEEN,	     /* it goes on, but out of sight: another tracer has the thread */
	ENGINE_COMES_AGAIN,  /* it did not happen yet, and is going to be delivered anew */
};

/** The end of a call; alive as long as the callback runs. */
struct engine_return {
	struct scml_call call;
	pid_t tid;
	enum engine_fate fate;
	const struct scml_memory *memory; /* NULL unless ENGINE_RETURNED, or where another
					     program has taken its place */
	void *keep;			  /* the callback's own */
};

/** Takes the end of one call for which ENGINE_RETURN was answered; each gets one. */
typedef void engine_return_fn(void *context, const struct engine_return *end);

/** What to run or to attach to, and how to watch it. */
struct engine_run {
	char *const *argv; /* ended by NULL; argv[0] is searched for in PATH */
	pid_t pid;	   /* ENGINE_ATTACHES: where ARGV is NULL, this process */
	const struct sock_filter *filter; /* SECCOMP_RET_USER_NOTIF for what to deliver */
	size_t filter_count;
	engine_call_fn *on_call;
	engine_return_fn *on_return; /* NULL: ENGINE_RETURN is never answered */
	void *context;
};

/** Where a run got to. */
enum engine_end {
	ENGINE_ENDED,	 /* the program and all that it started have ended */
	ENGINE_DETACHED, /* a signal said not to wait any longer: what is left goes on */
	ENGINE_CUT,	 /* … what is left was killed: it could not go on without a watcher */
	ENGINE_NO_PROGRAM, /* it was not found or could not be executed */
	ENGINE_FAILED,	   /* the engine does not work here, or broke */
};

struct engine_result {
	enum engine_end end;
	int error;	    /* ENGINE_NO_PROGRAM, ENGINE_FAILED: an errno … */
	const char *step;   /* … and what was being done, as in "cannot STEP" */
	bool has_started;   /* the program has run: another engine would run it again */
	int status;	    /* of the program, as from waitpid(); 0 where it was attached to */
	uint64_t calls;	    /* delivered */
	uint64_t withdrawn; /* their thread was gone before they could be answered */
	uint64_t interrupted;  /* a signal came before they were seen: the kernel restarts them
				  or has them fail with EINTR, it does not execute them;
				  known from calls that were seen after them */
	bool has_no_new_privs; /* had to be set: set-uid programs ran without their privileges
				*/
	bool may_repeat;       /* a call that a signal interrupts may be delivered twice */
};

/** What an engine can do. */
enum engine_trait {
	ENGINE_ANSWERS = 1,	   /* calls can be refused */
	ENGINE_ATTACHES = 2,	   /* to a process that runs already */
	ENGINE_SEES_REFUSED = 4,   /* calls that the program's own filters refuse, too */
	ENGINE_SEES_ALL = 8,	   /* there is no filter: every call is delivered */
	ENGINE_SHOWS_RETURNS = 16, /* a return costs little beside the call's delivery */
	ENGINE_TRACES = 32, /* it is the tracer of every thread, and nobody else can be */
};

struct engine {
	const char *name; /* `--engine NAME` */
	const char *help;
	unsigned traits; /* of enum engine_trait */
	/** NULL: this build has no such engine. */
	void (*run)(const struct engine_run *run, struct engine_result *result);
};

/** The engines, in the order in which they are tried, ended by a row whose name is NULL. */
extern const struct engine engines[];

/** The engine called NAME, or NULL. "auto" is none: it is the first that works. */
const struct engine *engine_find(const char *name);

/** The first engine after AFTER (NULL: of all) that this build has and that has TRAITS. */
const struct engine *engine_next(const struct engine *after, unsigned traits);

/** SECCOMP_RET_USER_NOTIF for what the filter does not allow. */
void engine_notify_run(const struct engine_run *run, struct engine_result *result);

/** SECCOMP_RET_TRACE and a tracer on every thread. */
void engine_trace_run(const struct engine_run *run, struct engine_result *result);

/** A tracer on every thread that stops each call; also attaches. */
void engine_ptrace_run(const struct engine_run *run, struct engine_result *result);

#endif
