/* Any bytes as a table: what the check lets through is safe to match with, and its steps say
 * what its rules do. Some tables are made nearly right, and get the steps that their rules
 * give. */
#include <stdlib.h>
#include <string.h>

#include "scml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum {
	CALLS = 2,
	RULES = 6,
	CONDS = 8,
	TESTS = 24,
	BLOCKS = 4,
	VALUES = 32,
	STEPS = 64,
	WAYS = 128,
	TRIES = 8,
	MEMORY = 64, /* bytes that the caller has, from there on */
};

/* As the bytes have it, and cut to size by the check. */
struct arrays {
	uint16_t by_nr[CALLS];
	struct scml_call_rules calls[CALLS];
	struct scml_rule rules[RULES];
	struct scml_cond conds[CONDS];
	struct scml_test tests[TESTS];
	struct scml_block blocks[BLOCKS];
	uint64_t values[VALUES];
	uint32_t starts[CALLS];
	struct scml_step steps[STEPS];
	struct scml_way ways[WAYS];
	struct scml_call tries[TRIES];
	unsigned char memory[MEMORY];
	uint8_t has_steps, has_starts, is_big;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static enum scml_read read_own(void *context, uint64_t address, void *buffer, size_t size,
			       size_t *done)
{
	const unsigned char *memory = context;
	size_t left;

	if (address < MEMORY || address >= 2 * MEMORY)
		return address % 3 ? SCML_READ_FAULT : SCML_READ_UNKNOWN;
	left = 2 * MEMORY - (size_t)address;
	if (size <= sizeof(uint64_t) && size > left)
		return SCML_READ_FAULT;
	*done = size < left ? size : left;
	memcpy(buffer, memory + address - MEMORY, *done);
	return SCML_READ_OK;
}

static int compare_words(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Small numbers where the check wants them: most bytes make no table. */
static void mend(struct arrays *in)
{
	for (unsigned i = 0; i < CALLS; i++) {
		in->by_nr[i] = (uint16_t)(i + 1);
		in->calls[i] = (struct scml_call_rules){.rule_count = RULES};
	}
	for (unsigned i = 0; i < RULES; i++) {
		struct scml_rule *rule = in->rules + i;

		*rule = (struct scml_rule){.first_cond = rule->first_cond % CONDS};
		rule->cond_count = 1 + (rule->first_cond + 1 < CONDS);
	}
	memset(in->blocks, 0, sizeof(in->blocks));
	for (unsigned i = 0; i < CONDS; i++)
		in->conds[i] = (struct scml_cond){.test = in->conds[i].test % TESTS};
	for (unsigned i = 0; i < TESTS; i++) {
		struct scml_test *test = in->tests + i;
		bool is_group = i % 4 == 0 && i + 4 < TESTS;

		test->name = 0;
		test->flags = 0;
		test->op = (uint8_t)(is_group ? SCML_OP_ALL + test->op % 2
					      : SCML_OP_IN + test->op % 4 % 3);
		test->place.base %= 2;
		test->place.width = (uint8_t)(8 << (test->place.width & 3));
		test->place.flags = 0;
		test->first = is_group ? i + 1 : test->first % VALUES;
		test->count %= 4;
		if (test->first + test->count > (is_group ? TESTS : VALUES))
			test->count = 0;
		if (test->mask & 1)
			test->mask = UINT64_MAX;
	}
	for (unsigned i = 0; i < VALUES; i++)
		in->values[i] %= 128;
	qsort(in->values, VALUES, sizeof(*in->values), compare_words);
	for (unsigned i = 0; i < TRIES; i++) {
		in->tries[i].unknown = 0;
		in->tries[i].args[0] %= 128;
		in->tries[i].args[1] %= 128;
	}
}

/* The steps that the rules give, in the place of those that came. */
static void make_steps(struct scml_table *table, struct arrays *in)
{
	uint32_t step_count = 0, way_count = 0;

	for (uint32_t i = 0; i < CALLS; i++) {
		struct scml_steps room = {in->steps + step_count, in->ways + way_count,
					  STEPS - step_count, WAYS - way_count, way_count};

		in->calls[i].step_count = 0;
		if (!scml_table_steps(table, i, &room))
			continue;
		in->calls[i].first_step = step_count;
		in->calls[i].step_count = room.step_count;
		step_count += room.step_count;
		way_count += room.way_count;
	}
	for (uint32_t nr = 0; nr < CALLS; nr++) {
		const struct scml_call_rules *call = in->calls + in->by_nr[nr] - 1;
		bool has_steps = in->by_nr[nr] && call->step_count;

		in->starts[nr] = has_steps ? call->first_step + 1 : 0;
	}
	table->step_count = step_count;
	table->way_count = way_count;
	table->starts = in->starts;
}

static void compare(const struct scml_table *table, struct arrays *in, struct scml_call *call)
{
	struct scml_memory memory = {read_own, in->memory};
	struct scml_table by_rules = *table;
	struct scml_reason reason;
	enum scml_verdict verdict;

	call->arch = table->arch;
	call->nr %= CALLS + 1;
	call->has_returned = in->has_starts >> 1 & 1;
	by_rules.starts = NULL;
	verdict = scml_match(&by_rules, call, &memory, NULL);
	expect(scml_match(table, call, &memory, NULL) == verdict);
	expect(scml_match(table, call, &memory, &reason) == verdict);
	scml_match(table, call, NULL, &reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct arrays in;
	struct scml_table table = {
		.version = SCML_TABLE_VERSION,
		.arch = 1,
		.nr_count = CALLS,
		.call_count = CALLS,
		.rule_count = RULES,
		.cond_count = CONDS,
		.test_count = TESTS,
		.block_count = BLOCKS,
		.value_count = VALUES,
		.string_bytes = 1,
		.by_nr = in.by_nr,
		.calls = in.calls,
		.rules = in.rules,
		.conds = in.conds,
		.tests = in.tests,
		.blocks = in.blocks,
		.values = in.values,
		.strings = "",
	};

	memset(&in, 0, sizeof(in));
	memcpy(&in, bytes, size < sizeof(in) ? size : sizeof(in));
	table.big_endian = in.is_big & 1;
	if (in.has_steps & 2)
		mend(&in);
	table.steps = in.steps;
	table.ways = in.ways;
	if (in.has_steps & 1) {
		for (uint32_t i = 0; i < CALLS; i++)
			in.calls[i].step_count = 0;
		if (scml_table_check(&table) == 0)
			make_steps(&table, &in);
	} else {
		table.step_count = STEPS;
		table.way_count = WAYS;
		table.starts = in.has_starts & 1 ? in.starts : NULL;
	}
	if (scml_table_check(&table) != 0) {
		expect(!(in.has_steps & 1) || !table.starts);
		return 0;
	}
	for (unsigned i = 0; i < TRIES; i++)
		compare(&table, &in, in.tries + i);
	return 0;
}
