#include "report_causes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

/* Open addressing; a slot whose NAME is NULL is free. At most half of the slots are taken. */
struct report_causes {
	struct arena *arena;
	struct report_cause *slots;
	size_t mask;
	size_t count;
};

static uint64_t hash_text(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return hash * 31;
}

static uint64_t hash_cause(const struct report_cause *cause)
{
	return hash_text(hash_text(0xcbf29ce484222325 + cause->kind, cause->name), cause->text);
}

static bool is_same(const struct report_cause *a, const struct report_cause *b)
{
	return a->kind == b->kind && a->line == b->line && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->text, b->text) == 0 &&
	       (a->file && b->file ? strcmp(a->file, b->file) == 0 : a->file == b->file);
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

struct report_causes *report_causes_new(struct arena *arena)
{
	struct report_causes *causes = ARENA_NEW(arena, struct report_causes);

	causes->arena = arena;
	set_slots(causes, FIRST_SLOTS);
	return causes;
}

static struct report_cause *add(struct report_causes *causes, struct report_cause *slot,
				const struct report_cause *cause)
{
	*slot = *cause;
	slot->name = arena_strdup(causes->arena, cause->name);
	slot->text = arena_strdup(causes->arena, cause->text);
	slot->file = cause->file ? arena_strdup(causes->arena, cause->file) : NULL;
	causes->count++;
	return slot;
}

void report_causes_count(struct report_causes *causes, const struct report_call *call,
			 uint64_t count)
{
	struct report_cause cause = {
		.kind = call->kind,
		.name = call->name,
		.text = call->cause,
		.file = call->file,
		.line = call->line,
	};
	struct report_cause *slot;

	if (2 * (causes->count + 1) > causes->mask)
		grow(causes);
	slot = find_slot(causes, &cause);
	if (!slot->name && causes->count >= REPORT_MAX_CAUSES) {
		cause = (struct report_cause){call->kind, call->name, "other causes",
					      NULL,	  0,	      0};
		slot = find_slot(causes, &cause);
	}
	if (!slot->name)
		slot = add(causes, slot, &cause);
	slot->count += count;
}

static int compare(const void *left, const void *right)
{
	const struct report_cause *a = left, *b = right;
	int order;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	order = strcmp(a->name, b->name);
	if (!order)
		order = strcmp(a->text, b->text);
	if (!order && a->file && b->file)
		order = strcmp(a->file, b->file);
	return order ? order : (a->line > b->line) - (a->line < b->line);
}

void report_causes_each(const struct report_causes *causes,
			void (*visit)(void *context, const struct report_cause *cause),
			void *context)
{
	struct report_cause *sorted =
		ARENA_ARRAY(causes->arena, struct report_cause, causes->count + 1);
	size_t count = 0;

	for (size_t i = 0; i <= causes->mask; i++)
		if (causes->slots[i].name)
			sorted[count++] = causes->slots[i];
	qsort(sorted, count, sizeof(*sorted), compare);
	for (size_t i = 0; i < count; i++)
		visit(context, &sorted[i]);
}
