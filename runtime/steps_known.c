/*
 * steps_known: what is known of tests where something is known of a register, and what is left
 * of a rule's tests of one register. Freestanding, like match.c.
 */
#include "steps.h"
#include "test_holds.h"

enum {
	MAX_TRIED = 6,	 /* bits of which every choice is tried */
	SEARCH_COST = 4, /* of a value in a sorted list */
};

bool scml_steps_pay(struct step_sink *sink, uint32_t cost)
{
	if (sink->budget < cost) {
		sink->budget = 0;
		return false;
	}
	sink->budget -= cost;
	return true;
}

uint64_t scml_steps_mask(const struct scml_test *test)
{
	return test->mask & UINT64_MAX >> (64 - test->place.width);
}

static bool is_word_test(const struct scml_test *test)
{
	return test->op >= SCML_OP_IN && test->op <= SCML_OP_BITS && !test->flags &&
	       test->place.base != SCML_INSIDE;
}

/* The bits that all values of TEST that can be seen have, and those that some has. */
static void bits_of_values(const struct step_sink *sink, const struct scml_test *test,
			   uint64_t *all, uint64_t *some)
{
	uint64_t mask = scml_steps_mask(test);

	*all = mask;
	*some = 0;
	for (uint32_t i = 0; i < test->count; i++) {
		uint64_t value = sink->table->values[test->first + i];

		if (value & ~mask)
			continue;
		*all &= value;
		*some |= value;
	}
}

/* The bits of the register that decide TEST. */
static uint64_t relevant_bits(const struct step_sink *sink, const struct scml_test *test)
{
	uint64_t all, some;

	if (test->op != SCML_OP_BITS)
		return scml_steps_mask(test);
	bits_of_values(sink, test, &all, &some);
	return (scml_steps_mask(test) & ~test->bits) | some;
}

/* Is some value of TEST that of FACT in the bits that both see? */
static bool is_possible(const struct step_sink *sink, const struct scml_test *test,
			const struct step_fact *fact)
{
	uint64_t mask = scml_steps_mask(test), all, some;

	if (test->op == SCML_OP_BITS) {
		bits_of_values(sink, test, &all, &some);
		return !(fact->value & fact->mask & mask & ~test->bits & ~some);
	}
	for (uint32_t i = 0; i < test->count; i++) {
		uint64_t value = sink->table->values[test->first + i];

		if (!(value & ~mask) && !((value ^ fact->value) & fact->mask & mask))
			return true;
	}
	return false;
}

/* TEST is a word test. */
static enum step_known known_by(struct step_sink *sink, const struct scml_test *test,
				const struct step_fact *fact)
{
	bool is_not = test->op == SCML_OP_NOT_IN, is_decided;

	if (test->place.base != fact->from || fact->kind == STEPS_NOTHING)
		return STEPS_OPEN;
	if (fact->kind == STEPS_UNLISTED) {
		if (test->op == SCML_OP_BITS || scml_steps_mask(test) != fact->mask)
			return STEPS_OPEN;
		return is_not ? STEPS_HOLDS : STEPS_FAILS;
	}
	is_decided = test->op != SCML_OP_BITS && !(scml_steps_mask(test) & ~fact->mask);
	if (!scml_steps_pay(sink, is_decided ? SEARCH_COST : test->count))
		return STEPS_OPEN;
	if (is_decided || !(relevant_bits(sink, test) & ~fact->mask))
		return test_holds(sink->table, test, fact->value & scml_steps_mask(test))
			       ? STEPS_HOLDS
			       : STEPS_FAILS;
	if (is_possible(sink, test, fact))
		return STEPS_OPEN;
	return is_not ? STEPS_HOLDS : STEPS_FAILS;
}

static enum step_known known_of_word(struct step_sink *sink, const struct scml_test *test,
				     const struct step_fact *fact)
{
	enum step_known known = STEPS_OPEN;

	if (!is_word_test(test))
		return STEPS_OPEN;
	for (; fact && known == STEPS_OPEN; fact = fact->beside)
		known = known_by(sink, test, fact);
	return known;
}

enum step_known scml_steps_known(struct step_sink *sink, const struct scml_test *test,
				 const struct step_fact *fact)
{
	bool is_all = test->op == SCML_OP_ALL;
	enum step_known known = is_all ? STEPS_HOLDS : STEPS_FAILS;

	if (!scml_steps_pay(sink, 1))
		return STEPS_OPEN;
	if (test->op == SCML_OP_TRUE)
		return STEPS_HOLDS;
	if (test->op == SCML_OP_FALSE)
		return STEPS_FAILS;
	if (!is_all && test->op != SCML_OP_ANY)
		return known_of_word(sink, test, fact);
	for (uint32_t i = 0; i < test->count; i++) {
		enum step_known one =
			scml_steps_known(sink, sink->table->tests + test->first + i, fact);

		if (is_all ? one < known : one > known)
			known = one;
	}
	return known;
}

enum step_known scml_steps_known_rule(struct step_sink *sink, uint32_t rule,
				      const struct step_fact *fact)
{
	const struct scml_table *table = sink->table;
	const struct scml_cond *conds = table->conds + table->rules[rule].first_cond;
	enum step_known known = STEPS_HOLDS;

	for (uint32_t i = 0; i < table->rules[rule].cond_count && known != STEPS_FAILS; i++) {
		enum step_known one =
			scml_steps_known(sink, table->tests + conds[i].test, fact);

		if (one < known)
			known = one;
	}
	return known;
}

uint8_t scml_steps_register(struct step_sink *sink, const struct scml_test *test)
{
	uint8_t from = STEPS_NO_REGISTER;

	if (!scml_steps_pay(sink, 1))
		return STEPS_NO_REGISTER;
	if (is_word_test(test))
		return test->place.base;
	if (test->op != SCML_OP_ALL && test->op != SCML_OP_ANY)
		return STEPS_NO_REGISTER;
	for (uint32_t i = 0; i < test->count; i++) {
		uint8_t one = scml_steps_register(sink, sink->table->tests + test->first + i);

		if (one == STEPS_NO_REGISTER || (i && one != from))
			return STEPS_NO_REGISTER;
		from = one;
	}
	return from;
}

/* What TEST, which one register decides, asks of its bits where FACT holds. */
static struct step_form form_of_test(struct step_sink *sink, const struct scml_test *test,
				     const struct step_fact *fact)
{
	bool is_all = test->op == SCML_OP_ALL;
	struct step_form form = {0};
	uint64_t all, some, mask;

	if (is_word_test(test)) {
		if (!scml_steps_pay(sink, test->count))
			return form;
		bits_of_values(sink, test, &all, &some);
		mask = scml_steps_mask(test);
		form.mask = relevant_bits(sink, test);
		if (test->op == SCML_OP_IN)
			form.ones = all;
		if (test->op != SCML_OP_NOT_IN)
			form.zeros = form.mask & ~some;
		if (test->op == SCML_OP_IN && form.mask == mask)
			form.list = test;
		return form;
	}
	if (!is_all)
		form.zeros = form.ones = UINT64_MAX;
	for (uint32_t i = 0; i < test->count; i++) {
		const struct scml_test *child = sink->table->tests + test->first + i;
		struct step_form one;

		if (scml_steps_known(sink, child, fact) != STEPS_OPEN)
			continue;
		one = form_of_test(sink, child, fact);
		form.mask |= one.mask;
		form.zeros = is_all ? form.zeros | one.zeros : form.zeros & one.zeros;
		form.ones = is_all ? form.ones | one.ones : form.ones & one.ones;
		if (is_all && one.list)
			form.list = one.list;
	}
	return form;
}

/* Add what the open parts of TEST, a condition, ask of the register of FORM. */
static void add_parts(struct step_sink *sink, struct step_form *form,
		      const struct scml_test *test, const struct step_fact *fact)
{
	struct step_form part;

	if (scml_steps_known(sink, test, fact) != STEPS_OPEN)
		return;
	if (scml_steps_register(sink, test) == form->from) {
		part = form_of_test(sink, test, fact);
		form->mask |= part.mask;
		form->zeros |= part.zeros;
		form->ones |= part.ones;
		if (part.list)
			form->list = part.list;
	} else if (test->op == SCML_OP_ALL) {
		for (uint32_t i = 0; i < test->count; i++)
			add_parts(sink, form, sink->table->tests + test->first + i, fact);
	}
}

static unsigned count_bits(uint64_t word)
{
	unsigned count = 0;

	for (; word; word &= word - 1)
		count++;
	return count;
}

bool scml_steps_form(struct step_sink *sink, uint32_t rule, uint8_t from,
		     const struct step_fact *fact, struct step_form *form)
{
	const struct scml_rule *asked = sink->table->rules + rule;
	const struct scml_cond *conds = sink->table->conds + asked->first_cond;

	*form = (struct step_form){.rule = rule, .from = from, .fact = fact};
	for (uint32_t i = 0; i < asked->cond_count; i++)
		add_parts(sink, form, sink->table->tests + conds[i].test, fact);
	if (form->list && scml_steps_mask(form->list) != form->mask)
		form->list = NULL;
	return form->mask && sink->budget &&
	       (form->list || count_bits(form->mask & ~form->zeros & ~form->ones) <= MAX_TRIED);
}

/* Can the rule of FORM match a register with VALUE? */
static bool has_value(struct step_sink *sink, const struct step_form *form, uint64_t value)
{
	struct step_fact fact = {STEPS_VALUE, form->from, form->mask, value, form->fact};

	return scml_steps_known_rule(sink, form->rule, &fact) != STEPS_FAILS;
}

static bool next_listed(struct step_sink *sink, const struct step_form *form, uint64_t *value)
{
	const uint64_t *values = sink->table->values + form->list->first;
	uint32_t first = 0, count = form->list->count;

	while (count) {
		uint32_t half = count / 2;

		if (values[first + half] < *value) {
			first += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	for (; first < form->list->count && sink->budget; first++) {
		*value = values[first];
		if (!(*value & ~form->mask) && has_value(sink, form, *value))
			return true;
	}
	return false;
}

bool scml_steps_next(struct step_sink *sink, const struct step_form *form, uint64_t *value)
{
	uint64_t ones = form->ones & ~form->zeros;
	uint64_t open = form->mask & ~form->zeros & ~form->ones;
	uint64_t choice = 0;

	if (form->list)
		return next_listed(sink, form, value);
	do {
		uint64_t one = choice | ones;

		if (one >= *value && has_value(sink, form, one)) {
			*value = one;
			return true;
		}
		choice = ((choice | ~open) + 1) & open;
	} while (choice && sink->budget);
	return false;
}
