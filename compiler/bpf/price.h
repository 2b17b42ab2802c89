/*
 * price: what nodes of a decision graph add to a program. A program is told node by node what
 * it will hold; a node that is in it already costs nothing, or one instruction where it has to
 * be entered in a new way.
 */
#ifndef SCML_BPF_PRICE_H
#define SCML_BPF_PRICE_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bpf/graph.h"

struct bpf_price;

/** A program without instructions; GRAPH may grow. Never NULL, in ARENA. */
struct bpf_price *bpf_price_new(struct arena *arena, const struct bpf_graph *graph);

/** Add NODE, entered with nothing loaded, and all that it leads to: instructions added. */
size_t bpf_price_add(struct bpf_price *price, bpf_node node);

/** A state of the program to come back to. */
typedef size_t bpf_price_mark;

bpf_price_mark bpf_price_state(const struct bpf_price *price);
void bpf_price_undo(struct bpf_price *price, bpf_price_mark mark);

/**
 * The instructions that are executed, the load included, from NODE to where nothing asks for
 * the word at OFFSET any more, when it is WORD.
 */
unsigned bpf_steps(const struct bpf_graph *graph, bpf_node node, uint32_t offset,
		   uint32_t word);

#endif
