#include "abi_load.h"

/* A suggestion looks at all names: for the first faults of a file only. */
enum { MAX_SUGGESTED = 100 };

#include <stdlib.h>
#include <string.h>

#include "edit_distance.h"

static const char *const sections[] = {"archs",	  "numbers", "constants", "sets",
				       "structs", "calls",   "functions", NULL};

bool abi_load_expect(struct abi_build *build, const struct abi_node *node,
		     enum abi_node_kind kind, const char *what)
{
	static const char *const kinds[] = {"a single value", "a list", "a map"};

	if (node->kind == kind)
		return true;
	return abi_build_error(build, node->span, "%s must be %s, not %s", what, kinds[kind],
			       kinds[node->kind]);
}

bool abi_load_keys(struct abi_build *build, const struct abi_node *node,
		   const char *const *keys)
{
	size_t before = build->errors;

	for (const struct abi_node *entry = node->first; entry; entry = entry->next) {
		const char *near = NULL;
		unsigned best = EDIT_DISTANCE_LIMIT + 1;
		size_t i;

		if (!abi_load_expect(build, entry->key, ABI_NODE_SCALAR, "a key"))
			continue;
		for (i = 0; keys[i] && strcmp(keys[i], entry->key->text) != 0; i++) {
			unsigned distance =
				edit_distance(keys[i], entry->key->text, EDIT_DISTANCE_LIMIT);

			if (distance < best) {
				best = distance;
				near = keys[i];
			}
		}
		if (keys[i])
			continue;
		abi_build_error(build, entry->key->span, "unknown key '%s'%s%s%s",
				entry->key->text, near ? ": did you mean '" : "",
				near ? near : "", near ? "'?" : "");
	}
	return build->errors == before;
}

bool abi_load_flag(struct abi_build *build, const struct abi_node *node, const char *key)
{
	const struct abi_node *flag = abi_node_get(node, key);

	if (!flag)
		return false;
	if (flag->kind == ABI_NODE_SCALAR && strcmp(flag->text, "true") == 0)
		return true;
	if (flag->kind != ABI_NODE_SCALAR || strcmp(flag->text, "false") != 0)
		abi_build_error(build, flag->span, "'%s' is true or false", key);
	return false;
}

static bool arch_has_class(const struct abi_build *build, unsigned arch, const char *name)
{
	struct abi_range classes = build->archs.items[arch].classes;

	for (uint32_t i = 0; i < classes.count; i++)
		if (strcmp(build->strings.items + build->names.items[classes.first + i],
			   name) == 0)
			return true;
	return false;
}

static bool arch_has_name(const struct abi_build *build, unsigned arch, const char *name)
{
	return strcmp(build->strings.items + build->archs.items[arch].name, name) == 0;
}

/* Does KEY name an architecture, a class or `default`? */
static bool abi_load_is_arch_key(const struct abi_build *build, const char *key)
{
	if (strcmp(key, "default") == 0)
		return true;
	for (unsigned arch = 0; arch < build->archs.count; arch++)
		if (arch_has_name(build, arch, key) || arch_has_class(build, arch, key))
			return true;
	for (size_t i = 0; i < build->left_archs.count; i++)
		if (strcmp(build->left_archs.items[i], key) == 0)
			return true;
	return false;
}

const struct abi_node *abi_load_for_arch(const struct abi_build *build,
					 const struct abi_node *map, unsigned arch)
{
	const struct abi_node *class = NULL;

	for (const struct abi_node *entry = map->first; entry; entry = entry->next) {
		if (!entry->key || entry->key->kind != ABI_NODE_SCALAR)
			continue;
		if (arch_has_name(build, arch, entry->key->text))
			return entry;
		if (!class && arch_has_class(build, arch, entry->key->text))
			class = entry;
	}
	return class ? class : abi_node_get(map, "default");
}

bool abi_load_value(struct abi_build *build, const struct abi_node *node, struct abi_num *num)
{
	uint64_t values[ABI_MAX_ARCHS] = {0};
	uint16_t absent = 0;

	if (node->kind == ABI_NODE_LIST)
		return abi_build_error(build, node->span, "a value must be a number or a map");
	for (unsigned arch = 0; arch < build->archs.count; arch++) {
		const struct abi_node *one = node;

		if (node->kind == ABI_NODE_MAP)
			one = abi_load_for_arch(build, node, arch);
		if (!one || abi_node_is_null(one))
			absent |= (uint16_t)(1u << arch);
		else if (!abi_node_number(one, &values[arch]))
			return abi_build_error(
				build, one->span,
				"a value must be a number, such as 5, -1 or 0x20");
	}
	*num = abi_build_num(build, node->span, values, absent);
	return true;
}

uint32_t abi_load_const(struct abi_build *build, const struct abi_node *node)
{
	struct abi_db db = abi_build_peek(build);
	uint32_t index;
	const char *near;

	if (!abi_load_expect(build, node, ABI_NODE_SCALAR, "the name of a constant"))
		return 0;
	index = abi_build_find(build, ABI_KIND_CONST, node->text);
	if (index)
		return index;
	near = build->errors < MAX_SUGGESTED ? abi_suggest(&db, ABI_NAME_CONST, node->text)
					     : NULL;
	abi_build_error(build, node->span, "no constant is called '%s'%s%s%s", node->text,
			near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
	return 0;
}

struct abi_range abi_load_consts(struct abi_build *build, const struct abi_node *node)
{
	struct abi_range range = {(uint32_t)build->refs.count, 0};
	const struct abi_node *entry = node->kind == ABI_NODE_LIST ? node->first : node;

	while (entry) {
		uint32_t index = abi_load_const(build, entry);

		if (index)
			vec_push(build->arena, &build->refs, index);
		entry = node->kind == ABI_NODE_LIST ? entry->next : NULL;
	}
	range.count = (uint32_t)build->refs.count - range.first;
	return range;
}

struct abi_range abi_load_names(struct abi_build *build, const struct abi_node *node)
{
	struct abi_range range = {(uint32_t)build->names.count, 0};
	const struct abi_node *entry;

	if (!node)
		return range;
	entry = node->kind == ABI_NODE_LIST ? node->first : node;
	while (entry) {
		if (abi_load_expect(build, entry, ABI_NODE_SCALAR, "a name"))
			vec_push(build->arena, &build->names,
				 abi_build_string(build, entry->text));
		entry = node->kind == ABI_NODE_LIST ? entry->next : NULL;
	}
	range.count = (uint32_t)build->names.count - range.first;
	return range;
}

bool abi_load_mask(struct abi_build *build, const struct abi_node *node, uint64_t *value)
{
	uint32_t index;
	struct abi_num num;

	if (abi_node_number(node, value))
		return true;
	index = abi_load_const(build, node);
	if (!index)
		return false;
	num = build->consts.items[index].value;
	if (num.row || num.absent)
		return abi_build_error(build, node->span,
				       "'%s' is not the same on every architecture",
				       node->text);
	*value = num.value;
	return true;
}

/* Runs BODY for every entry of the section NAME in all trees. */
#define EACH_ENTRY(entry, name, body)                                               \
	for (size_t root_ = 0; root_ < count; root_++) {                            \
		const struct abi_node *section_ = abi_node_get(roots[root_], name); \
		if (!section_)                                                      \
			continue;                                                   \
		for (const struct abi_node *entry = section_->first; entry;         \
		     entry = entry->next) {                                         \
			if (entry->key->kind == ABI_NODE_SCALAR)                    \
				body;                                               \
		}                                                                   \
	}

static void load_arch(struct abi_build *build, const struct abi_node *node)
{
	static const char *const keys[] = {"audit",    "class",	       "word",	"endian",
					   "nr_flags", "numbers_only", "probe", NULL};
	const struct abi_node *word, *endian;
	struct abi_arch arch = {.name = abi_build_string(build, node->key->text)};
	uint64_t bits = 0;
	unsigned at = 0;

	if (!abi_load_expect(build, node, ABI_NODE_MAP, "an architecture") ||
	    !abi_load_keys(build, node, keys))
		return;
	if (abi_load_flag(build, node, "numbers_only")) {
		if (!build->keeps_all_archs) {
			vec_push(build->arena, &build->left_archs, node->key->text);
			return;
		}
		build->number_archs |= (uint16_t)(1u << build->archs.count);
	}
	word = abi_node_get(node, "word");
	if (!word || !abi_node_number(word, &bits) || (bits != 32 && bits != 64)) {
		abi_build_error(build, node->key->span, "'word' must be 32 or 64");
		return;
	}
	arch.word = (uint8_t)bits;
	endian = abi_node_get(node, "endian");
	arch.big_endian =
		endian && endian->kind == ABI_NODE_SCALAR && strcmp(endian->text, "big") == 0;
	arch.classes = abi_load_names(build, abi_node_get(node, "class"));
	while (at < build->archs.count && !arch_has_name(build, at, node->key->text))
		at++;
	if (at < build->archs.count)
		build->archs.items[at] = arch;
	else if (at == ABI_MAX_ARCHS)
		abi_build_error(build, node->key->span, "more than %d architectures",
				ABI_MAX_ARCHS);
	else
		vec_push(build->arena, &build->archs, arch);
}

/* What names of constants an architecture needs; constants need the architectures first. */
static void finish_arch(struct abi_build *build, const struct abi_node *node)
{
	const struct abi_node *audit = abi_node_get(node, "audit");
	const struct abi_node *flags = abi_node_get(node, "nr_flags");
	uint64_t value = 0;

	for (unsigned at = 0; at < build->archs.count; at++) {
		struct abi_arch *arch = &build->archs.items[at];

		if (!arch_has_name(build, at, node->key->text))
			continue;
		if (!audit)
			abi_build_error(build, node->key->span, "'audit' is missing");
		else if (abi_load_mask(build, audit, &value))
			arch->audit = (uint32_t)value;
		if (flags && flags->first && abi_load_mask(build, flags->first, &value))
			arch->foreign_nr_bit = (uint32_t)value;
	}
}

/* A constant's entry is its value, or a map with `v` and more. */
static void load_const(struct abi_build *build, const struct abi_node *node)
{
	static const char *const keys[] = {"v", "c", "mask", "text", "since", "src", NULL};
	const struct abi_node *value = abi_node_get(node, "v"), *text, *mask;
	struct abi_const constant = {.mask = UINT64_MAX};
	bool is_new;
	uint32_t index;

	index = abi_build_add(build, ABI_KIND_CONST, node->key->text, node->key->span, &is_new);
	if (!index)
		return;
	if (!is_new && !build->is_overlay) {
		abi_build_error(build, node->key->span, "the constant '%s' stands here twice",
				node->key->text);
		return;
	}
	if (value && !abi_load_keys(build, node, keys))
		return;
	constant.name = build->consts.items[index].name;
	constant.sketch = build->consts.items[index].sketch;
	text = abi_node_get(node, "text");
	if (text && abi_load_expect(build, text, ABI_NODE_SCALAR, "'text'"))
		constant.text = abi_build_string(build, text->text);
	mask = abi_node_get(node, "mask");
	if (mask && !abi_node_number(mask, &constant.mask))
		abi_build_error(build, mask->span, "a mask is a number");
	constant.since = abi_load_since(build, abi_node_get(node, "since"));
	abi_load_source(build, abi_node_get(node, "src"));
	if (abi_load_value(build, value ? value : node, &constant.value))
		build->consts.items[index] = constant;
}

static void load_header(struct abi_build *build, const struct abi_node *header)
{
	if (!abi_load_expect(build, header, ABI_NODE_MAP, "the constants of a header"))
		return;
	for (const struct abi_node *entry = header->first; entry; entry = entry->next)
		if (entry->key->kind == ABI_NODE_SCALAR)
			load_const(build, entry);
}

/* Members of numbered families (SIGRT_3) become constants before any set is read. */
static void load_family(struct abi_build *build, const struct abi_node *range)
{
	static const char *const keys[] = {"prefix", "from", "to", "base", NULL};
	const struct abi_node *prefix, *node;
	uint64_t from = 0, to = 0, base = 0;

	if (!abi_load_expect(build, range, ABI_NODE_MAP, "a range") ||
	    !abi_load_keys(build, range, keys))
		return;
	prefix = abi_node_get(range, "prefix");
	node = abi_node_get(range, "base");
	if (node && !abi_load_mask(build, node, &base))
		return;
	node = abi_node_get(range, "from");
	if (!prefix || prefix->kind != ABI_NODE_SCALAR || !node ||
	    !abi_node_number(node, &from) || !(node = abi_node_get(range, "to")) ||
	    !abi_node_number(node, &to) || to - from > 255) {
		abi_build_error(build, range->span,
				"a range has 'prefix' and the numbers 'from' and 'to', at most "
				"256 of them");
		return;
	}
	for (uint64_t i = from; i <= to; i++) {
		const char *name = arena_printf(build->arena, "%s%llu", prefix->text,
						(unsigned long long)i);
		bool is_new;
		uint32_t index =
			abi_build_add(build, ABI_KIND_CONST, name, range->span, &is_new);

		if (index)
			build->consts.items[index] = (struct abi_const){
				.name = build->consts.items[index].name,
				.sketch = build->consts.items[index].sketch,
				.mask = UINT64_MAX,
				.value = {base + i, 0, 0},
				.is_computed = true,
			};
	}
}

static void load_families(struct abi_build *build, const struct abi_node *set)
{
	const struct abi_node *fields = abi_node_get(set, "fields"), *field, *range;
	const struct abi_node *lists[2] = {abi_node_get(set, "ranges"), NULL};

	for (range = lists[0] ? lists[0]->first : NULL; range; range = range->next)
		load_family(build, range);
	for (field = fields ? fields->first : NULL; field; field = field->next) {
		lists[1] = abi_node_get(field, "ranges");
		for (range = lists[1] ? lists[1]->first : NULL; range; range = range->next)
			load_family(build, range);
	}
}

/* A call's number: a value, and beside it `since` and `src`. */
static void load_number(struct abi_build *build, const struct abi_node *node)
{
	bool is_new;
	uint32_t index;
	struct abi_num nr;

	index = abi_build_add(build, ABI_KIND_CALL, node->key->text, node->key->span, &is_new);
	if (!index)
		return;
	if (!is_new && !build->is_overlay) {
		abi_build_error(build, node->key->span, "the call '%s' stands here twice",
				node->key->text);
		return;
	}
	for (const struct abi_node *entry = node->first; entry; entry = entry->next)
		if (entry->key && entry->key->kind == ABI_NODE_SCALAR &&
		    strcmp(entry->key->text, "since") != 0 &&
		    strcmp(entry->key->text, "src") != 0 &&
		    !abi_load_is_arch_key(build, entry->key->text))
			abi_build_error(build, entry->key->span,
					"'%s' is no architecture and no class",
					entry->key->text);
	if (!abi_load_value(build, node, &nr))
		return;
	build->calls.items[index].nr = nr;
	build->calls.items[index].since = abi_load_since(build, abi_node_get(node, "since"));
	abi_load_source(build, abi_node_get(node, "src"));
}

static void declare(struct abi_build *build, enum abi_kind kind, const struct abi_node *node)
{
	bool is_new;
	uint32_t index = abi_build_add(build, kind, node->key->text, node->key->span, &is_new);

	if (index && !is_new && !build->is_overlay)
		abi_build_error(build, node->key->span, "'%s' stands here twice",
				node->key->text);
}

static void load_call(struct abi_build *build, const struct abi_node *node)
{
	uint32_t index = abi_build_find(build, ABI_KIND_CALL, node->key->text);

	if (index)
		abi_load_call(build, node, index);
	else
		abi_build_error(build, node->key->span, "'%s' has no entry under 'numbers'",
				node->key->text);
}

/* A later function of the same name replaces the earlier one. */
static void load_function(struct abi_build *build, const struct abi_node *node)
{
	struct abi_function function;

	if (!abi_load_expect(build, node, ABI_NODE_SCALAR, "the call of a function"))
		return;
	if (!abi_build_find(build, ABI_KIND_CALL, node->text)) {
		abi_build_error(build, node->span, "no system call is called '%s'", node->text);
		return;
	}
	function.name = abi_build_string(build, node->key->text);
	function.call = abi_build_string(build, node->text);
	vec_push(build->arena, &build->functions, function);
}

static void check_sections(struct abi_build *build, const struct abi_node *root)
{
	if (!abi_load_expect(build, root, ABI_NODE_MAP, "the file") ||
	    !abi_load_keys(build, root, sections))
		return;
	for (const struct abi_node *entry = root->first; entry; entry = entry->next)
		abi_load_expect(build, entry, ABI_NODE_MAP, entry->key->text);
}

void abi_load_archs(struct abi_build *build, const struct abi_node *const *roots, size_t count)
{
	EACH_ENTRY(entry, "archs", load_arch(build, entry))
}

void abi_load(struct abi_build *build, const struct abi_node *const *roots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_sections(build, roots[i]);
	if (build->errors)
		return;
	abi_load_archs(build, roots, count);
	EACH_ENTRY(entry, "constants", load_header(build, entry))
	EACH_ENTRY(entry, "archs", finish_arch(build, entry))
	EACH_ENTRY(entry, "numbers", load_number(build, entry))
	EACH_ENTRY(entry, "sets", load_families(build, entry))
	EACH_ENTRY(entry, "sets", declare(build, ABI_KIND_SET, entry))
	EACH_ENTRY(entry, "structs", declare(build, ABI_KIND_STRUCT, entry))
	EACH_ENTRY(entry, "sets",
		   abi_load_set(build, entry,
				abi_build_find(build, ABI_KIND_SET, entry->key->text)))
	EACH_ENTRY(entry, "structs",
		   abi_load_struct(build, entry,
				   abi_build_find(build, ABI_KIND_STRUCT, entry->key->text)))
	EACH_ENTRY(entry, "calls", load_call(build, entry))
	EACH_ENTRY(entry, "functions", load_function(build, entry))
}
