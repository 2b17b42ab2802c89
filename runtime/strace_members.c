#include "strace_members.h"

#include <string.h>

enum { MAX_SPANS = 16 };

/* What is looked at, gathered. */
struct gathering {
	const struct scml_table *table;
	const struct abi_db *db;
	unsigned arch;
	unsigned reg;
	struct {
		uint64_t start, end;
	} spans[MAX_SPANS];
	size_t count;
	bool is_plain;
};

/* The bytes from START up to END decide. */
static void gather_span(struct gathering *all, uint64_t start, uint64_t end)
{
	if (all->count == MAX_SPANS) {
		all->is_plain = false;
		return;
	}
	all->spans[all->count].start = start;
	all->spans[all->count].end = end;
	all->count++;
}

static void gather_inside(struct gathering *all, uint32_t index)
{
	const struct scml_test *test = &all->table->tests[index];

	switch ((enum scml_op)test->op) {
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
		/* A struct that nothing looks into is read for one byte. */
		gather_span(all, 0, 1);
		return;
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			gather_inside(all, test->first + i);
		if (!test->count)
			gather_span(all, 0, 1);
		return;
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		if (test->place.base == SCML_INSIDE)
			gather_span(all, test->place.offset,
				    (uint64_t)test->place.offset + test->place.width / 8);
		else
			gather_span(all, 0, 1);
		return;
	case SCML_OP_STRING:
	case SCML_OP_MEMORY:
	case SCML_OP_EACH:
		all->is_plain = false;
		return;
	}
}

static void gather_test(struct gathering *all, uint32_t index)
{
	const struct scml_test *test = &all->table->tests[index];
	const struct scml_extent *extent;

	switch ((enum scml_op)test->op) {
	case SCML_OP_ALL:
	case SCML_OP_ANY:
		for (uint32_t i = 0; i < test->count; i++)
			gather_test(all, test->first + i);
		return;
	case SCML_OP_MEMORY:
		extent = &all->table->blocks[test->block].extent;
		if (extent->kind == SCML_EXTENT_POINTEE && extent->place.base == all->reg)
			all->is_plain = false;
		if (test->place.base != all->reg)
			return;
		gather_inside(all, test->first);
		return;
	case SCML_OP_EACH:
		extent = &all->table->blocks[test->block].extent;
		if (extent->kind == SCML_EXTENT_POINTEE && extent->place.base == all->reg)
			all->is_plain = false;
		all->is_plain &= test->place.base != all->reg;
		return;
	case SCML_OP_STRING:
		all->is_plain &= test->place.base != all->reg;
		return;
	case SCML_OP_TRUE:
	case SCML_OP_FALSE:
	case SCML_OP_IN:
	case SCML_OP_NOT_IN:
	case SCML_OP_BITS:
		return;
	}
}

static bool add_name(struct strace_members *members, const struct gathering *all, abi_str name)
{
	struct strace_member *member = &members->members[members->count];

	if (members->count == STRACE_MAX_MEMBERS)
		return false;
	member->position = all->reg;
	member->name = abi_string(all->db, name);
	member->len = strlen(member->name);
	members->count++;
	return true;
}

/* Does FIELD lie in bytes that decide? Where its size is not known, it has no end. */
static bool is_wanted(const struct gathering *all, const struct abi_field *field)
{
	const struct abi_slot *slot = &field->slot;
	uint64_t size = abi_type_bits(all->db, (enum abi_type)slot->type, all->arch) / 8;
	uint64_t start, end;

	if (!abi_num(all->db, field->offset, all->arch, &start))
		return false;
	if (slot->type == ABI_TYPE_STRUCT)
		abi_num(all->db, all->db->structs[slot->target_struct].size, all->arch, &size);
	end = size ? start + size * (slot->times ? slot->times : 1) : UINT64_MAX;
	for (size_t i = 0; i < all->count; i++)
		if (start < all->spans[i].end && all->spans[i].start < end)
			return true;
	return false;
}

/* Add the names of what is wanted of OBJECT; false where more than those members decides:
 * whether a pointer counts as NULL, what another member selects. */
static bool add_names(struct strace_members *members, const struct gathering *all,
		      const struct abi_struct *object)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &all->db->fields[object->fields.first + i];

		if (!is_wanted(all, field))
			continue;
		if (field->slot.type == ABI_TYPE_PTR || field->slot.mux ||
		    !add_name(members, all, field->name))
			return false;
		for (uint32_t j = 0; j < field->aliases.count; j++)
			if (!add_name(members, all, all->db->names[field->aliases.first + j]))
				return false;
	}
	return true;
}

/* The same for OBJECT and the cases of its union. */
static bool add_all_names(struct strace_members *members, const struct gathering *all,
			  const struct abi_struct *object)
{
	if (!add_names(members, all, object))
		return false;
	for (uint32_t i = 0; i < object->cases.count; i++) {
		const struct abi_union_case *one =
			&all->db->union_cases[object->cases.first + i];

		if (!add_names(members, all, &all->db->structs[one->struct_index]))
			return false;
	}
	return true;
}

void strace_members_add(struct strace_members *members, const struct scml_table *table,
			const struct scml_call_rules *rules, const struct abi_db *db,
			unsigned arch, const struct abi_slot *slot, unsigned reg)
{
	struct gathering all = {.table = table, .db = db, .arch = arch, .reg = reg};
	size_t count = members->count;

	all.is_plain = true;
	for (uint32_t i = 0; i < rules->rule_count; i++) {
		const struct scml_rule *rule = &table->rules[rules->first_rule + i];

		for (uint32_t j = 0; j < rule->cond_count; j++)
			gather_test(&all, table->conds[rule->first_cond + j].test);
	}
	/* Where nothing looks inside, what is inside decides nothing, whatever it is. */
	if (all.is_plain && all.count)
		all.is_plain = slot->target == ABI_TARGET_STRUCT && !slot->mux &&
			       add_all_names(members, &all, &db->structs[slot->target_struct]);
	if (all.is_plain)
		members->positions |= 1u << reg;
	else
		members->count = count;
}
