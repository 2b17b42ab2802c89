/*
 * steps_switch: where rules of a call ask for different values of one register, a switch leads
 * from the value to what is then left of the rules. Freestanding, like match.c.
 */
#include "steps.h"

enum {
	MIN_RULES = 2, /* that differ in the key; fewer are as fast without */
	MAX_MASKS = 4, /* of a register that are tried as key */
	MAX_LISTED = 512,
	MAX_CANDIDATES = 8, /* values that may leave open the same */
	MAX_TRIALS = 16,    /* multipliers */
	TRIED_VALUES = 64,  /* with more, some share a place whatever the multiplier */
	WORD_BITS = 64,
};

static const struct step_fact nothing;

static struct step_fact fact_of(const struct step_key *key, uint64_t value)
{
	return (struct step_fact){STEPS_VALUE, key->from, key->mask, value, NULL};
}

bool scml_steps_is_keyed(struct step_sink *sink, const struct step_key *key, uint32_t rule)
{
	struct step_form form;

	return scml_steps_form(sink, rule, key->from, &nothing, &form) &&
	       form.mask == key->mask;
}

/* The least value from START on, of those that were seen. */
struct least {
	uint64_t start;
	uint64_t value;
	bool is_there;
};

static void see_value(struct least *least, uint64_t value)
{
	if (!least->is_there || value < least->value)
		least->value = value;
	least->is_there = true;
}

/* See what TEST lists with the mask of KEY. */
static void see_test(struct step_sink *sink, const struct scml_test *test,
		     const struct step_key *key, struct least *least)
{
	const uint64_t *values = sink->table->values + test->first;
	uint32_t at = 0, count = test->count;

	if (!scml_steps_pay(sink, 1))
		return;
	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		for (uint32_t i = 0; i < test->count; i++)
			see_test(sink, sink->table->tests + test->first + i, key, least);
		return;
	}
	if ((test->op != SCML_OP_IN && test->op != SCML_OP_NOT_IN) || test->flags ||
	    test->place.base != key->from || scml_steps_mask(test) != key->mask)
		return;
	while (count) {
		uint32_t half = count / 2;
		bool is_before = values[at + half] < least->start;

		at += is_before ? half + 1 : 0;
		count = is_before ? count - half - 1 : half;
	}
	while (at < test->count && values[at] & ~key->mask)
		at++;
	if (at < test->count)
		see_value(least, values[at]);
}

/* The least listed value from *VALUE on, to *VALUE. */
static bool next_value(struct step_sink *sink, const struct step_key *key, uint64_t *value)
{
	const struct scml_table *table = sink->table;
	struct least least = {.start = *value};

	for (uint32_t i = 0; i < key->call->rule_count && sink->budget; i++) {
		uint32_t index = key->call->first_rule + i;
		const struct scml_rule *rule = table->rules + index;
		struct step_form form;

		for (uint32_t j = 0; j < rule->cond_count; j++)
			see_test(sink, table->tests + table->conds[rule->first_cond + j].test,
				 key, &least);
		if (key->is_tried && scml_steps_form(sink, index, key->from, &nothing, &form) &&
		    form.mask == key->mask && !form.list) {
			uint64_t one = least.start;

			if (scml_steps_next(sink, &form, &one))
				see_value(&least, one);
		}
	}
	*value = least.value;
	return least.is_there && sink->budget;
}

/* How many values are listed; 0 if they are too many or too large. */
static uint32_t count_listed(struct step_sink *sink, const struct step_key *key)
{
	uint32_t count = 0;

	for (uint64_t value = 0; next_value(sink, key, &value); value++) {
		if (value > UINT32_MAX || ++count > MAX_LISTED)
			return 0;
	}
	return count;
}

/* How many rules that KEY decides begin with another value than the one before them; and
 * whether their values are to be tried. */
static uint32_t count_different(struct step_sink *sink, struct step_key *key)
{
	uint64_t last = UINT64_MAX;
	uint32_t count = 0;

	for (uint32_t i = 0; i < key->call->rule_count && sink->budget; i++) {
		uint64_t value = 0;
		struct step_form form;

		if (!scml_steps_form(sink, key->call->first_rule + i, key->from, &nothing,
				     &form) ||
		    form.mask != key->mask || !scml_steps_next(sink, &form, &value))
			continue;
		key->is_tried |= !form.list;
		count += value != last;
		last = value;
	}
	return count;
}

bool scml_steps_find_key(struct step_sink *sink, const struct scml_call_rules *call,
			 struct step_key *key)
{
	struct step_key other = {.call = call};
	uint32_t most = MIN_RULES - 1;

	for (; other.from < SCML_REGISTERS; other.from++) {
		unsigned masks = 0;

		other.mask = 0;
		for (uint32_t i = 0; i < call->rule_count && masks < MAX_MASKS; i++) {
			struct step_form form;
			uint32_t count;

			if (!scml_steps_form(sink, call->first_rule + i, other.from, &nothing,
					     &form) ||
			    form.mask == other.mask)
				continue;
			masks++;
			other.mask = form.mask;
			other.is_tried = false;
			count = count_different(sink, &other);
			if (count <= most || !count_listed(sink, &other))
				continue;
			most = count;
			*key = other;
		}
	}
	return most >= MIN_RULES;
}

/* Does TEST leave open the same for both facts? */
static bool is_same_test(struct step_sink *sink, const struct scml_test *test,
			 const struct step_fact *a, const struct step_fact *b)
{
	enum step_known known = scml_steps_known(sink, test, a);

	if (known != scml_steps_known(sink, test, b))
		return false;
	if (known != STEPS_OPEN || (test->op != SCML_OP_ALL && test->op != SCML_OP_ANY))
		return true;
	for (uint32_t i = 0; i < test->count; i++) {
		if (!is_same_test(sink, sink->table->tests + test->first + i, a, b))
			return false;
	}
	return true;
}

/* Do the rules of KEY's call leave open the same for both values? */
static bool is_same_value(struct step_sink *sink, const struct step_key *key, uint64_t value,
			  uint64_t other)
{
	struct step_fact a = fact_of(key, value), b = fact_of(key, other);
	const struct scml_table *table = sink->table;

	for (uint32_t i = 0; i < key->call->rule_count && sink->budget; i++) {
		const struct scml_rule *rule = table->rules + key->call->first_rule + i;
		enum step_known known =
			scml_steps_known_rule(sink, key->call->first_rule + i, &a);

		if (known != scml_steps_known_rule(sink, key->call->first_rule + i, &b))
			return false;
		if (known == STEPS_HOLDS)
			return true;
		for (uint32_t j = 0; known == STEPS_OPEN && j < rule->cond_count; j++) {
			uint32_t cond = rule->first_cond + j;

			if (!is_same_test(sink, table->tests + table->conds[cond].test, &a, &b))
				return false;
		}
	}
	return sink->budget;
}

/* The rule of the table that VALUE does not let fail; SCML_NONE: there is none. */
static uint32_t first_rule(struct step_sink *sink, const struct step_key *key, uint64_t value)
{
	struct step_fact fact = fact_of(key, value);

	for (uint32_t i = 0; i < key->call->rule_count; i++) {
		uint32_t rule = key->call->first_rule + i;

		if (scml_steps_known_rule(sink, rule, &fact) != STEPS_FAILS)
			return rule;
	}
	return SCML_NONE;
}

/* A listed value up to VALUE that leaves open the same; VALUE itself if none is found. */
static uint64_t like(struct step_sink *sink, const struct step_key *key, uint64_t value)
{
	uint32_t rule = first_rule(sink, key, value);
	uint64_t other = 0;
	struct step_form form;
	bool is_keyed;

	is_keyed = rule != SCML_NONE &&
		   scml_steps_form(sink, rule, key->from, &nothing, &form) &&
		   form.mask == key->mask;
	for (unsigned i = 0; i < MAX_CANDIDATES; i++, other++) {
		bool is_there = is_keyed ? scml_steps_next(sink, &form, &other)
					 : next_value(sink, key, &other);

		if (!is_there || other >= value)
			return value;
		if (is_same_value(sink, key, value, other))
			return other;
	}
	return value;
}

/* Where the values have their places among the ways. */
struct places {
	uint32_t multiplier;
	unsigned shift;
	uint32_t count; /* the last is free */
	uint64_t taken[2 * MAX_LISTED / WORD_BITS + MAX_LISTED / WORD_BITS + 1];
};

static struct places new_places(uint32_t values, unsigned trial)
{
	struct places places = {.multiplier = 0x9e3779b1u * (2 * trial + 1), .shift = 31};

	while (places.shift > 1 && UINT32_MAX >> places.shift < 2 * values - 1)
		places.shift--;
	places.count = (UINT32_MAX >> places.shift) + 2;
	return places;
}

/* A place for VALUE: its own, or the next that is free. *PASSED: how many were not. */
static uint32_t take_place(struct places *places, uint64_t value, uint32_t *passed)
{
	uint32_t at = (uint32_t)value * places->multiplier >> places->shift;

	for (*passed = 0; places->taken[at / WORD_BITS] >> at % WORD_BITS & 1; at++)
		++*passed;
	places->taken[at / WORD_BITS] |= UINT64_C(1) << at % WORD_BITS;
	if (places->count < at + 2)
		places->count = at + 2;
	return at;
}

/* The multiplier with which the COUNT values pass the fewest places, none still taken. */
static struct places find_places(struct step_sink *sink, const struct step_key *key,
				 uint32_t count)
{
	struct places best = {0};
	uint32_t fewest = UINT32_MAX;

	for (unsigned trial = 0; trial < MAX_TRIALS && fewest; trial++) {
		struct places places = new_places(count, trial);
		uint32_t sum = 0;

		for (uint64_t value = 0; next_value(sink, key, &value); value++) {
			uint32_t passed;

			take_place(&places, value, &passed);
			sum += passed;
		}
		if (sum < fewest) {
			fewest = sum;
			best = places;
		}
		if (count > TRIED_VALUES)
			break;
	}
	return best;
}

static void put_way(struct step_sink *sink, uint32_t at, struct scml_way way)
{
	const struct scml_way *wanted = sink->wanted_ways ? sink->wanted_ways + at : &way;

	if (sink->is_wrong || at >= sink->way_room) {
		sink->is_wrong = true;
		return;
	}
	if (wanted->value != way.value || wanted->steps != way.steps || wanted->end != way.end)
		sink->is_wrong = true;
	if (sink->out_ways)
		sink->out_ways[at] = way;
}

/* The way of VALUE, which has its place already. */
static struct scml_way way_of(const struct step_sink *sink, const struct places *places,
			      uint64_t value)
{
	const struct scml_way *ways = sink->out_ways ? sink->out_ways : sink->wanted_ways;
	uint32_t at = (uint32_t)value * places->multiplier >> places->shift;

	while (ways && at + 1 < places->count && ways[sink->way_count + at].value != value)
		at++;
	return ways ? ways[sink->way_count + at] : (struct scml_way){0};
}

/* The steps that are left of the rules for VALUE; the way to them from SWITCH_AT. */
static struct scml_way put_rules(struct step_sink *sink, const struct step_key *key,
				 uint64_t value, uint32_t switch_at)
{
	struct step_fact fact = fact_of(key, value);
	uint32_t rule = first_rule(sink, key, value), at = sink->count;
	struct scml_way way = {.steps = (uint16_t)(at - switch_at)};

	sink->is_wrong |= at - switch_at > STEPS_MAX;
	scml_steps_rules(sink, key->call, &fact);
	if (sink->count == at + 1)
		way.end = rule == SCML_NONE ? SCML_STEP_NO : SCML_STEP_YES;
	return way;
}

/* Steps and ways for all listed values; the switch is at SWITCH_AT. */
static void put_values(struct step_sink *sink, const struct step_key *key,
		       const struct places *chosen, uint32_t switch_at)
{
	struct places places = *chosen;
	uint64_t value = 0;

	for (unsigned i = 0; i < sizeof(places.taken) / sizeof(*places.taken); i++)
		places.taken[i] = 0;
	for (; !sink->is_wrong && next_value(sink, key, &value); value++) {
		uint64_t other = like(sink, key, value);
		uint32_t passed, at = take_place(&places, value, &passed);
		struct scml_way way;

		if (other == value)
			way = put_rules(sink, key, value, switch_at);
		else
			way = way_of(sink, &places, other);
		way.value = (uint32_t)value;
		put_way(sink, sink->way_count + at, way);
	}
	for (uint32_t at = 0; at < places.count && !sink->is_wrong; at++) {
		if (!(places.taken[at / WORD_BITS] >> at % WORD_BITS & 1))
			put_way(sink, sink->way_count + at, (struct scml_way){0});
	}
}

void scml_steps_switch(struct step_sink *sink, const struct step_key *key)
{
	struct step_fact unlisted = {STEPS_UNLISTED, key->from, key->mask, 0, NULL};
	struct places places = find_places(sink, key, count_listed(sink, key));
	uint32_t at = sink->count;

	if (!places.count || places.count > sink->way_room - sink->way_count) {
		sink->is_wrong = true;
		return;
	}
	scml_steps_put(sink,
		       (struct scml_step){.op = SCML_STEP_SWITCH,
					  .from = key->from,
					  .offset = (uint16_t)places.shift,
					  .index = sink->first_way + sink->way_count,
					  .low = places.multiplier,
					  .mask = key->mask},
		       (struct step_ways){at + 1, at + 1});
	scml_steps_rules(sink, key->call, &unlisted);
	put_values(sink, key, &places, at);
	sink->way_count += places.count;
}
