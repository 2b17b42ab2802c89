#include "describe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum { DESCRIBE_MEMBERS = 24, DESCRIBE_SETS = 6, DESCRIBE_FIELDS = 60 };

void prose_add(struct prose *prose, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	doc_buffer_puts(prose->arena, &prose->buffer,
			arena_vprintf(prose->arena, format, args));
	va_end(args);
}

const char *describe_value(struct arena *arena, const struct abi_slot *slot, uint64_t value)
{
	if (slot && slot->type == ABI_TYPE_MODE)
		return arena_printf(arena, "0%" PRIo64, value);
	if (value >= UINT64_MAX - 4095)
		return arena_printf(arena, "%" PRId64, (int64_t)value);
	if (value >= 0xfffff000 && value <= UINT32_MAX)
		return arena_printf(arena, "%d", (int)(uint32_t)value);
	return arena_printf(arena, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static const char *struct_name(const struct view *view, uint32_t index)
{
	return abi_string(view->db, view->db->structs[index].name);
}

const char *describe_type(const struct view *view, const struct abi_slot *slot)
{
	const char *name = abi_type((enum abi_type)slot->type)->name;
	const char *element = abi_type((enum abi_type)slot->element)->name;

	switch ((enum abi_target)slot->target) {
	case ABI_TARGET_STRUCT:
		return arena_printf(view->arena, "struct %s *",
				    struct_name(view, slot->target_struct));
	case ABI_TARGET_STRUCTS:
		return arena_printf(view->arena, "struct %s[]",
				    struct_name(view, slot->target_struct));
	case ABI_TARGET_TYPE:
		return arena_printf(view->arena, "%s *", element);
	case ABI_TARGET_TYPES:
		return arena_printf(view->arena, "%s[]", element);
	case ABI_TARGET_PATH:
		return "path";
	case ABI_TARGET_STRING:
		return "string";
	case ABI_TARGET_STRINGS:
		return "string[]";
	case ABI_TARGET_BYTES:
		return "bytes *";
	case ABI_TARGET_NONE:
		break;
	}
	if (slot->type == ABI_TYPE_STRUCT)
		name = arena_printf(view->arena, "struct %s",
				    struct_name(view, slot->target_struct));
	return slot->times ? arena_printf(view->arena, "%s[%u]", name, slot->times) : name;
}

static void add_since(struct prose *prose, struct abi_since since)
{
	if (since.release)
		prose_add(prose, "Since Linux %u.%u%s.\n\n", since.release >> 8,
			  since.release & 0xffu,
			  since.earliest < since.release ? " or earlier" : "");
}

static const char *number_text(struct arena *arena, uint64_t value, bool is_decimal)
{
	return is_decimal ? arena_printf(arena, "%" PRIu64, value)
			  : describe_value(arena, NULL, value);
}

/* NUM on each architecture: in one line where they agree. */
static void add_numbers(struct prose *prose, const struct view *view, struct abi_num num,
			const char *what, bool is_decimal)
{
	const struct abi_db *db = view->db;
	uint64_t value;

	if (!num.row && !num.absent) {
		prose_add(prose, "%s: `%s` on all architectures.\n\n", what,
			  number_text(prose->arena, num.value, is_decimal));
		return;
	}
	prose_add(prose, "%s: ", what);
	for (unsigned i = 0; i < db->arch_count; i++) {
		const char *arch = abi_string(db, db->archs[i].name);

		prose_add(prose, "%s%s ", i ? ", " : "", arch);
		if (abi_num(db, num, i, &value))
			prose_add(prose, "`%s`", number_text(prose->arena, value, is_decimal));
		else
			prose_add(prose, "lacks it");
	}
	prose_add(prose, ".\n\n");
}

/* One line: the parameters of FORM and their types. */
static void add_signature(struct prose *prose, const struct view *view,
			  const struct abi_call *call, const struct place_form *form)
{
	const struct abi_variant *variant = abi_call_variant(view->db, call, view->arch);

	if (!variant && call->variants.count)
		variant = &view->db->variants[call->variants.first];
	prose_add(prose, "%s(", abi_string(view->db, call->name));
	for (size_t i = 0; i < form->count; i++) {
		prose_add(prose, "%s%s", i ? ", " : "", form->names[i]);
		if (variant && form->params[i] >= 0)
			prose_add(
				prose, ": %s",
				describe_type(view, &view->db->params[variant->params.first +
								      (uint32_t)form->params[i]]
							     .slot));
	}
	prose_add(prose, ")\n");
}

void describe_call(struct prose *prose, const struct view *view, const struct abi_call *call)
{
	struct place_form forms[4];
	size_t count = places_forms(view, NULL, call, forms, 4);

	prose_add(prose, "```\n");
	for (size_t i = 0; i < count; i++)
		add_signature(prose, view, call, &forms[i]);
	prose_add(prose, "```\n\n");
	add_numbers(prose, view, call->nr, "System call number", true);
	add_since(prose, call->since);
}

/* The sets that CONSTANT is a member of. */
static void add_sets(struct prose *prose, const struct view *view,
		     const struct abi_const *constant)
{
	const struct abi_db *db = view->db;
	unsigned count = 0;

	for (uint32_t i = 1; i < db->set_count; i++) {
		const struct abi_set_field *field =
			abi_set_field_of(db, &db->sets[i], constant);

		if (!field)
			continue;
		if (count++ == DESCRIBE_SETS)
			prose_add(prose, ", …");
		if (count > DESCRIBE_SETS)
			break;
		prose_add(prose, "%s`%s` (%s)", count == 1 ? "Of the set " : ", ",
			  abi_string(db, db->sets[i].name),
			  field->kind == ABI_BITS ? "a flag" : "a value");
	}
	if (count)
		prose_add(prose, ".\n\n");
}

void describe_const(struct prose *prose, const struct view *view,
		    const struct abi_const *constant)
{
	uint64_t value;

	prose_add(prose, "```\n%s", abi_string(view->db, constant->name));
	if (abi_num(view->db, constant->value, view->arch, &value))
		prose_add(prose, " = %s", describe_value(prose->arena, NULL, value));
	prose_add(prose, "\n```\n\n");
	add_numbers(prose, view, constant->value, "Value", false);
	add_since(prose, constant->since);
	add_sets(prose, view, constant);
	if (constant->mask != UINT64_MAX)
		prose_add(prose, "Compared under the mask `0x%" PRIx64 "`.\n\n",
			  constant->mask);
}

static void add_members(struct prose *prose, const struct view *view,
			const struct abi_set_field *field)
{
	const struct abi_db *db = view->db;
	static const char *const titles[] = {
		[ABI_ENUM] = "One of", [ABI_BITS] = "Flags", [ABI_FREE] = "Free bits"};

	prose_add(prose, "- %s", titles[field->kind]);
	if (field->kind == ABI_FREE)
		prose_add(prose, ": `0x%" PRIx64 "`", field->mask);
	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *member =
			&db->consts[db->refs[field->members.first + i]];

		if (i == DESCRIBE_MEMBERS) {
			prose_add(prose, ", … (%u in all)", field->members.count);
			break;
		}
		prose_add(prose, "%s`%s`", i ? ", " : ": ", abi_string(db, member->name));
	}
	prose_add(prose, "\n");
}

void describe_place(struct prose *prose, const struct view *view, const struct place *place)
{
	const struct abi_slot *slot = place->slot;
	const struct abi_set *set = slot->set ? &view->db->sets[slot->set] : NULL;
	unsigned bits = abi_type_bits(view->db, (enum abi_type)slot->type, view->arch);

	prose_add(prose, "```\n%s: %s\n```\n\n", place->name, describe_type(view, slot));
	if (place->call)
		prose_add(prose, "Parameter %d of `%s`", place->param + 1,
			  abi_string(view->db, place->call->name));
	else if (place->object)
		prose_add(prose, "Field of `struct %s`",
			  abi_string(view->db, place->object->name));
	if (bits)
		prose_add(prose, ", %u bits", bits);
	prose_add(prose, slot->dir == ABI_OUT ? ", filled in by the kernel.\n\n" : ".\n\n");
	if (place->one && place->one->values.count) {
		prose_add(prose, "This is what it is with");
		for (uint32_t i = 0; i < place->one->values.count && i < DESCRIBE_SETS; i++)
			prose_add(prose, "%s `%s`", i ? "," : "",
				  abi_string(
					  view->db,
					  view->db->consts
						  [view->db->refs[place->one->values.first + i]]
							  .name));
		prose_add(prose, place->one->values.count > DESCRIBE_SETS ? ", …\n\n" : "\n\n");
	}
	if (!set)
		return;
	prose_add(prose, "Values: the set `%s`%s\n\n", abi_string(view->db, set->name),
		  set->rejects_unknown ? " (the kernel refuses unknown bits)" : "");
	for (uint32_t i = 0; i < set->fields.count; i++)
		add_members(prose, view, &view->db->set_fields[set->fields.first + i]);
	prose_add(prose, "\n");
}

void describe_struct(struct prose *prose, const struct view *view,
		     const struct abi_struct *object)
{
	const struct abi_db *db = view->db;
	uint64_t size = 0, offset;

	prose_add(prose, "```\nstruct %s {\n", abi_string(db, object->name));
	for (uint32_t i = 0; i < object->fields.count && i < DESCRIBE_FIELDS; i++) {
		const struct abi_field *field = &db->fields[object->fields.first + i];

		prose_add(prose, "    %s: %s", abi_string(db, field->name),
			  describe_type(view, &field->slot));
		if (abi_num(db, field->offset, view->arch, &offset))
			prose_add(prose, " at %" PRIu64, offset);
		prose_add(prose, "\n");
	}
	if (object->fields.count > DESCRIBE_FIELDS)
		prose_add(prose, "    …\n");
	prose_add(prose, "}\n```\n\n");
	if (abi_num(db, object->size, view->arch, &size))
		prose_add(prose, "%" PRIu64 " bytes on %s", size,
			  abi_string(db, db->archs[view->arch].name));
	if (object->cases.count)
		prose_add(prose, "; `%s` says which of %u layouts the rest has",
			  abi_string(db,
				     db->fields[object->fields.first + object->selector].name),
			  object->cases.count);
	prose_add(prose, ".%s\n\n",
		  object->is_versioned
			  ? " It grew with the kernel: what a call leaves out is 0."
			  : "");
}

const char *describe_names(const struct view *view, const struct abi_set *set, uint64_t value)
{
	const struct abi_db *db = view->db;
	uint64_t left = value, known;
	const char *text = "";

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];
		uint64_t part = value & field->mask;

		for (uint32_t j = 0; j < field->members.count; j++) {
			const struct abi_const *member =
				&db->consts[db->refs[field->members.first + j]];

			if (!abi_num(db, member->value, view->arch, &known))
				continue;
			known &= field->mask;
			if (field->kind == ABI_BITS ? !known || (known & ~part)
						    : (part & member->mask) != known)
				continue;
			text = arena_printf(view->arena, "%s%s%s", text, *text ? "|" : "",
					    abi_string(db, member->name));
			left &= ~known;
			part &= ~known;
			if (field->kind == ABI_ENUM)
				break;
		}
	}
	if (!*text)
		return NULL;
	return left ? arena_printf(view->arena, "%s|0x%" PRIx64, text, left) : text;
}

void describe_number(struct prose *prose, const struct view *view, uint64_t value,
		     const struct place *place)
{
	const struct abi_set *set =
		place && place->slot->set ? &view->db->sets[place->slot->set] : NULL;
	unsigned bits =
		place ? abi_type_bits(view->db, (enum abi_type)place->slot->type, view->arch)
		      : 64;
	uint64_t cut = bits && bits < 64 ? value & ((UINT64_C(1) << bits) - 1) : value;
	const char *names = set ? describe_names(view, set, cut) : NULL;

	prose_add(prose, "```\n%" PRId64 " = 0x%" PRIx64 " = 0%" PRIo64 "\n```\n\n",
		  (int64_t)value, cut, cut);
	if (names)
		prose_add(prose, "As `%s`: `%s`.\n\n", place->name, names);
}
