#include "abi_hash.h"
#include "rules.h"
#include "test.h"
#include "vec.h"

#include <string.h>

/* The arrays of a table while they grow. */
struct table_draft {
	struct arena *arena;
	VEC(struct scml_call_rules) calls;
	VEC(struct scml_rule) rules;
	VEC(struct scml_cond) conds;
	VEC(struct scml_test) tests;
	VEC(struct scml_block) blocks;
	VEC(uint64_t) values;
	VEC(char) strings;
	VEC(struct scml_step) steps;
	VEC(struct scml_way) ways;
	uint32_t *interned; /* open addressing: offset + 1 of a string */
	size_t interned_size;
	size_t interned_count;
};

static void intern_grow(struct table_draft *draft)
{
	size_t size = draft->interned_size ? 2 * draft->interned_size : 256;
	uint32_t *slots = ARENA_ARRAY(draft->arena, uint32_t, size);

	for (size_t i = 0; i < draft->interned_size; i++) {
		size_t at;

		if (!draft->interned[i])
			continue;
		at = abi_hash(draft->strings.items + draft->interned[i] - 1) & (size - 1);
		while (slots[at])
			at = (at + 1) & (size - 1);
		slots[at] = draft->interned[i];
	}
	draft->interned = slots;
	draft->interned_size = size;
}

static uint32_t intern(struct table_draft *draft, const char *text)
{
	size_t at;

	if (2 * draft->interned_count >= draft->interned_size)
		intern_grow(draft);
	at = abi_hash(text) & (draft->interned_size - 1);
	for (; draft->interned[at]; at = (at + 1) & (draft->interned_size - 1)) {
		// NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a slot is taken
		if (strcmp(draft->strings.items + draft->interned[at] - 1, text) == 0)
			return draft->interned[at] - 1;
	}
	draft->interned[at] = (uint32_t)draft->strings.count + 1;
	draft->interned_count++;
	for (const char *c = text;; c++) {
		vec_push(draft->arena, &draft->strings, *c);
		if (!*c)
			break;
	}
	return draft->interned[at] - 1;
}

static void lower_test(struct table_draft *draft, const struct test *test, uint32_t at);

/* COUNT tests side by side; the index of the first. */
static uint32_t lower_tests(struct table_draft *draft, const struct test *const *tests,
			    size_t count)
{
	uint32_t first = (uint32_t)draft->tests.count;

	for (size_t i = 0; i < count; i++)
		vec_push(draft->arena, &draft->tests, ((struct scml_test){0}));
	for (size_t i = 0; i < count; i++)
		lower_test(draft, tests[i], first + (uint32_t)i);
	return first;
}

/* How far the test with INDEX, inside a struct, looks into it: to the end of the last word that
 * a prefix can hold. */
static uint8_t looked_at(const struct table_draft *draft, uint32_t index)
{
	const struct scml_test *test = &draft->tests.items[index];
	uint64_t end = (uint64_t)test->place.offset + test->place.width / 8;
	uint8_t furthest = 0;

	if (test->op == SCML_OP_ALL || test->op == SCML_OP_ANY) {
		for (uint32_t i = 0; i < test->count; i++) {
			uint8_t other = looked_at(draft, test->first + i);

			if (other > furthest)
				furthest = other;
		}
		return furthest;
	}
	return test->place.base == SCML_INSIDE && end <= SCML_MAX_PREFIX ? (uint8_t)end : 0;
}

static void lower_test(struct table_draft *draft, const struct test *test, uint32_t at)
{
	struct scml_test lowered = {
		.op = (uint8_t)test->op,
		.flags = test->flags,
		.place = test->place,
		.name = intern(draft, test->name),
		.mask = test->mask,
		.bits = test->bits,
	};

	if (test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH) {
		lowered.block = (uint32_t)draft->blocks.count;
		vec_push(draft->arena, &draft->blocks, test->block);
	}
	if (test->child_count) {
		lowered.first = lower_tests(draft, test->children, test->child_count);
		lowered.count = (uint32_t)test->child_count;
		if (test->op == SCML_OP_MEMORY)
			draft->blocks.items[lowered.block].prefix =
				looked_at(draft, lowered.first);
	} else if (test->value_count) {
		lowered.first = (uint32_t)draft->values.count;
		lowered.count = (uint32_t)test->value_count;
		for (size_t i = 0; i < test->value_count; i++)
			vec_push(draft->arena, &draft->values, test->values[i]);
	}
	draft->tests.items[at] = lowered;
}

static void lower_rule(struct table_draft *draft, const struct rule *rule)
{
	struct scml_rule lowered = {
		.file = intern(draft, rule->file->path),
		.line = rule->line,
		.column = rule->column,
		.first_cond = (uint32_t)draft->conds.count,
		.cond_count = (uint32_t)rule->cond_count,
	};

	for (size_t i = 0; i < rule->cond_count; i++) {
		const struct rule_cond *cond = &rule->conds[i];
		uint32_t test = lower_tests(draft, &cond->test, 1);

		vec_push(
			draft->arena, &draft->conds,
			((struct scml_cond){.param = intern(draft, cond->name), .test = test}));
	}
	vec_push(draft->arena, &draft->rules, lowered);
}

static void lower_call(struct table_draft *draft, const struct rules *rules,
		       const struct rule_call *call)
{
	struct scml_call_rules lowered = {
		.name = intern(draft, abi_string(rules->db, call->abi->name)),
		.first_rule = (uint32_t)draft->rules.count,
		.rule_count = (uint32_t)call->rule_count,
	};

	for (size_t i = 0; i < call->rule_count; i++)
		lower_rule(draft, &call->rules[i]);
	vec_push(draft->arena, &draft->calls, lowered);
}

static const uint16_t *index_numbers(struct arena *arena, const struct rules *rules,
				     uint32_t *count)
{
	uint16_t *by_nr;

	*count = rules->call_count ? rules->calls[rules->call_count - 1].nr + 1 : 0;
	by_nr = ARENA_ARRAY(arena, uint16_t, *count + 1);
	for (size_t i = 0; i < rules->call_count; i++)
		by_nr[rules->calls[i].nr] = (uint16_t)(i + 1);
	return by_nr;
}

static void lower_steps_of(struct table_draft *draft, const struct scml_table *table,
			   uint32_t index)
{
	struct scml_call_rules *call = &draft->calls.items[index];
	struct scml_steps steps = {.first_way = (uint32_t)draft->ways.count};

	if (!scml_table_steps(table, index, &steps))
		return;
	call->first_step = (uint32_t)draft->steps.count;
	call->step_count = steps.step_count;
	for (uint32_t i = 0; i < steps.step_count; i++)
		vec_push(draft->arena, &draft->steps, ((struct scml_step){0}));
	for (uint32_t i = 0; i < steps.way_count; i++)
		vec_push(draft->arena, &draft->ways, ((struct scml_way){0}));
	steps.steps = draft->steps.items + call->first_step;
	steps.ways = steps.way_count ? draft->ways.items + steps.first_way : NULL;
	scml_table_steps(table, index, &steps);
}

/* TABLE, in order but for these, gets the steps of all calls. */
static void lower_steps(struct table_draft *draft, struct scml_table *table)
{
	uint32_t *starts = ARENA_ARRAY(draft->arena, uint32_t, table->nr_count + 1);

	for (uint32_t i = 0; i < table->call_count; i++)
		lower_steps_of(draft, table, i);
	for (uint32_t nr = 0; nr < table->nr_count; nr++) {
		const struct scml_call_rules *call = table->calls + table->by_nr[nr] - 1;

		if (table->by_nr[nr] && call->step_count)
			starts[nr] = call->first_step + 1;
	}
	table->starts = starts;
	table->steps = draft->steps.items;
	table->step_count = (uint32_t)draft->steps.count;
	table->ways = draft->ways.items;
	table->way_count = (uint32_t)draft->ways.count;
}

const struct scml_table *table_build(struct arena *arena, const struct rules *rules)
{
	struct table_draft draft = {.arena = arena};
	struct scml_table *table = ARENA_NEW(arena, struct scml_table);
	const struct abi_arch *arch = &rules->db->archs[rules->arch];

	intern(&draft, "");
	for (size_t i = 0; i < rules->call_count; i++)
		lower_call(&draft, rules, &rules->calls[i]);
	table->version = SCML_TABLE_VERSION;
	table->arch = arch->audit;
	table->big_endian = arch->big_endian;
	table->by_nr = index_numbers(arena, rules, &table->nr_count);
	table->call_count = (uint32_t)draft.calls.count;
	table->rule_count = (uint32_t)draft.rules.count;
	table->cond_count = (uint32_t)draft.conds.count;
	table->test_count = (uint32_t)draft.tests.count;
	table->block_count = (uint32_t)draft.blocks.count;
	table->value_count = (uint32_t)draft.values.count;
	table->string_bytes = (uint32_t)draft.strings.count;
	table->calls = draft.calls.items;
	table->rules = draft.rules.items;
	/* A rule without conditions points behind the last one, so there is a place. */
	table->conds =
		draft.conds.items ? draft.conds.items : ARENA_NEW(arena, struct scml_cond);
	table->tests = draft.tests.items;
	table->blocks = draft.blocks.items;
	table->values = draft.values.items;
	table->strings = draft.strings.items;
	lower_steps(&draft, table);
	return table;
}
