/* layout: from a decision graph to a program. */
#ifndef SCML_BPF_LAYOUT_H
#define SCML_BPF_LAYOUT_H

#include "arena.h"
#include "bpf/graph.h"
#include "bpf/program.h"

/**
 * A node is written as up to three instructions, and each may be where a jump enters: who comes
 * from a test of the same word need not load it again.
 */
enum bpf_entry { BPF_ENTER_LOAD, BPF_ENTER_AND, BPF_ENTER_TEST, BPF_ENTRIES };

/** Where to enter TO when FROM's word, masked as FROM tests it, is loaded. */
enum bpf_entry bpf_entry_from(const struct bpf_decision *from, const struct bpf_decision *to);

/** The program, in ARENA, that starts at ROOT; it may be longer than BPF_MAX_LENGTH. */
struct bpf_code bpf_layout(const struct bpf_graph *graph, bpf_node root, struct arena *arena);

#endif
