/*
 * strace_pending: what is to be remembered of each process of a log: the call that it is in,
 * and whether it calls the kernel by another table.
 */
#ifndef SCML_STRACE_PENDING_H
#define SCML_STRACE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "strace_calls.h"
#include "strace_line.h"

/** One process. Its TEXT, without the NUL of a string, is empty where it is in no call. */
struct strace_process {
	uint32_t pid;
	bool is_foreign;
	uint64_t line;			/* on which the call began */
	const struct strace_call *call; /* the one of that name, or NULL */
	size_t name_len;		/* of the call, at the start of TEXT */
	char *text;
	size_t len, capacity;
	uint32_t next; /* in its hash chain or the free list */
};

struct strace_pending;

/** No process yet; NULL when memory runs out. */
struct strace_pending *strace_pending_new(void);

void strace_pending_free(struct strace_pending *pending);

/** The process with that number, or NULL. */
struct strace_process *strace_pending_find(struct strace_pending *pending, uint32_t pid);

/** The same, made where it is not there; NULL: there are too many already. */
struct strace_process *strace_pending_make(struct strace_pending *pending, uint32_t pid);

/**
 * The only process that is in CALL, whose name is NAME; NULL: none, or several. Of calls that
 * have only a name (CALL is NULL) no two may be open, whatever they are called.
 */
struct strace_process *strace_pending_only(struct strace_pending *pending,
					   const struct strace_call *call,
					   struct strace_text name);

/**
 * Put TEXT behind what PROCESS remembers; where that is nothing yet, it begins the call that
 * PROCESS says. False: there is no room, and it was forgotten. */
bool strace_pending_append(struct strace_pending *pending, struct strace_process *process,
			   struct strace_text text);

/** PROCESS is in no call; what need not be remembered about it is forgotten. */
void strace_pending_drop(struct strace_pending *pending, struct strace_process *process);

/** Call VISIT with each process that is in a call, the earliest first. It may drop it. */
void strace_pending_each(struct strace_pending *pending,
			 void (*visit)(void *context, struct strace_process *process),
			 void *context);

#endif
