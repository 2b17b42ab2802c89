/* weight: what it matters that the calls of each number are answered soon. */
#ifndef SCML_BPF_WEIGHT_H
#define SCML_BPF_WEIGHT_H

#include <stdint.h>

#include "arena.h"
#include "bpf/profile.h"
#include "rules.h"

/** How the calls of a number end. */
enum bpf_end {
	BPF_END_REFUSED, /* whatever their arguments are */
	BPF_END_ALLOWED, /* likewise */
	BPF_END_TESTED,
};

/** The numbers of one architecture, from 0 on. */
struct bpf_numbers {
	const struct rules *rules;
	const enum bpf_end *ends;
	uint32_t count;
};

/**
 * What each of NUMBERS matters: shares of 1, an array in ARENA. PROFILE, or NULL, is believed
 * TRUST of BPF_TRUST_ALL; the rest is what programs do in general.
 */
const double *bpf_weigh_numbers(struct arena *arena, const struct bpf_numbers *numbers,
				const struct bpf_profile *profile, uint32_t trust);

/** How often programs in general make the calls of each of NUMBERS, whoever answers them:
 * shares of 1, an array in ARENA. */
const double *bpf_usual_numbers(struct arena *arena, const struct bpf_numbers *numbers);

#endif
