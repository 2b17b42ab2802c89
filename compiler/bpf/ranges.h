/* ranges: from "these numbers lead here, those there" to a tree of comparisons. */
#ifndef SCML_BPF_RANGES_H
#define SCML_BPF_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/graph.h"

/** The numbers from FIRST up to the next range lead to TARGET. */
struct bpf_range {
	uint32_t first;
	bpf_node target;
	uint32_t weight; /* how much it matters that they are found fast; at least 1 */
};

/** A word of struct seccomp_data under a mask. */
struct bpf_word {
	uint32_t offset;
	uint32_t mask;
};

/**
 * A tree that leads (word & mask) to the target of its range. RANGES are sorted, the first
 * begins at 0; neighbours with one target are merged.
 */
bpf_node bpf_ranges_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_range *ranges, size_t count);

/** A number that leads somewhere of its own. */
struct bpf_point {
	uint32_t value;
	bpf_node target;
};

/** The same for POINTS, sorted and distinct; every other number leads to REST. */
bpf_node bpf_points_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_point *points, size_t count, bpf_node rest);

#endif
