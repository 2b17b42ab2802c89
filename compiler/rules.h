/*
 * rules: the typed form that every back end and both runtime readers work from. Per system
 * call, alternatives; per alternative, conditions on parameters; per condition, a tree of tests
 * on places with a width. Nothing downstream looks at names of constants or at the syntax tree
 * to decide a call.
 */
#ifndef SCML_RULES_H
#define SCML_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "resolve.h"
#include "scml.h"

/** A test: the fields are those of struct scml_test, with pointers for indices. */
struct test {
	enum scml_op op;
	struct scml_place place;
	uint8_t flags;		/* enum scml_block_flag: SCML_AT_RETURN */
	const char *name;	/* `addr.sa_family` */
	uint64_t mask;		/* IN, NOT_IN, BITS; never wider than the place */
	uint64_t bits;		/* BITS: bits that count one by one */
	const uint64_t *values; /* IN, NOT_IN: sorted, distinct; BITS: composites, sorted */
	size_t value_count;
	const struct test *const *children; /* ALL, ANY; one for MEMORY and EACH */
	size_t child_count;
	struct scml_block block; /* MEMORY, EACH */
};

/** What one parameter must be. */
struct rule_cond {
	unsigned
		param; /* index in the kernel's order; the register that the test starts from */
	const char *name; /* as the rule writes it */
	struct span span; /* the parameter in the source */
	const struct test *test;
};

/** One alternative of a call. */
struct rule {
	const struct res_rule *source;
	const struct source_file *file;
	uint32_t line;	 /* of the rule's name, from 1 */
	uint32_t column; /* in bytes, from 1 */
	const struct rule_cond
		*conds; /* in the order of the parameters; trivial ones are left out */
	size_t cond_count;
	bool is_never;	     /* it can match no call at all */
	bool is_undecidable; /* some condition lies in memory: registers alone cannot decide it
			      */
};

struct rule_call {
	const struct abi_call *abi;
	uint32_t nr;
	const struct rule
		*rules; /* in reading order, those of all documents; never 0 of them */
	size_t rule_count;
};

/** The typed rules of all documents of a compilation for one architecture. */
struct rules {
	const struct abi_db *db;
	unsigned arch;		       /* index into db->archs */
	const struct rule_call *calls; /* sorted by number */
	size_t call_count;
};

/**
 * Bind DOCUMENTS to DB on ARCH and type them; never NULL, in ARENA. Errors, warnings and notes
 * about the architecture go to DIAGS.
 */
const struct rules *rules_build(struct arena *arena, struct diags *diags,
				const struct sources *sources, const struct abi_db *db,
				unsigned arch, const struct res_document *const *documents,
				size_t count);

/** The call with number NR, or NULL. */
const struct rule_call *rules_find(const struct rules *rules, uint32_t nr);

/** The runtime table that says the same as RULES, in ARENA. */
const struct scml_table *table_build(struct arena *arena, const struct rules *rules);

#endif
