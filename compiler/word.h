/* word: the constants and numbers of a pattern, and the test that they are under a set. */
#ifndef SCML_WORD_H
#define SCML_WORD_H

#include "pattern.h"

/** One constant or number. */
struct word_part {
	const struct ast_part *ast;
	const struct abi_const *constant; /* NULL: a number */
	uint64_t value;			  /* of a number: as written, sign-extended */
	bool is_absent;			  /* the architecture lacks the constant */
};

struct word {
	const struct word_part *parts;
	size_t count;
};

/** Look up the names of PATTERN (RES_WORD). False after an error. */
bool word_read(const struct pattern_scope *scope, const struct res_pattern *pattern,
	       struct word *word);

/** The test that WORD is at PLACE under SET (NULL: one enum over the whole width). */
const struct test *word_test(const struct pattern_scope *scope, const struct word *word,
			     const struct abi_set *set, struct scml_place place);

#endif
