/*
 * table_fixture: matcher tables made by hand and the memory of an imaginary caller, for tests.
 */
#ifndef SCML_TABLE_FIXTURE_H
#define SCML_TABLE_FIXTURE_H

#include <check.h>
#include <stdarg.h>
#include <string.h>

#include "scml.h"

enum {
	FIXTURE_ARCH = 0xc000003e,
	FIXTURE_TESTS = 256,
	FIXTURE_VALUES = 512,
	FIXTURE_SMALL = 32,
	FIXTURE_MEMORY = 8192,
};

/* One call, number 0, whose rules and conditions are added in order. */
struct fixture {
	struct scml_table table;
	uint16_t by_nr[1];
	uint32_t starts[1]; /* not of the table until a test has made steps */
	struct scml_call_rules calls[1];
	struct scml_rule rules[FIXTURE_SMALL];
	struct scml_cond conds[FIXTURE_SMALL];
	struct scml_test tests[FIXTURE_TESTS];
	struct scml_block blocks[FIXTURE_SMALL];
	uint64_t values[FIXTURE_VALUES];
	/* The caller's memory: MEMORY_SIZE bytes at MEMORY_AT, what follows faults. */
	struct scml_memory memory;
	unsigned char bytes[FIXTURE_MEMORY];
	uint64_t memory_at;
	size_t memory_size;
	uint64_t unknown_from; /* from this address on nobody can tell */
	unsigned reads;
};

static inline enum scml_read fixture_read(void *context, uint64_t address, void *buffer,
					  size_t size, size_t *done)
{
	struct fixture *fx = context;
	uint64_t start = address - fx->memory_at;
	size_t have = 0;

	fx->reads++;
	ck_assert_uint_ge(size, 1);
	ck_assert(size > 8 || address + (size - 1) >= address);
	if (address >= fx->unknown_from)
		return SCML_READ_UNKNOWN;
	if (start < fx->memory_size)
		have = fx->memory_size - (size_t)start;
	if (have == 0 || (size <= 8 && have < size))
		return SCML_READ_FAULT;
	*done = size < have ? size : have;
	memcpy(buffer, fx->bytes + start, *done);
	return SCML_READ_OK;
}

static inline void fixture_init(struct fixture *fx)
{
	struct scml_table *table = &fx->table;

	memset(fx, 0, sizeof(*fx));
	*table = (struct scml_table){.version = SCML_TABLE_VERSION, .arch = FIXTURE_ARCH};
	table->nr_count = table->call_count = table->string_bytes = 1;
	table->by_nr = fx->by_nr;
	table->calls = fx->calls;
	table->rules = fx->rules;
	table->conds = fx->conds;
	table->tests = fx->tests;
	table->blocks = fx->blocks;
	table->values = fx->values;
	table->strings = "";
	fx->by_nr[0] = 1;
	fx->memory = (struct scml_memory){fixture_read, fx};
	fx->memory_at = 0x1000;
	fx->memory_size = FIXTURE_MEMORY;
	fx->unknown_from = UINT64_MAX;
}

/* A new rule; conditions added from now on are its. */
static inline uint32_t fixture_rule(struct fixture *fx)
{
	struct scml_rule *rule = fx->rules + fx->table.rule_count;

	ck_assert_uint_lt(fx->table.rule_count, FIXTURE_SMALL);
	rule->first_cond = fx->table.cond_count;
	fx->calls[0].rule_count++;
	return fx->table.rule_count++;
}

static inline uint32_t fixture_cond(struct fixture *fx, uint32_t test)
{
	ck_assert_uint_lt(fx->table.cond_count, FIXTURE_SMALL);
	fx->conds[fx->table.cond_count].test = test;
	fx->rules[fx->table.rule_count - 1].cond_count++;
	return fx->table.cond_count++;
}

static inline uint32_t fixture_test(struct fixture *fx, struct scml_test test)
{
	ck_assert_uint_lt(fx->table.test_count, FIXTURE_TESTS);
	fx->tests[fx->table.test_count] = test;
	return fx->table.test_count++;
}

static inline uint32_t fixture_block(struct fixture *fx, struct scml_block block)
{
	ck_assert_uint_lt(fx->table.block_count, FIXTURE_SMALL);
	fx->blocks[fx->table.block_count] = block;
	return fx->table.block_count++;
}

static inline struct scml_place fixture_arg(unsigned arg, unsigned width)
{
	return (struct scml_place){.base = (uint8_t)arg, .width = (uint8_t)width};
}

static inline struct scml_place fixture_field(uint32_t offset, unsigned width)
{
	return (struct scml_place){
		.base = SCML_INSIDE, .width = (uint8_t)width, .offset = offset};
}

static inline uint32_t fixture_op(struct fixture *fx, enum scml_op op)
{
	return fixture_test(fx, (struct scml_test){.op = (uint8_t)op});
}

/* IN, NOT_IN, BITS with COUNT values (uint64_t each), which must be sorted. */
static inline uint32_t fixture_word(struct fixture *fx, enum scml_op op,
				    struct scml_place place, unsigned count, ...)
{
	struct scml_test test = {.op = (uint8_t)op, .place = place, .mask = UINT64_MAX};
	va_list values;

	ck_assert_uint_le(fx->table.value_count + count, FIXTURE_VALUES);
	test.first = fx->table.value_count;
	test.count = count;
	va_start(values, count);
	for (unsigned i = 0; i < count; i++)
		fx->values[fx->table.value_count++] = va_arg(values, uint64_t);
	va_end(values);
	return fixture_test(fx, test);
}

/* ALL or ANY of COUNT tests (uint32_t each), which are copied to stand side by side. */
static inline uint32_t fixture_group(struct fixture *fx, enum scml_op op, unsigned count, ...)
{
	struct scml_test test = {.op = (uint8_t)op, .first = fx->table.test_count};
	va_list children;

	test.count = count;
	va_start(children, count);
	for (unsigned i = 0; i < count; i++)
		fixture_test(fx, fx->tests[va_arg(children, uint32_t)]);
	va_end(children);
	return fixture_test(fx, test);
}

static inline uint32_t fixture_deep(struct fixture *fx, enum scml_op op,
				    struct scml_place place, struct scml_block block,
				    uint32_t child)
{
	struct scml_test test = {.op = (uint8_t)op, .place = place, .first = child, .count = 1};

	test.block = fixture_block(fx, block);
	return fixture_test(fx, test);
}

static inline struct scml_block fixture_fixed(uint32_t size, uint32_t extent)
{
	return (struct scml_block){.size = size,
				   .extent = {.kind = SCML_EXTENT_FIXED, .fixed = extent}};
}

static inline struct scml_block fixture_extent(uint32_t size, enum scml_extent_kind kind,
					       struct scml_place place)
{
	return (struct scml_block){.size = size,
				   .extent = {.kind = (uint8_t)kind, .place = place}};
}

static inline void fixture_put(struct fixture *fx, uint64_t address, uint64_t word,
			       unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		fx->bytes[address - fx->memory_at + i] = (unsigned char)(word >> 8 * i);
}

#define V(value) ((uint64_t)(value))

/* What the functions below work on. */
static struct fixture fx;

static inline void setup(void)
{
	fixture_init(&fx);
	fixture_rule(&fx);
}

static inline uint32_t in(struct scml_place place, uint64_t value)
{
	return fixture_word(&fx, SCML_OP_IN, place, 1, value);
}

/* A condition that is never decided: memory that nobody can see. */
static inline uint32_t undecided_test(void)
{
	uint32_t child = fixture_op(&fx, SCML_OP_TRUE);

	fx.unknown_from = 0x10000;
	return fixture_deep(&fx, SCML_OP_MEMORY, fixture_arg(5, 64), fixture_fixed(4, 4),
			    child);
}

static inline enum scml_verdict match_six(const uint64_t args[6], bool has_returned,
					  int64_t ret, struct scml_reason *reason)
{
	struct scml_call call = {
		.arch = FIXTURE_ARCH, .has_returned = has_returned, .ret = ret};

	memcpy(call.args, args, sizeof(call.args));
	ck_assert_int_eq(scml_table_check(&fx.table), 0);
	return scml_match(&fx.table, &call, &fx.memory, reason);
}

/* The verdict of the rules for two arguments. */
static inline enum scml_verdict match_two(uint64_t arg0, uint64_t arg1)
{
	return match_six((uint64_t[6]){arg0, arg1}, false, 0, NULL);
}

/* The verdict of TEST alone for two arguments; argument 5 points to unknown memory. */
static inline enum scml_verdict verdict_of(uint32_t test, uint64_t arg0, uint64_t arg1)
{
	fx.table.cond_count = 0;
	fx.rules[0].cond_count = 0;
	fixture_cond(&fx, test);
	return match_six((uint64_t[6]){arg0, arg1, 0, 0, 0, 0x10000}, false, 0, NULL);
}

static inline enum scml_verdict verdict_at_return(uint32_t test, uint64_t arg0, int64_t ret)
{
	fx.table.cond_count = 0;
	fx.rules[0].cond_count = 0;
	fixture_cond(&fx, test);
	return match_six((uint64_t[6]){arg0}, true, ret, NULL);
}

#define ck_supported(expr)   ck_assert_str_eq(scml_verdict_name(expr), "supported")
#define ck_undecided(expr)   ck_assert_str_eq(scml_verdict_name(expr), "undecided")
#define ck_unsupported(expr) ck_assert_str_eq(scml_verdict_name(expr), "unsupported")

#endif
