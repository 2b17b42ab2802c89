/*
 * visibility: calls after which a supervisor no longer sees everything that the program has the
 * kernel do. They are to be seen even where the rules support them.
 */
#ifndef SCML_VISIBILITY_H
#define SCML_VISIBILITY_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "scml.h"

enum {
	VISIBILITY_MAX_CALLS = 8,
	VISIBILITY_MAX_PROLOGUE = 3 + 5 * VISIBILITY_MAX_CALLS, /* instructions */
};

/** Ways to get out of sight, which depend on how calls are watched. */
enum visibility_hazard {
	VISIBILITY_RINGS = 1,	 /* operations that are no calls: always */
	VISIBILITY_REFUSALS = 2, /* calls that filters of the program refuse */
	VISIBILITY_TRACERS = 4,	 /* what the program would trace itself, where we are the tracer
				  */
	VISIBILITY_LISTENERS = 8, /* what the program would hold itself, where we hold calls */
};

/** One such call on one architecture. */
struct visibility_call {
	uint32_t nr;
	bool has_value; /* only with VALUE in the low half of the first register */
	uint32_t value;
	bool counts_failed; /* even if it fails */
	int error;	    /* not 0: only if it fails with this errno */
	const char *why;
};

struct visibility {
	uint32_t arch; /* AUDIT_ARCH_* */
	bool big_endian;
	struct visibility_call calls[VISIBILITY_MAX_CALLS];
	size_t count;
};

/**
 * What the table of visibility.c means on architecture ARCH of DB.
 * @param hazards  of enum visibility_hazard
 */
void visibility_resolve(struct visibility *visibility, const struct abi_db *db, unsigned arch,
			unsigned hazards);

/** Is there anything that a call with number NR can put out of sight? */
bool visibility_cares(const struct visibility *visibility, uint32_t nr);

/** What is out of sight, or cannot be, once CALL has returned so, in words, or NULL: nothing.
 */
const char *visibility_loss(const struct visibility *visibility, const struct scml_call *call);

/**
 * Instructions that answer SECCOMP_RET_USER_NOTIF for these calls and let every other one run
 * into the filter that is to be put behind them. They keep the kernel's cache of allowed
 * numbers working.
 * @param prologue  room for VISIBILITY_MAX_PROLOGUE
 * @return their number
 */
size_t visibility_prologue(const struct visibility *visibility, struct sock_filter *prologue);

#endif
