/*
 * plan: what to support next. Every program has its needs; a step adds the needs of one program
 * and thereby unlocks that program and all others whose needs are among what is there by then.
 * The next step is always the one that unlocks most programs for what it adds.
 */
#ifndef SCML_PLAN_H
#define SCML_PLAN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "report_causes.h"
#include "rules.h"
#include "vec.h"

/** One thing to be added. */
struct plan_item {
	struct report_cause need; /* its COUNT is that of all programs */
	size_t programs;	  /* that need it */
	size_t step;		  /* that adds it, from 1; 0: none yet */
};

struct plan_program {
	const char *name;
	VEC(size_t) needs; /* indices of items, sorted */
	size_t step;	   /* that unlocks it; 0: nothing was needed */
	size_t left;	   /* needs that no step has added yet */
};

struct plan {
	struct arena *arena;
	VEC(struct plan_item) items;
	VEC(struct plan_program) programs;
	size_t steps;
	uint32_t *index; /* of items by what they are about: open addressing */
	size_t mask;
};

/** A program called NAME that needs nothing yet. NAME is copied. */
void plan_add_program(struct plan *plan, const char *name);

/** The program that was added last needs NEED. Strings are copied. */
void plan_add_need(struct plan *plan, const struct report_cause *need);

/** Find the steps. */
void plan_make(struct plan *plan);

/** Write the steps to OUT: SCML to be laid beside the rules, with comments that say what for.
 * RULES are those that needs refer to by file and line. */
void plan_write(const struct plan *plan, const struct rules *rules, FILE *out);

/**
 * A rule that supports what RULE does (NULL: nothing) and the COUNT needs ITEMS, which are all
 * about one call; struct rules that it refers to stand before it, with names that end in
 * SUFFIX.
 */
const char *plan_rule(struct arena *arena, const struct rules *rules, const struct rule *rule,
		      const struct plan_item *const *items, size_t count, size_t suffix);

#endif
