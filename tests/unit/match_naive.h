/*
 * match_naive: what the matcher has to say, worked out without it: byte by byte, without short
 * cuts.
 */
#ifndef SCML_MATCH_NAIVE_H
#define SCML_MATCH_NAIVE_H

#include "match_world.h"

struct naive {
	const struct world *w;
	const struct scml_call *call;
	uint64_t *evaluations;
};

/* The verdict; the nearest or deciding rule and its first condition that tells to *REASON. */
enum scml_verdict naive_match(const struct naive *n, struct scml_reason *reason);

#endif
