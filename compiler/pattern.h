/* pattern: from a resolved pattern and what the database knows about its place to a test. */
#ifndef SCML_PATTERN_H
#define SCML_PATTERN_H

#include "abi.h"
#include "diag.h"
#include "resolve.h"
#include "rules.h"

enum {
	PATTERN_MAX_TESTS = 200000, /* of one rule: structs in structs multiply */
};

/** What surrounds a pattern. */
struct pattern_scope {
	struct arena *arena;
	struct diags *diags;
	const struct abi_db *db;
	unsigned arch;
	const struct abi_param *params; /* of the call, in the kernel's order */
	size_t param_count;
	const struct test *const
		*known; /* per parameter: its condition, NULL where none is known yet */
	const struct abi_struct
		*object; /* the struct that the pattern's place lies in; NULL: a register */
	uint32_t object_offset; /* where that struct begins in the memory pointed to */
	const char *path;	/* `addr.sa_family`, for reports */
	struct span span;	/* the parameter or field in the rule */
	size_t *budget;		/* tests that may still be made */
	bool *has_error;	/* set where the rule is to be left out */
};

/**
 * The test that PATTERN is for a value of kind SLOT at PLACE. Faults go to scope->diags; after
 * an error *scope->has_error is set and the test is of no use.
 */
const struct test *pattern_test(const struct pattern_scope *scope,
				const struct res_pattern *pattern, const struct abi_slot *slot,
				struct scml_place place);

/** The place of parameter INDEX on the scope's architecture. */
struct scml_place pattern_register(const struct pattern_scope *scope, unsigned index);

/**
 * The word at PLACE is (WANTED) or is not one of the constants MEMBERS, each compared in the
 * field of SLOT's set that it is a member of.
 */
const struct test *pattern_selects(const struct pattern_scope *scope,
				   const struct abi_slot *slot, struct scml_place place,
				   struct abi_range members, bool wanted);

#endif
