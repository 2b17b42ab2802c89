/* caller_trap: send a thread the signal that a filter which traps would send it. */
#ifndef SCML_CALLER_TRAP_H
#define SCML_CALLER_TRAP_H

#include <stdbool.h>

#include "engine.h"
#include "notify.h"

/**
 * Trap the received call, which is EVENT: it does not happen, and its thread has SIGSYS with
 * what a handler is told by the kernel, DATA as si_errno. Where no handler would have it, or
 * where another tracer has the thread, the process ends as with caller_end(). That is so too
 * unless WAITS_KILLABLE: only then a signal finds the thread at the end of the call.
 * @return 0 or an errno: ENOENT when the thread is gone
 */
int caller_trap(struct notify *notify, const struct engine_event *event, int data,
		bool waits_killable);

#endif
