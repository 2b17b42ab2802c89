/* test_holds: does a test against constants hold for a word? Internal and freestanding; in a
 * header because the matcher cannot wait for a call. */
#ifndef SCML_TEST_HOLDS_H
#define SCML_TEST_HOLDS_H

#include "scml.h"

/* Is WORD among the COUNT sorted values from FIRST on? Few are looked at one by one. */
static inline bool is_among(const uint64_t *values, uint32_t first, uint32_t count,
			    uint64_t word)
{
	while (count > 8) {
		uint32_t half = count / 2;

		if (values[first + half] <= word) {
			first += half;
			count -= half;
		} else {
			count = half;
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		if (values[first + i] == word)
			return true;
	}
	return false;
}

static inline bool is_sum_of_bits(const struct scml_test *test, const uint64_t *values,
				  uint64_t word)
{
	uint64_t covered = word & test->bits;

	for (uint32_t i = 0; i < test->count && covered != word; i++) {
		uint64_t value = values[test->first + i];

		if ((word & value) == value)
			covered |= value;
	}
	return covered == word;
}

/** Does TEST, which is IN, NOT_IN or BITS, hold for WORD? */
static inline bool test_holds(const struct scml_table *table, const struct scml_test *test,
			      uint64_t word)
{
	const uint64_t *values = table->values;

	word &= test->mask;
	if (test->op == SCML_OP_BITS)
		return is_sum_of_bits(test, values, word);
	return is_among(values, test->first, test->count, word) == (test->op == SCML_OP_IN);
}

#endif
