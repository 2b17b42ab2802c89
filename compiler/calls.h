/*
 * calls: system calls as people write them for `scmlc eval` and `scmlc sim`, one a line:
 * `[ARCH:]NAME-or-NR [ARG0 … ARG5]`, arguments in register order, missing ones 0, `#` comments.
 */
#ifndef SCML_CALLS_H
#define SCML_CALLS_H

#include <stdio.h>

#include "abi.h"
#include "diag.h"
#include "scml.h"

enum { CALLS_MAX_LINE = 4096 };

/** A reader of calls from a stream. */
struct calls {
	FILE *stream;
	const char *name; /* of the stream, for messages */
	const struct abi_db *db;
	unsigned default_arch;
	unsigned long line;
	size_t errors; /* lines that could not be read; each was reported on standard error */
};

/**
 * The next call, to *CALL; *ARCH is the index of its architecture. False at the end. Lines that
 * are wrong are reported to standard error with file, line and column, counted and passed over.
 */
bool calls_next(struct calls *calls, struct scml_call *call, unsigned *arch);

#endif
