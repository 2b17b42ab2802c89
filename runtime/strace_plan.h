/*
 * strace_plan: what of a call's line decides the verdict about it. Most of what strace prints,
 * no rule looks at.
 */
#ifndef SCML_STRACE_PLAN_H
#define SCML_STRACE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "scml.h"
#include "strace_members.h"

struct strace_plan {
	uint16_t positions; /* bit per printed argument whose text decides */
	uint8_t end;	    /* behind the last of them; what follows need not be read … */
	bool wants_count;   /* … unless how many there are decides too */
	bool wants_result;
	struct strace_members members;
};

/** What TABLE, made for architecture ARCH of DB, looks at in CALL, which has number NR. */
struct strace_plan strace_plan_make(const struct scml_table *table, const struct abi_db *db,
				    unsigned arch, const struct abi_call *call, uint32_t nr);

#endif
