#include <stdlib.h>
#include <string.h>

#include "abi_load.h"
#include "abiprobe.h"

static struct probe_item *add_item(struct abiprobe *probe, const struct abi_node *key,
				   const char *headers, const char *name, const char *expr)
{
	struct probe_item *item = ARENA_NEW(probe->arena, struct probe_item);

	item->name = name;
	item->expr = expr;
	item->headers = headers;
	item->span = key->span;
	for (unsigned arch = 0; arch < ABI_MAX_ARCHS; arch++)
		item->answers[arch].expr = expr;
	vec_push(probe->arena, &probe->items.list, item);
	return item;
}

static const char *text_of(const struct abi_node *node, const char *key, const char *otherwise)
{
	const struct abi_node *entry = abi_node_get(node, key);

	return entry && entry->kind == ABI_NODE_SCALAR ? entry->text : otherwise;
}

static bool is_manual(const struct abi_node *node)
{
	const char *source = text_of(node, "src", "");

	return *source && strcmp(source, "libc") != 0;
}

static uint16_t release_of(struct abiprobe *probe, const struct abi_node *node)
{
	return abi_load_since(probe->build, abi_node_get(node, "since")).release;
}

static void collect_const(struct abiprobe *probe, const struct abi_node *header,
			  const struct abi_node *node)
{
	const struct abi_node *value = abi_node_get(node, "v");
	const char *name = node->key->text;
	struct probe_item *item =
		add_item(probe, node->key, header->key->text, name, text_of(node, "c", name));

	item->value = value ? value : node;
	if (value) {
		item->is_manual = is_manual(node);
		item->since = release_of(probe, node);
	}
}

static void collect_number(struct abiprobe *probe, const struct abi_node *node)
{
	const char *name = node->key->text;
	struct probe_item *item =
		add_item(probe, node->key, "asm/unistd.h",
			 arena_printf(probe->arena, "number of '%s'", name),
			 text_of(node, "c", arena_printf(probe->arena, "__NR_%s", name)));

	item->value = node;
	item->is_nr = true;
	item->is_manual = is_manual(node);
	item->since = release_of(probe, node);
}

static const char *join_headers(struct abiprobe *probe, const struct abi_node *list)
{
	const char *joined = "";

	if (list && list->kind == ABI_NODE_SCALAR)
		return list->text;
	for (const struct abi_node *node = list ? list->first : NULL; node; node = node->next)
		if (node->kind == ABI_NODE_SCALAR)
			joined = arena_printf(probe->arena, "%s%s%s", joined,
					      *joined ? " " : "", node->text);
	return joined;
}

/* Bytes of a field's type, where that does not depend on another struct. */
static bool type_bytes(const char *type, uint64_t *bytes, bool *is_word)
{
	uint64_t times = 1;

	*is_word = false;
	if (*type == '[') {
		char *end;

		times = strtoull(type + 1, &end, 10);
		type = *end ? end + 1 : end;
	}
	*bytes = times;
	if (strcmp(type, "bytes") == 0)
		return times > 1;
	for (int i = 0; i < ABI_TYPE_COUNT; i++) {
		const struct abi_type_info *info = abi_type((enum abi_type)i);

		if (strcmp(info->name, type) != 0 || i == ABI_TYPE_STRUCT ||
		    i == ABI_TYPE_BYTES)
			continue;
		*is_word = info->bits == 0;
		*bytes = info->bits ? times * info->bits / 8 : times;
		return true;
	}
	return false;
}

static void collect_field(struct abiprobe *probe, const char *headers, const char *type,
			  const char *owner, const struct abi_node *field)
{
	const char *path = text_of(field, "c", field->key->text);
	const char *name = arena_printf(probe->arena, "'%s.%s'", owner, field->key->text);
	const char *kind = text_of(field, "type", "");
	struct probe_item *item;
	uint64_t bytes;
	bool is_word;

	item = add_item(probe, field->key, headers,
			arena_printf(probe->arena, "offset of %s", name),
			arena_printf(probe->arena, "__builtin_offsetof(%s, %s)", type, path));
	item->value = abi_node_get(field, "off");
	item->is_bytes = true;
	item->is_manual = !item->value || is_manual(field);
	item->since = release_of(probe, field);
	if (item->is_manual || !type_bytes(kind, &bytes, &is_word))
		return;
	item = add_item(probe, field->key, headers,
			arena_printf(probe->arena, "size of %s", name),
			arena_printf(probe->arena, "sizeof(((%s *)0)->%s)", type, path));
	item->gate = abi_node_get(field, "off");
	item->expected = bytes;
	item->is_word = is_word;
}

static void collect_struct(struct abiprobe *probe, const struct abi_node *node)
{
	const char *headers = join_headers(probe, abi_node_get(node, "h"));
	const char *type = text_of(node, "c", "");
	const char *name = node->key->text;
	const struct abi_node *fields = abi_node_get(node, "fields");
	struct probe_item *item;

	if (!*type)
		return;
	item = add_item(probe, node->key, headers,
			arena_printf(probe->arena, "size of '%s'", name),
			arena_printf(probe->arena, "sizeof(%s)", type));
	item->value = abi_node_get(node, "size");
	item->is_bytes = true;
	item->is_manual = !item->value || is_manual(node);
	item->since = release_of(probe, node);
	item->may_grow = strcmp(text_of(node, "versioned", ""), "true") == 0;
	for (const struct abi_node *field = fields ? fields->first : NULL; field;
	     field = field->next) {
		size_t first = probe->items.list.count;

		if (field->key->kind == ABI_NODE_SCALAR)
			collect_field(probe, headers, type, name, field);
		for (; first < probe->items.list.count; first++) {
			if (!probe->items.list.items[first]->since)
				probe->items.list.items[first]->since = item->since;
			probe->items.list.items[first]->is_manual |= item->is_manual;
		}
	}
}

static const struct abi_node *first_of(const struct abiprobe *probe, size_t file,
				       const char *section)
{
	const struct abi_node *node = abi_node_get(probe->files.roots[file], section);

	return node ? node->first : NULL;
}

void abiprobe_collect(struct abiprobe *probe)
{
	const struct abi_node *node, *entry;

	for (size_t i = 0; i < probe->files.count; i++) {
		for (node = first_of(probe, i, "constants"); node; node = node->next)
			for (entry = node->first; entry; entry = entry->next)
				if (entry->key && entry->key->kind == ABI_NODE_SCALAR)
					collect_const(probe, node, entry);
		for (node = first_of(probe, i, "numbers"); node; node = node->next)
			collect_number(probe, node);
		for (node = first_of(probe, i, "structs"); node; node = node->next)
			collect_struct(probe, node);
	}
}

const char *abiprobe_arch_name(const struct abiprobe *probe, unsigned arch)
{
	return probe->build->strings.items + probe->build->archs.items[arch].name;
}

static bool number_on(const struct abiprobe *probe, const struct abi_node *node, unsigned arch,
		      uint64_t *value)
{
	if (node->kind == ABI_NODE_MAP)
		node = abi_load_for_arch(probe->build, node, arch);
	return node && !abi_node_is_null(node) && abi_node_number(node, value);
}

bool abiprobe_expected(const struct abiprobe *probe, const struct probe_item *item,
		       unsigned arch, uint64_t *value)
{
	if (!item->value) {
		uint64_t offset;

		if (!number_on(probe, item->gate, arch, &offset))
			return false;
		*value = item->expected;
		if (item->is_word)
			*value *= probe->build->archs.items[arch].word / 8u;
		return true;
	}
	return number_on(probe, item->value, arch, value);
}

bool abiprobe_is_elsewhere(const struct abiprobe *probe, const struct probe_item *item,
			   unsigned arch)
{
	const struct abi_node *offset = item->gate ? item->gate : item->value;

	if (!item->is_nr && probe->build->number_archs >> arch & 1)
		return true;
	return (item->gate || item->is_bytes) && offset->kind == ABI_NODE_MAP &&
	       !abi_load_for_arch(probe->build, offset, arch);
}

/* The first command under `probe` that works. */
static const char *const *find_compiler(struct abiprobe *probe, const struct abi_node *arch)
{
	const struct abi_node *commands = abi_node_get(arch, "probe");

	for (const struct abi_node *node = commands ? commands->first : NULL; node;
	     node = node->next) {
		const char **command =
			ARENA_ARRAY(probe->arena, const char *, (size_t)node->count + 1);
		size_t count = 0;

		for (const struct abi_node *word = node->first; word; word = word->next)
			if (word->kind == ABI_NODE_SCALAR)
				command[count++] = word->text;
		if (count && probe_compiler_works(probe->arena, command))
			return command;
	}
	return NULL;
}

static void find_compilers(struct abiprobe *probe)
{
	for (size_t i = 0; i < probe->files.count; i++)
		for (const struct abi_node *node = first_of(probe, i, "archs"); node;
		     node = node->next)
			for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
				if (probe->archs >> arch & 1 &&
				    strcmp(node->key->text, abiprobe_arch_name(probe, arch)) ==
					    0)
					probe->commands[arch] = find_compiler(probe, node);
}

static int compare_headers(const void *a, const void *b)
{
	const struct probe_item *const *left = a, *const *right = b;

	return strcmp((*left)->headers, (*right)->headers);
}

/* Items with the same headers are one unit. */
static void ask_arch(struct abiprobe *probe, unsigned arch)
{
	size_t count = probe->items.list.count, used = 0;
	struct probe_item **sorted = ARENA_ARRAY(probe->arena, struct probe_item *, count);
	struct probe_unit *units = ARENA_ARRAY(probe->arena, struct probe_unit, count + 1);
	struct probe_question version = {.expr = "LINUX_VERSION_CODE"}, *asked[] = {&version};

	units[used++] = (struct probe_unit){"linux/version.h", asked, 1, NULL};
	memcpy(sorted, probe->items.list.items, count * sizeof(struct probe_item *));
	qsort(sorted, count, sizeof(struct probe_item *), compare_headers);
	for (size_t i = 0; i < count;) {
		struct probe_unit *unit = &units[used++];

		unit->headers = sorted[i]->headers;
		unit->questions = ARENA_ARRAY(probe->arena, struct probe_question *, count - i);
		for (; i < count && strcmp(sorted[i]->headers, unit->headers) == 0; i++)
			if (!abiprobe_is_elsewhere(probe, sorted[i], arch))
				unit->questions[unit->count++] = &sorted[i]->answers[arch];
		used -= !unit->count;
	}
	probe_ask(probe->arena, probe->commands[arch], units, used);
	probe->versions[arch] = (uint16_t)(version.value >> 8);
	for (size_t i = 0; i < used; i++)
		if (units[i].failure)
			diag_add(probe->diags, DIAG_ABI_ERROR, SPAN_NONE,
				 "<%s> does not compile on %s: %s", units[i].headers,
				 abiprobe_arch_name(probe, arch), units[i].failure);
}

void abiprobe_ask(struct abiprobe *probe)
{
	find_compilers(probe);
	for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
		if (probe->commands[arch])
			ask_arch(probe, arch);
}
