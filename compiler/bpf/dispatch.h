/* dispatch: from the number of a call to where it is decided. */
#ifndef SCML_BPF_DISPATCH_H
#define SCML_BPF_DISPATCH_H

#include <stdbool.h>

#include "bpf/graph.h"
#include "bpf/weight.h"

/** Where numbers lead. */
struct bpf_dispatch {
	struct bpf_numbers numbers;
	const bpf_node *targets; /* of each number */
	bpf_node beyond;	 /* of all greater ones */
	const struct bpf_profile *profile;
	bool is_small;
};

/**
 * The node that leads numbers to their targets. A profile is believed as far as the filter
 * stays about as fast as the one without it for programs in general. ARENA: for working memory.
 */
bpf_node bpf_dispatch(struct bpf_graph *graph, struct arena *arena,
		      const struct bpf_dispatch *dispatch);

#endif
