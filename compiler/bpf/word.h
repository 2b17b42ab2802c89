/* word: tests of a register, which a filter sees as one or two 32-bit words, as decision
 * graphs. */
#ifndef SCML_BPF_WORD_H
#define SCML_BPF_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/graph.h"

/** Where a register lies in struct seccomp_data, and how much of it counts. */
struct bpf_register {
	uint32_t low, high; /* offsets of its halves */
	uint64_t mask;	    /* the bits of its width */
};

/** Register INDEX with WIDTH bits on an architecture with that order of bytes. */
struct bpf_register bpf_register_at(unsigned index, unsigned width, bool is_big_endian);

/** Is (register & MASK) one of the COUNT sorted VALUES? */
bpf_node bpf_word_in(struct bpf_graph *graph, struct bpf_register reg, uint64_t mask,
		     const uint64_t *values, size_t count, bpf_node yes, bpf_node no);

/** Is (register & MASK) the OR of some of the COUNT COMPOSITES and of bits of BITS? */
bpf_node bpf_word_bits(struct bpf_graph *graph, struct bpf_register reg, uint64_t mask,
		       uint64_t bits, const uint64_t *composites, size_t count, bpf_node yes,
		       bpf_node no);

#endif
