/*
 * verify: does a filter answer every call as it should? Not by trying calls: both sides are
 * brought into the canonical form of bdd.h and compared.
 */
#ifndef SCML_BPF_VERIFY_H
#define SCML_BPF_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/seccomp.h>

#include "bpf/bdd.h"
#include "bpf/check.h"
#include "bpf/codegen.h"
#include "bpf/program.h"
#include "rules.h"

enum { BPF_MAX_DIFFERENCES = 1000 };

/** Calls that two sides answer differently, in one way. */
struct bpf_difference {
	struct seccomp_data call; /* the smallest such call */
	uint32_t last_nr;	  /* the numbers up to this one differ in the same way */
	uint32_t is, wanted;	  /* the two answers */
};

struct bpf_differences {
	const struct bpf_difference *items; /* by architecture and number */
	size_t count;
	bool is_cut; /* there are more than are listed */
};

enum bpf_verdict {
	BPF_SAME,
	BPF_DIFFERENT,
	BPF_UNCLEAR, /* it cannot be found out within the limits */
};

struct bpf_proof {
	enum bpf_verdict verdict;
	struct bpf_differences differences;
	struct bpf_fault
		unclear; /* the instruction (SIZE_MAX: none, it is the rules), and why */
};

/**
 * Compare CODE, which must be good by bpf_check(), with what RULES of COUNT architectures and
 * OPTIONS ask for: over all values of all words of struct seccomp_data. What is found is in
 * ARENA.
 */
struct bpf_proof bpf_verify(struct arena *arena, const struct bpf_code *code,
			    const struct rules *const *rules, size_t count,
			    const struct bpf_options *options);

/**
 * Where the functions IS and WANTED differ. ARCHS are the COUNT values of the architecture that
 * are looked at number by number; all others count as one.
 */
struct bpf_differences bpf_compare(struct arena *arena, struct bdd *bdd, bdd_node is,
				   bdd_node wanted, const uint32_t *archs, size_t count);

#endif
