#include <string.h>

#include "lint.h"
#include "test.h"
#include "vec.h"

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

/* A rule that asks for VALUE at the index's word. */
struct covered_entry {
	const struct covered_entry *next;
	uint64_t value;
	size_t rule;
};

/*
 * The rules of a call so far, by what they ask of one word: a rule that asks for other values
 * than a later one there cannot cover it, and need not be compared with it.
 */
struct covered_index {
	const struct rule *rules;
	const struct test *key; /* its place, flags and mask; NULL: no word tells rules apart */
	const struct covered_entry **slots;
	size_t slot_count;
	VEC(size_t) rest; /* rules that do not test the word in this way */
};

static bool is_word_of(const struct test *test, const struct test *key)
{
	return same_place(&test->place, &key->place) && test->flags == key->flags;
}

static const struct test *key_of(const struct rule *rule, const struct test *key)
{
	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct test *test = rule->conds[i].test;

		if (test->op == SCML_OP_IN && test->value_count > 0 && is_word_of(test, key) &&
		    test->mask == key->mask)
			return test;
	}
	return NULL;
}

static size_t spread(uint64_t value, size_t count)
{
	return (size_t)(value * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (count - 1);
}

/* About how many different values the rules of CALL ask for at KEY. */
static size_t distinct_values(const struct rule_call *call, const struct test *key)
{
	enum { SLOTS = 4096 };
	bool is_seen[SLOTS] = {false};
	size_t count = 0;

	for (size_t i = 0; i < call->rule_count; i++) {
		const struct test *test = key_of(&call->rules[i], key);
		size_t at = test ? spread(test->values[0], SLOTS) : 0;

		if (test && !is_seen[at]) {
			is_seen[at] = true;
			count++;
		}
	}
	return count;
}

/* Of the words that some of the rules test, the one that tells most rules apart. */
static const struct test *choose_key(const struct rule_call *call)
{
	const size_t samples[] = {0, call->rule_count / 2, call->rule_count - 1};
	const struct test *best = NULL;
	size_t best_count = 1;

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const struct rule *rule = &call->rules[samples[i]];

		for (size_t j = 0; j < rule->cond_count; j++) {
			const struct test *test = rule->conds[j].test;
			size_t count = test->op == SCML_OP_IN ? distinct_values(call, test) : 0;

			if (count > best_count) {
				best_count = count;
				best = test;
			}
		}
	}
	return best;
}

/* Tests of the word at KEY in TEST; more than one where every rule has to be compared. */
static size_t count_words(const struct test *test, const struct test *key)
{
	size_t count = 0;

	if (test->op == SCML_OP_FALSE || (test->op == SCML_OP_ANY && test->child_count == 0) ||
	    (test->op == SCML_OP_IN && test->value_count == 0))
		return 2;
	if (test->op == SCML_OP_IN || test->op == SCML_OP_NOT_IN || test->op == SCML_OP_BITS)
		return is_word_of(test, key);
	if (test->op != SCML_OP_ALL && test->op != SCML_OP_ANY)
		return 0;
	for (size_t i = 0; i < test->child_count; i++)
		count += 2 * count_words(test->children[i], key);
	return count;
}

static void index_add(struct arena *arena, struct covered_index *index, size_t rule)
{
	const struct test *test = key_of(&index->rules[rule], index->key);

	if (!test) {
		vec_push(arena, &index->rest, rule);
		return;
	}
	for (size_t i = 0; i < test->value_count; i++) {
		struct covered_entry *entry = ARENA_NEW(arena, struct covered_entry);
		const struct covered_entry **slot =
			&index->slots[spread(test->values[i], index->slot_count)];

		*entry = (struct covered_entry){*slot, test->values[i], rule};
		*slot = entry;
	}
}

/* The first of the rules before NARROW that covers it; NARROW if none does. */
static size_t first_cover(const struct covered_index *index, size_t narrow)
{
	const struct rule *rules = index->rules, *rule = &rules[narrow];
	const struct test *word = NULL;
	size_t words = index->key ? 0 : 2, first = narrow;

	for (size_t i = 0; words < 2 && i < rule->cond_count; i++) {
		const struct test *test = rule->conds[i].test;
		size_t more = count_words(test, index->key);

		words += more;
		word = more ? test : word;
	}
	if (words > 1) {
		for (first = 0; first < narrow; first++) {
			if (!rules[first].is_never && rule_covers(&rules[first], rule))
				break;
		}
		return first;
	}
	if (word && word->op == SCML_OP_IN && (index->key->mask & ~word->mask) == 0) {
		uint64_t value = word->values[0] & index->key->mask;

		for (const struct covered_entry *entry =
			     index->slots[spread(value, index->slot_count)];
		     entry; entry = entry->next) {
			if (entry->value == value && entry->rule < first &&
			    rule_covers(&rules[entry->rule], rule))
				first = entry->rule;
		}
	}
	for (size_t i = 0; i < index->rest.count && index->rest.items[i] < first; i++) {
		if (rule_covers(&rules[index->rest.items[i]], rule))
			first = index->rest.items[i];
	}
	return first;
}

static struct covered_index index_new(struct arena *arena, const struct rule_call *call)
{
	struct covered_index index = {.rules = call->rules, .slot_count = 8};

	index.key = choose_key(call);
	while (index.slot_count < call->rule_count)
		index.slot_count *= 2;
	index.slots = ARENA_ARRAY(arena, const struct covered_entry *, index.slot_count);
	return index;
}

static void check_call(const struct compilation *compilation, const struct rule_call *call)
{
	struct covered_index index = index_new(compilation->arena, call);

	for (size_t i = 0; i < call->rule_count; i++) {
		const struct rule *narrow = &call->rules[i];
		struct diag *diag;
		size_t first;

		if (narrow->is_never)
			continue;
		first = first_cover(&index, i);
		if (index.key)
			index_add(compilation->arena, &index, i);
		if (first == i)
			continue;
		diag = diag_add(compilation->diags, DIAG_COVERED,
				narrow->source->ast->name.span,
				"an earlier rule already matches all that this one does");
		diag_remark(compilation->diags, diag, call->rules[first].source->ast->name.span,
			    "that rule");
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
