#include <string.h>

#include "abi_load.h"

enum { ADDRESS_BYTES = 16 /* of the longest family */ };

/* The database as it is, and what is being looked at. */
struct check {
	struct abi_build *build;
	struct abi_db db;
	struct span span;
	const char *name;
};

static const char *name_of(const struct check *check, abi_str name)
{
	return abi_string(&check->db, name);
}

static uint64_t width_mask(unsigned width)
{
	return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

/* Every member must lie in its field, on every architecture that has it. */
static void check_member(struct check *check, const struct abi_set *set,
			 const struct abi_set_field *field, const struct abi_const *member)
{
	static const char *const kinds[] = {"enum", "bits", "free"};
	uint64_t value;

	for (unsigned arch = 0; arch < check->db.arch_count; arch++) {
		if (!abi_num(&check->db, member->value, arch, &value))
			continue;
		value &= width_mask(set->width);
		if (!(value & ~field->mask))
			continue;
		abi_build_error(
			check->build, check->span,
			"'%s' = 0x%llx on %s lies outside of the %s field 0x%llx of '%s'",
			name_of(check, member->name), (unsigned long long)value,
			name_of(check, check->db.archs[arch].name), kinds[field->kind],
			(unsigned long long)field->mask, check->name);
		return;
	}
}

static void check_set(struct check *check, const struct abi_set *set)
{
	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field =
			&check->db.set_fields[set->fields.first + i];

		for (uint32_t j = 0; j < field->members.count; j++)
			check_member(
				check, set, field,
				&check->db.consts[check->db.refs[field->members.first + j]]);
	}
}

static bool is_pointer(enum abi_type type)
{
	return type == ABI_TYPE_PTR || type == ABI_TYPE_WORD || type == ABI_TYPE_U64 ||
	       type == ABI_TYPE_SWORD;
}

static void check_slot(struct check *check, const struct abi_slot *slot, const char *name)
{
	bool is_array = slot->target == ABI_TARGET_STRUCTS || slot->target == ABI_TARGET_TYPES;

	if (slot->target && !is_pointer(slot->type))
		abi_build_error(check->build, check->span,
				"'%s' of '%s' has 'to' but is no pointer", name, check->name);
	if (slot->family && slot->type != ABI_TYPE_BE32 &&
	    (slot->type != ABI_TYPE_BYTES || slot->times != ADDRESS_BYTES))
		abi_build_error(check->build, check->span,
				"'%s' of '%s' has a family but is neither be32 nor [16]bytes",
				name, check->name);
	if (is_array && !slot->count.kind && !slot->mux)
		abi_build_error(check->build, check->span,
				"'%s' of '%s' is an array without 'count'", name, check->name);
	if (slot->set &&
	    (slot->target == ABI_TARGET_STRUCT || slot->target == ABI_TARGET_STRUCTS))
		abi_build_error(check->build, check->span,
				"'%s' of '%s' has a set but points to a struct", name,
				check->name);
	if (slot->set && !slot->target &&
	    (slot->type == ABI_TYPE_STRUCT || slot->type == ABI_TYPE_BYTES))
		abi_build_error(check->build, check->span,
				"'%s' of '%s' has a set but is no number", name, check->name);
	if (slot->mux) {
		struct abi_range cases = check->db.muxes[slot->mux].cases;

		for (uint32_t i = 0; i < cases.count; i++)
			check_slot(check, &check->db.cases[cases.first + i].slot, name);
	}
}

/* Bytes of one such field on ARCH; false where that is not known. */
static bool field_size(const struct check *check, const struct abi_slot *slot, unsigned arch,
		       uint64_t *size)
{
	uint64_t times = slot->times ? slot->times : 1;

	if (slot->type == ABI_TYPE_STRUCT) {
		if (!abi_num(&check->db, check->db.structs[slot->target_struct].size, arch,
			     size))
			return false;
		*size *= times;
		return true;
	}
	if (slot->type == ABI_TYPE_BYTES) {
		*size = slot->times;
		return true;
	}
	*size = abi_type_bits(&check->db, slot->type, arch) / 8 * times;
	return true;
}

static void check_field(struct check *check, const struct abi_struct *record,
			const struct abi_field *field)
{
	uint64_t offset, size, whole;

	check_slot(check, &field->slot, name_of(check, field->name));
	for (unsigned arch = 0; arch < check->db.arch_count; arch++) {
		if (!abi_num(&check->db, record->size, arch, &whole) ||
		    !abi_num(&check->db, field->offset, arch, &offset) ||
		    !field_size(check, &field->slot, arch, &size))
			continue;
		if (offset <= whole && size <= whole - offset)
			continue;
		abi_build_error(check->build, check->span,
				"the field '%s' of '%s' ends beyond the struct on %s",
				name_of(check, field->name), check->name,
				name_of(check, check->db.archs[arch].name));
		return;
	}
}

/* A struct that holds itself would have no end. STATE: 1 on the way, 2 done. */
static bool holds_itself(const struct check *check, uint32_t index, unsigned char *state,
			 unsigned depth)
{
	struct abi_range fields = check->db.structs[index].fields;
	bool found = state[index] == 1 || depth > 64;

	if (state[index] == 2 || found)
		return found;
	state[index] = 1;
	for (uint32_t i = 0; i < fields.count && !found; i++) {
		const struct abi_slot *slot = &check->db.fields[fields.first + i].slot;

		if (slot->type == ABI_TYPE_STRUCT && slot->target_struct)
			found = holds_itself(check, slot->target_struct, state, depth + 1);
	}
	state[index] = 2;
	return found;
}

static void check_names(struct check *check, struct abi_range names, uint32_t at,
			abi_str (*name_at)(const struct abi_db *, uint32_t))
{
	for (uint32_t i = 0; i < at; i++)
		if (name_at(&check->db, names.first + i) ==
		    name_at(&check->db, names.first + at))
			abi_build_error(check->build, check->span, "'%s' has '%s' twice",
					check->name,
					name_of(check, name_at(&check->db, names.first + at)));
}

static abi_str param_name(const struct abi_db *db, uint32_t index)
{
	return db->params[index].name;
}

static abi_str field_name(const struct abi_db *db, uint32_t index)
{
	return db->fields[index].name;
}

static void check_struct(struct check *check, uint32_t index)
{
	const struct abi_struct *record = &check->db.structs[index];
	unsigned char *state =
		ARENA_ARRAY(check->build->arena, unsigned char, check->db.struct_count);

	for (uint32_t i = 0; i < record->fields.count; i++) {
		check_field(check, record, &check->db.fields[record->fields.first + i]);
		check_names(check, record->fields, i, field_name);
	}
	if (holds_itself(check, index, state, 0))
		abi_build_error(check->build, check->span, "'%s' holds itself", check->name);
}

static void check_variant(struct check *check, const struct abi_variant *variant)
{
	for (uint32_t i = 0; i < variant->params.count; i++) {
		const struct abi_param *param = &check->db.params[variant->params.first + i];

		check_slot(check, &param->slot, name_of(check, param->name));
		check_names(check, variant->params, i, param_name);
	}
}

static void check_call(struct check *check, const struct abi_call *call)
{
	uint16_t archs = 0, needed;
	struct abi_range variants = call->variants;

	for (uint32_t i = 0; i < variants.count; i++) {
		archs |= check->db.variants[variants.first + i].archs;
		check_variant(check, &check->db.variants[variants.first + i]);
	}
	needed = (uint16_t)(((1u << check->db.arch_count) - 1) & ~(unsigned)call->nr.absent);
	if (needed & ~archs)
		abi_build_error(check->build, check->span,
				"the call '%s' has a number but no entry under 'calls'",
				check->name);
}

static bool same_number(const struct abi_num *a, const struct abi_num *b)
{
	return a->value == b->value && a->row == b->row && a->absent == b->absent;
}

/* Two values of one name would make a rule mean two things. */
static void check_text(struct check *check, const struct abi_const *constant)
{
	uint32_t other;

	if (!constant->text)
		return;
	other = abi_build_find(check->build, ABI_KIND_CONST, name_of(check, constant->text));
	if (other && !same_number(&check->db.consts[other].value, &constant->value))
		abi_build_error(check->build, check->span,
				"'%s' is printed as '%s', which is another value", check->name,
				name_of(check, constant->text));
}

void abi_check(struct abi_build *build)
{
	struct check check = {.build = build};

	if (build->errors)
		return; /* what could not be read would only echo */
	check.db = abi_build_peek(build);
	for (uint32_t i = 1; i < check.db.const_count; i++) {
		check.span = build->const_spans.items[i];
		check.name = name_of(&check, check.db.consts[i].name);
		check_text(&check, &check.db.consts[i]);
	}
	for (uint32_t i = 1; i < check.db.set_count; i++) {
		check.span = build->set_spans.items[i];
		check.name = name_of(&check, check.db.sets[i].name);
		check_set(&check, &check.db.sets[i]);
	}
	for (uint32_t i = 1; i < check.db.struct_count; i++) {
		check.span = build->struct_spans.items[i];
		check.name = name_of(&check, check.db.structs[i].name);
		check_struct(&check, i);
	}
	for (uint32_t i = 1; i < check.db.call_count; i++) {
		check.span = build->call_spans.items[i];
		check.name = name_of(&check, check.db.calls[i].name);
		check_call(&check, &check.db.calls[i]);
	}
}
