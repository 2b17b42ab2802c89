/* doc_accept: does a rule take a constant in one of its registers? */
#ifndef SCML_DOC_ACCEPT_H
#define SCML_DOC_ACCEPT_H

#include "rules.h"

/** A field of a register, and what is wanted there. */
struct doc_want {
	unsigned param; /* index in the kernel's order */
	uint64_t mask;	/* of the field */
	uint64_t value; /* within MASK */
	bool is_flag; /* bits of VALUE are set and all other bits may be what the rule wants */
};

/**
 * Is there a call that RULE matches and in which each of the COUNT (at most two) WANTS holds?
 * What lies in memory is taken to match.
 */
bool doc_accepts(const struct rule *rule, const struct doc_want *wants, size_t count);

#endif
