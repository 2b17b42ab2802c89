#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi_load.h"
#include "abiprobe.h"

/* What a number is on each architecture, as it will be written. */
struct numbers {
	uint64_t values[ABI_MAX_ARCHS];
	uint16_t present;
	bool is_hex;
};

static uint16_t all_archs(const struct abiprobe *probe, bool is_nr)
{
	unsigned archs = (1u << probe->build->archs.count) - 1;

	return (uint16_t)(is_nr ? archs : archs & ~(unsigned)probe->build->number_archs);
}

/* The headers' word where they have one, the file's elsewhere. */
static struct numbers gather(const struct abiprobe *probe, const struct probe_item *item,
			     bool *is_changed)
{
	struct numbers numbers = {.present = 0};

	*is_changed = false;
	for (unsigned arch = 0; arch < probe->build->archs.count; arch++) {
		const struct probe_question *answer = &item->answers[arch];
		uint64_t old = 0;
		bool had, has;

		if (!(all_archs(probe, item->is_nr) >> arch & 1))
			continue;
		has = had = abiprobe_expected(probe, item, arch, &old);
		numbers.values[arch] = old;
		if (abiprobe_is_elsewhere(probe, item, arch) ||
		    (item->may_grow && had &&
		     (item->since > probe->versions[arch] || (uint64_t)answer->value > old)))
			has = had; /* it has grown since, or not yet */
		else if (answer->state == PROBE_KNOWN) {
			numbers.values[arch] = (uint64_t)answer->value;
			has = true;
		} else if (answer->state == PROBE_UNKNOWN && !item->is_manual &&
			   item->since <= probe->versions[arch]) {
			has = false;
		}
		if (has)
			numbers.present |= (uint16_t)(1u << arch);
		*is_changed |= has != had || (has && numbers.values[arch] != old);
	}
	return numbers;
}

static bool are_same(const struct numbers *numbers, uint16_t archs)
{
	uint64_t first = 0;
	bool is_first = true;

	for (unsigned arch = 0; arch < ABI_MAX_ARCHS; arch++) {
		if (!(archs >> arch & 1))
			continue;
		if (!(numbers->present >> arch & 1) ||
		    (!is_first && numbers->values[arch] != first))
			return false;
		first = numbers->values[arch];
		is_first = false;
	}
	return !is_first;
}

static unsigned lowest(uint16_t archs)
{
	return (unsigned)__builtin_ctz(archs);
}

/* What is new and the same wherever it was asked for is taken to be the same elsewhere too. */
static void spread(const struct abiprobe *probe, const struct probe_item *item,
		   struct numbers *numbers)
{
	uint16_t asked = 0;

	for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
		if (probe->commands[arch] && all_archs(probe, false) >> arch & 1)
			asked |= (uint16_t)(1u << arch);
	if (probe->archs != UINT16_MAX || item->is_nr || !abi_node_is_null(item->value) ||
	    !are_same(numbers, asked))
		return;
	for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
		numbers->values[arch] = numbers->values[lowest(asked)];
	numbers->present = all_archs(probe, false);
}

static bool looks_hex(uint64_t value)
{
	return value >= 64 && (value % 16 == 0 || value >= 0x10000) && value <= INT64_MAX;
}

static const char *number_text(struct arena *arena, uint64_t value, bool is_hex)
{
	if ((int64_t)value < 0)
		return arena_printf(arena, "%" PRId64, (int64_t)value);
	return arena_printf(arena, is_hex && value > 9 ? "0x%" PRIx64 : "%" PRIu64, value);
}

/* Architectures of CLASS; 0 where there is no such class. */
static uint16_t archs_of_class(const struct abiprobe *probe, const char *class)
{
	const struct abi_build *build = probe->build;
	uint16_t archs = 0;

	for (unsigned arch = 0; arch < build->archs.count; arch++) {
		struct abi_range classes = build->archs.items[arch].classes;

		for (uint32_t i = 0; i < classes.count; i++)
			if (strcmp(build->strings.items + build->names.items[classes.first + i],
				   class) == 0)
				archs |= (uint16_t)(1u << arch);
	}
	return archs;
}

/* The value that most architectures share, as the `default` when all have one. */
static unsigned most_common(const struct numbers *numbers, unsigned count)
{
	unsigned best = 0, best_votes = 0;

	for (unsigned arch = 0; arch < count; arch++) {
		unsigned votes = 0;

		for (unsigned other = 0; other < count; other++)
			votes += numbers->present >> other & 1 &&
				 numbers->values[other] == numbers->values[arch];
		if (votes > best_votes) {
			best_votes = votes;
			best = arch;
		}
	}
	return best;
}

/* Calls are numbered by table, so a number has no `default` unless it is the same in all. */
static const char *map_text(const struct abiprobe *probe, const struct numbers *numbers,
			    bool is_nr)
{
	struct arena *arena = probe->arena;
	uint16_t generic = archs_of_class(probe, "generic"), left = numbers->present;
	const char *text = "", *comma = "";

	if (numbers->present == all_archs(probe, is_nr) &&
	    (!is_nr || are_same(numbers, all_archs(probe, true)))) {
		unsigned common = most_common(numbers, (unsigned)probe->build->archs.count);

		text = arena_printf(
			arena, "default: %s",
			number_text(arena, numbers->values[common], numbers->is_hex));
		comma = ", ";
		for (unsigned arch = 0; arch < probe->build->archs.count; arch++)
			if (numbers->values[arch] == numbers->values[common])
				left &= (uint16_t) ~(1u << arch);
	}
	if (generic && (left & generic) == generic && are_same(numbers, generic)) {
		text = arena_printf(
			arena, "%s%sgeneric: %s", text, comma,
			number_text(arena, numbers->values[lowest(generic)], numbers->is_hex));
		comma = ", ";
		left &= (uint16_t)~generic;
	}
	for (unsigned arch = 0; arch < probe->build->archs.count; arch++) {
		if (!(left >> arch & 1))
			continue;
		text = arena_printf(arena, "%s%s%s: %s", text, comma,
				    abiprobe_arch_name(probe, arch),
				    number_text(arena, numbers->values[arch], numbers->is_hex));
		comma = ", ";
	}
	return text;
}

/* `since` and `src` of a call's number stand in the same map. */
static const char *remarks_text(const struct abiprobe *probe, const struct probe_item *item)
{
	const struct abi_node *since = abi_node_get(item->value, "since");
	const struct abi_node *source = abi_node_get(item->value, "src");
	const char *text = "";

	if (!item->is_nr)
		return text;
	if (since && since->kind == ABI_NODE_SCALAR)
		text = arena_printf(probe->arena, ", since: \"%s\"", since->text);
	if (source && source->kind == ABI_NODE_SCALAR)
		text = arena_printf(probe->arena, "%s, src: %s", text, source->text);
	return text;
}

static const char *value_text(const struct abiprobe *probe, const struct probe_item *item,
			      const struct numbers *numbers)
{
	if (!item->is_nr && are_same(numbers, all_archs(probe, false)))
		return number_text(probe->arena, numbers->values[0], numbers->is_hex);
	if (!item->is_nr && !numbers->present)
		return "null";
	return arena_printf(probe->arena, "{%s%s}", map_text(probe, numbers, item->is_nr),
			    remarks_text(probe, item));
}

static bool was_hex(const struct abiprobe *probe, const struct abi_node *node)
{
	const struct source_file *file = source_file(probe->sources, node->span.file);

	for (uint32_t at = node->span.start; at + 1 < node->span.end; at++)
		if (file->text[at] == '0' && file->text[at + 1] == 'x')
			return true;
	return false;
}

/* One replacement of text in one file. */
struct edit {
	struct span span;
	const char *text;
};
struct edits {
	VEC(struct edit) list;
};

static void collect_edits(struct abiprobe *probe, struct edits *edits)
{
	for (size_t i = 0; i < probe->items.list.count; i++) {
		const struct probe_item *item = probe->items.list.items[i];
		struct numbers numbers;
		bool is_changed, is_empty;

		if (!item->value)
			continue;
		numbers = gather(probe, item, &is_changed);
		if (!is_changed)
			continue;
		spread(probe, item, &numbers);
		is_empty = item->value->span.start == item->value->span.end;
		numbers.is_hex = was_hex(probe, item->value);
		for (unsigned arch = 0; arch < ABI_MAX_ARCHS; arch++)
			numbers.is_hex |= !item->is_bytes && abi_node_is_null(item->value) &&
					  looks_hex(numbers.values[arch]);
		vec_push(probe->arena, &edits->list,
			 ((struct edit){item->value->span,
					arena_printf(probe->arena, "%s%s", is_empty ? " " : "",
						     value_text(probe, item, &numbers))}));
	}
}

static int compare_edits(const void *a, const void *b)
{
	const struct edit *left = a, *right = b;

	return (left->span.start > right->span.start) - (left->span.start < right->span.start);
}

static bool write_file(const struct source_file *file, const struct edits *edits)
{
	FILE *out = fopen(file->path, "w");
	uint32_t at = 0;
	bool is_good;

	if (!out) {
		perror(file->path);
		return false;
	}
	for (size_t i = 0; i < edits->list.count; i++) {
		const struct edit *edit = &edits->list.items[i];

		if (edit->span.file != file->id)
			continue;
		fwrite(file->text + at, 1, edit->span.start - at, out);
		fputs(edit->text, out);
		at = edit->span.end;
	}
	fwrite(file->text + at, 1, file->size - at, out);
	is_good = !ferror(out);
	return fclose(out) == 0 && is_good;
}

bool abiprobe_update(struct abiprobe *probe)
{
	struct edits edits = {{0}};
	bool is_good = true;

	collect_edits(probe, &edits);
	if (edits.list.count)
		qsort(edits.list.items, edits.list.count, sizeof(struct edit), compare_edits);
	for (size_t i = 0; i < probe->files.count; i++) {
		size_t count = 0;

		for (size_t j = 0; j < edits.list.count; j++)
			count += edits.list.items[j].span.file == probe->files.files[i]->id;
		if (!count)
			continue;
		printf("%s: %zu numbers changed\n", probe->files.files[i]->path, count);
		is_good &= write_file(probe->files.files[i], &edits);
	}
	return is_good;
}

/* A call that a header has and the file lacks becomes an item of its own. */
static void add_calls(struct abiprobe *probe, const char *macros)
{
	static const char mark[] = "#define __NR_";

	for (const char *at = strstr(macros, mark); at; at = strstr(at + 1, mark)) {
		const char *start = at + sizeof(mark) - 1;
		size_t length = strcspn(start, " (\n");
		const char *name = arena_strndup(probe->arena, start, length);
		const char *text = arena_printf(probe->arena, "number of '%s'", name);
		struct probe_item *item;
		size_t i;

		if (strcmp(name, "syscalls") == 0 || strcmp(name, "arch_specific_syscall") == 0)
			continue;
		for (i = 0; i < probe->items.list.count; i++)
			if (strcmp(probe->items.list.items[i]->name, text) == 0)
				break;
		if (i < probe->items.list.count)
			continue;
		item = ARENA_NEW(probe->arena, struct probe_item);
		*item = (struct probe_item){
			.name = text,
			.headers = "asm/unistd.h",
			.expr = arena_printf(probe->arena, "__NR_%s", name),
			.value = ARENA_NEW(probe->arena, struct abi_node),
			.span = SPAN_NONE,
			.is_nr = true,
		};
		((struct abi_node *)item->value)->kind = ABI_NODE_MAP;
		for (unsigned arch = 0; arch < ABI_MAX_ARCHS; arch++)
			item->answers[arch].expr = item->expr;
		vec_push(probe->arena, &probe->items.list, item);
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct probe_item *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

bool abiprobe_print_numbers(struct abiprobe *probe)
{
	struct probe_items numbers = {{0}};

	for (unsigned arch = 0; arch < probe->build->archs.count; arch++) {
		const char *macros = NULL;

		if (probe->commands[arch])
			macros = probe_macros(probe->arena, probe->commands[arch],
					      "asm/unistd.h");
		if (macros)
			add_calls(probe, macros);
	}
	for (size_t i = 0; i < probe->items.list.count; i++)
		if (probe->items.list.items[i]->is_nr)
			vec_push(probe->arena, &numbers.list, probe->items.list.items[i]);
	if (!numbers.list.count)
		return false;
	probe->items = numbers;
	abiprobe_ask(probe);
	qsort(numbers.list.items, numbers.list.count, sizeof(struct probe_item *),
	      compare_names);
	puts("# System call numbers, by `abiprobe --nr`. Calls with {} are known to Linux, but "
	     "no "
	     "architecture of arch.yaml has them.\nnumbers:");
	for (size_t i = 0; i < numbers.list.count; i++) {
		const struct probe_item *item = numbers.list.items[i];
		const char *name = strchr(item->name, '\'') + 1;
		struct numbers found;
		bool is_changed;

		found = gather(probe, item, &is_changed);
		printf("  %.*s: %s\n", (int)strlen(name) - 1, name,
		       value_text(probe, item, &found));
	}
	return true;
}
