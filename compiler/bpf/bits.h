/*
 * bits: what a decision graph decides, word by word, as a function of bits (diagram.h). The
 * word at position P of an order has the variables 32 * P … 32 * P + 31, its top bit first.
 * Where a function no longer asks for a word is an exit of the word.
 */
#ifndef SCML_BPF_BITS_H
#define SCML_BPF_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/diagram.h"
#include "bpf/graph.h"

enum {
	BPF_WORDS = 16,	     /* of struct seccomp_data */
	BPF_RUNS_MAX = 1024, /* of a word; one with more is too ragged */
};

/** The bits of one diagram, with working memory. */
struct bpf_bits;

/** Never NULL, in ARENA. */
struct bpf_bits *bpf_bits_new(struct arena *arena, struct diagram *diagram);

/**
 * The function that GRAPH decides from ROOT; its leaves hold the actions. POSITIONS are those
 * of the words by their offsets / 4.
 * @return false where it is too large
 */
bool bpf_bits_build(struct bpf_bits *bits, const struct bpf_graph *graph, bpf_node root,
		    const uint8_t positions[BPF_WORDS], diagram_node *function);

/** Words with the values FIRST … LAST lead to EXIT. */
struct bpf_run {
	uint32_t first, last;
	diagram_node exit;
};

/** The bits that the exit depends on. FUNCTION is no leaf, here and below. */
uint32_t bpf_bits_support(struct bpf_bits *bits, diagram_node function);

/** Does OTHER still ask for the word that FUNCTION asks for, or a word before it? */
bool bpf_bits_same_word(const struct bpf_bits *bits, diagram_node function, diagram_node other);

/**
 * The runs of the words that have no bits but those of MASK, which holds the support: sorted,
 * neighbours have different exits.
 * @return how many; 0 if they are more than MOST or hard to find
 */
size_t bpf_bits_runs(struct bpf_bits *bits, diagram_node function, uint32_t mask,
		     struct bpf_run *runs, size_t most);

/** The bits any of which leads to one exit, whatever the others are; it goes to *EXIT. */
uint32_t bpf_bits_forcing(struct bpf_bits *bits, diagram_node function, diagram_node *exit);

/** As few bits as suffice that words with none of them lead to one exit, which is *EXIT. */
uint32_t bpf_bits_clearing(struct bpf_bits *bits, diagram_node function, diagram_node *exit);

/** FUNCTION for words that have none of the bits of MASK. */
diagram_node bpf_bits_without(struct bpf_bits *bits, diagram_node function, uint32_t mask);

/** FUNCTION, but words with none of the bits of MASK lead to EXIT. */
diagram_node bpf_bits_fill(struct bpf_bits *bits, diagram_node function, uint32_t mask,
			   diagram_node exit);

/**
 * What FUNCTION asks of the bits below BIT, if that is the same for all of the other bits that
 * do not lead to an exit alone; DIAGRAM_NO if not, or if only bits on one side are asked for.
 */
diagram_node bpf_bits_low_part(struct bpf_bits *bits, diagram_node function, unsigned bit);

/** An exit that nothing leads to, for bpf_bits_replace(). */
diagram_node bpf_bits_stand_in(struct bpf_bits *bits);

/** FUNCTION, but for its part OLD with the exit THEN. */
diagram_node bpf_bits_replace(struct bpf_bits *bits, diagram_node function, diagram_node old,
			      diagram_node then);

#endif
