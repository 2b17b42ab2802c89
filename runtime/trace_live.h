/* trace_live: judge the calls of a program while it runs. */
#ifndef SCML_TRACE_LIVE_H
#define SCML_TRACE_LIVE_H

#include "arena.h"
#include "engine.h"
#include "judge.h"
#include "rules.h"

struct trace_live {
	const struct judge *judge;   /* what it says of visibility is made good */
	const struct engine *engine; /* NULL: the first that works */
	const struct rules *rules;   /* those of the judge's table */
	bool holds_all;		     /* no filter: every call is judged, as --all needs it */
	char *const *argv;	     /* ended by NULL; NULL: attach to PID */
	pid_t pid;
};

/**
 * Run LIVE->argv to its end, and add what it does to the judge's report. RESULT tells how that
 * went; ARENA is for scratch. @return the engine that ran it, or the last that was tried
 */
const struct engine *trace_live(const struct trace_live *live, struct arena *arena,
				struct engine_result *result);

#endif
