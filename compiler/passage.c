#include "passage.h"

#include <string.h>

#include "region.h"

enum {
	MAX_TERMS = 256, /* of a rule; one with more is taken to ask nothing of registers */
	NAMED_RULES = 3, /* in one note; more are counted */
};

/* A rule and the call that it is for. */
struct passenger {
	const struct rules *rules;
	const struct rule_call *call;
	const struct rule *rule;
};

/* A word of which only the bits of KNOWN are known. */
struct partial {
	uint32_t known;
	uint32_t value;
};

struct state {
	bool is_reached;
	struct partial a;
};

/* One walk: all calls of TERM at once. */
struct walk {
	const struct bpf_code *code;
	const struct passenger *passenger;
	const struct region_term *term;
	struct state *states;
};

static struct partial word_at(const struct walk *walk, uint32_t offset)
{
	const struct rules *rules = walk->passenger->rules;
	const struct abi_arch *arch = &rules->db->archs[rules->arch];
	uint32_t index = (offset - BPF_FIELD_ARGS) / 8;
	unsigned shift = (offset % 8 == 4) == arch->big_endian ? 0 : 32;

	if (offset == BPF_FIELD_NR)
		return (struct partial){UINT32_MAX, walk->passenger->call->nr};
	if (offset == BPF_FIELD_ARCH)
		return (struct partial){UINT32_MAX, arch->audit};
	if (offset < BPF_FIELD_ARGS || index >= SCML_REGISTERS)
		return (struct partial){0};
	return (struct partial){(uint32_t)(walk->term->mask[index] >> shift),
				(uint32_t)(walk->term->value[index] >> shift)};
}

static void reach(struct walk *walk, size_t index, struct partial a)
{
	struct state *state = &walk->states[index];

	if (index >= walk->code->count)
		return;
	if (!state->is_reached)
		state->a = a;
	state->is_reached = true;
	state->a.known &= a.known & ~(state->a.value ^ a.value);
	state->a.value &= state->a.known;
}

/* Can A be such that the jump is taken, or is not? */
static bool can_jump(const struct sock_filter *jump, struct partial a, bool taken)
{
	uint32_t least = a.value, most = a.value | ~a.known;

	if (BPF_SRC(jump->code) != BPF_K)
		return true;
	switch (BPF_OP(jump->code)) {
	case BPF_JEQ:
		if (taken)
			return ((a.value ^ jump->k) & a.known) == 0;
		return a.known != UINT32_MAX || a.value != jump->k;
	case BPF_JGE:
		return taken ? most >= jump->k : least < jump->k;
	case BPF_JGT:
		return taken ? most > jump->k : least <= jump->k;
	case BPF_JSET:
		return taken ? most & jump->k : !(least & jump->k);
	default:
		return true;
	}
}

static void step(struct walk *walk, size_t index)
{
	const struct sock_filter *instruction = &walk->code->items[index];
	struct partial a = walk->states[index].a;

	switch (BPF_CLASS(instruction->code)) {
	case BPF_RET:
		return;
	case BPF_JMP:
		if (BPF_OP(instruction->code) == BPF_JA) {
			reach(walk, index + 1 + instruction->k, a);
			return;
		}
		if (can_jump(instruction, a, true))
			reach(walk, index + 1 + instruction->jt, a);
		if (can_jump(instruction, a, false))
			reach(walk, index + 1 + instruction->jf, a);
		return;
	case BPF_LD:
		a = BPF_MODE(instruction->code) == BPF_ABS ? word_at(walk, instruction->k)
							   : (struct partial){0};
		break;
	case BPF_ALU:
		if (instruction->code == (BPF_ALU | BPF_AND | BPF_K)) {
			a.known |= ~instruction->k;
			a.value &= instruction->k;
		} else {
			a.known = a.value = 0;
		}
		break;
	case BPF_MISC:
		a.known = a.value = 0;
		break;
	default:
		break;
	}
	reach(walk, index + 1, a);
}

/* Mark in SEEN where calls of PASSENGER's rule come by. */
static void travel(const struct bpf_code *code, const struct passenger *passenger,
		   struct state *states, bool *seen)
{
	struct arena *work = arena_new();
	struct region region = region_of_rule(work, passenger->rule).possible;

	if (region.is_full || region.terms.count > MAX_TERMS)
		region = region_all(work);
	for (size_t i = 0; i < region.terms.count; i++) {
		struct walk walk = {code, passenger, &region.terms.items[i], states};

		memset(states, 0, code->count * sizeof(*states));
		reach(&walk, 0, (struct partial){0});
		for (size_t at = 0; at < code->count; at++) {
			if (!states[at].is_reached)
				continue;
			seen[at] = true;
			step(&walk, at);
		}
	}
	arena_free(work);
}

static const char *call_name(const struct passenger *passenger)
{
	return abi_string(passenger->rules->db, passenger->call->abi->name);
}

/* The note for the instruction AT; SEEN has a row of COUNT flags for each of the LIST. */
static const char *note_of(struct arena *arena, const struct passenger *list, size_t rules,
			   const bool *seen, size_t count, size_t at)
{
	const struct passenger *last = NULL;
	size_t rule_count = 0, call_count = 0;
	const char *names = "";

	for (size_t i = 0; i < rules; i++) {
		if (!seen[i * count + at])
			continue;
		call_count += !last || last->call != list[i].call;
		last = &list[i];
		if (++rule_count <= NAMED_RULES)
			names = arena_printf(arena, "%s%s%s:%u %s", names, *names ? ", " : "",
					     last->rule->file->path, last->rule->line,
					     call_name(last));
	}
	if (rule_count == 0)
		return "no rule";
	if (rule_count <= NAMED_RULES)
		return names;
	if (call_count == 1)
		return arena_printf(arena, "%zu rules of %s", rule_count, call_name(last));
	return arena_printf(arena, "%zu rules of %zu calls", rule_count, call_count);
}

static struct passenger *gather(const struct compilation *compilation, size_t *count)
{
	VEC(struct passenger) list = {0};

	for (size_t i = 0; i < compilation->rules_count; i++) {
		const struct rules *rules = compilation->rules[i];

		for (size_t j = 0; j < rules->call_count; j++)
			for (size_t k = 0; k < rules->calls[j].rule_count; k++)
				vec_push(compilation->arena, &list,
					 ((struct passenger){rules, &rules->calls[j],
							     &rules->calls[j].rules[k]}));
	}
	*count = list.count;
	return list.items;
}

const char *const *passage_notes(const struct compilation *compilation,
				 const struct bpf_code *code)
{
	struct arena *arena = compilation->arena;
	const char **notes = ARENA_ARRAY(arena, const char *, code->count + 1);
	struct state *states = ARENA_ARRAY(arena, struct state, code->count + 1);
	const char *before = "";
	size_t rules;
	struct passenger *list = gather(compilation, &rules);
	bool *seen = ARENA_ARRAY(arena, bool, rules * code->count + 1);

	for (size_t i = 0; i < rules; i++)
		travel(code, &list[i], states, seen + i * code->count);
	for (size_t at = 0; at < code->count; at++) {
		const char *note = note_of(arena, list, rules, seen, code->count, at);

		notes[at] = strcmp(note, before) == 0 ? NULL : note;
		before = note;
	}
	return notes;
}
