/*
 * The matcher against an evaluator that was written without it: naive, byte by byte, without
 * short cuts. And damaged tables: what scml_table_check() lets through is safe to match with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scml.h"

enum {
	ARCH = 0xc00000b7,
	TESTS = 48,
	BLOCKS = 8,
	VALUES = 80,
	CALLS = 2,
	RULES = 6,
	CONDS = 10,
	LOW = 1024, /* bytes of memory at LOW_AT */
	LOW_AT = 0x80,
	HIGH = 32, /* bytes at the end of the address space */
	ROUNDS = 60000,
	DAMAGES = 60000,
};

/* The arrays are on the heap, each as long as it must be, so that a sanitizer sees any slip. */
struct world {
	struct scml_table table;
	uint16_t *by_nr;
	struct scml_call_rules *calls;
	struct scml_rule *rules;
	struct scml_cond *conds;
	struct scml_test *tests;
	struct scml_block *blocks;
	uint64_t *values;
	struct scml_step *steps;
	uint16_t *ways;
	unsigned char low[LOW], high[HIGH];
	unsigned char low_state[LOW], high_state[HIGH]; /* enum scml_read */
	uint64_t random;
};

static uint64_t next_random(struct world *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random * UINT64_C(0x2545f4914f6cdd1d) >> 11;
}

static uint32_t below(struct world *w, uint32_t bound)
{
	return (uint32_t)(next_random(w) % bound);
}

static bool one_in(struct world *w, uint32_t n)
{
	return below(w, n) == 0;
}

/* ---- memory ---- */

static enum scml_read read_byte(const struct world *w, unsigned __int128 address,
				unsigned char *byte)
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

static enum scml_read read_world(void *context, uint64_t address, void *buffer, size_t size,
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

/* ---- the naive evaluator ---- */

struct frame {
	unsigned __int128 at;
	uint64_t size; /* bytes that are given from there */
	bool is_zero_beyond;
};

struct naive {
	const struct world *w;
	const struct scml_call *call;
	uint64_t *evaluations;
};

static enum scml_verdict min_verdict(enum scml_verdict a, enum scml_verdict b)
{
	return a < b ? a : b;
}

static enum scml_verdict of_state(enum scml_read state)
{
	return state == SCML_READ_OK	    ? SCML_SUPPORTED
	       : state == SCML_READ_UNKNOWN ? SCML_UNDECIDED
					    : SCML_UNSUPPORTED;
}

static uint64_t assemble(const unsigned char *bytes, unsigned count, bool is_big)
{
	uint64_t word = 0;

	for (unsigned i = 0; i < count; i++)
		word |= (uint64_t)bytes[i] << 8 * (is_big ? count - 1 - i : i);
	return word;
}

static enum scml_verdict naive_word(const struct naive *n, const struct frame *frame,
				    const struct scml_place *place, uint64_t *word)
{
	unsigned count = place->width / 8u;
	enum scml_verdict verdict = SCML_SUPPORTED;
	unsigned char bytes[8] = {0};

	if (place->base < SCML_INSIDE) {
		if (n->call->unknown & 1u << place->base)
			return SCML_UNDECIDED;
		*word = n->call->args[place->base];
		for (unsigned bit = place->width; bit < 64; bit++)
			*word &= ~(UINT64_C(1) << bit);
		return SCML_SUPPORTED;
	}
	for (unsigned i = 0; i < count; i++) {
		uint64_t position = (uint64_t)place->offset + i;

		if (position >= frame->size && frame->is_zero_beyond)
			continue;
		if (position >= frame->size)
			return SCML_UNSUPPORTED;
		verdict = min_verdict(
			verdict, of_state(read_byte(n->w, frame->at + position, bytes + i)));
	}
	*word = assemble(bytes, count,
			 n->w->table.big_endian || place->flags & SCML_BIG_ENDIAN);
	return verdict;
}

static int64_t sign_extended(uint64_t word, unsigned width)
{
	switch (width) {
	case 8:
		return (int8_t)word;
	case 16:
		return (int16_t)word;
	case 32:
		return (int32_t)word;
	}
	return (int64_t)word;
}

static enum scml_verdict naive_extent(const struct naive *n, const struct frame *frame,
				      const struct scml_extent *extent, uint64_t *length)
{
	enum scml_verdict verdict = SCML_SUPPORTED;
	struct frame pointee = {0, 4, false};
	struct scml_place word32 = {.base = SCML_INSIDE, .width = 32};
	uint64_t word = 0;

	*length = extent->fixed;
	if (extent->kind == SCML_EXTENT_FIXED)
		return verdict;
	if (extent->kind == SCML_EXTENT_RETURN) {
		*length = n->call->ret < 0 ? 0 : (uint64_t)n->call->ret;
		return n->call->has_returned ? SCML_SUPPORTED : SCML_UNDECIDED;
	}
	verdict = naive_word(n, frame, &extent->place, &word);
	if (extent->kind == SCML_EXTENT_PLACE) {
		*length = word;
		if (extent->place.flags & SCML_SIGNED &&
		    sign_extended(word, extent->place.width) < 0)
			*length = 0;
		return verdict;
	}
	*length = 0;
	if (verdict != SCML_SUPPORTED || word == 0)
		return verdict;
	pointee.at = word;
	verdict = naive_word(n, &pointee, &word32, &word);
	*length = (int32_t)word < 0 ? 0 : word;
	return verdict;
}

static enum scml_verdict naive_string(const struct naive *n, uint64_t address)
{
	for (unsigned i = 0; i < SCML_MAX_STRING; i++) {
		unsigned char byte;
		enum scml_read state = read_byte(n->w, (unsigned __int128)address + i, &byte);

		if (state != SCML_READ_OK)
			return of_state(state);
		if (byte == 0)
			return SCML_SUPPORTED;
	}
	return SCML_UNSUPPORTED;
}

static bool naive_holds(const struct naive *n, const struct scml_test *test, uint64_t word)
{
	const uint64_t *values = n->w->values + test->first;
	uint64_t sum = 0;
	bool is_listed = false;

	word &= test->mask;
	for (unsigned bit = 0; bit < 64; bit++) {
		if (test->bits & word & UINT64_C(1) << bit)
			sum |= UINT64_C(1) << bit;
	}
	for (uint32_t i = 0; i < test->count; i++) {
		is_listed |= values[i] == word;
		if ((values[i] & ~word) == 0)
			sum |= values[i];
	}
	if (test->op == SCML_OP_BITS)
		return sum == word;
	return is_listed == (test->op == SCML_OP_IN);
}

/* Some test of the tree that must be evaluated for its outcome lies in memory. */
static bool naive_looks(const struct world *w, const struct scml_test *test)
{
	uint32_t looking = 0;

	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
		return false;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			looking += naive_looks(w, w->tests + test->first + i);
		return test->op == SCML_OP_ALL ? looking > 0
					       : looking == test->count && looking > 0;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		break;
	}
	return test->place.base == SCML_INSIDE;
}

static enum scml_verdict naive_eval(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test);

static enum scml_verdict naive_inside(const struct naive *n, const struct frame *frame,
				      const struct scml_test *child)
{
	enum scml_verdict verdict = naive_eval(n, frame, child);
	unsigned char byte;

	if (frame->size && !naive_looks(n->w, child))
		verdict = min_verdict(verdict, of_state(read_byte(n->w, frame->at, &byte)));
	return verdict;
}

static enum scml_verdict naive_elements(const struct naive *n, const struct frame *array,
					const struct scml_test *test, uint64_t count)
{
	const struct scml_block *block = n->w->blocks + test->block;
	enum scml_verdict verdict = SCML_SUPPORTED;

	if (count > SCML_MAX_ELEMENTS)
		verdict = SCML_UNDECIDED;
	for (uint64_t i = 0; i < count && i < SCML_MAX_ELEMENTS; i++) {
		uint64_t start = i * block->size;
		struct frame element = *array;

		element.at += start;
		element.size = array->size > start ? array->size - start : 0;
		if (element.size > block->size)
			element.size = block->size;
		verdict = min_verdict(verdict,
				      naive_inside(n, &element, n->w->tests + test->first));
	}
	return verdict;
}

static enum scml_verdict naive_block(const struct naive *n, const struct frame *frame,
				     const struct scml_test *test)
{
	const struct scml_block *block = n->w->blocks + test->block;
	struct frame inside = {0, UINT64_MAX, false};
	enum scml_verdict verdict;
	uint64_t pointer, extent;

	if (block->flags & SCML_AT_RETURN && n->call->has_returned && n->call->ret < 0 &&
	    n->call->ret > -4096)
		return SCML_SUPPORTED;
	if (block->flags & SCML_EMBEDDED) {
		inside = *frame;
		inside.at += test->place.offset;
		inside.size =
			frame->size > test->place.offset ? frame->size - test->place.offset : 0;
	} else {
		verdict = naive_word(n, frame, &test->place, &pointer);
		if (verdict != SCML_SUPPORTED)
			return verdict;
		if (pointer == 0)
			return SCML_SUPPORTED;
		inside.at = pointer;
	}
	if (block->flags & SCML_AT_RETURN && !n->call->has_returned)
		return SCML_UNDECIDED;
	verdict = naive_extent(n, frame, &block->extent, &extent);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_EACH)
		return naive_elements(n, &inside, test, extent);
	inside.size = extent < block->size ? extent : block->size;
	inside.is_zero_beyond = block->flags & SCML_ZERO_BEYOND;
	return naive_inside(n, &inside, n->w->tests + test->first);
}

static enum scml_verdict naive_leaf(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test)
{
	enum scml_verdict verdict;
	uint64_t word;

	if (test->flags & SCML_AT_RETURN && !n->call->has_returned)
		return SCML_UNDECIDED;
	if (test->flags & SCML_AT_RETURN && n->call->ret < 0 && n->call->ret > -4096)
		return SCML_SUPPORTED;
	verdict = naive_word(n, frame, &test->place, &word);
	if (verdict != SCML_SUPPORTED)
		return verdict;
	if (test->op == SCML_OP_STRING)
		return naive_string(n, word);
	return naive_holds(n, test, word) ? SCML_SUPPORTED : SCML_UNSUPPORTED;
}

static enum scml_verdict naive_group(const struct naive *n, const struct frame *frame,
				     const struct scml_test *test)
{
	unsigned seen[3] = {0};

	for (uint32_t i = 0; i < test->count; i++)
		seen[naive_eval(n, frame, n->w->tests + test->first + i)]++;
	if (test->op == SCML_OP_ALL)
		return seen[0] ? SCML_UNSUPPORTED : seen[1] ? SCML_UNDECIDED : SCML_SUPPORTED;
	return seen[2] ? SCML_SUPPORTED : seen[1] ? SCML_UNDECIDED : SCML_UNSUPPORTED;
}

static enum scml_verdict naive_eval(const struct naive *n, const struct frame *frame,
				    const struct scml_test *test)
{
	/* Arrays in arrays take it hours now and then; nothing is compared any more then. */
	if (++*n->evaluations > SCML_MAX_STEPS)
		return SCML_UNSUPPORTED;
	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
		return SCML_SUPPORTED;
	case SCML_OP_FALSE:
		return SCML_UNSUPPORTED;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		return naive_group(n, frame, test);
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		return naive_block(n, frame, test);
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
		break;
	}
	return naive_leaf(n, frame, test);
}

/* The verdict; the nearest or deciding rule and its first condition that tells to *REASON. */
static enum scml_verdict naive_match(const struct naive *n, struct scml_reason *reason)
{
	const struct scml_call_rules *rules = n->w->calls + n->w->by_nr[n->call->nr] - 1;
	enum scml_verdict best = SCML_UNSUPPORTED;
	uint32_t fewest = UINT32_MAX, rightmost = 0;

	*reason = (struct scml_reason){SCML_NONE, SCML_NONE, SCML_NONE, 0, false};
	for (uint32_t r = 0; r < rules->rule_count; r++) {
		const struct scml_rule *rule = n->w->rules + rules->first_rule + r;
		uint32_t failures = 0, first = 0, told = SCML_NONE;
		enum scml_verdict verdict = SCML_SUPPORTED, each[CONDS];

		for (uint32_t c = 0; c < rule->cond_count; c++) {
			uint32_t test = n->w->conds[rule->first_cond + c].test;

			each[c] = naive_eval(n, &(struct frame){0}, n->w->tests + test);
			verdict = min_verdict(verdict, each[c]);
			if (each[c] == SCML_UNSUPPORTED && failures++ == 0)
				first = c;
		}
		for (uint32_t c = rule->cond_count; c-- > 0;) {
			if (verdict != SCML_SUPPORTED && each[c] == verdict)
				told = rule->first_cond + c;
		}
		if (verdict > best ||
		    (best == SCML_UNSUPPORTED && verdict == best &&
		     (failures < fewest || (failures == fewest && first > rightmost)))) {
			best = verdict;
			fewest = failures;
			rightmost = first;
			reason->rule = rules->first_rule + r;
			reason->cond = told;
		}
	}
	return best;
}

/* ---- random worlds ---- */

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

static void random_table(struct world *w)
{
	struct scml_table *table = &w->table;

	table->test_count = table->block_count = table->value_count = 0;
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
	if (one_in(w, 3))
		random_lists(w);
	for (uint32_t i = 0; i < RULES; i++) {
		w->rules[i].first_cond = below(w, CONDS - 2);
		w->rules[i].cond_count = one_in(w, 20) ? 0 : 1 + below(w, 3);
	}
	for (uint32_t i = 0; i < CALLS; i++) {
		w->calls[i].first_rule = below(w, RULES);
		w->calls[i].rule_count = below(w, RULES + 1 - w->calls[i].first_rule) % 6;
		w->by_nr[i] = (uint16_t)(1 + below(w, CALLS));
	}
}

/* Steps for most calls; the others are matched by their rules. */
static void random_steps(struct world *w)
{
	struct scml_table *table = &w->table;
	struct scml_steps steps[CALLS] = {0};

	table->step_count = table->way_count = 0;
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
}

static void random_memory(struct world *w)
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

static struct scml_call random_call(struct world *w)
{
	struct scml_call call = {.arch = ARCH, .nr = below(w, CALLS)};

	for (unsigned i = 0; i < 6; i++)
		call.args[i] = one_in(w, 2) ? random_pointer(w) : random_word(w);
	call.has_returned = one_in(w, 2);
	if (one_in(w, 10))
		call.unknown = (uint8_t)below(w, 1 << SCML_REGISTERS);
	if (call.has_returned)
		call.ret = (int64_t)random_word(w);
	return call;
}

static void open_world(struct world *w)
{
	struct scml_table *table = &w->table;
	const char *seed = getenv("SCML_TEST_SEED");

	memset(w, 0, sizeof(*w));
	w->random = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL) * 0x9e3779b97f4a7c15;
	w->random |= 1;
	printf("SCML_TEST_SEED=0x%llx\n", (unsigned long long)w->random);
	fflush(stdout); /* the test may end in a crash */
	table->by_nr = w->by_nr = calloc(CALLS, sizeof(*w->by_nr));
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

static void close_world(struct world *w)
{
	free(w->by_nr);
	free(w->calls);
	free(w->rules);
	free(w->conds);
	free(w->tests);
	free(w->blocks);
	free(w->values);
	free(w->steps);
	free(w->ways);
}

/* Compare for one call; which verdict it was. */
static enum scml_verdict compare(struct world *w, const struct scml_call *call, unsigned round)
{
	struct scml_memory memory = {read_world, w};
	struct scml_reason expected, reason;
	uint64_t evaluations = 0;
	enum scml_verdict verdict =
		naive_match(&(struct naive){w, call, &evaluations}, &expected);

	if (evaluations > SCML_MAX_STEPS)
		return scml_match(&w->table, call, &memory, &reason);
	/* Beyond the matcher's bound on steps it may also say that it does not know. */
	if (evaluations > SCML_MAX_STEPS / 4 &&
	    scml_match(&w->table, call, &memory, NULL) == SCML_UNDECIDED)
		return SCML_UNDECIDED;
	ck_assert_msg(scml_match(&w->table, call, &memory, NULL) == verdict,
		      "round %u: another verdict than '%s'", round, scml_verdict_name(verdict));
	ck_assert_int_eq(scml_match(&w->table, call, &memory, &reason), verdict);
	if (evaluations > SCML_MAX_STEPS / 4)
		return verdict;
	ck_assert_uint_eq(reason.rule, expected.rule);
	ck_assert_uint_eq(reason.cond, expected.cond);
	return verdict;
}

START_TEST(verdict_and_reason_are_those_of_the_naive_evaluator)
{
	static struct world w;
	unsigned seen[3] = {0}, switches = 0;

	open_world(&w);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct scml_call call;

		if (round % 8 == 0) {
			random_table(&w);
			random_steps(&w);
			switches += w.table.way_count > 0;
			ck_assert_int_eq(scml_table_check(&w.table), 0);
		}
		random_memory(&w);
		call = random_call(&w);
		seen[compare(&w, &call, round)]++;
	}
	printf("%u unsupported, %u undecided, %u supported; %u tables with switches\n", seen[0],
	       seen[1], seen[2], switches);
	ck_assert_uint_gt(switches, ROUNDS / 8 / 60);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_gt(seen[i], ROUNDS / 60);
	close_world(&w);
}
END_TEST

static void damage(struct world *w)
{
	struct {
		void *bytes;
		size_t size;
	} parts[] = {{w->by_nr, CALLS * sizeof(*w->by_nr)},
		     {w->calls, CALLS * sizeof(*w->calls)},
		     {w->rules, RULES * sizeof(*w->rules)},
		     {w->conds, CONDS * sizeof(*w->conds)},
		     {w->tests, TESTS * sizeof(*w->tests)},
		     {w->tests, TESTS * sizeof(*w->tests)},
		     {w->blocks, BLOCKS * sizeof(*w->blocks)},
		     {w->values, VALUES * sizeof(*w->values)},
		     {w->steps, (w->table.step_count + 1) * sizeof(*w->steps)},
		     {w->ways, (w->table.way_count + 1) * sizeof(*w->ways)}};

	for (unsigned i = 1 + below(w, 3); i > 0; i--) {
		unsigned part = below(w, sizeof(parts) / sizeof(*parts));
		unsigned char *bytes = parts[part].bytes;
		size_t at = below(w, (uint32_t)parts[part].size);

		/* small values hit what is nearly right: other tests, other blocks, cycles */
		bytes[at] = (unsigned char)(one_in(w, 3) ? next_random(w) : below(w, TESTS));
	}
}

START_TEST(damaged_table_is_refused_or_safe)
{
	static struct world w;
	unsigned refused = 0, passed = 0;

	open_world(&w);
	for (unsigned round = 0; round < DAMAGES; round++) {
		struct scml_memory memory = {read_world, &w};
		struct scml_reason reason;
		struct scml_call call;

		if (round % 4 == 0) {
			random_table(&w);
			w.table.step_count = w.table.way_count = 0;
			if (round % 8 == 0)
				random_steps(&w);
			random_memory(&w);
		}
		damage(&w);
		if (scml_table_check(&w.table) != 0) {
			refused++;
			random_table(&w);
			w.table.step_count = w.table.way_count = 0;
			continue;
		}
		passed++;
		call = random_call(&w);
		scml_match(&w.table, &call, &memory, &reason);
		scml_match(&w.table, &call, NULL, &reason);
	}
	printf("%u refused, %u passed\n", refused, passed);
	ck_assert_uint_gt(refused, DAMAGES / 20);
	ck_assert_uint_gt(passed, DAMAGES / 20);
	close_world(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("match_random");
	TCase *tc = tcase_create("random");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, verdict_and_reason_are_those_of_the_naive_evaluator);
	tcase_add_test(tc, damaged_table_is_refused_or_safe);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
