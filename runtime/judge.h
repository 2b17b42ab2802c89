/*
 * judge: one call, seen alive or read from a log, becomes a verdict with its reason in a
 * report.
 */
#ifndef SCML_JUDGE_H
#define SCML_JUDGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "abi.h"
#include "report.h"
#include "scml.h"
#include "visibility.h"

/** What calls are judged by. */
struct judge {
	const struct abi_db *db;
	unsigned arch; /* index into db->archs, the table's */
	const struct scml_table *table;
	bool only_listed; /* calls without rules are none of our business */
	struct visibility visibility;
	struct report *report;
};

/** One call to be judged. */
struct judge_case {
	const struct scml_call *call;
	const struct scml_memory *memory; /* NULL: cannot be seen */
	pid_t tid;			  /* 0: not known */
	uint64_t log_line;		  /* from 1; 0: it was seen alive */
	const char *name;		  /* of the call; NULL: that of its number */
	const char *text; /* the call in strace's form; NULL: to be made from what is known */
	/** Asked once everything was read: is it still true? NULL: it is. */
	bool (*holds)(const void *context);
	const void *context;
};

/** Judge a call and add it to the report. False where it no longer held and was left out. */
bool judge_call(const struct judge *judge, const struct judge_case *subject);

#endif
