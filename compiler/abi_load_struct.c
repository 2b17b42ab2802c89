#include <string.h>

#include "abi_load.h"

/* Names first: the fields of a struct refer to each other in any order. */
static struct abi_range push_fields(struct abi_build *build, const struct abi_node *fields,
				    struct abi_range old)
{
	struct abi_range range = {(uint32_t)build->fields.count, 0};

	for (uint32_t i = 0; i < old.count; i++)
		vec_push(build->arena, &build->fields, build->fields.items[old.first + i]);
	for (const struct abi_node *node = fields ? fields->first : NULL; node;
	     node = node->next) {
		struct abi_field field = {0};

		if (node->key->kind != ABI_NODE_SCALAR)
			continue;
		field.name = abi_build_string(build, node->key->text);
		field.aliases = abi_load_names(build, abi_node_get(node, "alias"));
		vec_push(build->arena, &build->fields, field);
	}
	range.count = (uint32_t)build->fields.count - range.first;
	return range;
}

static void fill_fields(struct abi_build *build, const struct abi_node *fields,
			struct abi_range range, uint32_t skip)
{
	uint32_t at = range.first + skip;

	for (const struct abi_node *node = fields ? fields->first : NULL; node;
	     node = node->next) {
		const struct abi_node *offset = abi_node_get(node, "off");
		struct abi_num num = {0, 0, 0};
		struct abi_slot slot;

		if (node->key->kind != ABI_NODE_SCALAR)
			continue;
		if (!offset)
			abi_build_error(build, node->key->span, "'off' is missing");
		else
			abi_load_value(build, offset, &num);
		slot = abi_load_slot(build, node, (struct abi_load_scope){.fields = range});
		build->fields.items[at].offset = num;
		build->fields.items[at].slot = slot;
		build->fields.items[at].since =
			abi_load_since(build, abi_node_get(node, "since"));
		abi_load_source(build, abi_node_get(node, "src"));
		at++;
	}
}

static bool find_field(const struct abi_build *build, struct abi_range fields, const char *name,
		       uint32_t *index)
{
	struct abi_db db = abi_build_peek(build);

	for (*index = 0; *index < fields.count; ++*index) {
		const struct abi_field *field = &db.fields[fields.first + *index];

		if (abi_is_name(&db, field->name, field->aliases, name))
			return true;
	}
	return false;
}

static void load_union(struct abi_build *build, const struct abi_node *node,
		       struct abi_struct *record)
{
	static const char *const keys[] = {"by", "cases", NULL};
	const struct abi_node *by = abi_node_get(node, "by");
	const struct abi_node *cases = abi_node_get(node, "cases");
	struct abi_range range = {(uint32_t)build->union_cases.count, 0};

	if (!by || by->kind != ABI_NODE_SCALAR || !cases || cases->kind != ABI_NODE_MAP ||
	    !abi_load_keys(build, node, keys)) {
		abi_build_error(build, node->span, "a union has 'by' and 'cases'");
		return;
	}
	if (!find_field(build, record->fields, by->text, &record->selector)) {
		abi_build_error(build, by->span, "no field is called '%s'", by->text);
		return;
	}
	for (const struct abi_node *entry = cases->first; entry; entry = entry->next) {
		struct abi_union_case one = {abi_load_consts(build, entry->key), 0};

		if (!abi_load_expect(build, entry, ABI_NODE_SCALAR, "a union's case"))
			continue;
		one.struct_index =
			(uint16_t)abi_build_find(build, ABI_KIND_STRUCT, entry->text);
		if (!one.struct_index)
			abi_build_error(build, entry->span, "no struct is called '%s'",
					entry->text);
		vec_push(build->arena, &build->union_cases, one);
	}
	range.count = (uint32_t)build->union_cases.count - range.first;
	record->cases = range;
}

void abi_load_struct(struct abi_build *build, const struct abi_node *node, uint32_t index)
{
	static const char *const keys[] = {"c",	     "h",      "src",	    "alias",
					   "size",   "fields", "versioned", "union",
					   "extend", "since",  NULL};
	const struct abi_node *size = abi_node_get(node, "size");
	const struct abi_node *fields = abi_node_get(node, "fields");
	const struct abi_node *cases = abi_node_get(node, "union");
	struct abi_struct record;
	uint32_t old = 0;

	if (!index || !abi_load_expect(build, node, ABI_NODE_MAP, "a struct") ||
	    !abi_load_keys(build, node, keys))
		return;
	if (fields && !abi_load_expect(build, fields, ABI_NODE_MAP, "'fields'"))
		return;
	abi_load_since(build, abi_node_get(node, "since"));
	abi_load_source(build, abi_node_get(node, "src"));
	record = (struct abi_struct){.name = build->structs.items[index].name};
	if (abi_load_flag(build, node, "extend")) {
		record = build->structs.items[index];
		old = record.fields.count;
	}
	if (size)
		abi_load_value(build, size, &record.size);
	else if (!old)
		abi_build_error(build, node->key->span, "'size' is missing");
	if (abi_node_get(node, "alias"))
		record.aliases = abi_load_names(build, abi_node_get(node, "alias"));
	record.fields = push_fields(build, fields, record.fields);
	fill_fields(build, fields, record.fields, old);
	if (abi_node_get(node, "versioned"))
		record.is_versioned = abi_load_flag(build, node, "versioned");
	if (cases)
		load_union(build, cases, &record);
	build->structs.items[index] = record;
}
