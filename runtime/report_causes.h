/*
 * report_causes: things that a report counts, told apart by what they are about: causes with
 * how often each was seen; rules of other reports; what would have to be added.
 */
#ifndef SCML_REPORT_CAUSES_H
#define SCML_REPORT_CAUSES_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "report.h"
#include "vec.h"

enum {
	REPORT_MAX_CAUSES = 65536, /* beyond it, causes of one call are counted as one */
};

/** Calls that failed with one errno. */
struct report_errno {
	int error;
	uint64_t count;
};

struct report_cause {
	enum report_kind kind;
	const char *name;  /* of the call */
	const char *param; /* NULL: it is about no parameter */
	const char *what;  /* found there; NULL: nothing that has a name */
	const char *text;  /* the cause in words */
	const char *file;  /* of the nearest rule; NULL: none */
	uint32_t line;
	uint32_t column; /* of a rule; 0: not known */
	/* What is added up: */
	uint64_t count;
	uint64_t open; /* of a rule: calls of which it could not be said */
	VEC(struct report_errno) errnos;
	/* Of the first call; it does not add up: */
	uint64_t log_line; /* 0: seen alive, or not known */
	pid_t tid;
	const char *example; /* in strace's form; NULL: not known */
};

struct report_causes;

/** No causes yet, in ARENA; at most LIMIT are told apart. */
struct report_causes *report_causes_new(struct arena *arena, size_t limit);

/** Count the cause of CALL, which was seen COUNT times. */
void report_causes_count(struct report_causes *causes, const struct report_call *call,
			 uint64_t count);

/** Add CAUSE with all its counts. Strings are copied. */
void report_causes_add(struct report_causes *causes, const struct report_cause *cause);

/** All of them, sorted by COMPARE, in the arena; *COUNT of them. */
struct report_cause *report_causes_sorted(const struct report_causes *causes,
					  int (*compare)(const void *, const void *),
					  size_t *count);

/** Run VISIT for each cause: by kind, then the most frequent first, then by name and text. */
void report_causes_each(const struct report_causes *causes,
			void (*visit)(void *context, const struct report_cause *cause),
			void *context);

/** Order two strings; NULL comes first. */
int report_text_order(const char *a, const char *b);

#endif
