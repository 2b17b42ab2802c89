#include "doc_accept.h"

#include "test.h"

/* Is the word under the test's mask one of its values, as far as WANT says what the word is? */
static bool value_fits(const struct test *test, const struct doc_want *want)
{
	uint64_t looked_at = test->mask & want->mask;

	if (want->is_flag && (want->value & test->mask) == 0)
		return true;
	for (size_t i = 0; i < test->value_count; i++) {
		if (((test->values[i] ^ want->value) & looked_at) == 0)
			return true;
	}
	return false;
}

/* Can the word under the test's mask be something else than its values? */
static bool other_fits(const struct test *test, const struct doc_want *want)
{
	uint64_t known = want->is_flag ? want->value : want->mask;

	return (test->mask & ~known) != 0 || test_accepts(test, want->value);
}

static bool want_fits(const struct test *test, const struct doc_want *want)
{
	switch (test->op) {
	case SCML_OP_IN:
		return value_fits(test, want);
	case SCML_OP_NOT_IN:
		return other_fits(test, want);
	case SCML_OP_BITS:
		return test_accepts(test, want->value);
	case SCML_OP_FALSE:
		return false;
	default:
		return true;
	}
}

static bool test_fits(const struct test *test, const struct doc_want *wants, size_t count)
{
	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		bool is_all = test->op == SCML_OP_ALL;

		for (size_t i = 0; i < test->child_count; i++) {
			if (test_fits(test->children[i], wants, count) != is_all)
				return !is_all;
		}
		return is_all;
	}
	for (size_t i = 0; i < count; i++) {
		if (test->place.base == SCML_ARG0 + wants[i].param)
			return want_fits(test, &wants[i]);
	}
	return test->op != SCML_OP_FALSE;
}

bool doc_accepts(const struct rule *rule, const struct doc_want *wants, size_t count)
{
	if (rule->is_never)
		return false;
	for (size_t i = 0; i < rule->cond_count; i++) {
		if (!test_fits(rule->conds[i].test, wants, count))
			return false;
	}
	return true;
}
