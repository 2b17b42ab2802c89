/* plan: the best tree of comparisons for a few ranges of numbers. */
#ifndef SCML_BPF_PLAN_H
#define SCML_BPF_PLAN_H

#include "bpf/ranges.h"

enum { BPF_PLAN_MAX = 160 }; /* ranges */

/**
 * The lightest tree for COUNT ranges, from 2 to BPF_PLAN_MAX, as bpf_ranges_tree() has them.
 * Neighbours with one target may be apart, so that a lone number can be taken out.
 */
bpf_node bpf_plan_tree(struct bpf_graph *graph, struct bpf_word word,
		       const struct bpf_range *ranges, size_t count, struct arena *arena);

#endif
