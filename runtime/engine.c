#include "engine.h"

#include <string.h>

const struct engine engines[] = {
	{"notify", "a seccomp filter answers what registers prove; the rest is held and judged",
	 ENGINE_ANSWERS, engine_notify_run},
	{"trace", "the same filter, and a tracer where such calls cannot be held",
	 ENGINE_SHOWS_RETURNS | ENGINE_TRACES, engine_trace_run},
	{"ptrace", "a tracer stops every call, which is slow; what -p uses",
	 ENGINE_ATTACHES | ENGINE_SEES_REFUSED | ENGINE_SEES_ALL | ENGINE_SHOWS_RETURNS |
		 ENGINE_TRACES,
	 engine_ptrace_run},
	{"bpf", "eBPF programs; this build does not have it", 0, NULL},
	{NULL, NULL, 0, NULL},
};

const struct engine *engine_find(const char *name)
{
	for (const struct engine *engine = engines; engine->name; engine++)
		if (strcmp(name, engine->name) == 0)
			return engine;
	return NULL;
}

const struct engine *engine_next(const struct engine *after, unsigned traits)
{
	for (const struct engine *engine = after ? after + 1 : engines; engine->name; engine++)
		if (engine->run && (engine->traits & traits) == traits)
			return engine;
	return NULL;
}
