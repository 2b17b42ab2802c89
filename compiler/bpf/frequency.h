/* frequency: how often each call is made, and what that weighs in the order of tests. */
#ifndef SCML_BPF_FREQUENCY_H
#define SCML_BPF_FREQUENCY_H

#include <stdint.h>

#include "abi.h"
#include "arena.h"
#include "bpf/profile.h"

enum { BPF_TRUST_ALL = 256 }; /* trust in a profile that is believed altogether */

/** The frequencies of calls by their index, in no unit; no call has 0. */
struct bpf_frequencies {
	const uint32_t *calls;
	const uint32_t *refused; /* where they are always refused */
};

/**
 * The frequencies of DB's calls, in ARENA. PROFILE, or NULL, counts for TRUST of BPF_TRUST_ALL
 * of them; the rest is what programs do in general, since no profile sees all.
 */
struct bpf_frequencies bpf_frequencies(struct arena *arena, const struct abi_db *db,
				       const struct bpf_profile *profile, uint32_t trust);

#endif
