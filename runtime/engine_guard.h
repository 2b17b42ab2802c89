/*
 * engine_guard: what happens to the program when the supervisor leaves. Calls that its filter
 * holds would then fail with ENOSYS, and the program would go on in a world that does not
 * exist. The guard is a small process that has the listener too (with a tracer, there is none).
 * When the supervisor is gone without a word, it kills the program, its descendants, and
 * whoever makes another call that would have been judged.
 */
#ifndef SCML_ENGINE_GUARD_H
#define SCML_ENGINE_GUARD_H

#include <sys/types.h>

#include "tracee.h"

struct engine_guard {
	pid_t pid;
	int leash; /* the guard kills when this end closes without a word */
};

/** Start the guard of TRACEE. @return 0 or an errno */
int engine_guard_start(const struct tracee *tracee, struct engine_guard *guard);

/** End it: nobody is left who could make a call. It is not waited for. */
void engine_guard_dismiss(struct engine_guard *guard);

/** Leave it behind to let every call happen that still comes; it ends with the last caller. */
void engine_guard_leave(struct engine_guard *guard);

#endif
