#include "report_causes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SLOTS = 64,
	ERRNO_MAX = 4095,
	MAX_EXAMPLE = 4096, /* bytes; a line of a log may have millions */
};

/* Open addressing; a slot whose NAME is NULL is free. At most half of the slots are taken. */
struct report_causes {
	struct arena *arena;
	struct report_cause *slots;
	size_t mask;
	size_t count;
	size_t limit;
};

int report_text_order(const char *a, const char *b)
{
	if (a && b)
		return strcmp(a, b);
	return (a != NULL) - (b != NULL);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash * 31 + (text != NULL);
}

/* The words and the file differ where these do, but for a few. */
static uint64_t hash_cause(const struct report_cause *cause)
{
	const char *const texts[] = {cause->name, cause->param, cause->what};
	uint64_t hash = 0xcbf29ce484222325 + cause->kind + cause->line + cause->column;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		hash = hash_text(hash, texts[i]);
	return hash ^ hash >> 29;
}

static bool is_same(const struct report_cause *a, const struct report_cause *b)
{
	return a->kind == b->kind && a->line == b->line && a->column == b->column &&
	       !report_text_order(a->name, b->name) && !report_text_order(a->text, b->text) &&
	       !report_text_order(a->param, b->param) && !report_text_order(a->what, b->what) &&
	       !report_text_order(a->file, b->file);
}

static struct report_cause *find_slot(const struct report_causes *causes,
				      const struct report_cause *cause)
{
	size_t slot = hash_cause(cause) & causes->mask;

	while (causes->slots[slot].name && !is_same(&causes->slots[slot], cause))
		slot = (slot + 1) & causes->mask;
	return &causes->slots[slot];
}

static void set_slots(struct report_causes *causes, size_t slots)
{
	causes->slots = ARENA_ARRAY(causes->arena, struct report_cause, slots);
	causes->mask = slots - 1;
}

static void grow(struct report_causes *causes)
{
	const struct report_causes old = *causes;

	set_slots(causes, 2 * (old.mask + 1));
	for (size_t i = 0; i <= old.mask; i++)
		if (old.slots[i].name)
			*find_slot(causes, &old.slots[i]) = old.slots[i];
}

struct report_causes *report_causes_new(struct arena *arena, size_t limit)
{
	struct report_causes *causes = ARENA_NEW(arena, struct report_causes);

	causes->arena = arena;
	causes->limit = limit;
	set_slots(causes, FIRST_SLOTS);
	return causes;
}

static const char *copy(struct report_causes *causes, const char *text)
{
	return text ? arena_strdup(causes->arena, text) : NULL;
}

/* The beginning of a call's text; not within a character. */
static const char *copy_example(struct report_causes *causes, const char *text)
{
	size_t len = text ? strnlen(text, MAX_EXAMPLE + 1) : 0;

	if (len <= MAX_EXAMPLE)
		return copy(causes, text);
	for (len = MAX_EXAMPLE; len && ((unsigned char)text[len] & 0xc0) == 0x80; len--)
		continue;
	return arena_printf(causes->arena, "%.*s...", (int)len, text);
}

/* Take the slot for what CAUSE is about; nothing is counted yet. */
static void add_slot(struct report_causes *causes, struct report_cause *slot,
		     const struct report_cause *cause)
{
	*slot = (struct report_cause){
		.kind = cause->kind,
		.name = copy(causes, cause->name),
		.param = copy(causes, cause->param),
		.what = copy(causes, cause->what),
		.text = copy(causes, cause->text),
		.file = copy(causes, cause->file),
		.line = cause->line,
		.column = cause->column,
		.log_line = cause->log_line,
		.tid = cause->tid,
		.example = copy_example(causes, cause->example),
	};
	causes->count++;
}

/* The slot for CAUSE, or for all others of its call once there are too many. */
static struct report_cause *slot_of(struct report_causes *causes,
				    const struct report_cause *cause)
{
	struct report_cause *slot, others = {.kind = cause->kind, .name = cause->name};

	if (2 * (causes->count + 1) > causes->mask)
		grow(causes);
	slot = find_slot(causes, cause);
	if (!slot->name && causes->count >= causes->limit) {
		others.text = "other causes";
		cause = &others;
		slot = find_slot(causes, cause);
	}
	if (!slot->name)
		add_slot(causes, slot, cause);
	return slot;
}

static void count_errno(struct report_causes *causes, struct report_cause *cause, int error,
			uint64_t count)
{
	const struct report_errno added = {error, count};

	for (size_t i = 0; i < cause->errnos.count; i++) {
		if (cause->errnos.items[i].error == error) {
			cause->errnos.items[i].count += count;
			return;
		}
	}
	vec_push(causes->arena, &cause->errnos, added);
}

void report_causes_count(struct report_causes *causes, const struct report_call *call,
			 uint64_t count)
{
	const struct report_cause cause = {
		.kind = call->kind,
		.name = call->name,
		.param = call->param,
		.what = call->what,
		.text = call->cause,
		.file = call->file,
		.line = call->line,
		.log_line = call->log_line,
		.tid = call->tid,
		.example = call->text,
	};
	struct report_cause *slot = slot_of(causes, &cause);

	slot->count += count;
	if (call->call && call->call->has_returned && call->call->ret < 0 &&
	    call->call->ret >= -ERRNO_MAX)
		count_errno(causes, slot, (int)-call->call->ret, count);
}

void report_causes_add(struct report_causes *causes, const struct report_cause *cause)
{
	struct report_cause *slot = slot_of(causes, cause);

	slot->count += cause->count;
	slot->open += cause->open;
	for (size_t i = 0; i < cause->errnos.count; i++)
		count_errno(causes, slot, cause->errnos.items[i].error,
			    cause->errnos.items[i].count);
}

static int by_error(const void *left, const void *right)
{
	const struct report_errno *a = left, *b = right;

	return a->error - b->error;
}

struct report_cause *report_causes_sorted(const struct report_causes *causes,
					  int (*compare)(const void *, const void *),
					  size_t *count)
{
	struct report_cause *sorted =
		ARENA_ARRAY(causes->arena, struct report_cause, causes->count + 1);

	*count = 0;
	for (size_t i = 0; i <= causes->mask; i++)
		if (causes->slots[i].name)
			sorted[(*count)++] = causes->slots[i];
	qsort(sorted, *count, sizeof(*sorted), compare);
	for (size_t i = 0; i < *count; i++)
		if (sorted[i].errnos.count)
			qsort(sorted[i].errnos.items, sorted[i].errnos.count,
			      sizeof(struct report_errno), by_error);
	return sorted;
}

static int by_frequency(const void *left, const void *right)
{
	const struct report_cause *a = left, *b = right;
	const char *const texts[][2] = {{a->name, b->name},
					{a->text, b->text},
					{a->file, b->file},
					{a->param, b->param},
					{a->what, b->what}};

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int order = report_text_order(texts[i][0], texts[i][1]);

		if (order)
			return order;
	}
	return (a->line > b->line) - (a->line < b->line);
}

void report_causes_each(const struct report_causes *causes,
			void (*visit)(void *context, const struct report_cause *cause),
			void *context)
{
	size_t count;
	const struct report_cause *sorted = report_causes_sorted(causes, by_frequency, &count);

	for (size_t i = 0; i < count; i++)
		visit(context, &sorted[i]);
}
