/* habit: the arguments that programs were seen to make calls with. */
#ifndef SCML_BPF_HABIT_H
#define SCML_BPF_HABIT_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bpf/usual.h"

enum { BPF_HABIT_ARGS = 6 };

struct bpf_habits;

/** None yet, of CALLS calls, which go by their index; in ARENA. Never NULL. */
struct bpf_habits *bpf_habits_new(struct arena *arena, size_t calls);

/** CALL was made COUNT times with ARGS. Of a call that never comes with the same arguments only
 * the first thousand are kept. */
void bpf_habits_add(struct bpf_habits *habits, size_t call, const uint64_t args[BPF_HABIT_ARGS],
		    uint64_t count);

/**
 * What is usual for CALL, where USUAL (*COUNT of them) is known and what was seen counts as
 * much as that. Only the bits of MASKS are looked at, one mask for each argument.
 * @return USUAL itself where CALL was not seen, or an array in ARENA; *COUNT of them
 */
const struct bpf_usual *bpf_habits_usual(const struct bpf_habits *habits, struct arena *arena,
					 size_t call, const uint64_t masks[BPF_HABIT_ARGS],
					 const struct bpf_usual *usual, size_t *count);

#endif
