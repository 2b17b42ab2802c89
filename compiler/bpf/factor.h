/* factor: the tests of a call, word after word instead of rule after rule. */
#ifndef SCML_BPF_FACTOR_H
#define SCML_BPF_FACTOR_H

#include "bpf/graph.h"
#include "bpf/select.h"
#include "bpf/usual.h"

/** A call's tests as the rules have them. */
struct bpf_tests {
	const struct bpf_graph *graph;
	bpf_node root;
	uint32_t refusal; /* the action of calls that no rule matches */
	uint32_t weight;  /* what one more instruction for every such call costs */
	const struct bpf_usual *usual;
	size_t usual_count;
	bool is_big_endian;
};

/**
 * A node of SELECT's graph that decides as TESTS do, with words in the order that makes it
 * cheapest; its instructions are added to SELECT's price.
 */
bpf_node bpf_factor(struct bpf_select *select, const struct bpf_tests *tests);

#endif
