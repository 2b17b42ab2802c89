/*
 * steps: the tests of a call's rules in a row. Freestanding, like match.c.
 *
 * How long the steps of a test are is known before they are written, so that each is written
 * once, with its ways on: into a buffer, or compared with steps from elsewhere.
 */
#include "steps.h"

enum {
	MAX_WINDOWS = 4, /* sets of 64 values for one list; more are searched by halving */
	MAX_COMPOSITES = 3,
	REGISTER_BITS = 64,
};

static uint32_t size_of_test(struct step_sink *sink, uint32_t index);
static void lower_test(struct step_sink *sink, uint32_t index, struct step_ways ways);

static uint32_t add_sizes(uint32_t a, uint32_t b)
{
	return a + b < STEPS_MAX ? a + b : STEPS_MAX;
}

bool scml_steps_pay(struct step_sink *sink, const struct scml_test *test)
{
	bool has_values = test->op >= SCML_OP_IN && test->op <= SCML_OP_BITS;
	uint32_t cost = has_values && test->count < STEPS_BUDGET ? test->count + 1 : 1;

	if (sink->budget < cost) {
		sink->budget = 0;
		return false;
	}
	sink->budget -= cost;
	return true;
}

uint64_t scml_steps_mask(const struct scml_test *test)
{
	return test->mask & UINT64_MAX >> (REGISTER_BITS - test->place.width);
}

/* Can a step look at what TEST looks at? A word in memory may be missing, and then its test
 * does not hold; a step that knows what must not be there cannot say that. */
static bool is_word_test(const struct scml_test *test)
{
	if (test->op < SCML_OP_IN || test->op > SCML_OP_BITS || test->flags)
		return false;
	return test->place.base != SCML_INSIDE ||
	       (test->op != SCML_OP_NOT_IN &&
		test->place.offset <= SCML_MAX_PREFIX - test->place.width / 8u);
}

/* WORD of TEST as a step sees it: a struct's bytes, the lowest first. */
static uint64_t as_seen(const struct scml_table *table, const struct scml_test *test,
			uint64_t word)
{
	const struct scml_place *place = &test->place;
	uint64_t seen = 0;

	if (place->base != SCML_INSIDE ||
	    !(table->big_endian || place->flags & SCML_BIG_ENDIAN))
		return word;
	for (unsigned bits = 0; bits < place->width; bits += 8)
		seen = seen << 8 | (word >> bits & 0xff);
	return seen;
}

/* The set that begins with the value *NEXT of TEST; *NEXT becomes the first of the next set.
 * False: there are no more. */
static bool next_window(const struct scml_table *table, const struct scml_test *test,
			uint32_t *next, uint64_t *low, uint64_t *set)
{
	const uint64_t *values = table->values + test->first;
	uint64_t mask = scml_steps_mask(test);

	*low = *set = 0;
	for (; *next < test->count; ++*next) {
		uint64_t value = values[*next];

		if (value & ~mask)
			continue;
		value = as_seen(table, test, value);
		if (!*set)
			*low = value < REGISTER_BITS ? 0 : value;
		if (value - *low >= REGISTER_BITS)
			break;
		*set |= UINT64_C(1) << (value - *low);
	}
	return *set;
}

/* How many sets the values of TEST are; 0 if they are too many or too large. */
static uint32_t count_windows(const struct scml_table *table, const struct scml_test *test)
{
	uint32_t next = 0, count = 0;
	uint64_t low, set;

	while (next_window(table, test, &next, &low, &set)) {
		if (low > UINT32_MAX || ++count > MAX_WINDOWS)
			return 0;
	}
	return count ? count : 1;
}

static uint32_t size_of_group(struct step_sink *sink, const struct scml_test *test)
{
	uint32_t size = 0;

	if (!test->count)
		return 1;
	for (uint32_t i = 0; i < test->count && size < STEPS_MAX; i++)
		size = add_sizes(size, size_of_test(sink, test->first + i));
	return size;
}

/* Is a word that is made of bits and of some composites of TEST seen by a step for each choice
 * of composites? */
static bool are_choices_few(const struct scml_table *table, const struct scml_test *test)
{
	if (test->count > MAX_COMPOSITES)
		return false;
	for (uint32_t i = 0; i < test->count; i++) {
		if (as_seen(table, test, table->values[test->first + i]) > UINT32_MAX)
			return false;
	}
	return true;
}

static uint32_t size_of_word(const struct scml_table *table, const struct scml_test *test)
{
	uint32_t windows;

	if (test->op == SCML_OP_BITS)
		return are_choices_few(table, test) ? 1u << test->count : 2;
	windows = count_windows(table, test);
	return windows ? windows : 1;
}

/* At least 1. */
static uint32_t size_of_test(struct step_sink *sink, uint32_t index)
{
	const struct scml_test *test = sink->table->tests + index;

	if (!scml_steps_pay(sink, test))
		return STEPS_MAX;
	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY)
		return size_of_group(sink, test);
	if (test->op == SCML_OP_MEMORY)
		return add_sizes(3, size_of_test(sink, test->first));
	return is_word_test(test) ? size_of_word(sink->table, test) : 1;
}

static bool is_same(const struct scml_step *a, const struct scml_step *b)
{
	return a->op == b->op && a->from == b->from && a->offset == b->offset &&
	       a->yes == b->yes && a->no == b->no && a->index == b->index && a->low == b->low &&
	       a->mask == b->mask && a->set == b->set;
}

void scml_steps_put(struct step_sink *sink, struct scml_step step, struct step_ways ways)
{
	uint32_t at = sink->count;

	if (sink->is_wrong || at >= sink->room || (ways.yes | ways.no) > STEPS_MAX) {
		sink->is_wrong = true;
		return;
	}
	if (step.op == SCML_STEP_REGISTER && ways.yes != at + 1)
		step.op = SCML_STEP_EITHER;
	if (step.op == SCML_STEP_EITHER && ways.no != at + 1)
		sink->is_wrong = true;
	step.yes = (uint16_t)(ways.yes - at);
	step.no = (uint16_t)(ways.no - at);
	if (sink->wanted && !is_same(sink->wanted + at, &step))
		sink->is_wrong = true;
	if (sink->out)
		sink->out[at] = step;
	sink->count++;
}

/* YES and NO go nowhere. */
static void put_end(struct step_sink *sink, enum scml_step_op op, uint32_t index)
{
	scml_steps_put(sink, (struct scml_step){.op = (uint8_t)op, .index = index},
		       (struct step_ways){sink->count, sink->count});
}

static void put_constant(struct step_sink *sink, bool holds, struct step_ways ways)
{
	scml_steps_put(sink, (struct scml_step){.op = SCML_STEP_REGISTER, .set = holds}, ways);
}

static void put_test(struct step_sink *sink, enum scml_step_op op, uint32_t index,
		     struct step_ways ways)
{
	scml_steps_put(sink, (struct scml_step){.op = (uint8_t)op, .index = index}, ways);
}

static struct scml_step word_step(const struct step_sink *sink, uint32_t index)
{
	const struct scml_test *test = sink->table->tests + index;
	const struct scml_place *place = &test->place;
	struct scml_step step = {.index = index, .from = place->base};

	step.op = SCML_STEP_REGISTER;
	step.mask = as_seen(sink->table, test, scml_steps_mask(test));
	if (place->base == SCML_INSIDE) {
		step.op = SCML_STEP_INSIDE;
		step.from = place->width / 8;
		step.offset = (uint16_t)place->offset;
	}
	return step;
}

/* Every composite whose bit is set in CHOICE. */
static uint64_t chosen(const struct step_sink *sink, const struct scml_test *test,
		       uint32_t choice)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < test->count; i++) {
		if (choice >> i & 1)
			sum |= sink->table->values[test->first + i];
	}
	return sum;
}

/* A word holds that has all of some composites and beside them listed bits only; most have no
 * composite. */
static void lower_bits(struct step_sink *sink, uint32_t index, struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;
	struct scml_step step = word_step(sink, index);
	bool are_few = are_choices_few(sink->table, test);
	uint32_t choices = are_few ? 1u << test->count : 1;
	uint64_t mask = scml_steps_mask(test);

	for (uint32_t choice = 0; choice < choices; choice++) {
		uint64_t sum = chosen(sink, test, choice);
		struct step_ways one = {ways.yes, ways.no};

		step.mask = as_seen(sink->table, test, (mask & ~test->bits) | sum);
		step.low = (uint32_t)as_seen(sink->table, test, sum);
		step.set = !(sum & ~mask);
		if (choice + 1 < choices || !are_few)
			one.no = sink->count + 1;
		scml_steps_put(sink, step, one);
	}
	if (!are_few)
		put_test(sink, SCML_STEP_TEST, index, ways);
}

static void lower_values(struct step_sink *sink, uint32_t index, struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;
	struct scml_step step = word_step(sink, index);
	uint32_t next = 0, left = count_windows(sink->table, test);
	uint64_t low;

	if (!left) {
		put_test(sink, SCML_STEP_TEST, index, ways);
		return;
	}
	if (test->op == SCML_OP_NOT_IN)
		ways = (struct step_ways){ways.no, ways.yes};
	while (left--) {
		struct step_ways one = {ways.yes, left ? sink->count + 1 : ways.no};

		next_window(sink->table, test, &next, &low, &step.set);
		step.low = (uint32_t)low;
		scml_steps_put(sink, step, one);
	}
}

static void lower_group(struct step_sink *sink, const struct scml_test *test,
			struct step_ways ways)
{
	bool is_all = test->op == SCML_OP_ALL;

	if (!test->count)
		put_constant(sink, is_all, ways);
	for (uint32_t i = 0; i < test->count && !sink->is_wrong; i++) {
		uint32_t child = test->first + i;
		struct step_ways way = ways;

		if (i + 1 < test->count && is_all)
			way.yes = sink->count + size_of_test(sink, child);
		else if (i + 1 < test->count)
			way.no = sink->count + size_of_test(sink, child);
		lower_test(sink, child, way);
	}
}

static void lower_memory(struct step_sink *sink, uint32_t index, struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;
	uint32_t size = size_of_test(sink, test->first);
	struct step_ways ends = {sink->count + 1 + size, sink->count + 2 + size};

	put_test(sink, SCML_STEP_MEMORY, index, ways);
	lower_test(sink, test->first, ends);
	put_end(sink, SCML_STEP_YES, 0);
	put_end(sink, SCML_STEP_NO, 0);
}

static void lower_test(struct step_sink *sink, uint32_t index, struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;

	if (sink->is_wrong || !scml_steps_pay(sink, test)) {
		sink->is_wrong = true;
		return;
	}
	if (test->op == SCML_OP_TRUE || test->op == SCML_OP_FALSE)
		put_constant(sink, test->op == SCML_OP_TRUE, ways);
	else if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY)
		lower_group(sink, test, ways);
	else if (test->op == SCML_OP_MEMORY)
		lower_memory(sink, index, ways);
	else if (!is_word_test(test))
		put_test(sink, SCML_STEP_TEST, index, ways);
	else if (test->op == SCML_OP_BITS)
		lower_bits(sink, index, ways);
	else
		lower_values(sink, index, ways);
}

uint32_t scml_steps_size_of_conds(struct step_sink *sink, uint32_t rule, uint32_t count)
{
	uint32_t size = 0;

	for (uint32_t i = 0; i < count && size < STEPS_MAX; i++) {
		uint32_t cond = sink->table->rules[rule].first_cond + i;

		size = add_sizes(size, size_of_test(sink, sink->table->conds[cond].test));
	}
	return size;
}

uint32_t scml_steps_size(struct step_sink *sink, uint32_t first, uint32_t count)
{
	uint32_t size = 0;

	for (uint32_t i = first; i < first + count && size < STEPS_MAX; i++) {
		const struct scml_rule *rule = sink->table->rules + i;

		size = add_sizes(size, 1);
		size = add_sizes(size, scml_steps_size_of_conds(sink, i, rule->cond_count));
	}
	return size;
}

static void lower_rule(struct step_sink *sink, uint32_t index)
{
	const struct scml_rule *rule = sink->table->rules + index;
	uint32_t next = sink->count + scml_steps_size(sink, index, 1);

	for (uint32_t i = 0; i < rule->cond_count && !sink->is_wrong; i++) {
		uint32_t test = sink->table->conds[rule->first_cond + i].test;
		uint32_t size = size_of_test(sink, test);

		lower_test(sink, test, (struct step_ways){sink->count + size, next});
	}
	put_end(sink, SCML_STEP_YES, index);
}

void scml_steps_lower(struct step_sink *sink, const struct scml_call_rules *call)
{
	bool has_switch, has_others = false;
	struct step_key key;

	sink->count = sink->way_count = 0;
	has_switch = scml_steps_find_key(sink, call, &key) && scml_steps_switch(sink, &key);
	for (uint32_t i = 0; i < call->rule_count && !sink->is_wrong; i++)
		lower_rule(sink, call->first_rule + i);
	put_end(sink, SCML_STEP_NO, 0);
	for (uint32_t i = 0; has_switch && i < call->rule_count && !sink->is_wrong; i++) {
		if (!scml_steps_is_other(sink, &key, i))
			continue;
		lower_rule(sink, call->first_rule + i);
		has_others = true;
	}
	if (has_others)
		put_end(sink, SCML_STEP_NO, 0);
}

bool scml_table_steps(const struct scml_table *table, uint32_t call, struct scml_steps *steps)
{
	struct step_sink sink = {
		.table = table,
		.out = steps->steps,
		.out_ways = steps->ways,
		.room = steps->steps ? steps->step_count : STEPS_MAX,
		.way_room = steps->ways ? steps->way_count : STEPS_MAX,
		.first_way = steps->first_way,
		.budget = STEPS_BUDGET,
	};

	scml_steps_lower(&sink, table->calls + call);
	steps->step_count = sink.count;
	steps->way_count = sink.way_count;
	return !sink.is_wrong;
}
