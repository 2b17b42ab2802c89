#include <string.h>

#include "abi_load.h"

enum { MAX_FIELDS = 16 };

/* The fields of a set while it is read; `whole` are the bits of its width. */
struct draft {
	struct abi_set_field fields[MAX_FIELDS];
	uint32_t count;
	uint64_t whole;
};

static uint64_t width_mask(unsigned width)
{
	return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

static void push_members_of(struct abi_build *build, const struct abi_node *use)
{
	uint32_t index;
	struct abi_range fields;

	if (!abi_load_expect(build, use, ABI_NODE_SCALAR, "'use'"))
		return;
	index = abi_build_find(build, ABI_KIND_SET, use->text);
	fields = index ? build->sets.items[index].fields : (struct abi_range){0, 0};
	if (!fields.count) {
		abi_build_error(build, use->span,
				"no set is called '%s', or it uses another one itself",
				use->text);
		return;
	}
	for (uint32_t i = 0; i < fields.count; i++) {
		struct abi_range members = build->set_fields.items[fields.first + i].members;

		for (uint32_t j = 0; j < members.count; j++)
			vec_push(build->arena, &build->refs,
				 build->refs.items[members.first + j]);
	}
}

static void push_range(struct abi_build *build, const struct abi_node *range)
{
	const struct abi_node *prefix = abi_node_get(range, "prefix");
	const struct abi_node *from_node = abi_node_get(range, "from");
	const struct abi_node *to_node = abi_node_get(range, "to");
	uint64_t from, to;

	if (!prefix || !from_node || !to_node || !abi_node_number(from_node, &from) ||
	    !abi_node_number(to_node, &to) || to - from > 255)
		return; /* said where the family became constants */
	for (uint64_t i = from; i <= to; i++) {
		uint32_t index =
			abi_build_find(build, ABI_KIND_CONST,
				       arena_printf(build->arena, "%s%llu", prefix->text,
						    (unsigned long long)i));

		if (index)
			vec_push(build->arena, &build->refs, index);
	}
}

/* MEMBERS is a name, `{use: SET}` or a list of both; behind it the OLD members are kept. */
static struct abi_range load_members(struct abi_build *build, const struct abi_node *members,
				     const struct abi_node *ranges, struct abi_range old)
{
	struct abi_range range = {(uint32_t)build->refs.count, 0};
	const struct abi_node *entry = NULL;

	for (uint32_t i = 0; i < old.count; i++)
		vec_push(build->arena, &build->refs, build->refs.items[old.first + i]);
	if (members)
		entry = members->kind == ABI_NODE_LIST ? members->first : members;
	while (entry) {
		const struct abi_node *use = abi_node_get(entry, "use");

		if (use) {
			push_members_of(build, use);
		} else {
			uint32_t index = abi_load_const(build, entry);

			if (index)
				vec_push(build->arena, &build->refs, index);
		}
		entry = members->kind == ABI_NODE_LIST ? entry->next : NULL;
	}
	for (entry = ranges ? ranges->first : NULL; entry; entry = entry->next)
		push_range(build, entry);
	range.count = (uint32_t)build->refs.count - range.first;
	return range;
}

/* The field of the draft that has this kind and mask (there is one of bits), or a new one. */
static struct abi_set_field *field_of(struct abi_build *build, struct draft *draft,
				      enum abi_field_kind kind, uint64_t mask, struct span span)
{
	struct abi_set_field *field;

	for (uint32_t i = 0; i < draft->count; i++) {
		field = &draft->fields[i];
		if (field->kind == kind && (kind == ABI_BITS || field->mask == mask))
			return field;
	}
	if (draft->count == MAX_FIELDS) {
		abi_build_error(build, span, "more than %d fields in a set", MAX_FIELDS);
		return NULL;
	}
	field = &draft->fields[draft->count++];
	*field = (struct abi_set_field){.kind = (uint8_t)kind, .mask = mask};
	return field;
}

static bool has_zero_member(const struct abi_build *build, const struct abi_set_field *field)
{
	for (uint32_t i = 0; i < field->members.count; i++) {
		uint32_t index = build->refs.items[field->members.first + i];
		uint64_t value;

		for (unsigned arch = 0; arch < build->archs.count; arch++)
			if (abi_build_value(build, build->consts.items[index].value, arch,
					    &value) &&
			    !(value & field->mask))
				return true;
	}
	return false;
}

static void load_zero(struct abi_build *build, const struct abi_node *zero,
		      struct abi_set_field *field)
{
	uint32_t index;
	struct abi_num value;

	if (!zero) {
		field->zero =
			has_zero_member(build, field) ? ABI_ZERO_MEMBER : ABI_ZERO_INVALID;
		return;
	}
	if (!abi_load_expect(build, zero, ABI_NODE_SCALAR, "'zero'"))
		return;
	if (strcmp(zero->text, "none") == 0 || strcmp(zero->text, "invalid") == 0) {
		field->zero = *zero->text == 'n' ? ABI_ZERO_NONE : ABI_ZERO_INVALID;
		if (has_zero_member(build, field))
			abi_build_error(build, zero->span,
					"'zero: %s', but a member has the value 0", zero->text);
		return;
	}
	field->zero = ABI_ZERO_MEMBER;
	index = abi_load_const(build, zero);
	if (!index)
		return;
	value = build->consts.items[index].value;
	if (value.row || (value.value & field->mask))
		abi_build_error(build, zero->span, "'%s' is not 0", zero->text);
	else if (!has_zero_member(build, field))
		abi_build_error(build, zero->span, "'%s' is no member of this field",
				zero->text);
}

static void load_enum(struct abi_build *build, struct draft *draft, const struct abi_node *node,
		      uint64_t mask, const struct abi_node *members)
{
	struct abi_set_field *field = field_of(build, draft, ABI_ENUM, mask, node->span);

	if (!field)
		return;
	field->members =
		load_members(build, members, abi_node_get(node, "ranges"), field->members);
	field->is_tacit |= abi_load_flag(build, node, "tacit");
	load_zero(build, abi_node_get(node, "zero"), field);
}

static void load_bits(struct abi_build *build, struct draft *draft, const struct abi_node *node,
		      const struct abi_node *members)
{
	struct abi_set_field *field = field_of(build, draft, ABI_BITS, 0, node->span);

	if (field)
		field->members = load_members(build, members, NULL, field->members);
}

/* Numbers, some of which may have names (MAP_HUGE_2MB). */
static void load_free(struct abi_build *build, struct draft *draft, const struct abi_node *node,
		      uint64_t mask)
{
	const struct abi_node *members = abi_node_get(node, "members");
	struct abi_set_field *field = field_of(build, draft, ABI_FREE, mask, node->span);

	if (field && members)
		field->members = load_members(build, members, NULL, field->members);
}

static void load_field(struct abi_build *build, struct draft *draft,
		       const struct abi_node *node)
{
	static const char *const keys[] = {"enum",    "bits",	"free",	 "zero",
					   "members", "ranges", "tacit", NULL};
	const struct abi_node *mask_node, *bits = abi_node_get(node, "bits");
	const struct abi_node *is_free = abi_node_get(node, "free");
	uint64_t mask;

	if (!abi_load_expect(build, node, ABI_NODE_MAP, "a field") ||
	    !abi_load_keys(build, node, keys))
		return;
	if (bits) {
		load_bits(build, draft, node, bits);
		return;
	}
	mask_node = is_free ? is_free : abi_node_get(node, "enum");
	if (!mask_node) {
		abi_build_error(build, node->span, "a field has 'enum', 'bits' or 'free'");
		return;
	}
	if (!abi_load_mask(build, mask_node, &mask))
		return;
	mask &= draft->whole;
	if (!mask)
		abi_build_error(build, mask_node->span, "a mask without bits");
	else if (is_free)
		load_free(build, draft, node, mask);
	else
		load_enum(build, draft, node, mask, abi_node_get(node, "members"));
}

/* Bits that no field names are the bits field's, which may have no members. */
static void share_bits(struct abi_build *build, struct draft *draft, struct span span)
{
	uint64_t left = draft->whole;
	struct abi_set_field *bits;

	for (uint32_t i = 0; i < draft->count; i++) {
		const struct abi_set_field *field = &draft->fields[i];

		if (field->kind == ABI_BITS)
			continue;
		if (field->mask & ~left)
			abi_build_error(build, span, "two fields share the bits 0x%llx",
					(unsigned long long)(field->mask & ~left));
		left &= ~field->mask;
	}
	bits = left ? field_of(build, draft, ABI_BITS, 0, span) : NULL;
	if (bits)
		bits->mask = left;
}

static void load_discard(struct abi_build *build, const struct abi_node *discard,
			 struct abi_set *set)
{
	static const char *const keys[] = {"mask", "v", NULL};
	const struct abi_node *mask = abi_node_get(discard, "mask");
	const struct abi_node *value = abi_node_get(discard, "v");

	if (!mask || !value || !abi_load_keys(build, discard, keys)) {
		abi_build_error(build, discard->span, "'discard' has 'mask' and 'v'");
		return;
	}
	if (abi_load_mask(build, mask, &set->discard_mask.value) &&
	    abi_load_mask(build, value, &set->discard_value.value) &&
	    (set->discard_value.value & ~set->discard_mask.value))
		abi_build_error(build, value->span, "'v' has bits outside of 'mask'");
}

static unsigned load_width(struct abi_build *build, const struct abi_node *node,
			   unsigned otherwise)
{
	const struct abi_node *width = abi_node_get(node, "width");
	uint64_t bits;

	if (!width)
		return otherwise;
	if (abi_node_number(width, &bits) &&
	    (bits == 8 || bits == 16 || bits == 32 || bits == 64))
		return (unsigned)bits;
	abi_build_error(build, width->span, "'width' is 8, 16, 32 or 64");
	return otherwise;
}

static void load_fields(struct abi_build *build, struct draft *draft,
			const struct abi_node *node)
{
	const struct abi_node *members = abi_node_get(node, "enum");
	const struct abi_node *bits = abi_node_get(node, "bits");
	const struct abi_node *fields = abi_node_get(node, "fields");

	if (!members && !bits && !fields && !abi_node_get(node, "ranges"))
		abi_build_error(build, node->span, "a set has 'enum', 'bits' or 'fields'");
	if (members || abi_node_get(node, "ranges"))
		load_enum(build, draft, node, draft->whole, members);
	if (bits)
		load_bits(build, draft, node, bits);
	if (fields && abi_load_expect(build, fields, ABI_NODE_LIST, "'fields'"))
		for (const struct abi_node *field = fields->first; field; field = field->next)
			load_field(build, draft, field);
}

static void load_zero_name(struct abi_build *build, const struct abi_node *node,
			   struct abi_set *set)
{
	const struct abi_node *zero = abi_node_get(node, "zero");
	uint32_t index;

	if (!zero || abi_node_get(node, "enum"))
		return; /* of the enum field then */
	index = abi_load_const(build, zero);
	if (!index)
		return;
	if (build->consts.items[index].value.row || build->consts.items[index].value.value)
		abi_build_error(build, zero->span, "'%s' is not 0", zero->text);
	set->zero_name = build->consts.items[index].name;
}

void abi_load_set(struct abi_build *build, const struct abi_node *node, uint32_t index)
{
	static const char *const keys[] = {"width",  "unknown", "enum",	   "bits",   "fields",
					   "ranges", "zero",	"discard", "extend", NULL};
	const struct abi_node *unknown = abi_node_get(node, "unknown");
	const struct abi_node *discard = abi_node_get(node, "discard");
	struct draft draft = {.count = 0};
	struct abi_set set;

	if (!index || !abi_load_expect(build, node, ABI_NODE_MAP, "a set") ||
	    !abi_load_keys(build, node, keys))
		return;
	set = (struct abi_set){.name = build->sets.items[index].name};
	if (abi_load_flag(build, node, "extend")) {
		set = build->sets.items[index];
		for (; draft.count < set.fields.count && draft.count < MAX_FIELDS;
		     draft.count++)
			draft.fields[draft.count] =
				build->set_fields.items[set.fields.first + draft.count];
	}
	set.width = (uint8_t)load_width(build, node, set.width ? set.width : 32);
	if (unknown)
		set.rejects_unknown = unknown->kind == ABI_NODE_SCALAR &&
				      strcmp(unknown->text, "reject") == 0;
	draft.whole = width_mask(set.width);
	load_fields(build, &draft, node);
	share_bits(build, &draft, node->key->span);
	load_zero_name(build, node, &set);
	if (discard)
		load_discard(build, discard, &set);
	set.fields = (struct abi_range){(uint32_t)build->set_fields.count, draft.count};
	for (uint32_t i = 0; i < draft.count; i++)
		vec_push(build->arena, &build->set_fields, draft.fields[i]);
	build->sets.items[index] = set;
}
