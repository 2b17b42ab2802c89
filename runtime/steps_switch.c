/*
 * steps_switch: where the rules of a call ask one register for a value first, a switch leads
 * from the value to the rule. Freestanding, like match.c.
 */
#include "steps.h"
#include "test_holds.h"

enum {
	MIN_RULES = 3, /* that begin with a value; fewer are as fast without */
	MAX_SWITCHES = 8,
	MAX_GAP = 64,	 /* ways that lead nowhere, in a row */
	MAX_WAYS = 1024, /* of a switch */
};

/* The test that a rule begins with, without which it never matches; NULL: none. */
static const struct scml_test *head(const struct step_sink *sink, const struct step_key *key,
				    uint32_t index)
{
	const struct scml_table *table = sink->table;
	const struct scml_rule *rule = table->rules + key->call->first_rule + index;
	const struct scml_test *test;

	if (!rule->cond_count)
		return NULL;
	test = table->tests + table->conds[rule->first_cond].test;
	while (test->op == SCML_OP_ALL && test->count)
		test = table->tests + test->first;
	return test;
}

/* Does TEST ask for values of a register that ways can lead from? */
static bool is_list(const struct step_sink *sink, const struct scml_test *test)
{
	const uint64_t *values;

	if (!test || test->op != SCML_OP_IN || test->flags || test->place.base == SCML_INSIDE ||
	    test->mask < UINT64_MAX >> (64 - test->place.width))
		return false;
	values = sink->table->values + test->first;
	return !test->count || values[test->count - 1] <= UINT32_MAX;
}

/* Does TEST ask for values of KEY? */
static bool is_keyed(const struct step_sink *sink, const struct scml_test *test,
		     const struct step_key *key)
{
	return is_list(sink, test) && test->place.base == key->from &&
	       scml_steps_mask(test) == key->mask;
}

/* What is known of a test when the value of the key is. */
enum known { FAILS, OPEN, HOLDS };

static enum known known_of(struct step_sink *sink, const struct scml_test *test,
			   const struct step_key *key, uint64_t value);

static enum known known_of_group(struct step_sink *sink, const struct scml_test *test,
				 const struct step_key *key, uint64_t value)
{
	bool is_all = test->op == SCML_OP_ALL;
	enum known known = is_all ? HOLDS : FAILS;

	for (uint32_t i = 0; i < test->count; i++) {
		enum known one =
			known_of(sink, sink->table->tests + test->first + i, key, value);

		if (is_all ? one < known : one > known)
			known = one;
	}
	return known;
}

static enum known known_of(struct step_sink *sink, const struct scml_test *test,
			   const struct step_key *key, uint64_t value)
{
	if (!scml_steps_pay(sink, test))
		return OPEN;
	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
		return HOLDS;
	case SCML_OP_FALSE:
		return FAILS;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		return known_of_group(sink, test, key, value);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		break;
	case SCML_OP_STRING:
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return OPEN;
	}
	if (test->flags || test->place.base != key->from || scml_steps_mask(test) & ~key->mask)
		return OPEN;
	value &= UINT64_MAX >> (64 - test->place.width);
	return test_holds(sink->table, test, value) ? HOLDS : FAILS;
}

/* A place among the conditions of a call. */
struct spot {
	uint32_t rule; /* of the call; the number of rules: none matches */
	uint32_t cond; /* of the rule */
};

/* Where it is open for the first time what becomes of a call with the VALUE of KEY. */
static struct spot first_open(struct step_sink *sink, const struct step_key *key,
			      uint64_t value)
{
	const struct scml_table *table = sink->table;
	struct spot spot = {0, 0};

	while (spot.rule < key->call->rule_count) {
		const struct scml_rule *rule = table->rules + key->call->first_rule + spot.rule;
		const struct scml_cond *conds = table->conds + rule->first_cond;
		enum known known = HOLDS;

		for (spot.cond = 0; spot.cond < rule->cond_count; spot.cond++) {
			known = known_of(sink, table->tests + conds[spot.cond].test, key,
					 value);
			if (known != HOLDS)
				break;
		}
		if (known != FAILS)
			return spot;
		spot.rule++;
	}
	return (struct spot){spot.rule, 0};
}

/* The least value from *VALUE on that a rule lists, to *VALUE. */
static bool next_value(struct step_sink *sink, const struct step_key *key, uint64_t *value)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < key->call->rule_count; i++) {
		const struct scml_test *test = head(sink, key, i);

		if (!is_keyed(sink, test, key) || !scml_steps_pay(sink, test))
			continue;
		for (uint32_t j = 0; j < test->count; j++) {
			uint64_t other = sink->table->values[test->first + j];

			if (other >= *value && other < least && !(other & ~key->mask))
				least = other;
		}
	}
	*value = least;
	return least <= UINT32_MAX && sink->budget;
}

/* The last value of the switch that begins with START. */
static uint64_t last_value(struct step_sink *sink, const struct step_key *key, uint64_t start)
{
	uint64_t last = start, next = start + 1;

	while (next_value(sink, key, &next) && next - last <= MAX_GAP &&
	       next - start < MAX_WAYS) {
		last = next;
		next++;
	}
	return last;
}

/* How many switches there are; 0 if they are too many. */
static uint32_t count_switches(struct step_sink *sink, const struct step_key *key)
{
	uint32_t count = 0;
	uint64_t value = 0;

	while (count <= MAX_SWITCHES && next_value(sink, key, &value)) {
		value = last_value(sink, key, value) + 1;
		count++;
	}
	return count <= MAX_SWITCHES ? count : 0;
}

/* The way from the switch at the end of SINK to SPOT; the first rule begins at RULES. */
static uint32_t way_to(struct step_sink *sink, const struct step_key *key, uint32_t rules,
		       struct spot spot)
{
	return rules + scml_steps_size(sink, key->call->first_rule, spot.rule) +
	       scml_steps_size_of_conds(sink, key->call->first_rule + spot.rule, spot.cond) -
	       sink->count;
}

static void put_way(struct step_sink *sink, uint32_t way)
{
	if (sink->is_wrong || sink->way_count >= sink->way_room || way > STEPS_MAX) {
		sink->is_wrong = true;
		return;
	}
	if (sink->wanted_ways && sink->wanted_ways[sink->way_count] != way)
		sink->is_wrong = true;
	if (sink->out_ways)
		sink->out_ways[sink->way_count] = (uint16_t)way;
	sink->way_count++;
}

/* The values from START to LAST. */
static void put_switch(struct step_sink *sink, const struct step_key *key, uint32_t rules,
		       uint64_t start, uint64_t last)
{
	struct scml_step step = {.op = SCML_STEP_SWITCH,
				 .from = key->from,
				 .index = sink->first_way + sink->way_count,
				 .low = (uint32_t)start,
				 .mask = key->mask,
				 .set = last - start + 1};
	uint64_t next = start;

	for (uint64_t value = start; value <= last && !sink->is_wrong; value++) {
		uint32_t way = 0;

		if (next < value)
			next = value;
		next_value(sink, key, &next);
		if (next == value)
			way = way_to(sink, key, rules, first_open(sink, key, value));
		put_way(sink, way);
	}
	scml_steps_put(sink, step, (struct step_ways){sink->count + 1, sink->count + 1});
}

static uint32_t count_rules(struct step_sink *sink, const struct step_key *key)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < key->call->rule_count && sink->budget; i++, sink->budget--)
		count += is_keyed(sink, head(sink, key, i), key);
	return count;
}

bool scml_steps_find_key(struct step_sink *sink, const struct scml_call_rules *call,
			 struct step_key *key)
{
	struct step_key other = {.call = call};
	uint32_t most = MIN_RULES - 1;

	*key = other;
	for (uint32_t i = 0; i < key->call->rule_count && sink->budget; i++) {
		const struct scml_test *test = head(sink, key, i);
		uint32_t count;

		if (!is_list(sink, test) || is_keyed(sink, test, &other))
			continue;
		other.from = test->place.base;
		other.mask = scml_steps_mask(test);
		count = count_rules(sink, &other);
		if (count > most) {
			most = count;
			*key = other;
		}
	}
	return most >= MIN_RULES;
}

bool scml_steps_is_other(const struct step_sink *sink, const struct step_key *key,
			 uint32_t index)
{
	return !is_keyed(sink, head(sink, key, index), key);
}

static bool has_others(const struct step_sink *sink, const struct step_key *key)
{
	for (uint32_t i = 0; i < key->call->rule_count; i++) {
		if (scml_steps_is_other(sink, key, i))
			return true;
	}
	return false;
}

/* Over the rules to those that the switches do not know. */
static void put_default(struct step_sink *sink, const struct step_key *key, uint32_t rules)
{
	uint32_t end =
		rules + scml_steps_size(sink, key->call->first_rule, key->call->rule_count);
	struct scml_step step = {.op = SCML_STEP_REGISTER};

	scml_steps_put(sink, step,
		       (struct step_ways){sink->count + 1, end + has_others(sink, key)});
}

bool scml_steps_switch(struct step_sink *sink, const struct step_key *key)
{
	uint32_t count = count_switches(sink, key), rules = sink->count + count + 1;
	uint64_t value = 0;

	if (!count)
		return false;
	for (uint32_t i = 0; i < count && !sink->is_wrong; i++) {
		uint64_t last;

		next_value(sink, key, &value);
		last = last_value(sink, key, value);
		put_switch(sink, key, rules, value, last);
		value = last + 1;
	}
	put_default(sink, key, rules);
	return true;
}
