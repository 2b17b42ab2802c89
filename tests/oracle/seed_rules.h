/*
 * seed_rules: the rules of specs/networking-and-sockets.scml once more, by hand, as predicates
 * over registers. Constants come from the system's headers; nothing of the project is used, so
 * that a fault of the compiler or of its database cannot hide here as well.
 */
#ifndef SCML_TEST_SEED_RULES_H
#define SCML_TEST_SEED_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum answer { ANSWER_NO, ANSWER_OPEN, ANSWER_YES };

enum { REGISTERS = 6 };

/** What a register is drawn from when calls are made up. */
enum pool {
	POOL_ANY,
	POOL_FAMILY,
	POOL_TYPE,
	POOL_PROTOCOL,
	POOL_LEVEL,
	POOL_OPTION,
	POOL_FLAGS,
	POOL_POINTER,
	POOL_COUNT,
};

/** A system call that has rules. */
struct seed_call {
	const char *name;
	enum answer (*judge)(const uint64_t args[static REGISTERS]);
	enum pool pools[REGISTERS];
};

extern const struct seed_call seed_calls[];
extern const size_t seed_call_count;

/** One call that each rule supports, to start from. */
struct seed_sample {
	const char *name;
	uint64_t args[REGISTERS];
};

extern const struct seed_sample seed_samples[];
extern const size_t seed_sample_count;

/** Values of POOL; how many goes to *COUNT. */
const uint64_t *seed_pool(enum pool pool, size_t *count);

#endif
