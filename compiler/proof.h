/* proof: a call that two filters, or a filter and rules, answer differently, in words. */
#ifndef SCML_PROOF_H
#define SCML_PROOF_H

#include "bpf/verify.h"
#include "compile.h"

enum { PROOF_MAX_LISTED = 20 }; /* differences that are printed */

/**
 * The call of DIFFERENCE as `scmlc sim` reads it, `ARCH:NAME ARG…`, in ARENA; NULL where it
 * cannot be written so (an architecture that DB does not know).
 */
const char *proof_call(struct arena *arena, const struct abi_db *db,
		       const struct bpf_difference *difference);

/**
 * Which rule of COMPILATION decides the call of DIFFERENCE, or why none does: `FILE:LINE
 * supports it`. In its arena.
 */
const char *proof_reason(const struct compilation *compilation,
			 const struct bpf_difference *difference);

/** What cannot be decided about a filter, in ARENA. */
const char *proof_unclear(struct arena *arena, const struct bpf_fault *unclear);

#endif
