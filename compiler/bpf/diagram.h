/*
 * diagram: functions of bits as decision diagrams, small and fast, for the search of good
 * filters. Bits are asked in the order of their numbers, and equal functions are one node. The
 * proof of a filter (verify.h) has diagrams of its own, so that one fault cannot hide another.
 */
#ifndef SCML_BPF_DIAGRAM_H
#define SCML_BPF_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "vec.h"

/** Index of a node. */
typedef uint32_t diagram_node;

enum {
	DIAGRAM_NO = 0, /* the leaves 0 and 1: conditions that never and always hold */
	DIAGRAM_YES = 1,
	DIAGRAM_MAX_NODES = 1 << 16,
	DIAGRAM_MAX_STEPS =
		1 << 20, /* of all operations together: some hundredths of a second */
};

/** The variable of a leaf: behind all others. */
#define DIAGRAM_LEAF UINT32_MAX

struct diagram_step {
	uint32_t variable; /* DIAGRAM_LEAF: LOW is the value */
	diagram_node low, high;
};

struct diagram {
	struct arena *arena;
	VEC(struct diagram_step) nodes;
	uint32_t *slots; /* open addressing; index of a node, 0: free */
	size_t slot_mask;
	struct diagram_result *results; /* of earlier choices; a later one takes the place */
	size_t result_mask;
	size_t steps;
	bool is_full; /* it had more nodes or steps than allowed: no result is right */
};

/** An empty diagram in ARENA. Never NULL. */
struct diagram *diagram_new(struct arena *arena);

/** The function that is VALUE everywhere. */
diagram_node diagram_leaf(struct diagram *diagram, uint32_t value);

/** HIGH where bit VARIABLE is set, else LOW, both of which ask for later bits only. */
diagram_node diagram_bit(struct diagram *diagram, uint32_t variable, diagram_node low,
			 diagram_node high);

/** YES where CONDITION, whose leaves are 0 and 1, holds; NO elsewhere. */
diagram_node diagram_choose(struct diagram *diagram, diagram_node condition, diagram_node yes,
			    diagram_node no);

/** The first bit that FUNCTION asks for, or DIAGRAM_LEAF. */
static inline uint32_t diagram_variable(const struct diagram *diagram, diagram_node function)
{
	return diagram->nodes.items[function].variable;
}

/** The value of a leaf. */
static inline uint32_t diagram_value(const struct diagram *diagram, diagram_node leaf)
{
	return diagram->nodes.items[leaf].low;
}

/** What FUNCTION is when its first bit is set, or not. */
static inline diagram_node diagram_follow(const struct diagram *diagram, diagram_node function,
					  bool is_set)
{
	const struct diagram_step *node = &diagram->nodes.items[function];

	return is_set ? node->high : node->low;
}

#endif
