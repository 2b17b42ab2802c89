/*
 * bpf_random: random tests on registers, their value by definition, and calls at the edges of
 * what they compare with.
 */
#ifndef SCML_BPF_RANDOM_H
#define SCML_BPF_RANDOM_H

#include <stdlib.h>
#include <time.h>

#include "bpf_fixture.h"

struct random {
	uint64_t state;
};

/* A generator with the seed SCML_SEED, or a new one; printed so that a failure can be repeated.
 */
static inline struct random random_new(const char *what)
{
	const char *given = getenv("SCML_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = given ? strtoull(given, NULL, 0) : (uint64_t)now.tv_nsec * 2654435761u + 1;
	printf("%s: SCML_SEED=%llu\n", what, (unsigned long long)seed);
	fflush(stdout);
	return (struct random){seed * 2 + 1};
}

static inline uint64_t random_next(struct random *random)
{
	uint64_t x = random->state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline unsigned random_below(struct random *random, unsigned limit)
{
	return (unsigned)(random_next(random) % limit);
}

static inline uint64_t random_value(struct random *random)
{
	static const uint64_t special[] = {
		0,	     1,		 2,	     3,
		4,	     5,		 7,	     8,
		15,	     16,	 255,	     256,
		0xffff,	     0x10000,	 0x7fffffff, 0x80000000,
		0xffffffff,  UINT64_MAX, 1ull << 32, (1ull << 32) + 1,
		~0ull << 32, 1ull << 63, ~0ull >> 1, 0x0123456789abcdef,
	};

	switch (random_below(random, 8)) {
	case 0:
		return random_next(random);
	case 1:
		return random_next(random) & random_next(random) >> 1;
	case 2:
		return 1ull << random_below(random, 64);
	default:
		return special[random_below(random, sizeof(special) / sizeof(special[0]))];
	}
}

static inline int random_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Fill VALUES with up to COUNT sorted, distinct values, most of them within MASK. */
static inline size_t random_values(struct random *random, uint64_t mask, uint64_t *values,
				   size_t count)
{
	uint64_t start = random_value(random);
	size_t distinct = 0;

	for (size_t i = 0; i < count; i++) {
		values[i] = random_below(random, 3) ? random_value(random) : start + i;
		if (random_below(random, 16))
			values[i] &= mask;
	}
	qsort(values, count, sizeof(*values), random_compare);
	for (size_t i = 0; i < count; i++)
		if (!i || values[i] != values[distinct - 1])
			values[distinct++] = values[i];
	return distinct;
}

static inline struct test *random_word(struct random *random, struct toy *toy, size_t most)
{
	static const unsigned widths[] = {32, 64, 32, 64, 16, 8};
	static const enum scml_op ops[] = {SCML_OP_IN, SCML_OP_NOT_IN, SCML_OP_BITS};
	unsigned width = widths[random_below(random, 6)];
	enum scml_op op = ops[random_below(random, 3)];
	uint64_t all = width < 64 ? (1ull << width) - 1 : UINT64_MAX;
	uint64_t mask = random_below(random, 2) ? all : random_value(random) & all;
	uint64_t *values = ARENA_ARRAY(toy->arena, uint64_t, most);
	size_t count = random_below(random, (unsigned)most + 1);
	struct test *test;

	if (op == SCML_OP_BITS && count > 6)
		count = 6;
	count = random_values(random, mask, values, count);
	test = toy_test(toy, op, random_below(random, 6), width, mask, values, count);
	if (op == SCML_OP_BITS)
		test->bits = random_value(random) & mask;
	return test;
}

/* A random tree; word tests have at most MOST values. */
static inline const struct test *random_test(struct random *random, struct toy *toy,
					     unsigned depth, size_t most)
{
	const struct test *children[4];
	unsigned count, kind = random_below(random, 20);

	if (kind == 0)
		return toy_group(toy, random_below(random, 2) ? SCML_OP_TRUE : SCML_OP_FALSE,
				 NULL, 0);
	if (kind == 1)
		return toy_memory(toy, random_below(random, 6));
	if (kind == 2)
		return toy_test(toy, SCML_OP_STRING, random_below(random, 6), 64, UINT64_MAX,
				NULL, 0);
	if (!depth || kind < 9)
		return random_word(random, toy, most);
	count = random_below(random, 5);
	for (unsigned i = 0; i < count; i++)
		children[i] = random_test(random, toy, depth - 1, most);
	return toy_group(toy, kind % 2 ? SCML_OP_ALL : SCML_OP_ANY, children, count);
}

static inline bool naive_bits(const struct test *test, uint64_t word)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < test->value_count; i++)
		if ((test->values[i] & ~word) == 0)
			sum |= test->values[i];
	return (sum | (word & test->bits)) == word;
}

static inline bool naive_in(const struct test *test, uint64_t word)
{
	for (size_t i = 0; i < test->value_count; i++)
		if (test->values[i] == word)
			return true;
	return false;
}

/* The value of TEST by its definition, with no sight of memory. */
static inline enum scml_verdict naive_verdict(const struct test *test, const uint64_t args[6])
{
	enum scml_verdict verdict = test->op == SCML_OP_ALL ? SCML_SUPPORTED : SCML_UNSUPPORTED;
	uint64_t word = 0;
	bool holds = false;

	if (test->place.base < 6 && test->place.width)
		word = args[test->place.base] & (UINT64_MAX >> (64 - test->place.width));
	switch (test->op) {
	case SCML_OP_TRUE:
		return SCML_SUPPORTED;
	case SCML_OP_FALSE:
		return SCML_UNSUPPORTED;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (size_t i = 0; i < test->child_count; i++) {
			enum scml_verdict child = naive_verdict(test->children[i], args);

			if (test->op == SCML_OP_ALL ? child < verdict : child > verdict)
				verdict = child;
		}
		return verdict;
	case SCML_OP_IN:
		holds = naive_in(test, word & test->mask);
		break;
	case SCML_OP_NOT_IN:
		holds = !naive_in(test, word & test->mask);
		break;
	case SCML_OP_BITS:
		holds = naive_bits(test, word & test->mask);
		break;
	case SCML_OP_STRING:
		return SCML_UNDECIDED;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return word ? SCML_UNDECIDED : SCML_SUPPORTED;
	}
	return holds ? SCML_SUPPORTED : SCML_UNSUPPORTED;
}

struct random_pool {
	uint64_t values[64];
	unsigned count;
};

static inline void pool_add(struct random *random, struct random_pool *pool, uint64_t value)
{
	if (pool->count < 64)
		pool->values[pool->count++] = value;
	else
		pool->values[random_below(random, 64)] = value;
}

/* What TEST compares with, so that calls can be made that come close. */
static inline void pool_collect(struct random *random, struct random_pool *pool,
				const struct test *test)
{
	for (size_t i = 0; i < test->child_count; i++)
		pool_collect(random, pool, test->children[i]);
	for (size_t i = 0; i < test->value_count; i++)
		pool_add(random, pool, test->values[i]);
	if (test->op == SCML_OP_BITS)
		pool_add(random, pool, test->bits);
	pool_add(random, pool, test->mask);
}

static inline uint64_t random_arg(struct random *random, const struct random_pool *pool)
{
	uint64_t value = random_value(random);

	if (pool->count && random_below(random, 4))
		value = pool->values[random_below(random, pool->count)];
	switch (random_below(random, 8)) {
	case 0:
		return value + 1;
	case 1:
		return value - 1;
	case 2:
		return value ^ 1ull << random_below(random, 64);
	case 3:
		return value | random_value(random) << 32;
	case 4:
		return pool->count ? value | pool->values[random_below(random, pool->count)]
				   : value;
	default:
		return value;
	}
}

static inline void random_args(struct random *random, const struct random_pool *pool,
			       uint64_t args[6])
{
	for (int i = 0; i < 6; i++)
		args[i] = random_arg(random, pool);
}

#endif
