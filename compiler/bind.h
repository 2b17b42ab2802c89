/*
 * bind: which call a rule is about, in which order its parameters stand, and which register
 * each one is. Names choose the order; after that, position alone counts.
 */
#ifndef SCML_BIND_H
#define SCML_BIND_H

#include "abi.h"
#include "diag.h"
#include "resolve.h"
#include "rules.h"

/** A parameter of a rule and the register that it is. */
struct bound_param {
	const struct res_param *param;
	int index; /* in the kernel's order; -1: no register holds it */
};

/** A rule bound to a call of one architecture. */
struct bound_rule {
	const struct abi_call *call;
	uint32_t nr;
	const struct abi_variant *variant;
	const struct abi_param *params; /* of the call, in the kernel's order */
	size_t param_count;
	struct bound_param bound[ABI_MAX_PARAMS];
	size_t bound_count;
};

enum bind_result {
	BIND_DONE,
	BIND_ABSENT, /* the architecture lacks the call: the rule has no effect */
	BIND_ERROR,
};

/** Bind RULE to a call of DB on ARCH; what is wrong with its parameters goes to DIAGS. */
enum bind_result bind_rule(struct diags *diags, const struct abi_db *db, unsigned arch,
			   const struct res_rule *rule, struct bound_rule *bound);

/**
 * The order of parameters that RULE uses, a rule for BOUND's call and variant: 0 is the
 * kernel's, N is view N - 1 of the variant.
 */
size_t bind_form(const struct abi_db *db, const struct bound_rule *bound,
		 const struct res_rule *rule);

#endif
