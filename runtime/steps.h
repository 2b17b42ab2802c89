/* steps: the short way to a verdict, worked out from rules. Internal and freestanding. */
#ifndef SCML_STEPS_H
#define SCML_STEPS_H

#include "scml.h"

/** Where steps go, or what they must be. */
struct step_sink {
	const struct scml_table *table;
	struct scml_step *out;		/* written here unless NULL … */
	const struct scml_step *wanted; /* … compared with these unless NULL */
	uint32_t room;			/* of both */
	uint32_t count;
	uint32_t budget; /* tests that may still be looked at: branches can be shared */
	bool is_wrong;	 /* too long, or other than WANTED */
};

/** The steps of CALL, whose rules and tests are in order, to SINK. */
void scml_steps_lower(struct step_sink *sink, const struct scml_call_rules *call);

#endif
