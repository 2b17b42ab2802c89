/*
 * decide: tests of typed rules as decision graphs. A filter sees registers only, so a test has
 * three outcomes; each has a node that the graph leads to.
 */
#ifndef SCML_BPF_DECIDE_H
#define SCML_BPF_DECIDE_H

#include <stdbool.h>

#include "bpf/graph.h"
#include "rules.h"

/** CALL as one test, in ARENA: that any of its rules holds. */
const struct test *bpf_call_test(struct arena *arena, const struct rule_call *call);

/** Where a test leads. The three are leaves, or what is to be tested next. */
struct bpf_outcome {
	bpf_node yes;
	bpf_node open; /* only memory can tell */
	bpf_node no;
};

/** The graph that decides TEST on an architecture with that order of bytes. */
bpf_node bpf_decide(struct bpf_graph *graph, bool is_big_endian, const struct test *test,
		    struct bpf_outcome outcome);

/** Can TEST come out open? */
bool bpf_can_be_open(const struct test *test);

#endif
