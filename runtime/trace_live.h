/* trace_live: judge the calls of a program while it runs. */
#ifndef SCML_TRACE_LIVE_H
#define SCML_TRACE_LIVE_H

#include "arena.h"
#include "engine.h"
#include "judge.h"
#include "rules.h"

struct trace_live {
	const struct judge *judge;
	const struct engine *engine;
	const struct rules *rules; /* those of the judge's table */
	bool holds_all;		   /* no filter: every call is judged, as --all needs it */
	char *const *argv;	   /* ended by NULL */
};

/**
 * Run LIVE->argv to its end, and add what it does to the judge's report. RESULT tells how that
 * went; ARENA is for scratch.
 */
void trace_live(const struct trace_live *live, struct arena *arena,
		struct engine_result *result);

#endif
