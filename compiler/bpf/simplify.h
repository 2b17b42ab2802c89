/* simplify: leave out tests whose outcome earlier ones on the same way have settled. */
#ifndef SCML_BPF_SIMPLIFY_H
#define SCML_BPF_SIMPLIFY_H

#include "bpf/graph.h"

/**
 * A node that decides as ROOT does and takes no more instructions; ROOT itself where there is
 * nothing to gain or the search would take too long.
 */
bpf_node bpf_simplify(struct bpf_graph *graph, bpf_node root);

#endif
