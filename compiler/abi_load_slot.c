#include <stdlib.h>
#include <string.h>

#include "abi_load.h"

enum { MAX_TIMES = 65535 };

static bool type_named(const char *name, uint8_t *type)
{
	for (int i = 0; i < ABI_TYPE_COUNT; i++)
		if (strcmp(abi_type((enum abi_type)i)->name, name) == 0) {
			*type = (uint8_t)i;
			return true;
		}
	return false;
}

static uint16_t struct_named(const struct abi_build *build, const char *name)
{
	return (uint16_t)abi_build_find(build, ABI_KIND_STRUCT, name);
}

/* The type called TEXT (`u32`, `[8]u8`, `struct:NAME`) to SLOT. */
static bool abi_load_type(struct abi_build *build, const struct abi_node *node,
			  struct abi_slot *slot)
{
	const char *text = node->text;

	if (!abi_load_expect(build, node, ABI_NODE_SCALAR, "a type"))
		return false;
	if (*text == '[') {
		char *end;
		unsigned long times = strtoul(text + 1, &end, 10);

		if (end == text + 1 || *end != ']' || !times || times > MAX_TIMES)
			return abi_build_error(build, node->span,
					       "an array type is written '[8]u32'");
		slot->times = (uint16_t)times;
		text = end + 1;
	}
	if (strncmp(text, "struct:", 7) == 0) {
		slot->type = ABI_TYPE_STRUCT;
		slot->target_struct = struct_named(build, text + 7);
		if (!slot->target_struct)
			return abi_build_error(build, node->span, "no struct is called '%s'",
					       text + 7);
		return true;
	}
	if (!type_named(text, &slot->type) || slot->type == ABI_TYPE_STRUCT)
		return abi_build_error(build, node->span, "no type is called '%s'", text);
	return true;
}

/* What `to:` says: `path`, `STRUCT`, `u32`, `array(STRUCT)`, … */
static void load_target(struct abi_build *build, const struct abi_node *node,
			struct abi_slot *slot)
{
	static const struct {
		const char *name;
		enum abi_target target;
	} words[] = {
		{"string", ABI_TARGET_STRING},
		{"path", ABI_TARGET_PATH},
		{"bytes", ABI_TARGET_BYTES},
		{"strings", ABI_TARGET_STRINGS},
	};
	const char *name = node->text;
	bool is_array;
	size_t length;

	if (!abi_load_expect(build, node, ABI_NODE_SCALAR, "'to'"))
		return;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].name, name) == 0) {
			slot->target = (uint8_t)words[i].target;
			return;
		}
	length = strlen(name);
	is_array = strncmp(name, "array(", 6) == 0 && name[length - 1] == ')';
	if (is_array)
		name = arena_strndup(build->arena, name + 6, length - 7);
	slot->target_struct = struct_named(build, name);
	if (slot->target_struct)
		slot->target = is_array ? ABI_TARGET_STRUCTS : ABI_TARGET_STRUCT;
	else if (type_named(name, &slot->element) && slot->element != ABI_TYPE_STRUCT)
		slot->target = is_array ? ABI_TARGET_TYPES : ABI_TARGET_TYPE;
	else
		abi_build_error(build, node->span, "no struct and no type is called '%s'",
				name);
}

static bool find_name(const struct abi_build *build, struct abi_load_scope scope,
		      const char *name, struct abi_ref *ref)
{
	struct abi_db db = abi_build_peek(build);

	for (uint32_t i = 0; i < scope.params.count; i++) {
		const struct abi_param *param = &db.params[scope.params.first + i];

		if (abi_is_name(&db, param->name, param->aliases, name)) {
			*ref = (struct abi_ref){ABI_REF_PARAM, i};
			return true;
		}
	}
	for (uint32_t i = 0; i < scope.fields.count; i++) {
		const struct abi_field *field = &db.fields[scope.fields.first + i];

		if (abi_is_name(&db, field->name, field->aliases, name)) {
			*ref = (struct abi_ref){ABI_REF_FIELD, i};
			return true;
		}
	}
	return false;
}

/* `count` and `len`: a name, `*name` for what is behind that parameter, or a number. */
static struct abi_ref load_ref(struct abi_build *build, const struct abi_node *node,
			       struct abi_load_scope scope)
{
	struct abi_ref ref = {ABI_REF_NONE, 0};
	const char *name;
	uint64_t number;

	if (!node || !abi_load_expect(build, node, ABI_NODE_SCALAR, "'count' or 'len'"))
		return ref;
	if (abi_node_number(node, &number)) {
		if (number > UINT32_MAX)
			abi_build_error(build, node->span, "too large");
		return (struct abi_ref){ABI_REF_FIXED, (uint32_t)number};
	}
	name = node->text + (*node->text == '*');
	if (!find_name(build, scope, name, &ref))
		abi_build_error(build, node->span, "no parameter or field is called '%s'",
				name);
	else if (*node->text == '*' && ref.kind != ABI_REF_PARAM)
		abi_build_error(build, node->span, "'*' needs a parameter");
	else if (*node->text == '*')
		ref.kind = ABI_REF_POINTEE;
	return ref;
}

static uint8_t load_dir(struct abi_build *build, const struct abi_node *node, uint8_t otherwise)
{
	static const char *const names[] = {"in", "out", "inout"};

	if (!node || !abi_load_expect(build, node, ABI_NODE_SCALAR, "'dir'"))
		return otherwise;
	for (uint8_t i = 0; i < 3; i++)
		if (strcmp(names[i], node->text) == 0)
			return i;
	abi_build_error(build, node->span, "'dir' is in, out or inout");
	return otherwise;
}

/* Cases are parsed in a row and then pushed together, since a nested `by` pushes its own. */
struct cases {
	VEC(struct abi_case) list;
};

static struct abi_slot load_with(struct abi_build *build, const struct abi_node *node,
				 struct abi_load_scope scope, struct abi_slot otherwise);

static void load_cases(struct abi_build *build, const struct abi_node *list,
		       struct abi_load_scope scope, struct abi_slot outer, struct cases *cases)
{
	if (list->kind == ABI_NODE_SCALAR) {
		abi_build_error(build, list->span, "'cases' must be a list or a map");
		return;
	}
	for (const struct abi_node *entry = list->first; entry; entry = entry->next) {
		const struct abi_node *when =
			list->kind == ABI_NODE_MAP ? entry->key : abi_node_get(entry, "when");
		struct abi_range values;

		if (!when) {
			abi_build_error(build, entry->span, "a case needs 'when'");
			continue;
		}
		values = abi_load_consts(build, when);
		if (values.count)
			vec_push(build->arena, &cases->list,
				 ((struct abi_case){values,
						    load_with(build, entry, scope, outer)}));
	}
}

static uint16_t load_mux(struct abi_build *build, const struct abi_node *by,
			 struct abi_load_scope scope, struct abi_slot outer)
{
	static const char *const keys[] = {"param", "field", "cases", "default", NULL};
	const struct abi_node *selector, *list, *otherwise;
	struct cases cases = {{0}};
	struct abi_mux mux = {{0, 0}, {0, 0}};

	if (!abi_load_expect(build, by, ABI_NODE_MAP, "'by'") ||
	    !abi_load_keys(build, by, keys))
		return 0;
	selector = abi_node_get(by, "param");
	if (!selector)
		selector = abi_node_get(by, "field");
	if (!selector || !abi_load_expect(build, selector, ABI_NODE_SCALAR, "the selector") ||
	    !find_name(build, scope, selector->text, &mux.selector)) {
		abi_build_error(build, by->span, "'by' names no parameter or field");
		return 0;
	}
	list = abi_node_get(by, "cases");
	if (list)
		load_cases(build, list, scope, outer, &cases);
	otherwise = abi_node_get(by, "default");
	if (otherwise)
		outer = load_with(build, otherwise, scope, outer);
	vec_push(build->arena, &cases.list, ((struct abi_case){{0, 0}, outer}));
	mux.cases =
		(struct abi_range){(uint32_t)build->cases.count, (uint32_t)cases.list.count};
	for (size_t i = 0; i < cases.list.count; i++)
		vec_push(build->arena, &build->cases, cases.list.items[i]);
	vec_push(build->arena, &build->muxes, mux);
	if (build->muxes.count > UINT16_MAX)
		abi_build_full(build, by->span, UINT16_MAX, "multiplexed parameters");
	return (uint16_t)(build->muxes.count - 1);
}

static void load_set_key(struct abi_build *build, const struct abi_node *set,
			 struct abi_slot *slot)
{
	if (!set || !abi_load_expect(build, set, ABI_NODE_SCALAR, "'set'"))
		return;
	slot->set = (uint16_t)abi_build_find(build, ABI_KIND_SET, set->text);
	if (!slot->set)
		abi_build_error(build, set->span, "no set is called '%s'", set->text);
}

/* A case says only what differs from the slot around it. */
static struct abi_slot load_with(struct abi_build *build, const struct abi_node *node,
				 struct abi_load_scope scope, struct abi_slot otherwise)
{
	static const char *const keys[] = {"type",  "dir",  "set",    "to",    "count", "len",
					   "by",    "when", "name",   "alias", "off",	"c",
					   "since", "src",  "family", NULL};
	struct abi_slot slot = otherwise;
	const struct abi_node *type = abi_node_get(node, "type");
	const struct abi_node *target = abi_node_get(node, "to");
	const struct abi_node *by = abi_node_get(node, "by");
	const struct abi_node *family = abi_node_get(node, "family");

	if (!abi_load_expect(build, node, ABI_NODE_MAP, "a parameter, field or case") ||
	    !abi_load_keys(build, node, keys))
		return slot;
	if (type)
		abi_load_type(build, type, &slot);
	slot.dir = load_dir(build, abi_node_get(node, "dir"), slot.dir);
	load_set_key(build, abi_node_get(node, "set"), &slot);
	if (target)
		load_target(build, target, &slot);
	if (abi_node_get(node, "count"))
		slot.count = load_ref(build, abi_node_get(node, "count"), scope);
	if (abi_node_get(node, "len"))
		slot.len = load_ref(build, abi_node_get(node, "len"), scope);
	if (family && abi_load_expect(build, family, ABI_NODE_SCALAR, "'family'"))
		slot.family = abi_load_const(build, family);
	if (by)
		slot.mux = load_mux(build, by, scope, slot);
	return slot;
}

struct abi_slot abi_load_slot(struct abi_build *build, const struct abi_node *node,
			      struct abi_load_scope scope)
{
	if (!abi_node_get(node, "type"))
		abi_build_error(build, node->span, "'type' is missing");
	return load_with(build, node, scope, (struct abi_slot){0});
}
