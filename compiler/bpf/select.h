/* select: the comparisons that lead one word to its exits, chosen by what they cost. */
#ifndef SCML_BPF_SELECT_H
#define SCML_BPF_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/bits.h"
#include "bpf/graph.h"
#include "bpf/price.h"
#include "bpf/ranges.h"
#include "vec.h"

/** What an exit of a word leads to. */
struct bpf_exit {
	bpf_node node;
	uint32_t ways; /* how many ways from there end well; 0: it is a refusal */
};

/** A choice that was made before, and can be led to again. */
struct bpf_chosen {
	struct bpf_word word;
	bpf_node node;
	uint32_t weight;
	struct bpf_range *ranges;
	size_t count;
};

/** What choices for one program share. */
struct bpf_select {
	struct arena *arena;
	struct bpf_graph *graph;
	struct bpf_price *price; /* of the program so far */
	VEC(struct bpf_chosen) chosen;
};

/** A value of a word that usual calls have. */
struct bpf_sample {
	uint32_t value;
	uint32_t weight; /* what one more instruction for these calls costs */
};

/** A word and where it leads. */
struct bpf_choice {
	struct arena *arena; /* for working memory */
	struct bpf_bits *bits;
	diagram_node function;
	uint32_t offset; /* of the word */
	uint32_t weight; /* what one more instruction for all other calls costs */
	const struct bpf_sample *samples;
	size_t sample_count;
	const struct bpf_exit *exits; /* per node of the diagram, as many as it had … */
	size_t exit_count;	      /* … when they were made */
	const struct bpf_run *runs;   /* of the words that have only bits of the support */
	size_t run_count;
	uint32_t support;
};

/** The share of WEIGHT that each of RUNS has, to WEIGHTS: as many ways as end well there. */
void bpf_select_weigh(const struct bpf_exit *exits, const struct bpf_run *runs, size_t count,
		      uint32_t weight, uint32_t *weights);

/**
 * A node that leads the word to the nodes of its exits; its instructions are added to the
 * price. *COST goes up by what it costs.
 */
bpf_node bpf_select_node(struct bpf_select *select, const struct bpf_choice *choice,
			 uint64_t *cost);

#endif
