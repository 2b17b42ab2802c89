#include "strace_plan.h"

#include <string.h>

#include "strace_form.h"

enum {
	MAX_STRUCTS = 4096, /* beyond it every register counts */
	ALL_REGISTERS = (1 << SCML_REGISTERS) - 1,
};

/* The registers that decide, gathered. */
struct gathering {
	const struct scml_table *table;
	const struct abi_db *db;
	unsigned registers; /* bit each */
	bool wants_result;
	uint64_t seen[MAX_STRUCTS / 64]; /* bit per struct */
};

static void gather_place(struct gathering *all, const struct scml_place *place)
{
	if (place->base < SCML_REGISTERS)
		all->registers |= 1u << place->base;
}

static void gather_test(struct gathering *all, uint32_t index)
{
	const struct scml_test *test = &all->table->tests[index];
	const struct scml_block *block;

	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
		return;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			gather_test(all, test->first + i);
		return;
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		block = &all->table->blocks[test->block];
		if (block->extent.kind == SCML_EXTENT_PLACE ||
		    block->extent.kind == SCML_EXTENT_POINTEE)
			gather_place(all, &block->extent.place);
		all->wants_result |= block->flags & SCML_AT_RETURN ||
				     block->extent.kind == SCML_EXTENT_RETURN;
		gather_test(all, test->first);
		break;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
	case SCML_OP_STRING:
		break;
	}
	gather_place(all, &test->place);
	all->wants_result |= test->flags & SCML_AT_RETURN;
}

static void gather_slot(struct gathering *all, const struct abi_slot *slot);

static void gather_struct(struct gathering *all, uint32_t index)
{
	const struct abi_struct *object = &all->db->structs[index];

	if (index >= MAX_STRUCTS) {
		all->registers = ALL_REGISTERS;
		return;
	}
	if (all->seen[index / 64] >> index % 64 & 1)
		return;
	all->seen[index / 64] |= UINT64_C(1) << index % 64;
	for (uint32_t i = 0; i < object->fields.count; i++)
		gather_slot(all, &all->db->fields[object->fields.first + i].slot);
	for (uint32_t i = 0; i < object->cases.count; i++)
		gather_struct(all, all->db->union_cases[object->cases.first + i].struct_index);
}

/* Registers that say what SLOT, and what it points to, is. */
static void gather_slot(struct gathering *all, const struct abi_slot *slot)
{
	const struct abi_mux *mux = &all->db->muxes[slot->mux];

	if (slot->target_struct)
		gather_struct(all, slot->target_struct);
	if (!slot->mux)
		return;
	if (mux->selector.kind == ABI_REF_PARAM && mux->selector.index < SCML_REGISTERS)
		all->registers |= 1u << mux->selector.index;
	for (uint32_t i = 0; i < mux->cases.count; i++)
		gather_slot(all, &all->db->cases[mux->cases.first + i].slot);
}

static void gather_selectors(struct gathering *all, const struct abi_param *params,
			     size_t count)
{
	unsigned seen = 0;

	while (seen != all->registers) {
		unsigned now = all->registers & ~seen;

		seen = all->registers;
		for (size_t i = 0; i < count && i < SCML_REGISTERS; i++)
			if (now >> i & 1)
				gather_slot(all, &params[i].slot);
	}
}

/* The positions at which REGISTERS of CALL may be printed. */
static unsigned positions_of(const char *call, unsigned registers)
{
	const struct strace_form *form = NULL;
	unsigned positions = registers;

	while ((form = strace_form_next(form, call)))
		for (size_t i = 0; form->registers[i]; i++)
			if (registers >> (form->registers[i] - '0') & 1)
				positions |= 1u << i;
	return positions;
}

static void place_registers(struct strace_plan *plan, const char *call, unsigned registers)
{
	const struct strace_form *form = NULL;
	unsigned positions = positions_of(call, registers);
	unsigned others = positions_of(call, registers & ~plan->members.positions);

	while (registers && (form = strace_form_next(form, call))) {
		plan->wants_count = true;
		positions |= 1u << form->selector;
		/* With a form, members could be those of another argument. */
		plan->members.positions &= plan->members.count ? 0 : UINT32_MAX;
	}
	plan->members.positions &= ~others;
	plan->positions = (uint16_t)positions;
	while (plan->positions >> plan->end)
		plan->end++;
}

struct strace_plan strace_plan_make(const struct scml_table *table, const struct abi_db *db,
				    unsigned arch, const struct abi_call *call, uint32_t nr)
{
	struct gathering all = {.table = table, .db = db};
	const struct scml_call_rules *rules;
	struct strace_plan plan = {0};
	size_t count;
	const struct abi_param *params = abi_call_params(db, call, arch, &count);

	if (!scml_has_rules(table, nr))
		return plan;
	rules = &table->calls[table->by_nr[nr] - 1];
	for (uint32_t i = 0; i < rules->rule_count; i++) {
		const struct scml_rule *rule = &table->rules[rules->first_rule + i];

		for (uint32_t j = 0; j < rule->cond_count; j++)
			gather_test(&all, table->conds[rule->first_cond + j].test);
	}
	for (unsigned i = 0; i < count && i < SCML_REGISTERS; i++)
		if (all.registers >> i & 1)
			strace_members_add(&plan.members, table, rules, db, arch,
					   &params[i].slot, i);
	gather_selectors(&all, params, count);
	plan.wants_result = all.wants_result;
	place_registers(&plan, abi_string(db, call->name), all.registers);
	return plan;
}
