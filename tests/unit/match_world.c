#include "match_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum scml_read read_byte(const struct world *w, unsigned __int128 address, unsigned char *byte)
{
	if (address >= LOW_AT && address < LOW_AT + LOW) {
		*byte = w->low[address - LOW_AT];
		return w->low_state[address - LOW_AT];
	}
	if (address > UINT64_MAX - HIGH && address <= UINT64_MAX) {
		*byte = w->high[(uint64_t)address - (UINT64_MAX - HIGH + 1)];
		return w->high_state[(uint64_t)address - (UINT64_MAX - HIGH + 1)];
	}
	return SCML_READ_FAULT;
}

enum scml_read read_world(void *context, uint64_t address, void *buffer, size_t size,
			  size_t *done)
{
	const struct world *w = context;
	enum scml_read worst = SCML_READ_OK;
	unsigned char *bytes = buffer;

	for (size_t i = 0; i < size; i++) {
		enum scml_read state = read_byte(w, (unsigned __int128)address + i, bytes + i);

		if (state != SCML_READ_OK && size > 8) {
			*done = i;
			return i ? SCML_READ_OK : state;
		}
		if (state == SCML_READ_FAULT || worst == SCML_READ_OK)
			worst = state;
	}
	return worst;
}

static uint64_t random_pointer(struct world *w)
{
	switch (below(w, 8)) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX - below(w, HIGH + 4);
	case 2:
		return next_random(w);
	}
	return LOW_AT + below(w, 200);
}

static uint64_t random_word(struct world *w)
{
	switch (below(w, 6)) {
	case 0:
		return random_pointer(w);
	case 1:
		return (uint64_t)-1 - below(w, 5);
	case 2:
		return 1000 + below(w, 50);
	}
	return below(w, 9);
}

static struct scml_place random_place(struct world *w, bool is_inside, bool is_pointer)
{
	static const uint8_t widths[] = {8, 16, 32, 64};
	struct scml_place place = {.base = (uint8_t)below(w, 6)};

	place.width = widths[below(w, 4)];
	if (is_pointer && !one_in(w, 4))
		place.width = 64;
	place.flags = (uint8_t)(one_in(w, 6) * SCML_BIG_ENDIAN | one_in(w, 2) * SCML_SIGNED);
	if (is_inside && !one_in(w, 5)) {
		place.base = SCML_INSIDE;
		place.offset = below(w, is_pointer ? 3 : 6) * (is_pointer ? 8 : 2);
	}
	return place;
}

static int compare_words(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void random_values(struct world *w, struct scml_test *test)
{
	test->count = one_in(w, 8) ? below(w, 20) : below(w, 4);
	if (test->count > VALUES - w->table.value_count)
		test->count = VALUES - w->table.value_count;
	test->first = w->table.value_count;
	w->table.value_count += test->count;
	for (uint32_t i = 0; i < test->count; i++)
		w->values[test->first + i] = random_word(w);
	if (test->count)
		qsort(w->values + test->first, test->count, sizeof(*w->values), compare_words);
	test->bits = random_word(w);
	test->mask = one_in(w, 3) ? random_word(w) : UINT64_MAX;
}

static uint32_t random_block(struct world *w, bool is_inside, bool is_each)
{
	struct scml_block *block = w->blocks + w->table.block_count;

	*block = (struct scml_block){.size = 1 + below(w, 24)};
	block->extent.kind = (uint8_t)below(w, 4);
	block->extent.place =
		random_place(w, is_inside, block->extent.kind == SCML_EXTENT_POINTEE);
	block->extent.fixed = one_in(w, 16) ? 1020 + below(w, 8) : below(w, is_each ? 4 : 24);
	block->prefix = (uint8_t)(one_in(w, 4) ? 0 : below(w, 33));
	block->flags =
		(uint8_t)(one_in(w, 6) * SCML_AT_RETURN | one_in(w, 4) * SCML_ZERO_BEYOND);
	if (is_each && is_inside && one_in(w, 2))
		block->flags |= SCML_EMBEDDED;
	return w->table.block_count++;
}

static void random_test(struct world *w, uint32_t index, bool is_inside, unsigned depth);

static void random_children(struct world *w, uint32_t index, uint32_t count, bool is_inside,
			    unsigned depth)
{
	uint32_t first = w->table.test_count;

	w->tests[index].first = first;
	w->tests[index].count = count;
	w->table.test_count += count;
	for (uint32_t i = 0; i < count; i++)
		random_test(w, first + i, is_inside, depth + 1);
}

static void random_test(struct world *w, uint32_t index, bool is_inside, unsigned depth)
{
	struct scml_test *test = w->tests + index;
	uint32_t room = TESTS - w->table.test_count;
	bool is_block;

	*test = (struct scml_test){.op = (uint8_t)below(w, SCML_OP_EACH + 1)};
	if (one_in(w, 3))
		test->op = (uint8_t)(one_in(w, 2) ? SCML_OP_IN : SCML_OP_MEMORY);
	is_block = test->op >= SCML_OP_MEMORY;
	if (depth > 5 || room < 4 || (is_block && w->table.block_count == BLOCKS)) {
		while (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY ||
		       test->op >= SCML_OP_MEMORY)
			test->op = (uint8_t)below(w, SCML_OP_EACH + 1);
		is_block = false;
	}
	test->place = random_place(w, is_inside, test->op >= SCML_OP_STRING);
	if (one_in(w, 12))
		test->flags = SCML_AT_RETURN;
	if (is_block) {
		test->block = random_block(w, is_inside, test->op == SCML_OP_EACH);
		if (w->blocks[test->block].flags & SCML_EMBEDDED) {
			test->place.base = SCML_INSIDE;
			test->place.offset = below(w, 12);
		}
		random_children(w, index, 1, true, depth);
	} else if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		random_children(w, index, below(w, 4), is_inside, depth);
	} else if (test->op >= SCML_OP_IN && test->op <= SCML_OP_BITS) {
		random_values(w, test);
	}
}

/* Most conditions ask one register for values, as rules for ioctl do. */
static void random_lists(struct world *w)
{
	struct scml_place place = random_place(w, false, false);

	for (uint32_t i = 0; i < CONDS; i++) {
		struct scml_test *test = w->tests + w->conds[i].test;

		if (one_in(w, 5))
			continue;
		*test = (struct scml_test){.op = SCML_OP_IN, .place = place};
		random_values(w, test);
		test->mask = UINT64_MAX;
	}
}

/* Some test or group of tests of the bits of one register. */
static void random_bits(struct world *w, uint32_t index, struct scml_place place,
			unsigned depth)
{
	static const uint64_t masks[] = {0x3, 0xc, 0x30, 0x3f, 0x3c, 0xff, 0xfff, UINT64_MAX};
	struct scml_test *test = w->tests + index;
	uint64_t mask = masks[below(w, 8)];

	*test = (struct scml_test){.op = (uint8_t)(SCML_OP_IN + below(w, 3)), .place = place};
	if (one_in(w, 3))
		test->op = SCML_OP_IN;
	if (depth < 3 && w->table.test_count + 2 < TESTS && !one_in(w, depth + 1)) {
		test->op = (uint8_t)(one_in(w, 3) ? SCML_OP_ANY : SCML_OP_ALL);
		test->first = w->table.test_count;
		test->count = 2;
		w->table.test_count += 2;
		random_bits(w, test->first, place, depth + 1);
		random_bits(w, test->first + 1, place, depth + 1);
		return;
	}
	random_values(w, test);
	for (uint32_t i = 0; i < test->count; i++)
		w->values[test->first + i] = below(w, 64) & (one_in(w, 9) ? 63 : mask);
	qsort(w->values + test->first, test->count, sizeof(*w->values), compare_words);
	test->mask = mask;
	test->bits = below(w, 64);
}

/* Conditions on bits of few registers, as rules have that tell flags apart. */
static void random_flags(struct world *w)
{
	struct scml_place place = random_place(w, false, false);

	w->table.test_count = w->table.block_count = w->table.value_count = 0;
	for (uint32_t i = 0; i < CONDS; i++) {
		if (one_in(w, 3))
			place.base = (uint8_t)below(w, 3);
		w->conds[i].test = w->table.test_count;
		if (w->table.test_count + 2 < TESTS)
			random_bits(w, w->table.test_count++, place, 0);
		else
			w->conds[i].test = 0;
	}
	if (!one_in(w, 3))
		random_test(w, w->conds[below(w, CONDS)].test, false, 1);
}

void random_table(struct world *w)
{
	struct scml_table *table = &w->table;

	table->test_count = table->block_count = table->value_count = 0;
	table->starts = NULL;
	memset(w->calls, 0, CALLS * sizeof(*w->calls));
	memset(w->rules, 0, RULES * sizeof(*w->rules));
	memset(w->conds, 0, CONDS * sizeof(*w->conds));
	table->big_endian = one_in(w, 4);
	for (uint32_t i = 0; i < CONDS; i++) {
		uint32_t index = table->test_count;

		if (index >= TESTS - 1) {
			w->conds[i].test = w->conds[below(w, i)].test;
			continue;
		}
		table->test_count++;
		w->conds[i].test = index;
		random_test(w, index, false, 1);
	}
	w->has_flags = one_in(w, 3);
	if (w->has_flags)
		random_flags(w);
	else if (one_in(w, 3))
		random_lists(w);
	for (uint32_t i = 0; i < RULES; i++) {
		w->rules[i].first_cond = below(w, CONDS - 2);
		w->rules[i].cond_count = one_in(w, 20) ? 0 : 1 + below(w, 3);
	}
	for (uint32_t i = 0; i < CALLS; i++) {
		w->calls[i].first_rule = below(w, RULES);
		w->calls[i].rule_count = below(w, RULES + 1 - w->calls[i].first_rule) % 6;
		w->by_nr[i] = (uint16_t)(1 + below(w, CALLS));
		if (w->has_flags)
			w->calls[i].rule_count = RULES - w->calls[i].first_rule;
	}
}

/* Steps for most calls; the others are matched by their rules. */
void random_steps(struct world *w)
{
	struct scml_table *table = &w->table;
	struct scml_steps steps[CALLS] = {0};

	table->step_count = table->way_count = 0;
	table->starts = w->starts;
	for (uint32_t i = 0; i < CALLS; i++) {
		if (one_in(w, 4))
			continue;
		steps[i].first_way = table->way_count;
		ck_assert(scml_table_steps(table, i, steps + i));
		w->calls[i].first_step = table->step_count;
		w->calls[i].step_count = steps[i].step_count;
		table->step_count += steps[i].step_count;
		table->way_count += steps[i].way_count;
	}
	free(w->steps);
	free(w->ways);
	table->steps = w->steps = calloc(table->step_count + 1, sizeof(*w->steps));
	table->ways = w->ways = calloc(table->way_count + 1, sizeof(*w->ways));
	for (uint32_t i = 0; i < CALLS; i++) {
		steps[i].steps = w->steps + w->calls[i].first_step;
		steps[i].ways = w->ways + steps[i].first_way;
		if (w->calls[i].step_count)
			ck_assert(scml_table_steps(table, i, steps + i));
	}
	for (uint32_t nr = 0; nr < CALLS; nr++) {
		const struct scml_call_rules *call = w->calls + w->by_nr[nr] - 1;

		w->starts[nr] = call->step_count ? call->first_step + 1 : 0;
	}
}

void random_memory(struct world *w)
{
	for (unsigned i = 0; i < LOW; i++) {
		w->low[i] = (unsigned char)(one_in(w, 2) ? 0 : below(w, 9));
		w->low_state[i] = (unsigned char)(one_in(w, 90) ? 1 + below(w, 2) : 0);
	}
	for (unsigned i = 0; i + 8 <= LOW; i += 8) {
		uint64_t pointer = random_pointer(w);

		if (one_in(w, 4))
			memcpy(w->low + i, &pointer, 8);
	}
	for (unsigned i = 0; i < HIGH; i++) {
		w->high[i] = (unsigned char)below(w, 3);
		w->high_state[i] = (unsigned char)(one_in(w, 40) ? 1 + below(w, 2) : 0);
	}
}

struct scml_call random_call(struct world *w)
{
	struct scml_call call = {.arch = ARCH, .nr = below(w, CALLS)};

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = one_in(w, 2) ? random_pointer(w) : random_word(w);
	for (unsigned i = 0; i < 6 && w->has_flags; i++)
		call.args[i] = below(w, 64) | (uint64_t)one_in(w, 9) << below(w, 64);
	call.has_returned = one_in(w, 2);
	if (one_in(w, 10))
		call.unknown = (uint8_t)below(w, 1 << SCML_REGISTERS);
	if (call.has_returned)
		call.ret = (int64_t)random_word(w);
	return call;
}

void open_world(struct world *w)
{
	struct scml_table *table = &w->table;
	const char *seed = getenv("SCML_TEST_SEED");

	memset(w, 0, sizeof(*w));
	w->random = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) * 0x9e3779b97f4a7c15;
	w->random |= 1;
	printf("SCML_TEST_SEED=0x%llx\n", (unsigned long long)w->random);
	fflush(stdout); /* the test may end in a crash */
	table->by_nr = w->by_nr = calloc(CALLS, sizeof(*w->by_nr));
	w->starts = calloc(CALLS, sizeof(*w->starts));
	table->calls = w->calls = calloc(CALLS, sizeof(*w->calls));
	table->rules = w->rules = calloc(RULES, sizeof(*w->rules));
	table->conds = w->conds = calloc(CONDS, sizeof(*w->conds));
	table->tests = w->tests = calloc(TESTS, sizeof(*w->tests));
	table->blocks = w->blocks = calloc(BLOCKS, sizeof(*w->blocks));
	table->values = w->values = calloc(VALUES, sizeof(*w->values));
	table->strings = "";
	table->version = SCML_TABLE_VERSION;
	table->arch = ARCH;
	table->nr_count = table->call_count = CALLS;
	table->rule_count = RULES;
	table->cond_count = CONDS;
	table->string_bytes = 1;
}

void close_world(struct world *w)
{
	free(w->by_nr);
	free(w->starts);
	free(w->calls);
	free(w->rules);
	free(w->conds);
	free(w->tests);
	free(w->blocks);
	free(w->values);
	free(w->steps);
	free(w->ways);
}
