/*
 * bdd: functions of bits as decision diagrams. Bits are tested in the order of their numbers,
 * equal nodes are one node and no node has two equal successors, so that two functions are
 * equal exactly if they are one node. A leaf holds a number; a condition is a function whose
 * leaves are BDD_FALSE and BDD_TRUE.
 */
#ifndef SCML_BPF_BDD_H
#define SCML_BPF_BDD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/** Index of a node. */
typedef uint32_t bdd_node;

enum {
	BDD_FALSE = 0, /* the leaves 0 and 1 */
	BDD_TRUE = 1,
	BDD_MAX_NODES = 1 << 20, /* at a time */
	BDD_MAX_STEPS = 1 << 25, /* of all operations together: a few seconds at most */
};

/** The variable of a leaf: behind all others. */
#define BDD_LEAF UINT32_MAX

struct bdd;

/** An empty diagram in ARENA. Never NULL. */
struct bdd *bdd_new(struct arena *arena);

/** Did it need more nodes or steps than allowed? Then no result is to be trusted any more. */
bool bdd_is_full(const struct bdd *bdd);

/**
 * Is it time for bdd_collect()? The diagram has grown a good deal since the last time.
 */
bool bdd_wants_collection(const struct bdd *bdd);

/** Forget every function but the COUNT ROOTS and those kept: their nodes are used again. */
void bdd_collect(struct bdd *bdd, const bdd_node *roots, size_t count);

/** Let no collection forget FUNCTION. */
void bdd_keep(struct bdd *bdd, bdd_node function);

/** The function that is VALUE everywhere. */
bdd_node bdd_leaf(struct bdd *bdd, uint32_t value);

/** The condition that bit VARIABLE is set. */
bdd_node bdd_bit(struct bdd *bdd, uint32_t variable);

/** YES where CONDITION holds, NO elsewhere. */
bdd_node bdd_choose(struct bdd *bdd, bdd_node condition, bdd_node yes, bdd_node no);

/** Conditions of conditions. */
bdd_node bdd_not(struct bdd *bdd, bdd_node a);
bdd_node bdd_and(struct bdd *bdd, bdd_node a, bdd_node b);
bdd_node bdd_or(struct bdd *bdd, bdd_node a, bdd_node b);
bdd_node bdd_xor(struct bdd *bdd, bdd_node a, bdd_node b);

/** The condition that FUNCTION is VALUE. */
bdd_node bdd_is(struct bdd *bdd, bdd_node function, uint32_t value);

/** Can CONDITION hold, for each value of the variables from FIRST to END - 1? All others are
 * free. */
bdd_node bdd_project(struct bdd *bdd, bdd_node condition, uint32_t first, uint32_t end);

/** Can CONDITION hold, whether VARIABLE is set or not? */
bdd_node bdd_forget(struct bdd *bdd, bdd_node condition, uint32_t variable);

/** What FUNCTION is where VARIABLE, which comes before none that it tests, is as IS_SET says.
 */
bdd_node bdd_follow(const struct bdd *bdd, bdd_node function, uint32_t variable, bool is_set);

/** The first variable that FUNCTION tests, or BDD_LEAF. */
uint32_t bdd_variable(const struct bdd *bdd, bdd_node function);

/** The number of a leaf. */
uint32_t bdd_value(const struct bdd *bdd, bdd_node leaf);

#endif
