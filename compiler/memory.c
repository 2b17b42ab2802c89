#include "memory.h"

#include <string.h>

#include "test.h"

/* One struct of the database, seen through a pattern: its own fields, or with those of one case
 * of its union. */
struct layout {
	const struct abi_struct *object;
	const struct abi_union_case *arm; /* NULL: none is chosen */
	const struct abi_struct *arm_object;
};

static const struct abi_field *struct_field(const struct abi_db *db,
					    const struct abi_struct *object, const char *name)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &db->fields[object->fields.first + i];

		if (abi_is_name(db, field->name, field->aliases, name))
			return field;
	}
	return NULL;
}

/* The one field of OBJECT whose name is NAME behind a prefix (`sp` for `ss_sp`), or NULL. */
static const struct abi_field *prefixed_field(const struct abi_db *db,
					      const struct abi_struct *object, const char *name)
{
	const struct abi_field *found = NULL;

	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &db->fields[object->fields.first + i];
		const char *bare = strrchr(abi_string(db, field->name), '_');

		if (!bare || strcmp(bare + 1, name) != 0)
			continue;
		if (found)
			return NULL;
		found = field;
	}
	return found;
}

/* The field called NAME in LAYOUT; *OWNER is the struct that it is of. */
static const struct abi_field *layout_field(const struct abi_db *db,
					    const struct layout *layout, const char *name,
					    const struct abi_struct **owner)
{
	const struct abi_field *field = struct_field(db, layout->object, name);

	*owner = layout->object;
	if (field)
		return field;
	if (layout->arm_object) {
		*owner = layout->arm_object;
		field = struct_field(db, layout->arm_object, name);
	}
	if (!field) {
		*owner = layout->object;
		field = prefixed_field(db, layout->object, name);
	}
	return field;
}

static struct layout layout_arm(const struct abi_db *db, const struct abi_struct *object,
				uint32_t index)
{
	struct layout layout = {.object = object};

	layout.arm = &db->union_cases[object->cases.first + index];
	layout.arm_object = &db->structs[layout.arm->struct_index];
	return layout;
}

static void suggest_field(const struct pattern_scope *scope, const struct abi_struct *object,
			  struct nearest_name *nearest)
{
	for (uint32_t i = 0; i < object->fields.count; i++)
		nearest_consider(nearest,
				 abi_string(scope->db,
					    scope->db->fields[object->fields.first + i].name));
}

/* Another struct that has a field called NAME, or NULL. */
static const struct abi_struct *field_elsewhere(const struct abi_db *db, const char *name)
{
	for (uint32_t i = 1; i < db->struct_count; i++) {
		if (struct_field(db, &db->structs[i], name))
			return &db->structs[i];
	}
	return NULL;
}

static void report_unknown_field(const struct pattern_scope *scope,
				 const struct abi_struct *object, const struct ast_name *name)
{
	struct nearest_name nearest = nearest_new(name->text);
	struct diag *diag;

	suggest_field(scope, object, &nearest);
	for (uint32_t i = 0; i < object->cases.count; i++)
		suggest_field(scope, layout_arm(scope->db, object, i).arm_object, &nearest);
	*scope->has_error = true;
	if (!nearest.name) {
		const struct abi_struct *other = field_elsewhere(scope->db, name->text);

		diag_add(scope->diags, DIAG_UNKNOWN_FIELD, name->span,
			 "'struct %s' has no field '%s'%s%s%s",
			 abi_string(scope->db, object->name), name->text,
			 other ? "; 'struct " : "",
			 other ? abi_string(scope->db, other->name) : "",
			 other ? "' has one" : "");
		return;
	}
	diag = diag_add(scope->diags, DIAG_UNKNOWN_FIELD, name->span,
			"'struct %s' has no field '%s'; did you mean '%s'?",
			abi_string(scope->db, object->name), name->text, nearest.name);
	diag_edit(scope->diags, diag, name->span, "%s", nearest.name);
}

/* Are all names of PATTERN fields of LAYOUT? */
static bool layout_covers(const struct abi_db *db, const struct layout *layout,
			  const struct res_struct *pattern)
{
	const struct abi_struct *owner;

	for (size_t i = 0; i < pattern->field_count; i++) {
		if (!layout_field(db, layout, pattern->fields[i].name.text, &owner))
			return false;
	}
	return true;
}

/* The first field of OBJECT that PATTERN does not name, or NULL. */
static const struct abi_field *omitted_field(const struct abi_db *db,
					     const struct abi_struct *object,
					     const struct res_struct *pattern)
{
	for (uint32_t i = 0; i < object->fields.count; i++) {
		const struct abi_field *field = &db->fields[object->fields.first + i];
		bool is_named = false;

		for (size_t j = 0; j < pattern->field_count && !is_named; j++)
			is_named = abi_is_name(db, field->name, field->aliases,
					       pattern->fields[j].name.text) ||
				   prefixed_field(db, object, pattern->fields[j].name.text) ==
					   field;
		if (!is_named)
			return field;
	}
	return NULL;
}

static const struct abi_field *layout_omits(const struct abi_db *db,
					    const struct layout *layout,
					    const struct res_struct *pattern)
{
	const struct abi_field *omitted = omitted_field(db, layout->object, pattern);

	if (!omitted && layout->arm_object)
		omitted = omitted_field(db, layout->arm_object, pattern);
	return omitted;
}

static const struct test *field_test(const struct pattern_scope *scope,
				     const struct layout *layout, const struct res_field *field,
				     uint32_t offset)
{
	const struct abi_struct *owner;
	const struct abi_field *abi = layout_field(scope->db, layout, field->name.text, &owner);
	struct pattern_scope inner = *scope;
	const struct test *test;
	uint64_t field_offset;

	if (abi && !abi_is_name(scope->db, abi->name, abi->aliases, field->name.text)) {
		const char *own = abi_string(scope->db, abi->name);
		struct diag *diag = diag_add(scope->diags, DIAG_FIELD_NAME, field->name.span,
					     "'struct %s' calls this field '%s'",
					     abi_string(scope->db, owner->name), own);

		diag_edit(scope->diags, diag, field->name.span, "%s", own);
	}
	if (!abi || !field->pattern)
		return test_true();
	if (!abi_num(scope->db, abi->offset, scope->arch, &field_offset)) {
		diag_add(scope->diags, DIAG_ABSENT_CONSTANT, field->name.span,
			 "%s has no field '%s' in 'struct %s'; it is not checked there",
			 abi_string(scope->db, scope->db->archs[scope->arch].name),
			 field->name.text, abi_string(scope->db, owner->name));
		return test_true();
	}
	inner.object = owner;
	inner.object_offset = offset;
	inner.path = arena_printf(scope->arena, "%s.%s", scope->path, field->name.text);
	inner.span = field->name.span;
	test = pattern_test(
		&inner, field->pattern, &abi->slot,
		pattern_inside(&inner, &abi->slot, offset + (uint32_t)field_offset));
	return abi->slot.dir == ABI_OUT ? test_at_return(scope->arena, test) : test;
}

static const struct test *layout_test(const struct pattern_scope *scope,
				      const struct layout *layout,
				      const struct res_struct *pattern, uint32_t offset)
{
	const struct abi_db *db = scope->db;
	struct test_list all = {0};

	if (layout->arm) {
		const struct abi_field *selector =
			&db->fields[layout->object->fields.first + layout->object->selector];
		uint64_t at = 0;

		// NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an element of an array
		abi_num(db, selector->offset, scope->arch, &at);
		test_list_add(scope->arena, &all,
			      pattern_selects(scope, &selector->slot,
					      pattern_inside(scope, &selector->slot,
							     offset + (uint32_t)at),
					      layout->arm->values, true));
	}
	for (size_t i = 0; i < pattern->field_count; i++)
		test_list_add(scope->arena, &all,
			      field_test(scope, layout, &pattern->fields[i], offset));
	return test_all(scope->arena, &all);
}

static void report_omitted(const struct pattern_scope *scope, const struct abi_struct *object,
			   const struct res_struct *pattern, const struct abi_field *omitted)
{
	diag_add(scope->diags, DIAG_INCOMPLETE_STRUCT, pattern->span,
		 "this pattern matches nothing: it leaves out the field '%s' of 'struct %s'; "
		 "name "
		 "every field or end it with '..'",
		 abi_string(scope->db, omitted->name), abi_string(scope->db, object->name));
}

/* One alternative, laid over OBJECT at OFFSET. */
static const struct test *alternative_test(const struct pattern_scope *scope,
					   const struct abi_struct *object,
					   const struct res_struct *pattern, uint32_t offset)
{
	const struct layout own = {.object = object};
	const struct abi_field *omitted = NULL;
	const struct abi_struct *owner;
	struct test_list arms = {0};
	bool is_covered = false;

	if (layout_covers(scope->db, &own, pattern) &&
	    (pattern->is_open || !object->cases.count)) {
		omitted = pattern->is_open ? NULL : layout_omits(scope->db, &own, pattern);
		if (!omitted)
			return layout_test(scope, &own, pattern, offset);
		report_omitted(scope, object, pattern, omitted);
		return test_false();
	}
	for (uint32_t i = 0; i < object->cases.count; i++) {
		struct layout arm = layout_arm(scope->db, object, i);
		const struct abi_field *missing;

		if (!layout_covers(scope->db, &arm, pattern))
			continue;
		is_covered = true;
		missing = pattern->is_open ? NULL : layout_omits(scope->db, &arm, pattern);
		if (missing)
			omitted = missing;
		else
			test_list_add(scope->arena, &arms,
				      layout_test(scope, &arm, pattern, offset));
	}
	if (is_covered) {
		if (!arms.list.count && omitted)
			report_omitted(scope, object, pattern, omitted);
		return test_any(scope->arena, &arms);
	}
	for (size_t i = 0; i < pattern->field_count; i++) {
		bool is_known =
			layout_field(scope->db, &own, pattern->fields[i].name.text, &owner);

		for (uint32_t j = 0; j < object->cases.count && !is_known; j++) {
			struct layout arm = layout_arm(scope->db, object, j);

			is_known = layout_field(scope->db, &arm, pattern->fields[i].name.text,
						&owner);
		}
		if (!is_known)
			report_unknown_field(scope, object, &pattern->fields[i].name);
	}
	if (!*scope->has_error)
		diag_add(
			scope->diags, DIAG_INCOMPLETE_STRUCT, pattern->span,
			"this pattern matches nothing: no layout of 'struct %s' has all of its "
			"fields",
			abi_string(scope->db, object->name));
	return test_false();
}

static const struct test *alternatives_test(const struct pattern_scope *scope,
					    const struct abi_struct *object,
					    const struct res_pattern *pattern, uint32_t offset)
{
	struct test_list any = {0};

	for (size_t i = 0; i < pattern->struct_count; i++)
		test_list_add(scope->arena, &any,
			      alternative_test(scope, object, &pattern->structs[i], offset));
	return test_any(scope->arena, &any);
}

static uint32_t struct_size(const struct pattern_scope *scope, const struct abi_struct *object)
{
	uint64_t size = 0, arm_size;

	abi_num(scope->db, object->size, scope->arch, &size);
	for (uint32_t i = 0; i < object->cases.count; i++) {
		if (abi_num(scope->db, layout_arm(scope->db, object, i).arm_object->size,
			    scope->arch, &arm_size) &&
		    arm_size > size)
			size = arm_size;
	}
	return (uint32_t)size;
}

/* How much lies behind a pointer, from what the database says about it. */
static struct scml_extent extent_of(const struct pattern_scope *scope, struct abi_ref ref,
				    uint32_t fallback)
{
	struct scml_extent extent = {.kind = SCML_EXTENT_FIXED, .fixed = fallback};
	uint64_t offset = 0;

	switch ((enum abi_ref_kind)ref.kind) {
	case ABI_REF_NONE:
		break;
	case ABI_REF_FIXED:
		extent.fixed = ref.index;
		break;
	case ABI_REF_PARAM:
		extent.kind = SCML_EXTENT_PLACE;
		extent.place = pattern_register(scope, ref.index);
		break;
	case ABI_REF_POINTEE:
		extent.kind = SCML_EXTENT_POINTEE;
		extent.place = pattern_register(scope, ref.index);
		break;
	case ABI_REF_FIELD: {
		const struct abi_field *field =
			&scope->db->fields[scope->object->fields.first + ref.index];

		abi_num(scope->db, field->offset, scope->arch, &offset);
		extent.kind = SCML_EXTENT_PLACE;
		extent.place = pattern_inside(scope, &field->slot,
					      scope->object_offset + (uint32_t)offset);
		break;
	}
	}
	return extent;
}

static const struct test *block_test(const struct pattern_scope *scope, enum scml_op op,
				     struct scml_place place, struct scml_block block,
				     const struct test *child)
{
	struct test *test = ARENA_NEW(scope->arena, struct test);
	const struct test **children = ARENA_ARRAY(scope->arena, const struct test *, 1);

	children[0] = child;
	test->op = op;
	test->place = place;
	test->name = scope->path;
	test->children = children;
	test->child_count = 1;
	test->block = block;
	return test;
}

const struct test *memory_struct_test(const struct pattern_scope *scope,
				      const struct res_pattern *pattern,
				      const struct abi_slot *slot, struct scml_place place)
{
	const struct abi_struct *object = &scope->db->structs[slot->target_struct];
	bool is_embedded = slot->type == ABI_TYPE_STRUCT && !slot->times;
	struct scml_block block = {0};

	if (!is_embedded && slot->target != ABI_TARGET_STRUCT) {
		bool is_array = slot->target == ABI_TARGET_STRUCTS || slot->times;
		bool is_small =
			abi_type_bits(scope->db, (enum abi_type)slot->type, scope->arch) <
			abi_type_bits(scope->db, ABI_TYPE_PTR, scope->arch);

		diag_add(scope->diags, DIAG_WRONG_KIND, pattern->span,
			 is_array ? "'%s' holds several structs; put the pattern in brackets: "
				    "'[ … ]'"
			 : is_small ? "'%s' is no pointer, so no struct lies behind it; write "
				      "constants or numbers"
				    : "'%s' holds no struct that is known; --abi FILE.yaml can "
				      "describe it",
			 scope->path);
		*scope->has_error = true;
		return test_false();
	}
	if (is_embedded)
		return alternatives_test(scope, object, pattern, place.offset);
	block.size = struct_size(scope, object);
	block.extent = extent_of(scope, slot->len, block.size);
	block.flags = (uint8_t)((slot->dir == ABI_OUT ? SCML_AT_RETURN : 0) |
				(object->is_versioned ? SCML_ZERO_BEYOND : 0));
	return block_test(scope, SCML_OP_MEMORY, place, block,
			  alternatives_test(scope, object, pattern, 0));
}

static const struct test *elements_test(const struct pattern_scope *scope,
					const struct res_pattern *pattern,
					const struct abi_slot *element)
{
	struct pattern_scope inner = *scope;
	struct test_list any = {0};

	inner.path = arena_printf(scope->arena, "%s[]", scope->path);
	for (size_t i = 0; i < pattern->element_count; i++)
		test_list_add(scope->arena, &any,
			      pattern_test(&inner, pattern->elements[i], element,
					   pattern_inside(scope, element, 0)));
	return test_any(scope->arena, &any);
}

const struct test *memory_array_test(const struct pattern_scope *scope,
				     const struct res_pattern *pattern,
				     const struct abi_slot *slot, struct scml_place place)
{
	bool is_embedded = slot->times != 0;
	struct abi_slot element = {.type = slot->element, .set = slot->set};
	struct scml_block block = {0};

	if (!is_embedded && slot->target != ABI_TARGET_STRUCTS &&
	    slot->target != ABI_TARGET_TYPES) {
		diag_add(scope->diags, DIAG_WRONG_KIND, pattern->span,
			 "'%s' is no array; leave out the brackets", scope->path);
		*scope->has_error = true;
		return test_false();
	}
	if (is_embedded)
		element.type = slot->type;
	else if (slot->target == ABI_TARGET_STRUCTS)
		element.type = ABI_TYPE_STRUCT;
	if (element.type == ABI_TYPE_STRUCT) {
		element.target_struct = slot->target_struct;
		block.size = struct_size(scope, &scope->db->structs[slot->target_struct]);
	} else {
		block.size =
			abi_type_bits(scope->db, (enum abi_type)element.type, scope->arch) / 8;
	}
	block.extent = extent_of(scope, slot->count, is_embedded ? slot->times : 0);
	block.flags = (uint8_t)((slot->dir == ABI_OUT ? SCML_AT_RETURN : 0) |
				(is_embedded ? SCML_EMBEDDED : 0));
	return block_test(scope, SCML_OP_EACH, place, block,
			  elements_test(scope, pattern, &element));
}
