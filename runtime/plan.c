#include "plan.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256, MAX_ITEMS = 1 << 20 };

static bool same_need(const struct report_cause *a, const struct report_cause *b)
{
	return a->line == b->line && !report_text_order(a->name, b->name) &&
	       !report_text_order(a->file, b->file) && !report_text_order(a->param, b->param) &&
	       !report_text_order(a->what, b->what);
}

static uint64_t hash_need(const struct report_cause *need)
{
	const char *const texts[] = {need->name, need->file, need->param, need->what};
	uint64_t hash = 0xcbf29ce484222325 + need->line;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (const char *at = texts[i]; at && *at; at++)
			hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
		hash = hash * 31 + (texts[i] != NULL);
	}
	return hash ^ hash >> 29;
}

/* The slot of NEED in the index, which holds numbers from 1. */
static uint32_t *find_slot(const struct plan *plan, const struct report_cause *need)
{
	size_t slot = hash_need(need) & plan->mask;

	while (plan->index[slot] &&
	       !same_need(&plan->items.items[plan->index[slot] - 1].need, need))
		slot = (slot + 1) & plan->mask;
	return &plan->index[slot];
}

static void grow_index(struct plan *plan)
{
	size_t slots = plan->index ? 2 * (plan->mask + 1) : FIRST_SLOTS;

	plan->index = ARENA_ARRAY(plan->arena, uint32_t, slots);
	plan->mask = slots - 1;
	for (size_t i = 0; i < plan->items.count; i++)
		*find_slot(plan, &plan->items.items[i].need) = (uint32_t)(i + 1);
}

static const char *copy(struct plan *plan, const char *text)
{
	return text ? arena_strdup(plan->arena, text) : NULL;
}

static size_t item_of(struct plan *plan, const struct report_cause *need)
{
	struct plan_item item = {.need = {.line = need->line}};
	uint32_t *slot;

	if (!plan->index || 2 * (plan->items.count + 1) > plan->mask)
		grow_index(plan);
	slot = find_slot(plan, need);
	if (*slot)
		return *slot - 1;
	item.need.name = copy(plan, need->name);
	item.need.file = copy(plan, need->file);
	item.need.param = copy(plan, need->param);
	item.need.what = copy(plan, need->what);
	vec_push(plan->arena, &plan->items, item);
	*slot = (uint32_t)plan->items.count;
	return plan->items.count - 1;
}

void plan_add_program(struct plan *plan, const char *name)
{
	const struct plan_program program = {.name = arena_strdup(plan->arena, name)};

	vec_push(plan->arena, &plan->programs, program);
}

void plan_add_need(struct plan *plan, const struct report_cause *need)
{
	struct plan_program *program = &plan->programs.items[plan->programs.count - 1];
	size_t item = item_of(plan, need), at = program->needs.count;

	plan->items.items[item].need.count += need->count;
	while (at && program->needs.items[at - 1] > item)
		at--;
	if (at && program->needs.items[at - 1] == item)
		return;
	plan->items.items[item].programs++;
	vec_push(plan->arena, &program->needs, item);
	memmove(program->needs.items + at + 1, program->needs.items + at,
		(program->needs.count - 1 - at) * sizeof(item));
	program->needs.items[at] = item;
}

/* ---- steps ---- */

/* Are the needs of PROGRAM that are left among those of OTHER? Both lists are sorted. */
static bool is_within(const struct plan *plan, const struct plan_program *program,
		      const struct plan_program *other)
{
	size_t at = 0;

	if (program->left > other->left)
		return false;
	for (size_t i = 0; i < program->needs.count; i++) {
		size_t need = program->needs.items[i];

		if (plan->items.items[need].step)
			continue;
		while (at < other->needs.count && other->needs.items[at] < need)
			at++;
		if (at == other->needs.count || other->needs.items[at] != need)
			return false;
	}
	return true;
}

static size_t unlocked_by(const struct plan *plan, const struct plan_program *program)
{
	const struct plan_program *other;
	size_t count = 0;

	vec_each (other, &plan->programs)
		count += other->left && is_within(plan, other, program);
	return count;
}

/* The program whose needs are worth most: unlocked programs for each need. */
static const struct plan_program *best_program(const struct plan *plan)
{
	const struct plan_program *program, *best = NULL;
	size_t best_gain = 0;

	vec_each (program, &plan->programs) {
		size_t gain = program->left ? unlocked_by(plan, program) : 0;
		uint64_t own = (uint64_t)gain * (best ? best->left : 0);
		uint64_t others = (uint64_t)best_gain * program->left;

		if (!gain || (best && own < others))
			continue;
		if (best && own == others &&
		    (program->left > best->left ||
		     (program->left == best->left && strcmp(program->name, best->name) >= 0)))
			continue;
		best = program;
		best_gain = gain;
	}
	return best;
}

static void count_left(struct plan *plan)
{
	struct plan_program *program;

	vec_each (program, &plan->programs) {
		bool was_locked = program->left > 0;

		program->left = 0;
		for (size_t i = 0; i < program->needs.count; i++)
			program->left += !plan->items.items[program->needs.items[i]].step;
		if (was_locked && !program->left)
			program->step = plan->steps;
	}
}

void plan_make(struct plan *plan)
{
	const struct plan_program *best;

	count_left(plan);
	while ((best = best_program(plan))) {
		plan->steps++;
		for (size_t i = 0; i < best->needs.count; i++) {
			struct plan_item *item = &plan->items.items[best->needs.items[i]];

			if (!item->step)
				item->step = plan->steps;
		}
		count_left(plan);
	}
}
