/* peek: the memory of another process, for scml_match() and the renderer. */
#ifndef SCML_PEEK_H
#define SCML_PEEK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "scml.h"

enum {
	PEEK_PAGE = 4096, /* what is read at once; no architecture has smaller pages */
	PEEK_PAGES = 4,	  /* kept: a call rarely points to more */
};

/**
 * A thread's memory as it is during one call. Pages are kept, so that the tests of one call see
 * one state; peek_reset() forgets them. Plain data: nothing has to be freed.
 */
struct peek {
	pid_t pid;
	bool is_denied; /* process_vm_readv() is not allowed here: /proc/PID/mem */
	unsigned count; /* pages that are kept */
	unsigned next;	/* the one to be replaced next */
	uint64_t addresses[PEEK_PAGES];
	unsigned char pages[PEEK_PAGES][PEEK_PAGE];
};

/** Look into process or thread PID. */
void peek_start(struct peek *peek, pid_t pid);

/** Forget what was read: the process has run since. */
void peek_reset(struct peek *peek);

/**
 * The memory as a callback on PEEK, which must outlive it. Where the process cannot read, a
 * fault (but /proc/PID/mem does read what mprotect() forbids the process); where it has ended
 * or may not be looked into, unknown.
 */
struct scml_memory peek_memory(struct peek *peek);

#endif
