/* steps: the short way to a verdict, worked out from rules. Internal and freestanding. */
#ifndef SCML_STEPS_H
#define SCML_STEPS_H

#include "scml.h"

/** Where steps go, or what they must be. */
struct step_sink {
	const struct scml_table *table;
	struct scml_step *out; /* written here unless NULL … */
	uint16_t *out_ways;
	const struct scml_step *wanted; /* … compared with these unless NULL */
	const uint16_t *wanted_ways;
	uint32_t room, way_room; /* of both */
	uint32_t count, way_count;
	uint32_t first_way; /* of the call, among those of the table */
	uint32_t budget; /* tests and values that may still be looked at: branches can be shared
			  */
	bool is_wrong;	 /* too long, or other than what was wanted */
};

/** Where a step leads, as positions from the call's first step. */
struct step_ways {
	uint32_t yes;
	uint32_t no;
};

enum {
	STEPS_MAX = 65535, /* what a way can span */
	STEPS_BUDGET = 1 << 24,
};

/** Take what looking at TEST once costs from the budget of SINK; false: it is used up. */
bool scml_steps_pay(struct step_sink *sink, const struct scml_test *test);

/** The steps of CALL, whose rules and tests are in order, to SINK. */
void scml_steps_lower(struct step_sink *sink, const struct scml_call_rules *call);

/** STEP with its ways to SINK. */
void scml_steps_put(struct step_sink *sink, struct scml_step step, struct step_ways ways);

/** How many steps those of the rules from FIRST on, COUNT of them, are; at most STEPS_MAX. */
uint32_t scml_steps_size(struct step_sink *sink, uint32_t first, uint32_t count);

/** The bits of a word that TEST sees. */
uint64_t scml_steps_mask(const struct scml_test *test);

/** The same of the first COUNT conditions of the rule with that index. */
uint32_t scml_steps_size_of_conds(struct step_sink *sink, uint32_t rule, uint32_t count);

/** The values of the register that most rules of a call begin with. */
struct step_key {
	const struct scml_call_rules *call;
	uint8_t from;
	uint64_t mask;
};

/** What the rules of CALL begin with, to *KEY; false where that is not worth a switch. */
bool scml_steps_find_key(struct step_sink *sink, const struct scml_call_rules *call,
			 struct step_key *key);

/**
 * The switches that stand before the rules of KEY's call, to SINK: from a value to the first
 * condition that it leaves open. A value that no rule lists leads to the steps behind those of
 * all rules, which are of the other rules.
 * @return false: there are none
 */
bool scml_steps_switch(struct step_sink *sink, const struct step_key *key);

/** Is the rule with that INDEX of KEY's call one that the switches do not know? */
bool scml_steps_is_other(const struct step_sink *sink, const struct step_key *key,
			 uint32_t index);

#endif
