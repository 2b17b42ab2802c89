/* ranges: from "these numbers lead here, those there" to a tree of comparisons. */
#ifndef SCML_BPF_RANGES_H
#define SCML_BPF_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/graph.h"

enum { BPF_LENGTH = 1024 }; /* what one written instruction weighs */

/** The numbers from FIRST to LAST lead to TARGET. */
struct bpf_range {
	uint32_t first, last;
	bpf_node target;
	uint32_t weight; /* what it weighs that they pass one more instruction; may be 0 */
};

/** A word of struct seccomp_data under a mask. */
struct bpf_word {
	uint32_t offset;
	uint32_t mask;
};

/**
 * A tree that leads (word & mask) to the target of its range. RANGES are sorted and hold every
 * number that the word can be; neighbours with one target are merged. The tree is the lightest
 * of those that cut the numbers in two and take heavy or lone numbers out. ARENA is for working
 * memory.
 */
bpf_node bpf_ranges_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_range *ranges, size_t count, struct arena *arena);

/** A number that leads somewhere of its own. */
struct bpf_point {
	uint32_t value;
	bpf_node target;
};

/** The shortest tree for POINTS, sorted and distinct; every other number leads to REST. */
bpf_node bpf_points_tree(struct bpf_graph *graph, struct bpf_word word,
			 const struct bpf_point *points, size_t count, bpf_node rest);

#endif
