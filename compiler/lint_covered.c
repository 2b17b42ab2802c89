#include <string.h>

#include "lint.h"
#include "test.h"

static bool same_place(const struct scml_place *a, const struct scml_place *b)
{
	return a->base == b->base && a->width == b->width && a->flags == b->flags &&
	       a->offset == b->offset;
}

static bool same_extent(const struct scml_extent *a, const struct scml_extent *b)
{
	return a->kind == b->kind && a->fixed == b->fixed && same_place(&a->place, &b->place);
}

static bool contains_value(const struct test *test, uint64_t value)
{
	for (size_t i = 0; i < test->value_count; i++) {
		if (test->values[i] == value)
			return true;
	}
	return false;
}

static bool word_implies(const struct test *a, const struct test *b)
{
	if (!same_place(&a->place, &b->place) || a->flags != b->flags)
		return false;
	if (a->op == SCML_OP_IN && (b->mask & ~a->mask) == 0) {
		for (size_t i = 0; i < a->value_count; i++) {
			if (!test_accepts(b, a->values[i]))
				return false;
		}
		return true;
	}
	if (a->op == SCML_OP_NOT_IN && b->op == SCML_OP_NOT_IN && a->mask == b->mask) {
		for (size_t i = 0; i < b->value_count; i++) {
			if (!contains_value(a, b->values[i]))
				return false;
		}
		return true;
	}
	if (a->op != SCML_OP_BITS || b->op != SCML_OP_BITS || (b->mask & ~a->mask) != 0 ||
	    (a->bits & b->mask & ~b->bits) != 0)
		return false;
	for (size_t i = 0; i < a->value_count; i++) {
		if (!test_accepts(b, a->values[i]))
			return false;
	}
	return true;
}

/* Does B hold wherever A holds? A false answer may only mean that this is not seen. */
static bool test_implies(const struct test *a, const struct test *b)
{
	if (a->op == SCML_OP_FALSE || b->op == SCML_OP_TRUE)
		return true;
	if (b->op == SCML_OP_ALL) {
		for (size_t i = 0; i < b->child_count; i++) {
			if (!test_implies(a, b->children[i]))
				return false;
		}
		return true;
	}
	if (a->op == SCML_OP_ANY) {
		for (size_t i = 0; i < a->child_count; i++) {
			if (!test_implies(a->children[i], b))
				return false;
		}
		return true;
	}
	if (b->op == SCML_OP_ANY) {
		for (size_t i = 0; i < b->child_count; i++) {
			if (test_implies(a, b->children[i]))
				return true;
		}
	}
	if (a->op == SCML_OP_ALL) {
		for (size_t i = 0; i < a->child_count; i++) {
			if (test_implies(a->children[i], b))
				return true;
		}
		return false;
	}
	if (a->op == SCML_OP_MEMORY || a->op == SCML_OP_EACH)
		return b->op == a->op && same_place(&a->place, &b->place) &&
		       a->block.size == b->block.size && a->block.flags == b->block.flags &&
		       same_extent(&a->block.extent, &b->block.extent) &&
		       test_implies(a->children[0], b->children[0]);
	if (a->op == SCML_OP_STRING)
		return b->op == SCML_OP_STRING && same_place(&a->place, &b->place);
	return word_implies(a, b);
}

/* Does WIDE match whatever NARROW matches? */
static bool rule_covers(const struct rule *wide, const struct rule *narrow)
{
	for (size_t i = 0; i < wide->cond_count; i++) {
		const struct rule_cond *cond = &wide->conds[i];
		bool is_implied = false;

		for (size_t j = 0; j < narrow->cond_count && !is_implied; j++)
			is_implied = test_implies(narrow->conds[j].test, cond->test);
		if (!is_implied)
			return false;
	}
	return true;
}

static void check_call(const struct compilation *compilation, const struct rule_call *call)
{
	for (size_t i = 1; i < call->rule_count; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct rule *narrow = &call->rules[i], *wide = &call->rules[j];
			struct diag *diag;

			if (narrow->is_never || wide->is_never || !rule_covers(wide, narrow))
				continue;
			diag = diag_add(
				compilation->diags, DIAG_COVERED,
				narrow->source->ast->name.span,
				"an earlier rule already matches all that this one does");
			diag_remark(compilation->diags, diag, wide->source->ast->name.span,
				    "that rule");
			break;
		}
	}
}

void lint_covered(const struct compilation *compilation)
{
	for (size_t i = 0; i < compilation->rules_count; i++) {
		const struct rules *rules = compilation->rules[i];

		for (size_t j = 0; j < rules->call_count; j++)
			check_call(compilation, &rules->calls[j]);
	}
}
