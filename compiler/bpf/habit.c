#include "bpf/habit.h"

#include <string.h>

#include "vec.h"

enum {
	SLOTS = 1 << 10,     /* of the table at the start */
	KEPT_OF_CALL = 1000, /* different arguments of one call */
	GROUPS = 64,	     /* different ones under a mask */
	LEAST_SHARE = 2,     /* what is seen less often is not usual */
};

struct habit {
	uint32_t next; /* of the same call: index + 1, 0: none */
	uint32_t call;
	uint64_t args[BPF_HABIT_ARGS];
	uint64_t count;
};

/* The habits of a call. */
struct of_call {
	uint32_t first; /* index + 1, 0: none */
	uint32_t kept;
	uint64_t count; /* with those that were not kept */
};

struct bpf_habits {
	struct arena *arena;
	struct of_call *calls;
	VEC(struct habit) habits;
	uint32_t *slots; /* open addressing; index + 1, 0: free */
	size_t slot_mask;
};

struct bpf_habits *bpf_habits_new(struct arena *arena, size_t calls)
{
	struct bpf_habits *habits = ARENA_NEW(arena, struct bpf_habits);

	habits->arena = arena;
	habits->calls = ARENA_ARRAY(arena, struct of_call, calls);
	habits->slots = ARENA_ARRAY(arena, uint32_t, SLOTS);
	habits->slot_mask = SLOTS - 1;
	return habits;
}

/* The slot of CALL with ARGS, or the free one where it belongs. */
static uint32_t *find_slot(const struct bpf_habits *habits, uint32_t call,
			   const uint64_t args[BPF_HABIT_ARGS])
{
	uint64_t sum = call;
	size_t at;

	for (size_t i = 0; i < BPF_HABIT_ARGS; i++)
		sum = (sum ^ args[i] ^ sum >> 29) * UINT64_C(0x9e3779b97f4a7c15);
	for (at = (size_t)(sum >> 32);; at++) {
		uint32_t *slot = &habits->slots[at & habits->slot_mask];
		const struct habit *habit;

		if (!*slot)
			return slot;
		habit = &habits->habits.items[*slot - 1];
		if (habit->call == call && !memcmp(habit->args, args, sizeof(habit->args)))
			return slot;
	}
}

static void grow_slots(struct bpf_habits *habits)
{
	habits->slot_mask = habits->slot_mask * 2 + 1;
	habits->slots = ARENA_ARRAY(habits->arena, uint32_t, habits->slot_mask + 1);
	for (uint32_t i = 0; i < habits->habits.count; i++) {
		const struct habit *habit = &habits->habits.items[i];

		*find_slot(habits, habit->call, habit->args) = i + 1;
	}
}

void bpf_habits_add(struct bpf_habits *habits, size_t call, const uint64_t args[BPF_HABIT_ARGS],
		    uint64_t count)
{
	struct of_call *own = &habits->calls[call];
	uint32_t *slot = find_slot(habits, (uint32_t)call, args);
	struct habit habit = {.next = own->first, .call = (uint32_t)call, .count = count};

	own->count += count;
	if (*slot) {
		habits->habits.items[*slot - 1].count += count;
		return;
	}
	if (own->kept == KEPT_OF_CALL)
		return;
	memcpy(habit.args, args, sizeof(habit.args));
	vec_push(habits->arena, &habits->habits, habit);
	*slot = own->first = (uint32_t)habits->habits.count;
	own->kept++;
	if (habits->habits.count * 2 > habits->slot_mask)
		grow_slots(habits);
}

/* Add HABIT, of which only MASKS matter, to GROUPS, of which there are COUNT, or in the place
 * of the smallest: how many there are then. */
static size_t add_to_group(struct habit groups[static GROUPS], size_t count, struct habit habit,
			   const uint64_t masks[BPF_HABIT_ARGS])
{
	size_t least = 0;

	for (size_t i = 0; i < BPF_HABIT_ARGS; i++)
		habit.args[i] &= masks[i];
	for (size_t i = 0; i < count; i++) {
		if (groups[i].count < groups[least].count)
			least = i;
		if (memcmp(groups[i].args, habit.args, sizeof(habit.args)) != 0)
			continue;
		groups[i].count += habit.count;
		return count;
	}
	if (count < GROUPS)
		groups[count++] = habit;
	else if (groups[least].count < habit.count)
		groups[least] = habit;
	return count;
}

const struct bpf_usual *bpf_habits_usual(const struct bpf_habits *habits, struct arena *arena,
					 size_t call, const uint64_t masks[BPF_HABIT_ARGS],
					 const struct bpf_usual *usual, size_t *count)
{
	const struct of_call *own = &habits->calls[call];
	struct habit groups[GROUPS];
	size_t group_count = 0, found = 0;
	struct bpf_usual *both;

	if (!own->count)
		return usual;
	for (uint32_t i = own->first; i; i = habits->habits.items[i - 1].next)
		group_count =
			add_to_group(groups, group_count, habits->habits.items[i - 1], masks);
	both = ARENA_ARRAY(arena, struct bpf_usual, group_count + *count);
	for (size_t i = 0; i < group_count; i++) {
		double share = (double)groups[i].count / (double)own->count;
		struct bpf_usual one = {.share = (uint32_t)(share * BPF_USUAL_ALL / 2)};

		memcpy(one.args, groups[i].args, sizeof(one.args));
		if (one.share >= LEAST_SHARE / 2)
			both[found++] = one;
	}
	for (size_t i = 0; i < *count; i++) {
		both[found] = usual[i];
		both[found++].share /= 2;
	}
	*count = found;
	return both;
}
