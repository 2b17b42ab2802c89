/* layout: from a decision graph to a program. */
#ifndef SCML_BPF_LAYOUT_H
#define SCML_BPF_LAYOUT_H

#include "arena.h"
#include "bpf/graph.h"
#include "bpf/program.h"

/** The program, in ARENA, that starts at ROOT; it may be longer than BPF_MAX_LENGTH. */
struct bpf_code bpf_layout(const struct bpf_graph *graph, bpf_node root, struct arena *arena);

#endif
