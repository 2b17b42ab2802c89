/*
 * report_needs: what would have to be added to rules so that they support the calls that they
 * do not: constants, each with the rule that comes nearest and the place where it is missing.
 */
#ifndef SCML_REPORT_NEEDS_H
#define SCML_REPORT_NEEDS_H

#include <stdint.h>

#include "abi.h"
#include "arena.h"
#include "report.h"
#include "report_causes.h"

/** The rules, and what calls are read by. */
struct report_needs_of {
	const struct scml_table *table;
	const struct abi_db *db;
	unsigned arch; /* index into db->archs, the table's */
};

struct report_needs;

/** Nothing is needed yet. OF stays the caller's; NULL where needs are only added. */
struct report_needs *report_needs_new(struct arena *arena, const struct report_needs_of *of);

/**
 * Add what CALL, which happened COUNT times, lacks: a row for every constant. A call without
 * rules needs its name (a row without PARAM) and the constants of all its parameters. Where no
 * constant helps (memory that cannot be read), WHAT is NULL.
 */
void report_needs_count(struct report_needs *needs, const struct report_call *call,
			uint64_t count);

/** Add NEED as another report has it. Strings are copied. */
void report_needs_add(struct report_needs *needs, const struct report_cause *need);

/** Run VISIT for each need: by call, rule, place and constant. Kind and text say nothing. */
void report_needs_each(const struct report_needs *needs,
		       void (*visit)(void *context, const struct report_cause *need),
		       void *context);

#endif
