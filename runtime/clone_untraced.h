/*
 * clone_untraced: CLONE_UNTRACED makes a child that its parent's tracer does not get. A tracer
 * takes the flag away for as long as the call lasts.
 */
#ifndef SCML_CLONE_UNTRACED_H
#define SCML_CLONE_UNTRACED_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "scml.h"

enum { CLONE_UNTRACED_MAX_PROLOGUE = 16 }; /* instructions */

/** Does CALL, in which TID has stopped, have the flag? */
bool clone_untraced_asked(pid_t tid, const struct scml_call *call);

/** Take the flag of CALL away, in which TID has stopped. */
void clone_untraced_hide(pid_t tid, const struct scml_call *call);

/** Put it back where TID, stopped behind CALL or born by it, expects it. */
void clone_untraced_restore(pid_t tid, const struct scml_call *call);

/**
 * Instructions that answer ACTION for calls that may have the flag and let every other one run
 * into the filter that is to be put behind them.
 * @return their number
 */
size_t clone_untraced_prologue(struct sock_filter *prologue, uint32_t action);

#endif
