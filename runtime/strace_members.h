/* strace_members: which members of a struct the rules of a call look at. */
#ifndef SCML_STRACE_MEMBERS_H
#define SCML_STRACE_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "scml.h"

enum { STRACE_MAX_MEMBERS = 12 }; /* of one call */

/** What a member is called in strace's text. */
struct strace_member {
	unsigned position; /* of the printed argument that has it */
	const char *name;
	size_t len;
};

struct strace_members {
	unsigned positions; /* bit per argument of which only MEMBERS decide */
	size_t count;
	struct strace_member members[STRACE_MAX_MEMBERS];
};

/**
 * Add to MEMBERS what RULES look at in the struct that register REG points to, which SLOT is.
 * Nothing is added where more than plain members may decide: strings, lists, pointers, what
 * another value selects.
 */
void strace_members_add(struct strace_members *members, const struct scml_table *table,
			const struct scml_call_rules *rules, const struct abi_db *db,
			unsigned arch, const struct abi_slot *slot, unsigned reg);

#endif
