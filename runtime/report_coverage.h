/* report_coverage: how often each rule of a table was used. */
#ifndef SCML_REPORT_COVERAGE_H
#define SCML_REPORT_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "report.h"

struct report_rule {
	const char *name; /* of the call */
	const char *file;
	uint32_t line;
	uint32_t column; /* 0: not known */
	bool shares_line;
	uint64_t count; /* calls that it supports */
	uint64_t open;	/* calls of which it could not be said */
};

struct report_rule_file {
	const char *file;
	uint64_t rules;
	uint64_t used;
};

struct report_coverage;

/** Nothing was used yet of the rules of TABLE, which stays the caller's (NULL: no rules yet).
 */
struct report_coverage *report_coverage_new(struct arena *arena,
					    const struct scml_table *table);

/** CALL, which happened COUNT times, used its rule. */
void report_coverage_count(struct report_coverage *coverage, const struct report_call *call,
			   uint64_t count);

/** Add RULE as another report has it. Strings are copied. */
void report_coverage_add(struct report_coverage *coverage, const struct report_rule *rule);

/** Run ON_FILE for each file by name, and ON_RULE for each of its rules by line. */
void report_coverage_each(const struct report_coverage *coverage,
			  void (*on_file)(void *context, const struct report_rule_file *file),
			  void (*on_rule)(void *context, const struct report_rule *rule),
			  void *context);

/** All files together. */
struct report_rule_file report_coverage_total(const struct report_coverage *coverage);

#endif
