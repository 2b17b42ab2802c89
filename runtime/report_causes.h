/* report_causes: the distinct causes of a report with how often each was seen. */
#ifndef SCML_REPORT_CAUSES_H
#define SCML_REPORT_CAUSES_H

#include <stdint.h>

#include "arena.h"
#include "report.h"

enum {
	REPORT_MAX_CAUSES = 65536, /* beyond it, causes of one call are counted as one */
};

struct report_cause {
	enum report_kind kind;
	const char *name; /* of the call */
	const char *text;
	const char *file; /* NULL: none */
	uint32_t line;
	uint64_t count;
};

struct report_causes;

/** No causes yet, in ARENA. */
struct report_causes *report_causes_new(struct arena *arena);

/** Count the cause of CALL, which was seen COUNT times. */
void report_causes_count(struct report_causes *causes, const struct report_call *call,
			 uint64_t count);

/** Run VISIT for each cause: by kind, then the most frequent first, then by name and text. */
void report_causes_each(const struct report_causes *causes,
			void (*visit)(void *context, const struct report_cause *cause),
			void *context);

#endif
