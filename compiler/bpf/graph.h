/*
 * graph: a filter as a decision graph. A node tests one word of struct seccomp_data and has two
 * successors; a leaf is an action. Equal nodes are one node, and a node whose outcome is known
 * is not made, so that code generation can be written without an eye on sharing.
 */
#ifndef SCML_BPF_GRAPH_H
#define SCML_BPF_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum {
	BPF_GRAPH_MAX = 1 << 18, /* nodes; a graph that needs more is full */
};

/** Index of a node. A node's successors have smaller indices than it. */
typedef uint32_t bpf_node;

enum bpf_test_op {
	BPF_TEST_EQ,  /* (word & mask) == k */
	BPF_TEST_GE,  /* (word & mask) >= k */
	BPF_TEST_SET, /* (word & k) != 0; the mask is all ones */
	BPF_TEST_LEAF,
};

struct bpf_decision {
	enum bpf_test_op op;
	uint32_t offset; /* of the word in struct seccomp_data */
	uint32_t mask;
	uint32_t k; /* BPF_TEST_LEAF: the action */
	bpf_node yes, no;
};

struct bpf_graph;

/** An empty graph in ARENA. Never NULL. */
struct bpf_graph *bpf_graph_new(struct arena *arena);

/** Have the trees that are put in GRAPH be found fast rather than be the best. */
void bpf_graph_hurry(struct bpf_graph *graph);

/** Is GRAPH in a hurry? */
bool bpf_graph_is_hurried(const struct bpf_graph *graph);

/** The arena of the graph, for what lives as long as it. */
struct arena *bpf_graph_arena(const struct bpf_graph *graph);

/** The leaf that answers ACTION. */
bpf_node bpf_graph_leaf(struct bpf_graph *graph, uint32_t action);

/** Is (word at OFFSET & MASK) K? */
bpf_node bpf_graph_equal(struct bpf_graph *graph, uint32_t offset, uint32_t mask, uint32_t k,
			 bpf_node yes, bpf_node no);

/** Is (word at OFFSET & MASK) at least K? */
bpf_node bpf_graph_at_least(struct bpf_graph *graph, uint32_t offset, uint32_t mask, uint32_t k,
			    bpf_node yes, bpf_node no);

/** Is any bit of BITS set in the word at OFFSET? */
bpf_node bpf_graph_any_bit(struct bpf_graph *graph, uint32_t offset, uint32_t bits,
			   bpf_node yes, bpf_node no);

/**
 * Is (word at OFFSET & MASK) K or, with OP BPF_TEST_GE, at least K? In the very words: the test
 * is made by that comparison of the masked word, for graphs that have the word masked already.
 */
bpf_node bpf_graph_compare(struct bpf_graph *graph, enum bpf_test_op op, uint32_t offset,
			   uint32_t mask, uint32_t k, bpf_node yes, bpf_node no);

/** The node that decides in GRAPH as ROOT does in FROM. */
bpf_node bpf_graph_copy(struct bpf_graph *graph, const struct bpf_graph *from, bpf_node root);

/**
 * The node that decides as ROOT does, but goes on to THEN where that answers with the leaf OLD.
 * No word of THEN is known to what leads there.
 */
bpf_node bpf_graph_replace(struct bpf_graph *graph, bpf_node root, bpf_node old, bpf_node then);

/** For every node up to ROOT: does ROOT lead there? An array in ARENA. */
const bool *bpf_graph_reached(const struct bpf_graph *graph, struct arena *arena,
			      bpf_node root);

/** Does ROOT answer with nothing but the leaves A and B? */
bool bpf_graph_answers(const struct bpf_graph *graph, bpf_node root, bpf_node a, bpf_node b);

/**
 * Forget the nodes made since there were COUNT, but not those that ROOT leads to; these get new
 * indices, RENAMED[old - COUNT]. An array in ARENA, for all old indices.
 */
const bpf_node *bpf_graph_keep(struct bpf_graph *graph, struct arena *arena, size_t count,
			       bpf_node root);

/** The node with index NODE; valid until the next node is made. */
const struct bpf_decision *bpf_graph_at(const struct bpf_graph *graph, bpf_node node);

/** Nodes made so far, leaves included. */
size_t bpf_graph_count(const struct bpf_graph *graph);

/** Were there more than BPF_GRAPH_MAX? Then the graph does not say what it was built to say. */
bool bpf_graph_is_full(const struct bpf_graph *graph);

#endif
