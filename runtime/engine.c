#include "engine.h"

#include <string.h>

const struct engine engines[] = {
	{"notify", "a seccomp filter answers what registers prove; the rest is held and judged",
	 engine_notify_run},
	{NULL, NULL, NULL},
};

const struct engine *engine_find(const char *name)
{
	if (strcmp(name, "auto") == 0)
		return &engines[0];
	for (const struct engine *engine = engines; engine->name; engine++)
		if (strcmp(name, engine->name) == 0)
			return engine;
	return NULL;
}
