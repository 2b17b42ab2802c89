/*
 * bpf_fixture: a small imaginary system call interface, typed rules made by hand for it, and
 * what a filter is expected to answer. For tests of filters.
 */
#ifndef SCML_BPF_FIXTURE_H
#define SCML_BPF_FIXTURE_H

#include <check.h>
#include <string.h>

#include <linux/seccomp.h>

#include "abi_hash.h"
#include "bpf/codegen.h"
#include "bpf/sim.h"
#include "vec.h"

enum {
	TOY_LITTLE, /* architectures of the fixture */
	TOY_BIG,
	TOY_PLAIN,
	TOY_ARCHS,
	TOY_CALLS = 12, /* numbers 0 … 11, each "cN"; TOY_GAP is no call's */
	TOY_GAP = 5,
	TOY_HASH = 64,
	TOY_NUMBERS = 1024,
};

static const uint32_t toy_audit[TOY_ARCHS] = {0xc000003e, 0x80000016, 0xc00000b7};

struct toy {
	struct arena *arena;
	struct diags *diags;
	struct abi_db db;
	struct abi_arch archs[TOY_ARCHS];
	struct abi_call calls[TOY_CALLS + 1];
	uint16_t nr_calls[TOY_NUMBERS];
	uint32_t call_hash[TOY_HASH];
	char strings[256];
};

/* Sanitized code takes ten times as long, and its tests so many times fewer rounds. */
#if defined(__SANITIZE_ADDRESS__)
#define ROUNDS_DIVISOR 6
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROUNDS_DIVISOR 6
#endif
#endif
#ifndef ROUNDS_DIVISOR
#define ROUNDS_DIVISOR 1
#endif

static inline uint32_t toy_string(struct toy *toy, const char *text)
{
	uint32_t at = toy->db.string_bytes;

	ck_assert_uint_lt(at + strlen(text) + 1, sizeof(toy->strings));
	memcpy(toy->strings + at, text, strlen(text) + 1);
	toy->db.string_bytes += (uint32_t)strlen(text) + 1;
	return at;
}

static inline void toy_add_call(struct toy *toy, uint32_t index, uint32_t nr)
{
	const char *name = arena_printf(toy->arena, "c%u", nr);
	uint32_t at = abi_hash(name) & (TOY_HASH - 1);

	while (toy->call_hash[at])
		at = (at + 1) & (TOY_HASH - 1);
	toy->call_hash[at] = index;
	toy->calls[index].name = toy_string(toy, name);
	toy->calls[index].nr.value = nr;
	toy->nr_calls[nr] = (uint16_t)index;
}

/* The caller frees toy->arena, and with it everything. */
static inline struct toy *toy_new(void)
{
	static const char *const names[TOY_ARCHS] = {"little", "big", "plain"};
	struct arena *arena = arena_new();
	struct toy *toy = ARENA_NEW(arena, struct toy);

	toy->arena = arena;
	toy->diags = diags_new(arena, sources_new(arena));
	toy->db.string_bytes = 1;
	for (uint32_t i = 0; i < TOY_ARCHS; i++)
		toy->archs[i] = (struct abi_arch){
			.name = toy_string(toy, names[i]),
			.audit = toy_audit[i],
			.word = 64,
			.big_endian = i == TOY_BIG,
			.foreign_nr_bit = i == TOY_LITTLE ? 0x40000000 : 0,
			.max_nr = TOY_CALLS - 1,
			.by_nr = {0, TOY_CALLS},
		};
	for (uint32_t nr = 0, index = 1; nr < TOY_CALLS; nr++)
		if (nr != TOY_GAP)
			toy_add_call(toy, index++, nr);
	toy->db.strings = toy->strings;
	toy->db.archs = toy->archs;
	toy->db.arch_count = TOY_ARCHS;
	toy->db.calls = toy->calls;
	toy->db.call_count = TOY_CALLS;
	toy->db.nr_calls = toy->nr_calls;
	toy->db.nr_call_count = TOY_CALLS;
	toy->db.call_hash = toy->call_hash;
	toy->db.call_hash_mask = TOY_HASH - 1;
	return toy;
}

/* One call with number NR whose rules each have one condition, TESTS[i] (NULL: none). */
static inline struct rule_call toy_call(struct toy *toy, uint32_t nr,
					const struct test *const *tests, size_t count)
{
	struct rule *rules = ARENA_ARRAY(toy->arena, struct rule, count);
	struct rule_cond *conds = ARENA_ARRAY(toy->arena, struct rule_cond, count);

	for (size_t i = 0; i < count; i++) {
		conds[i] = (struct rule_cond){.name = "param",
					      .span = {0, (uint32_t)i, (uint32_t)i + 1},
					      .test = tests[i]};
		rules[i].conds = &conds[i];
		rules[i].cond_count = tests[i] ? 1 : 0;
	}
	return (struct rule_call){.abi = &toy->calls[toy->nr_calls[nr]],
				  .nr = nr,
				  .rules = rules,
				  .rule_count = count};
}

/* Rules with that one call. */
static inline const struct rules *toy_rules(struct toy *toy, unsigned arch, uint32_t nr,
					    const struct test *test)
{
	struct rules *rules = ARENA_NEW(toy->arena, struct rules);
	struct rule_call *call = ARENA_NEW(toy->arena, struct rule_call);

	*call = toy_call(toy, nr, &test, 1);
	*rules = (struct rules){.db = &toy->db, .arch = arch, .calls = call, .call_count = 1};
	return rules;
}

/* A test of (argument & MASK) against COUNT sorted VALUES. */
static inline struct test *toy_test(struct toy *toy, enum scml_op op, unsigned arg,
				    unsigned width, uint64_t mask, const uint64_t *values,
				    size_t count)
{
	struct test *test = ARENA_NEW(toy->arena, struct test);
	uint64_t *copy = ARENA_ARRAY(toy->arena, uint64_t, count);

	if (count)
		memcpy(copy, values, count * sizeof(*values));
	test->op = op;
	test->place.base = (uint8_t)arg;
	test->place.width = (uint8_t)width;
	test->name = "place";
	test->mask = width < 64 ? mask & ((UINT64_C(1) << width) - 1) : mask;
	test->values = copy;
	test->value_count = count;
	return test;
}

/* The group of COUNT children. */
static inline struct test *toy_group(struct toy *toy, enum scml_op op,
				     const struct test *const *children, size_t count)
{
	struct test *test = ARENA_NEW(toy->arena, struct test);
	const struct test **copy = ARENA_ARRAY(toy->arena, const struct test *, count);

	if (count)
		memcpy(copy, children, count * sizeof(const struct test *));
	test->op = op;
	test->children = copy;
	test->child_count = count;
	return test;
}

/* Something behind the pointer in ARG. */
static inline struct test *toy_memory(struct toy *toy, unsigned arg)
{
	struct test *inside = toy_test(toy, SCML_OP_IN, SCML_INSIDE, 32, UINT32_MAX, NULL, 0);
	const struct test *child = inside;
	struct test *test = toy_group(toy, SCML_OP_MEMORY, &child, 1);

	inside->name = "param.field";
	test->place = (struct scml_place){.base = (uint8_t)arg, .width = 64};
	test->name = "param";
	test->block.size = 16;
	return test;
}

/* What the machine would hand to a filter for a call on ARCH. */
static inline struct seccomp_data toy_data(unsigned arch, uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = {.nr = (int)nr, .arch = toy_audit[arch]};

	for (int i = 0; i < 6; i++)
		data.args[i] = arch == TOY_BIG ? args[i] << 32 | args[i] >> 32 : args[i];
	return data;
}

/* The answer of CODE, which must be there. */
static inline uint32_t toy_answer(const struct bpf_code *code, const struct seccomp_data *data)
{
	struct bpf_result result;

	ck_assert(bpf_sim(code->items, code->count, data, &result));
	ck_assert_uint_le(result.executed, code->count);
	return result.action;
}

#endif
