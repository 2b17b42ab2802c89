/* run_filter: a filter, and the same filter as one under which refusals are seen. */
#ifndef SCML_RUN_FILTER_H
#define SCML_RUN_FILTER_H

#include <stdbool.h>

#include "run_options.h"

/** What a program is run under. */
struct run_filter {
	struct bpf_code code;
	const struct scml_table *table; /* of the rules; NULL: a raw filter was given */
};

/**
 * Compile or read the inputs of OPTIONS to *FILTER. RUN_DONE, or a status after messages on
 * standard error.
 */
int run_filter_make(const struct run_options *options, struct run_filter *filter);

/**
 * CODE with notifications in the place of what a supervisor can answer as the kernel would:
 * errors, kills, and notifications that nobody receives. In ARENA. No items where an answer is
 * not known beforehand (`return A`).
 */
struct bpf_code run_filter_watched(struct arena *arena, const struct bpf_code *code);

#endif
