/* steps: the short way to a verdict, worked out from rules. Internal and freestanding. */
#ifndef SCML_STEPS_H
#define SCML_STEPS_H

#include "scml.h"

enum {
	STEPS_MAX = 65535, /* of a call: what a way can span */
	STEPS_BUDGET = 1 << 21,
	STEPS_MAX_WINDOWS =
		4, /* sets of 64 values for one list; more are searched by halving */
	STEPS_NO_REGISTER = SCML_REGISTERS,
};

/** Where a step leads, as positions from the call's first step. */
struct step_ways {
	uint32_t yes;
	uint32_t no;
};

/** Where steps go, or what they must be. */
struct step_sink {
	const struct scml_table *table;
	struct scml_step *out; /* written here unless NULL … */
	struct scml_way *out_ways;
	const struct scml_step *wanted; /* … compared with these unless NULL */
	const struct scml_way *wanted_ways;
	uint32_t room, way_room; /* of both */
	uint32_t count, way_count;
	uint32_t first_way;    /* of the call, among those of the table */
	struct step_ways last; /* where the verdicts of the last rule stand */
	struct scml_step held; /* the step before COUNT, which is not written yet … */
	bool is_held;	       /* … if so */
	uint32_t budget; /* tests and values that may still be looked at for this call: branches
			    can be shared */
	uint64_t spent;	 /* for all calls */
	bool is_count;	 /* only how many steps there are is asked */
	bool is_wrong;	 /* too long, or other than what was wanted */
};

/** Take COST, tests or values that are looked at, from the budget of SINK; false: it is used
 * up.
 */
bool scml_steps_pay(struct step_sink *sink, uint32_t cost);

/** The bits of a word that TEST, against constants, sees. */
uint64_t scml_steps_mask(const struct scml_test *test);

/* What is known (steps_known.c). */

enum step_fact_kind {
	STEPS_NOTHING,
	STEPS_VALUE,	/* register & MASK is VALUE */
	STEPS_UNLISTED, /* … is no value that a test of the call with just that MASK lists, and
			   no value of a form with it */
};

/** What earlier steps have found out about a register. */
struct step_fact {
	enum step_fact_kind kind;
	uint8_t from;
	uint64_t mask;
	uint64_t value;
	const struct step_fact *beside; /* what is known too; or NULL */
};

/** What becomes of a test when a fact holds. */
enum step_known { STEPS_FAILS, STEPS_OPEN, STEPS_HOLDS };

enum step_known scml_steps_known(struct step_sink *sink, const struct scml_test *test,
				 const struct step_fact *fact);

/** The same of all conditions of the rule with that index of the table. */
enum step_known scml_steps_known_rule(struct step_sink *sink, uint32_t rule,
				      const struct step_fact *fact);

/** The register that alone decides TEST; STEPS_NO_REGISTER if there is none. */
uint8_t scml_steps_register(struct step_sink *sink, const struct scml_test *test);

/**
 * What a rule asks of one register: (register & MASK) is one of the values that
 * scml_steps_next() counts up.
 */
struct step_form {
	uint32_t rule; /* of the table */
	uint8_t from;
	uint64_t mask;
	uint64_t zeros, ones;	      /* bits that must be so */
	const struct scml_test *list; /* all values are among its; NULL: they are tried */
	const struct step_fact *fact; /* that the form goes beyond */
};

/**
 * What RULE asks of the register FROM beyond FACT, to *FORM, which refers to FACT.
 * @return false: nothing, or more than a form can say
 */
bool scml_steps_form(struct step_sink *sink, uint32_t rule, uint8_t from,
		     const struct step_fact *fact, struct step_form *form);

/** The least value of FORM from *VALUE on, to *VALUE; false: there is none. */
bool scml_steps_next(struct step_sink *sink, const struct step_form *form, uint64_t *value);

/* Where steps go (steps_put.c). */

/** A sink that counts on from where SINK is. */
struct step_sink scml_steps_counting(const struct step_sink *sink);

/** STEP with its ways to SINK, which holds it back until the next one. */
void scml_steps_put(struct step_sink *sink, struct scml_step step, struct step_ways ways);

/** Write or compare the step that SINK holds. */
void scml_steps_flush(struct step_sink *sink);

/* Steps of rules (steps.c). */

/** The steps of all rules of CALL where FACT holds, up to the verdict. */
void scml_steps_rules(struct step_sink *sink, const struct scml_call_rules *call,
		      const struct step_fact *fact);

/** The steps of CALL, whose rules and tests are in order, to SINK. */
void scml_steps_lower(struct step_sink *sink, const struct scml_call_rules *call);

/* A switch before them (steps_switch.c). */

/** The bits of a register that tell rules of a call apart. */
struct step_key {
	const struct scml_call_rules *call;
	uint8_t from;
	uint64_t mask;
	bool is_tried; /* forms of rules have values that no list has */
};

/** What tells most rules of CALL apart, to *KEY; false where that is not worth a switch. */
bool scml_steps_find_key(struct step_sink *sink, const struct scml_call_rules *call,
			 struct step_key *key);

/** Does the rule with that index of the table match listed values of KEY only? */
bool scml_steps_is_keyed(struct step_sink *sink, const struct step_key *key, uint32_t rule);

/** The steps of KEY's call to SINK: a switch, the rules for no listed value, and those for each
 * listed value, once for all values for which the same is left open. */
void scml_steps_switch(struct step_sink *sink, const struct step_key *key);

#endif
