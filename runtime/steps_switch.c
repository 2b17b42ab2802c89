/*
 * steps_switch: where the rules of a call ask one register for a value first, a switch leads
 * from the value to the rule. Freestanding, like match.c.
 */
#include "steps.h"

enum {
	MIN_RULES = 3, /* that begin with a value; fewer are as fast without */
	MAX_SWITCHES = 8,
	MAX_GAP = 64,	 /* ways that lead nowhere, in a row */
	MAX_WAYS = 1024, /* of a switch */
};

/* The values of one register. */
struct key {
	const struct scml_call_rules *call;
	uint8_t from;
	uint64_t mask;
};

/* The test that a rule begins with; NULL: none. */
static const struct scml_test *head(const struct step_sink *sink, const struct key *key,
				    uint32_t index)
{
	const struct scml_table *table = sink->table;
	const struct scml_rule *rule = table->rules + key->call->first_rule + index;

	return rule->cond_count ? table->tests + table->conds[rule->first_cond].test : NULL;
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
		     const struct key *key)
{
	return is_list(sink, test) && test->place.base == key->from &&
	       scml_steps_mask(test) == key->mask;
}

/* Can TEST hold for the value of KEY? True where that is not clear. */
static bool may_take(struct step_sink *sink, const struct scml_test *test,
		     const struct key *key, uint64_t value)
{
	const uint64_t *values = sink->table->values + test->first;
	bool is_all = test->op == SCML_OP_ALL;

	if (!sink->budget)
		return true;
	sink->budget--;
	if (is_all || test->op == SCML_OP_ANY) {
		for (uint32_t i = 0; i < test->count; i++) {
			const struct scml_test *child = sink->table->tests + test->first + i;

			if (may_take(sink, child, key, value) != is_all)
				return !is_all;
		}
		return is_all;
	}
	if (test->op != SCML_OP_IN || test->flags || test->place.base != key->from ||
	    scml_steps_mask(test) & ~key->mask)
		return true;
	for (uint32_t i = 0; i < test->count; i++) {
		if (values[i] == (value & scml_steps_mask(test)))
			return true;
	}
	return false;
}

/* The first rule that may take the VALUE of KEY; the number of rules if none does. */
static uint32_t taker(struct step_sink *sink, const struct key *key, uint64_t value)
{
	uint32_t index = 0;

	for (; index < key->call->rule_count; index++) {
		const struct scml_test *test = head(sink, key, index);

		if (!test || may_take(sink, test, key, value))
			break;
	}
	return index;
}

/* The first rule that may take a value that no rule lists. */
static uint32_t other_taker(const struct step_sink *sink, const struct key *key)
{
	uint32_t index = 0;

	while (index < key->call->rule_count && is_keyed(sink, head(sink, key, index), key))
		index++;
	return index;
}

/* The least value from *VALUE on that a rule lists, to *VALUE. */
static bool next_value(struct step_sink *sink, const struct key *key, uint64_t *value)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < key->call->rule_count; i++) {
		const struct scml_test *test = head(sink, key, i);

		for (uint32_t j = 0; is_keyed(sink, test, key) && j < test->count; j++) {
			uint64_t other = sink->table->values[test->first + j];

			if (sink->budget)
				sink->budget--;
			if (other >= *value && other < least && !(other & ~key->mask))
				least = other;
		}
	}
	*value = least;
	return least <= UINT32_MAX && sink->budget;
}

/* The last value of the switch that begins with START. */
static uint64_t last_value(struct step_sink *sink, const struct key *key, uint64_t start)
{
	uint64_t last = start, next = start + 1;

	while (next_value(sink, key, &next) && next - last <= MAX_GAP &&
	       next - start < MAX_WAYS) {
		last = next;
		next++;
	}
	return last;
}

/* How many switches there are; 0 if they are not worth it. */
static uint32_t count_switches(struct step_sink *sink, const struct key *key)
{
	uint32_t count = 0, rules = 0;
	uint64_t value = 0;

	for (uint32_t i = 0; i < key->call->rule_count; i++)
		rules += is_keyed(sink, head(sink, key, i), key);
	if (rules < MIN_RULES)
		return 0;
	while (count <= MAX_SWITCHES && next_value(sink, key, &value)) {
		value = last_value(sink, key, value) + 1;
		count++;
	}
	return count <= MAX_SWITCHES ? count : 0;
}

/* The way from the switch at the end of SINK to the rule with that index, of which the first
 * begins at RULES. */
static uint32_t way_to(struct step_sink *sink, const struct key *key, uint32_t rules,
		       uint32_t index)
{
	return rules + scml_steps_size(sink, key->call->first_rule, index) - sink->count;
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
static void put_switch(struct step_sink *sink, const struct key *key, uint32_t rules,
		       uint64_t start, uint64_t last, uint32_t no)
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
			way = way_to(sink, key, rules, taker(sink, key, value));
		put_way(sink, way);
	}
	scml_steps_put(sink, step, (struct step_ways){sink->count + 1, no});
}

static bool find_key(struct step_sink *sink, struct key *key)
{
	for (uint32_t i = 0; i < key->call->rule_count; i++) {
		const struct scml_test *test = head(sink, key, i);

		if (!is_list(sink, test))
			continue;
		key->from = test->place.base;
		key->mask = scml_steps_mask(test);
		return true;
	}
	return false;
}

void scml_steps_switch(struct step_sink *sink, const struct scml_call_rules *call)
{
	struct key key = {.call = call};
	uint32_t count, rules;
	uint64_t value = 0;

	if (!find_key(sink, &key))
		return;
	count = count_switches(sink, &key);
	rules = sink->count + count;
	while (count-- && !sink->is_wrong) {
		uint32_t no = sink->count + 1;
		uint64_t last;

		next_value(sink, &key, &value);
		last = last_value(sink, &key, value);
		if (!count)
			no = sink->count + way_to(sink, &key, rules, other_taker(sink, &key));
		put_switch(sink, &key, rules, value, last, no);
		value = last + 1;
	}
}
