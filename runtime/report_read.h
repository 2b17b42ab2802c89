/*
 * report_read: JSON reports, one object a line, in whatever order they come. A line that is no
 * part of a report is an error with its place; reading goes on behind it.
 */
#ifndef SCML_REPORT_READ_H
#define SCML_REPORT_READ_H

#include <stdint.h>
#include <stdio.h>

#include "report.h"
#include "report_causes.h"
#include "report_coverage.h"

enum {
	REPORT_MAX_LINE = 1 << 20, /* bytes */
	REPORT_SHOWN_ERRORS = 20,  /* of one file; the others are only counted */
	REPORT_VERSION = 1,	   /* of the summary */
};

/** The line that ends a report. */
struct report_sums {
	uint64_t counts[REPORT_KINDS];
	uint64_t left_out, losses, lost, withdrawn, interrupted;
};

/** Who takes what adds up. Strings live as long as the call. */
struct report_reader {
	void (*cause)(void *context, const struct report_cause *cause);
	void (*need)(void *context, const struct report_cause *need);
	void (*rule)(void *context, const struct report_rule *rule);
	void (*sums)(void *context, const struct report_sums *sums);
	void *context;
	FILE *errors; /* where they are written: FILE:LINE:COLUMN: error: … */
};

/**
 * Read IN, which is called NAME, to its end. A file without a summary is an error too: it was
 * cut. @return how many errors there were
 */
uint64_t report_read(const struct report_reader *reader, FILE *in, const char *name);

#endif
