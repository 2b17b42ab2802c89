/*
 * test: building and reading the trees of rules.h. The builders fold what is decided already: a
 * tree that comes back is TRUE or FALSE itself or holds neither.
 */
#ifndef SCML_TEST_H
#define SCML_TEST_H

#include "arena.h"
#include "rules.h"
#include "vec.h"

/** Children that are being gathered. */
struct test_list {
	VEC(const struct test *) list;
};

/** Values that are being gathered; sorted and freed of duplicates by the builders. */
struct test_values {
	VEC(uint64_t) list;
};

/** All bits below bit WIDTH (0 … 64). */
uint64_t width_mask(unsigned width);

/** The tests that hold always and never. Static memory. */
const struct test *test_true(void);
const struct test *test_false(void);

bool test_is_true(const struct test *test);
bool test_is_false(const struct test *test);

/** Add TEST to LIST. */
void test_list_add(struct arena *arena, struct test_list *list, const struct test *test);

/** Every test of LIST holds; some test of LIST holds. */
const struct test *test_all(struct arena *arena, const struct test_list *list);
const struct test *test_any(struct arena *arena, const struct test_list *list);

/** All, any of two. */
const struct test *test_both(struct arena *arena, const struct test *a, const struct test *b);
const struct test *test_either(struct arena *arena, const struct test *a, const struct test *b);

/** The word at PLACE, under MASK, is one (IN) or none (!IN) of VALUES. NAME is for reports. */
const struct test *test_in(struct arena *arena, struct scml_place place, const char *name,
			   bool in, uint64_t mask, const struct test_values *values);

/** The word at PLACE, under MASK, is made of bits of BITS and of whole COMPOSITES. */
const struct test *test_bits(struct arena *arena, struct scml_place place, const char *name,
			     uint64_t mask, uint64_t bits,
			     const struct test_values *composites);

/** TEST with every word marked as filled in by the kernel. */
const struct test *test_at_return(struct arena *arena, const struct test *test);

/** Does TEST, which must look at one place only, hold for WORD there? */
bool test_accepts(const struct test *test, uint64_t word);

/** Can both hold for one word? A and B look at one place only; true where it is not clear. */
bool test_may_share(const struct test *a, const struct test *b);

/** Does A holding for a word surely mean that B does? False where it is not clear. */
bool test_entails(const struct test *a, const struct test *b);

/** Does TEST look at memory? */
bool test_needs_memory(const struct test *test);

#endif
