/*
 * judge: one call, seen alive or read from a log, becomes a verdict with its reason in a
 * report.
 */
#ifndef SCML_JUDGE_H
#define SCML_JUDGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "abi.h"
#include "cause.h"
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

/** The verdict and its reason to ENTRY; TEXT keeps the words. */
void judge_describe(const struct judge *judge, const struct judge_case *subject,
		    struct cause_text *text, struct report_call *entry);

/** Judge a call and add it to the report. False where it no longer held and was left out. */
bool judge_call(const struct judge *judge, const struct judge_case *subject);

/** What is known of a call that has not returned yet. */
struct judge_found;

/**
 * Judge a call that is about to happen. Where its return has to be known, or IS_CHEAP to get
 * and of use, nothing is added to the report yet: judge_end() or judge_forget() is to be called
 * with the answer. NULL: the call is done with.
 */
struct judge_found *judge_begin(const struct judge *judge, const struct judge_case *subject,
				bool is_cheap);

/**
 * Add the call to the report; FOUND is freed. SUBJECT is the same call when it has returned,
 * without memory where that is another program's by then; NULL: it never returned, or nobody
 * saw it.
 */
void judge_end(const struct judge *judge, struct judge_found *found,
	       const struct judge_case *subject);

/** Free FOUND: the call does not happen now. */
void judge_forget(struct judge_found *found);

#endif
