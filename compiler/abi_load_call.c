#include <string.h>

#include "abi_load.h"

/* One parameter of a list: a map, or the name of one in the `default` list. */
static const struct abi_node *param_node(struct abi_build *build, const struct abi_node *entry,
					 const struct abi_node *defaults)
{
	if (entry->kind != ABI_NODE_SCALAR)
		return entry;
	for (const struct abi_node *node = defaults ? defaults->first : NULL; node;
	     node = node->next) {
		const struct abi_node *name = abi_node_get(node, "name");

		if (name && name->kind == ABI_NODE_SCALAR &&
		    strcmp(name->text, entry->text) == 0)
			return node;
	}
	abi_build_error(build, entry->span, "no parameter of 'default' is called '%s'",
			entry->text);
	return NULL;
}

static struct abi_range load_params(struct abi_build *build, const struct abi_node *list,
				    const struct abi_node *defaults)
{
	struct abi_range range = {(uint32_t)build->params.count, 0};
	const struct abi_node *nodes[ABI_REGISTERS];

	if (!list || !abi_load_expect(build, list, ABI_NODE_LIST, "'params'"))
		return range;
	for (const struct abi_node *entry = list->first; entry; entry = entry->next) {
		const struct abi_node *node = param_node(build, entry, defaults), *name;
		struct abi_param param = {0};

		if (!node)
			continue;
		name = abi_node_get(node, "name");
		if (!name || !abi_load_expect(build, name, ABI_NODE_SCALAR, "'name'")) {
			abi_build_error(build, node->span, "a parameter needs a 'name'");
			continue;
		}
		if (range.count == ABI_REGISTERS) {
			abi_build_error(build, entry->span, "more than %d parameters",
					ABI_REGISTERS);
			break;
		}
		param.name = abi_build_string(build, name->text);
		param.aliases = abi_load_names(build, abi_node_get(node, "alias"));
		nodes[range.count++] = node;
		vec_push(build->arena, &build->params, param);
	}
	for (uint32_t i = 0; i < range.count; i++) {
		struct abi_slot slot = abi_load_slot(build, nodes[i],
						     (struct abi_load_scope){.params = range});

		build->params.items[range.first + i].slot = slot;
	}
	return range;
}

static bool find_param(const struct abi_build *build, struct abi_range params, const char *name,
		       uint32_t *index)
{
	struct abi_db db = abi_build_peek(build);

	for (*index = 0; *index < params.count; ++*index) {
		const struct abi_param *param = &db.params[params.first + *index];

		if (abi_is_name(&db, param->name, param->aliases, name))
			return true;
	}
	return false;
}

/* `NAME` is that parameter, `NAME:PARAM` too, `NAME:-` is in no register. */
static void load_view_param(struct abi_build *build, const struct abi_node *node,
			    struct abi_range params)
{
	struct abi_view_param view = {.param = -1};
	const char *colon, *target;
	uint32_t index;

	if (!abi_load_expect(build, node, ABI_NODE_SCALAR, "a parameter of a view"))
		return;
	colon = strchr(node->text, ':');
	target = colon ? colon + 1 : node->text;
	view.name = abi_build_string(build, colon ? arena_strndup(build->arena, node->text,
								  (size_t)(colon - node->text))
						  : node->text);
	if (strcmp(target, "-") != 0) {
		if (!find_param(build, params, target, &index)) {
			abi_build_error(build, node->span, "no parameter is called '%s'",
					target);
			return;
		}
		view.param = (int8_t)index;
		view.aliases = build->params.items[params.first + index].aliases;
	}
	vec_push(build->arena, &build->view_params, view);
}

static struct abi_range load_views(struct abi_build *build, const struct abi_node *views,
				   struct abi_range params)
{
	struct abi_range range = {(uint32_t)build->views.count, 0};

	if (!views || !abi_load_expect(build, views, ABI_NODE_MAP, "'views'"))
		return range;
	for (const struct abi_node *node = views->first; node; node = node->next) {
		struct abi_view view = {
			.params = {(uint32_t)build->view_params.count, 0},
		};

		if (!abi_load_expect(build, node, ABI_NODE_LIST, "a view") ||
		    !abi_load_expect(build, node->key, ABI_NODE_SCALAR, "a view's name"))
			continue;
		view.name = abi_build_string(build, node->key->text);
		if (node->count > ABI_MAX_PARAMS) {
			abi_build_error(build, node->span, "more than %d parameters",
					ABI_MAX_PARAMS);
			continue;
		}
		for (const struct abi_node *entry = node->first; entry; entry = entry->next)
			load_view_param(build, entry, params);
		view.params.count = (uint32_t)build->view_params.count - view.params.first;
		vec_push(build->arena, &build->views, view);
	}
	range.count = (uint32_t)build->views.count - range.first;
	return range;
}

/* `when: {PARAM: {in|any|all: [CONST..]}}`. */
static void load_when(struct abi_build *build, const struct abi_node *when,
		      struct abi_range params, struct abi_shape *shape)
{
	static const struct {
		const char *name;
		enum abi_when when;
	} words[] = {{"in", ABI_WHEN_IN}, {"any", ABI_WHEN_ANY}, {"all", ABI_WHEN_ALL}};
	const struct abi_node *test = when->first;
	uint32_t index;

	if (when->kind != ABI_NODE_MAP || when->count != 1 || test->kind != ABI_NODE_MAP ||
	    test->count != 1 || test->key->kind != ABI_NODE_SCALAR) {
		abi_build_error(build, when->span, "'when' is written {PARAM: {in: [NAME..]}}");
		return;
	}
	if (!find_param(build, params, test->key->text, &index)) {
		abi_build_error(build, test->key->span, "no parameter is called '%s'",
				test->key->text);
		return;
	}
	shape->param = (uint8_t)index;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (abi_node_get(test, words[i].name)) {
			shape->when = (uint8_t)words[i].when;
			shape->members = abi_load_consts(build, test->first);
			return;
		}
	abi_build_error(build, test->span, "a condition is in, any or all");
}

static struct abi_range load_shapes(struct abi_build *build, const struct abi_node *arity,
				    struct abi_range params)
{
	static const char *const keys[] = {"n", "when", NULL};
	struct abi_range range = {(uint32_t)build->shapes.count, 0};

	if (!arity || !abi_load_expect(build, arity, ABI_NODE_LIST, "'arity'"))
		return range;
	for (const struct abi_node *node = arity->first; node; node = node->next) {
		const struct abi_node *count = abi_node_get(node, "n");
		const struct abi_node *when = abi_node_get(node, "when");
		struct abi_shape shape = {0};
		uint64_t n;

		if (!count || !abi_node_number(count, &n) || n > params.count ||
		    !abi_load_keys(build, node, keys)) {
			abi_build_error(build, node->span,
					"a shape has 'n', at most the number of parameters");
			continue;
		}
		shape.count = (uint8_t)n;
		if (when)
			load_when(build, when, params, &shape);
		if (when ? shape.param >= n : node->next != NULL)
			abi_build_error(build, node->span,
					"only the last shape has no 'when', and a condition "
					"is about a parameter that the shape has");
		vec_push(build->arena, &build->shapes, shape);
	}
	range.count = (uint32_t)build->shapes.count - range.first;
	return range;
}

static bool is_by_arch(const struct abi_node *params)
{
	return params && params->kind == ABI_NODE_MAP;
}

/* Architectures whose parameters stand in the same list share a variant. */
void abi_load_call(struct abi_build *build, const struct abi_node *node, uint32_t index)
{
	static const char *const keys[] = {"params", "views", "arity", NULL};
	const struct abi_node *params = abi_node_get(node, "params"), *lists[ABI_MAX_ARCHS];
	const struct abi_node *defaults;
	struct abi_variant variants[ABI_MAX_ARCHS];
	uint32_t count = 0;

	if (!abi_load_expect(build, node, ABI_NODE_MAP, "a call") ||
	    !abi_load_keys(build, node, keys))
		return;
	defaults = is_by_arch(params) ? abi_node_get(params, "default") : params;
	for (unsigned arch = 0; arch < build->archs.count; arch++) {
		const struct abi_node *list =
			is_by_arch(params) ? abi_load_for_arch(build, params, arch) : params;
		struct abi_variant variant = {.archs = (uint16_t)(1u << arch)};
		uint32_t i;

		for (i = 0; i < count && lists[i] != list; i++)
			;
		if (i < count) {
			variants[i].archs |= variant.archs;
			continue;
		}
		lists[count] = list;
		variant.params = load_params(build, list, defaults);
		variant.views = load_views(build, abi_node_get(node, "views"), variant.params);
		variant.shapes =
			load_shapes(build, abi_node_get(node, "arity"), variant.params);
		variants[count++] = variant;
	}
	build->calls.items[index].variants =
		(struct abi_range){(uint32_t)build->variants.count, count};
	for (uint32_t i = 0; i < count; i++)
		vec_push(build->arena, &build->variants, variants[i]);
}
