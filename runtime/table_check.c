/*
 * table_check: is a table from elsewhere safe to match with? Freestanding, like match.c.
 *
 * Trees of tests may share branches, so a walk over a small table can be exponentially long;
 * the budget of steps refuses such a table. Cycles run into the depth limit.
 */
#include "steps.h"

enum {
	ERROR_INVALID = 22,  /* EINVAL */
	ERROR_RANGE = 34,    /* ERANGE */
	MAX_WALK = 1 << 24,  /* tests seen from all conditions together; values of all tests */
	MAX_SPENT = 1 << 26, /* the same for the steps of all calls */
};

static bool is_within(uint32_t first, uint32_t count, uint32_t total)
{
	return first <= total && count <= total - first;
}

static bool is_place_valid(const struct scml_place *place)
{
	return place->base <= SCML_INSIDE &&
	       !(place->flags & ~(SCML_BIG_ENDIAN | SCML_SIGNED)) &&
	       (place->width == 8 || place->width == 16 || place->width == 32 ||
		place->width == 64);
}

static bool has_place(const struct scml_extent *extent)
{
	return extent->kind == SCML_EXTENT_PLACE || extent->kind == SCML_EXTENT_POINTEE;
}

static bool are_arrays_there(const struct scml_table *table)
{
	return (table->by_nr || !table->nr_count) && (table->calls || !table->call_count) &&
	       (table->rules || !table->rule_count) && (table->conds || !table->cond_count) &&
	       (table->tests || !table->test_count) && (table->blocks || !table->block_count) &&
	       (table->values || !table->value_count) && (table->steps || !table->step_count) &&
	       (table->ways || !table->way_count) && table->strings && table->string_bytes;
}

/* With a NUL at the end, any offset within the pool is a C string. */
static bool check_strings(const struct scml_table *table)
{
	return !table->strings[0] && !table->strings[table->string_bytes - 1];
}

static bool check_calls(const struct scml_table *table)
{
	for (uint32_t i = 0; i < table->nr_count; i++) {
		if (table->by_nr[i] > table->call_count)
			return false;
	}
	for (uint32_t i = 0; i < table->call_count; i++) {
		const struct scml_call_rules *call = table->calls + i;

		if (call->name >= table->string_bytes ||
		    !is_within(call->first_rule, call->rule_count, table->rule_count) ||
		    !is_within(call->first_step, call->step_count, table->step_count))
			return false;
	}
	return true;
}

static bool check_starts(const struct scml_table *table)
{
	for (uint32_t i = 0; i < table->nr_count && table->starts; i++) {
		const struct scml_call_rules *call = table->calls + table->by_nr[i] - 1;
		bool has_steps = table->by_nr[i] && call->step_count;

		if (table->starts[i] != (has_steps ? call->first_step + 1 : 0))
			return false;
	}
	return true;
}

static bool check_rules(const struct scml_table *table)
{
	for (uint32_t i = 0; i < table->rule_count; i++) {
		const struct scml_rule *rule = table->rules + i;

		if (rule->file >= table->string_bytes ||
		    !is_within(rule->first_cond, rule->cond_count, table->cond_count))
			return false;
	}
	for (uint32_t i = 0; i < table->cond_count; i++) {
		const struct scml_cond *cond = table->conds + i;

		if (cond->param >= table->string_bytes || cond->test >= table->test_count)
			return false;
	}
	return true;
}

static bool check_blocks(const struct scml_table *table)
{
	for (uint32_t i = 0; i < table->block_count; i++) {
		const struct scml_block *block = table->blocks + i;

		if (block->flags & ~(SCML_AT_RETURN | SCML_ZERO_BEYOND | SCML_EMBEDDED) ||
		    block->prefix > SCML_MAX_PREFIX || block->extent.kind > SCML_EXTENT_RETURN)
			return false;
		if (has_place(&block->extent) && !is_place_valid(&block->extent.place))
			return false;
	}
	return true;
}

static bool check_values(const struct scml_table *table, const struct scml_test *test)
{
	if (!is_within(test->first, test->count, table->value_count))
		return false;
	for (uint32_t i = 1; i < test->count; i++) {
		const uint64_t *value = table->values + test->first + i;

		if (value[-1] > value[0])
			return false;
	}
	return true;
}

static bool check_block_test(const struct scml_table *table, const struct scml_test *test)
{
	const struct scml_block *block;

	if (test->block >= table->block_count || test->first >= table->test_count)
		return false;
	block = table->blocks + test->block;
	if (block->flags & SCML_EMBEDDED && test->op != SCML_OP_EACH)
		return false;
	if (block->flags & SCML_EMBEDDED && test->place.base != SCML_INSIDE)
		return false;
	return test->op == SCML_OP_MEMORY || block->size;
}

static bool check_test(const struct scml_table *table, const struct scml_test *test)
{
	if (test->name >= table->string_bytes || test->flags & ~SCML_AT_RETURN)
		return false;
	if (test->op >= SCML_OP_IN && !is_place_valid(&test->place))
		return false;
	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
	case SCML_OP_STRING:
		return true;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		return is_within(test->first, test->count, table->test_count);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		return check_values(table, test);
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return check_block_test(table, test);
	}
	return false;
}

static bool check_tests(const struct scml_table *table)
{
	uint64_t values = 0;

	for (uint32_t i = 0; i < table->test_count; i++) {
		const struct scml_test *test = table->tests + i;

		if (test->op >= SCML_OP_IN && test->op <= SCML_OP_BITS)
			values += test->count;
		if (values > MAX_WALK || !check_test(table, test))
			return false;
	}
	return true;
}

/* Outside of every block there is no memory that a place could lie in. */
static bool is_place_known(const struct scml_table *table, const struct scml_test *test,
			   bool is_inside)
{
	const struct scml_extent *extent;

	if (is_inside || test->op < SCML_OP_IN)
		return true;
	if (test->place.base == SCML_INSIDE)
		return false;
	if (test->op != SCML_OP_MEMORY && test->op != SCML_OP_EACH)
		return true;
	extent = &table->blocks[test->block].extent;
	return !has_place(extent) || extent->place.base != SCML_INSIDE;
}

static bool walk(const struct scml_table *table, uint32_t index, bool is_inside, unsigned depth,
		 uint32_t *steps)
{
	const struct scml_test *test = table->tests + index;

	if (depth > SCML_MAX_DEPTH || !*steps || !is_place_known(table, test, is_inside))
		return false;
	--*steps;
	if (test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH)
		return walk(table, test->first, true, depth + 1, steps);
	if (test->op != SCML_OP_ALL && test->op != SCML_OP_ANY)
		return true;
	for (uint32_t i = 0; i < test->count; i++) {
		if (!walk(table, test->first + i, is_inside, depth + 1, steps))
			return false;
	}
	return true;
}

static bool check_trees(const struct scml_table *table)
{
	uint32_t steps = MAX_WALK;

	for (uint32_t i = 0; i < table->cond_count; i++) {
		if (!walk(table, table->conds[i].test, false, 1, &steps))
			return false;
	}
	return true;
}

/* Whatever steps there are must be those that the rules give. */
static bool check_steps(const struct scml_table *table)
{
	struct step_sink sink = {.table = table};

	for (uint32_t i = 0; i < table->call_count; i++) {
		const struct scml_call_rules *call = table->calls + i;

		if (!call->step_count)
			continue;
		sink.wanted = table->steps + call->first_step;
		sink.room = call->step_count;
		sink.wanted_ways = table->ways ? table->ways + sink.first_way : NULL;
		sink.way_room = table->way_count - sink.first_way;
		scml_steps_lower(&sink, call);
		if (sink.is_wrong || sink.count != call->step_count || sink.spent > MAX_SPENT)
			return false;
		sink.first_way += sink.way_count;
	}
	return true;
}

int scml_table_check(const struct scml_table *table)
{
	if (table->version != SCML_TABLE_VERSION)
		return -ERROR_RANGE;
	if (!are_arrays_there(table) || !check_strings(table) || !check_calls(table) ||
	    !check_starts(table) || !check_rules(table) || !check_blocks(table) ||
	    !check_tests(table) || !check_trees(table) || !check_steps(table))
		return -ERROR_INVALID;
	return 0;
}
