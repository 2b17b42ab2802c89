/*
 * steps: the tests of a call's rules in a row. Freestanding, like match.c.
 *
 * How many steps a test is, is counted by making them once more without writing them, so that
 * each is written once, with its ways on: into a buffer, or compared with steps from elsewhere.
 */
#include "steps.h"

enum {
	MAX_COMPOSITES = 3,
	MAX_SWITCHED = 4096, /* steps of a call with a switch */
	REGISTER_BITS = 64,
};

static const struct step_fact nothing;

static void lower_test(struct step_sink *sink, uint32_t index, const struct step_fact *fact,
		       struct step_ways ways);

/* The position behind the steps of the test with that INDEX. */
static uint32_t end_of_test(struct step_sink *sink, uint32_t index,
			    const struct step_fact *fact)
{
	struct step_sink count = scml_steps_counting(sink);

	if (sink->is_count)
		return sink->count;
	lower_test(&count, index, fact, (struct step_ways){0, 0});
	sink->budget = count.budget;
	sink->is_wrong |= count.is_wrong;
	return count.count;
}

/* YES and NO go nowhere. To a step before it YES is one that holds. */
static void put_end(struct step_sink *sink, enum scml_step_op op, uint32_t index)
{
	scml_steps_put(sink,
		       (struct scml_step){
			       .op = (uint8_t)op, .index = index, .set = op == SCML_STEP_YES},
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

/* Values as sets of 64: from a test's list, or those of a form. */
struct value_source {
	const struct scml_test *test;
	const struct step_form *form; /* unless NULL */
	uint64_t next;		      /* a value of the form; an index of the list */
	bool is_end;
};

static bool peek_value(struct step_sink *sink, struct value_source *source, uint64_t *value)
{
	const struct scml_test *test = source->test;

	if (source->form) {
		source->is_end |= !scml_steps_next(sink, source->form, &source->next);
		*value = source->next;
		return !source->is_end;
	}
	for (; source->next < test->count; source->next++) {
		*value = sink->table->values[test->first + source->next];
		if (*value & ~scml_steps_mask(test))
			continue;
		*value = as_seen(sink->table, test, *value);
		return true;
	}
	return false;
}

/* The next set of SOURCE; false: there are no more. */
static bool next_window(struct step_sink *sink, struct value_source *source, uint64_t *low,
			uint64_t *set)
{
	uint64_t value;

	*low = *set = 0;
	while (peek_value(sink, source, &value)) {
		if (!*set)
			*low = value < REGISTER_BITS ? 0 : value;
		if (value - *low >= REGISTER_BITS)
			break;
		*set |= UINT64_C(1) << (value - *low);
		source->is_end |= source->next++ == UINT64_MAX;
	}
	return *set;
}

/* How many sets the values of SOURCE are; 0 if they are too many or too large. */
static uint32_t count_windows(struct step_sink *sink, struct value_source source)
{
	uint32_t count = 0;
	uint64_t low, set;

	while (next_window(sink, &source, &low, &set)) {
		if (low > UINT32_MAX || ++count > STEPS_MAX_WINDOWS)
			return 0;
	}
	return count ? count : 1;
}

/* Does a word lie in one of the COUNT sets of SOURCE? STEP says which word. */
static void put_windows(struct step_sink *sink, struct scml_step step,
			struct value_source source, uint32_t count, struct step_ways ways)
{
	uint64_t low;

	while (count--) {
		struct step_ways one = {ways.yes, count ? sink->count + 1 : ways.no};

		next_window(sink, &source, &low, &step.set);
		step.low = (uint32_t)low;
		scml_steps_put(sink, step, one);
	}
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
	struct value_source source = {.test = sink->table->tests + index};
	uint32_t count = count_windows(sink, source);

	if (!count) {
		put_test(sink, SCML_STEP_TEST, index, ways);
		return;
	}
	if (source.test->op == SCML_OP_NOT_IN)
		ways = (struct step_ways){ways.no, ways.yes};
	put_windows(sink, word_step(sink, index), source, count, ways);
}

/* TEST, a group that FACT leaves open: so some children are open, and these decide it. */
static void lower_group(struct step_sink *sink, const struct scml_test *test,
			const struct step_fact *fact, struct step_ways ways)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < test->count; i++) {
		if (scml_steps_known(sink, sink->table->tests + test->first + i, fact) ==
		    STEPS_OPEN)
			last = i;
	}
	for (uint32_t i = 0; i <= last && !sink->is_wrong; i++) {
		uint32_t child = test->first + i;
		struct step_ways way = ways;

		if (scml_steps_known(sink, sink->table->tests + child, fact) != STEPS_OPEN)
			continue;
		if (i < last && test->op == SCML_OP_ALL)
			way.yes = end_of_test(sink, child, fact);
		else if (i < last)
			way.no = end_of_test(sink, child, fact);
		lower_test(sink, child, fact, way);
	}
}

/* Its child's steps are gone over apart from what led there. */
static void lower_memory(struct step_sink *sink, uint32_t index, struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;
	struct step_ways ends;
	uint32_t end;

	put_test(sink, SCML_STEP_MEMORY, index, ways);
	end = end_of_test(sink, test->first, &nothing);
	ends = (struct step_ways){end, end + 1};
	lower_test(sink, test->first, &nothing, ends);
	put_end(sink, SCML_STEP_YES, 0);
	put_end(sink, SCML_STEP_NO, 0);
}

static void lower_test(struct step_sink *sink, uint32_t index, const struct step_fact *fact,
		       struct step_ways ways)
{
	const struct scml_test *test = sink->table->tests + index;
	enum step_known known = scml_steps_known(sink, test, fact);

	if (sink->is_wrong || !sink->budget)
		sink->is_wrong = true;
	else if (known != STEPS_OPEN)
		put_constant(sink, known == STEPS_HOLDS, ways);
	else if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY)
		lower_group(sink, test, fact, ways);
	else if (test->op == SCML_OP_MEMORY)
		lower_memory(sink, index, ways);
	else if (!is_word_test(test))
		put_test(sink, SCML_STEP_TEST, index, ways);
	else if (test->op == SCML_OP_BITS)
		lower_bits(sink, index, ways);
	else
		lower_values(sink, index, ways);
}

/* The open parts of the test with that INDEX, a condition, that FROM alone decides;
 * STEPS_NO_REGISTER: those that no register does. */
static void lower_parts(struct step_sink *sink, uint32_t index, unsigned from,
			const struct step_fact *fact, uint32_t no)
{
	const struct scml_test *test = sink->table->tests + index;
	uint8_t own;

	if (sink->is_wrong || scml_steps_known(sink, test, fact) == STEPS_HOLDS)
		return;
	own = scml_steps_register(sink, test);
	if (own == STEPS_NO_REGISTER && test->op == SCML_OP_ALL) {
		for (uint32_t i = 0; i < test->count; i++)
			lower_parts(sink, test->first + i, from, fact, no);
	} else if (own == from) {
		lower_test(sink, index, fact,
			   (struct step_ways){end_of_test(sink, index, fact), no});
	}
}

/* What the rule with that index asks of one register, in few steps; false: it is no form, or
 * one of too many sets. */
static bool lower_form(struct step_sink *sink, uint32_t rule, unsigned from,
		       const struct step_fact *fact, uint32_t no)
{
	struct value_source source = {0};
	struct step_form form;
	uint32_t count;

	if (!scml_steps_form(sink, rule, (uint8_t)from, fact, &form))
		return false;
	source.form = &form;
	count = count_windows(sink, source);
	if (!count)
		return false;
	put_windows(sink,
		    (struct scml_step){
			    .op = SCML_STEP_REGISTER, .from = form.from, .mask = form.mask},
		    source, count, (struct step_ways){sink->count + count, no});
	return true;
}

/* What FACT leaves open of the rule with that index; NO: where to go on if it does not match.
 * Registers come first, whatever the order of conditions: memory is read for what they leave.
 */
static void lower_conds(struct step_sink *sink, uint32_t index, const struct step_fact *fact,
			uint32_t no)
{
	const struct scml_rule *rule = sink->table->rules + index;

	for (unsigned from = 0; from <= STEPS_NO_REGISTER; from++) {
		if (from < STEPS_NO_REGISTER && lower_form(sink, index, from, fact, no))
			continue;
		for (uint32_t i = 0; i < rule->cond_count; i++)
			lower_parts(sink, sink->table->conds[rule->first_cond + i].test, from,
				    fact, no);
	}
}

static uint32_t end_of_conds(struct step_sink *sink, uint32_t index,
			     const struct step_fact *fact)
{
	struct step_sink count = scml_steps_counting(sink);

	if (sink->is_count)
		return sink->count;
	lower_conds(&count, index, fact, 0);
	sink->budget = count.budget;
	sink->is_wrong |= count.is_wrong;
	return count.count;
}

/* Does FACT tell that the rule with that index matches none of the values left? */
static bool is_listed(struct step_sink *sink, const struct scml_call_rules *call,
		      uint32_t index, const struct step_fact *fact)
{
	struct step_key key = {.call = call, .from = fact->from, .mask = fact->mask};

	return fact->kind == STEPS_UNLISTED && scml_steps_is_keyed(sink, &key, index);
}

/* The next rule of CALL from INDEX on that FACT does not let fail, to *KNOWN what is known of
 * it; the index behind the last rule: there is none. */
static uint32_t next_rule(struct step_sink *sink, const struct scml_call_rules *call,
			  uint32_t index, const struct step_fact *fact, enum step_known *known)
{
	uint32_t end = call->first_rule + call->rule_count;

	*known = STEPS_FAILS;
	for (; index < end; index++) {
		*known = scml_steps_known_rule(sink, index, fact);
		if (*known != STEPS_FAILS && !is_listed(sink, call, index, fact))
			break;
	}
	return index;
}

void scml_steps_rules(struct step_sink *sink, const struct scml_call_rules *call,
		      const struct step_fact *fact)
{
	uint32_t end = call->first_rule + call->rule_count;
	enum step_known known, next_known;
	uint32_t next = next_rule(sink, call, call->first_rule, fact, &known);

	while (next < end && !sink->is_wrong) {
		uint32_t index = next, yes = sink->count;

		next = next_rule(sink, call, index + 1, fact, &next_known);
		if (known == STEPS_OPEN)
			yes = end_of_conds(sink, index, fact);
		sink->last = (struct step_ways){0, 0};
		if (next == end)
			sink->last = (struct step_ways){yes, yes + 1};
		if (known == STEPS_OPEN)
			lower_conds(sink, index, fact, yes + 1);
		put_end(sink, SCML_STEP_YES, index);
		if (known == STEPS_HOLDS)
			return;
		known = next_known;
	}
	put_end(sink, SCML_STEP_NO, 0);
}

void scml_steps_lower(struct step_sink *sink, const struct scml_call_rules *call)
{
	struct step_sink count;
	struct step_key key;
	bool has_switch;

	sink->count = sink->way_count = 0;
	sink->is_held = false;
	sink->budget = STEPS_BUDGET;
	has_switch = scml_steps_find_key(sink, call, &key);
	if (has_switch) {
		count = scml_steps_counting(sink);
		scml_steps_switch(&count, &key);
		has_switch = !count.is_wrong && count.budget && count.count <= MAX_SWITCHED;
		sink->budget = count.budget;
	}
	sink->spent += STEPS_BUDGET - sink->budget;
	sink->budget = STEPS_BUDGET;
	if (has_switch)
		scml_steps_switch(sink, &key);
	else
		scml_steps_rules(sink, call, &nothing);
	scml_steps_flush(sink);
	sink->is_wrong |= !sink->budget;
	sink->spent += STEPS_BUDGET - sink->budget;
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
	};

	scml_steps_lower(&sink, table->calls + call);
	steps->step_count = sink.count;
	steps->way_count = sink.way_count;
	return !sink.is_wrong;
}
