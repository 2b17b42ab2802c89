#include "bpf/symbolic.h"

#include <string.h>

#include <linux/seccomp.h>

#include "bpf/value.h"
#include "vec.h"

/*
 * Jumps lead forward only. So all states in which an instruction can be reached, and for which
 * calls, are known before its turn comes. A state holds only what a later instruction reads, so
 * that ways meet again.
 */
enum {
	MAX_POINTS = 1 << 14,
	MAX_RETURNED_BITS = 10, /* of a RET of A that depend on the call */
	WORD_A = BPF_MEMWORDS,	/* words of a state behind the scratch words */
	WORD_X,
	WORDS,
};

/* Index of a value; 0 is the number 0. */
typedef uint32_t value_id;

struct known_value {
	struct value value;
	uint32_t next; /* with the same hash */
};

struct state {
	value_id words[WORDS];
};

/* An instruction in one of the states in which it is reached. */
struct point {
	struct state state;
	size_t pc;
	uint32_t next_here; /* the next point of the instruction; 0: none */
	bdd_node calls;	    /* those for which it is reached */
};

struct machine {
	struct arena *arena;
	struct bdd *bdd;
	const struct bpf_code *code;
	struct bpf_fault *fault;
	uint32_t *live;		  /* words that an instruction or a later one reads, as bits */
	uint32_t *points_of;	  /* first point of each instruction; 0: not reached */
	VEC(struct point) points; /* from 1 */
	bdd_node answer;	  /* of the calls for which the filter has ended */
	VEC(struct known_value) values;
	uint32_t *value_slots;
	uint32_t value_mask;
};

static bool fail(struct machine *machine, size_t pc, const char *reason)
{
	*machine->fault = (struct bpf_fault){pc, reason};
	return false;
}

/* ---- values ---- */

static uint32_t hash_bytes(const void *bytes, size_t size)
{
	const uint32_t *words = bytes;
	uint64_t hash = 0;

	for (size_t i = 0; i < size / sizeof(*words); i++) {
		hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

static void rehash_values(struct machine *machine, uint32_t slots)
{
	machine->value_slots = ARENA_ARRAY(machine->arena, uint32_t, slots);
	machine->value_mask = slots - 1;
	for (uint32_t i = 1; i < machine->values.count; i++) {
		struct known_value *known = &machine->values.items[i];
		uint32_t at = hash_bytes(&known->value, sizeof(known->value)) & (slots - 1);

		known->next = machine->value_slots[at];
		machine->value_slots[at] = i;
	}
}

static value_id intern(struct machine *machine, const struct value *value)
{
	uint32_t at = hash_bytes(value, sizeof(*value)) & machine->value_mask;

	if (memcmp(value, &machine->values.items[0].value, sizeof(*value)) == 0)
		return 0;
	for (uint32_t i = machine->value_slots[at]; i; i = machine->values.items[i].next)
		if (memcmp(value, &machine->values.items[i].value, sizeof(*value)) == 0)
			return i;
	vec_push(machine->arena, &machine->values,
		 ((struct known_value){*value, machine->value_slots[at]}));
	machine->value_slots[at] = (uint32_t)machine->values.count - 1;
	if (machine->values.count > machine->value_mask)
		rehash_values(machine, 2 * (machine->value_mask + 1));
	return (value_id)machine->values.count - 1;
}

static struct value value_at(const struct machine *machine, value_id id)
{
	return machine->values.items[id].value;
}

/* ---- what is read later ---- */

static uint32_t word_bit(unsigned word)
{
	return UINT32_C(1) << word;
}

/* The words that INSTRUCTION reads. */
static uint32_t words_read(const struct sock_filter *instruction)
{
	uint16_t code = instruction->code;
	uint32_t operand = BPF_SRC(code) == BPF_X ? word_bit(WORD_X) : 0;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
	case BPF_LDX:
		return BPF_MODE(code) == BPF_MEM ? word_bit(instruction->k) : 0;
	case BPF_ST:
		return word_bit(WORD_A);
	case BPF_STX:
		return word_bit(WORD_X);
	case BPF_ALU:
		return word_bit(WORD_A) | operand;
	case BPF_JMP:
		return BPF_OP(code) == BPF_JA ? 0 : word_bit(WORD_A) | operand;
	case BPF_RET:
		return BPF_RVAL(code) == BPF_A ? word_bit(WORD_A) : 0;
	default: /* BPF_MISC */
		return word_bit(BPF_MISCOP(code) == BPF_TAX ? WORD_A : WORD_X);
	}
}

/* The word that INSTRUCTION sets, or WORDS. */
static unsigned word_written(const struct sock_filter *instruction)
{
	uint16_t code = instruction->code;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
	case BPF_ALU:
		return WORD_A;
	case BPF_LDX:
		return WORD_X;
	case BPF_ST:
	case BPF_STX:
		return instruction->k;
	case BPF_MISC:
		return BPF_MISCOP(code) == BPF_TAX ? WORD_X : WORD_A;
	default:
		return WORDS;
	}
}

static void find_live_words(struct machine *machine)
{
	const struct bpf_code *code = machine->code;

	machine->live = ARENA_ARRAY(machine->arena, uint32_t, code->count);
	for (size_t pc = code->count; pc-- > 0;) {
		const struct sock_filter *instruction = &code->items[pc];
		unsigned written = word_written(instruction);
		uint32_t after = 0;

		if (BPF_CLASS(instruction->code) == BPF_JMP) {
			if (BPF_OP(instruction->code) == BPF_JA)
				after = machine->live[pc + 1 + instruction->k];
			else
				after = machine->live[pc + 1 + instruction->jt] |
					machine->live[pc + 1 + instruction->jf];
		} else if (BPF_CLASS(instruction->code) != BPF_RET) {
			after = machine->live[pc + 1];
		}
		if (written < WORDS)
			after &= ~word_bit(written);
		machine->live[pc] = after | words_read(instruction);
	}
}

/* ---- one step ---- */

/* CALLS reach the instruction PC in STATE. */
static bool arrive(struct machine *machine, size_t pc, const struct state *state,
		   bdd_node calls)
{
	struct point point = {.state = *state, .pc = pc, .calls = calls};

	if (calls == BDD_FALSE)
		return true;
	for (unsigned word = 0; word < WORDS; word++)
		if (!(machine->live[pc] >> word & 1))
			point.state.words[word] = 0;
	for (uint32_t i = machine->points_of[pc]; i; i = machine->points.items[i].next_here) {
		struct point *other = &machine->points.items[i];

		if (memcmp(&other->state, &point.state, sizeof(point.state)) == 0) {
			other->calls = bdd_or(machine->bdd, other->calls, calls);
			return true;
		}
	}
	if (machine->points.count > MAX_POINTS)
		return fail(machine, pc, "it is reached in too many states");
	point.next_here = machine->points_of[pc];
	vec_push(machine->arena, &machine->points, point);
	machine->points_of[pc] = (uint32_t)machine->points.count - 1;
	return true;
}

/* The filter ends with ANSWER for CALLS. */
static bool end(struct machine *machine, bdd_node calls, bdd_node answer)
{
	machine->answer = bdd_choose(machine->bdd, calls, answer, machine->answer);
	return true;
}

static struct value operand_of(const struct machine *machine, const struct state *state,
			       const struct sock_filter *instruction)
{
	if (BPF_SRC(instruction->code) == BPF_X)
		return value_at(machine, state->words[WORD_X]);
	return value_constant(instruction->k);
}

static value_id loaded(struct machine *machine, const struct state *state,
		       const struct sock_filter *instruction)
{
	struct value value = value_constant(instruction->k); /* BPF_IMM */

	switch (BPF_MODE(instruction->code)) {
	case BPF_MEM:
		return state->words[instruction->k];
	case BPF_LEN:
		value = value_constant(sizeof(struct seccomp_data));
		break;
	case BPF_ABS:
		value = value_word(machine->bdd, instruction->k);
		break;
	default:
		break;
	}
	return intern(machine, &value);
}

/* Does an instruction behind that of POINT, which is no jump, read WORD? */
static bool is_read_after(const struct machine *machine, const struct point *point,
			  unsigned word)
{
	return machine->live[point->pc + 1] >> word & 1;
}

/* A division by zero ends the filter with the answer 0. */
static bool pass_division(struct machine *machine, const struct point *point,
			  const struct value *b)
{
	const struct value zero = value_constant(0);
	bdd_node is_zero = value_compare(machine->bdd, BPF_JEQ, b, &zero);
	struct value a = value_at(machine, point->state.words[WORD_A]);
	struct state state = point->state;

	end(machine, bdd_and(machine->bdd, point->calls, is_zero), bdd_leaf(machine->bdd, 0));
	if (is_zero == BDD_TRUE)
		return true;
	if (is_read_after(machine, point, WORD_A))
		a = value_operate(machine->bdd, BPF_DIV, &a, b);
	state.words[WORD_A] = intern(machine, &a);
	return arrive(machine, point->pc + 1, &state,
		      bdd_choose(machine->bdd, is_zero, BDD_FALSE, point->calls));
}

static bool pass_jump(struct machine *machine, const struct point *point,
		      const struct sock_filter *instruction)
{
	size_t next = point->pc + 1;
	struct value a = value_at(machine, point->state.words[WORD_A]);
	struct value b = operand_of(machine, &point->state, instruction);
	uint16_t op = BPF_OP(instruction->code);
	bdd_node holds;

	if (op == BPF_JA)
		return arrive(machine, next + instruction->k, &point->state, point->calls);
	holds = value_compare(machine->bdd, op, &a, &b);
	return arrive(machine, next + instruction->jt, &point->state,
		      bdd_choose(machine->bdd, holds, point->calls, BDD_FALSE)) &&
	       arrive(machine, next + instruction->jf, &point->state,
		      bdd_choose(machine->bdd, holds, BDD_FALSE, point->calls));
}

static bool pass_return(struct machine *machine, const struct point *point,
			const struct sock_filter *instruction)
{
	bdd_node answers[1 << MAX_RETURNED_BITS];
	struct value a = value_at(machine, point->state.words[WORD_A]);
	unsigned bits[MAX_RETURNED_BITS], count = 0;
	uint32_t fixed = 0;

	if (BPF_RVAL(instruction->code) != BPF_A)
		return end(machine, point->calls, bdd_leaf(machine->bdd, instruction->k));
	for (unsigned bit = 0; bit < 32; bit++) {
		if (a.bits[bit] <= BDD_TRUE)
			fixed |= a.bits[bit] << bit;
		else if (count == MAX_RETURNED_BITS)
			return fail(machine, point->pc, "it returns a value of the call");
		else
			bits[count++] = bit;
	}
	for (uint32_t i = 0; i < UINT32_C(1) << count; i++) {
		uint32_t answer = fixed;

		for (unsigned j = 0; j < count; j++)
			answer |= (i >> j & 1) << bits[j];
		answers[i] = bdd_leaf(machine->bdd, answer);
	}
	for (unsigned j = count; j-- > 0;)
		for (uint32_t i = 0; i < UINT32_C(1) << j; i++)
			answers[i] = bdd_choose(machine->bdd, a.bits[bits[j]],
						answers[i | UINT32_C(1) << j], answers[i]);
	return end(machine, point->calls, answers[0]);
}

/* Run the instruction of POINT. */
static bool pass(struct machine *machine, const struct point *point)
{
	const struct sock_filter *instruction = &machine->code->items[point->pc];
	struct state state = point->state;
	uint16_t code = instruction->code;
	struct value a, b;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
		state.words[WORD_A] = loaded(machine, &state, instruction);
		break;
	case BPF_LDX:
		state.words[WORD_X] = loaded(machine, &state, instruction);
		break;
	case BPF_ST:
		state.words[instruction->k] = state.words[WORD_A];
		break;
	case BPF_STX:
		state.words[instruction->k] = state.words[WORD_X];
		break;
	case BPF_ALU:
		a = value_at(machine, state.words[WORD_A]);
		b = operand_of(machine, &state, instruction);
		if (BPF_OP(code) == BPF_DIV)
			return pass_division(machine, point, &b);
		if (is_read_after(machine, point, WORD_A))
			a = value_operate(machine->bdd, BPF_OP(code), &a, &b);
		state.words[WORD_A] = intern(machine, &a);
		break;
	case BPF_JMP:
		return pass_jump(machine, point, instruction);
	case BPF_RET:
		return pass_return(machine, point, instruction);
	default: /* BPF_MISC */
		if (BPF_MISCOP(code) == BPF_TAX)
			state.words[WORD_X] = state.words[WORD_A];
		else
			state.words[WORD_A] = state.words[WORD_X];
		break;
	}
	return arrive(machine, point->pc + 1, &state, point->calls);
}

/* Forget what is known about instructions before PC. */
static void collect(struct machine *machine, size_t pc)
{
	struct arena *work = arena_new();
	VEC(bdd_node) roots = {0};

	vec_push(work, &roots, machine->answer);
	for (uint32_t i = 1; i < machine->points.count; i++) {
		const struct point *point = &machine->points.items[i];

		if (point->pc < pc)
			continue;
		vec_push(work, &roots, point->calls);
		for (unsigned word = 0; word < WORDS; word++) {
			struct value value = value_at(machine, point->state.words[word]);

			for (unsigned bit = 0; bit < 32; bit++)
				vec_push(work, &roots, value.bits[bit]);
		}
	}
	bdd_collect(machine->bdd, roots.items, roots.count);
	arena_free(work);
}

/* In the order of the instructions, each in all of its states. */
static bool run(struct machine *machine)
{
	const struct state start = {{0}};

	arrive(machine, 0, &start, BDD_TRUE);
	for (size_t pc = 0; pc < machine->code->count; pc++) {
		if (bdd_wants_collection(machine->bdd))
			collect(machine, pc);
		for (uint32_t at = machine->points_of[pc]; at;
		     at = machine->points.items[at].next_here) {
			const struct point point = machine->points.items[at];

			if (!pass(machine, &point))
				return false;
			if (bdd_is_full(machine->bdd))
				return fail(machine, pc,
					    "what it does depends on the call in too "
					    "complicated a way");
		}
	}
	return true;
}

bool bpf_symbolic(struct bdd *bdd, const struct bpf_code *code, bdd_node *answer,
		  struct bpf_fault *fault)
{
	struct machine machine = {
		.arena = arena_new(), .bdd = bdd, .code = code, .fault = fault};
	bool done;

	machine.points_of = ARENA_ARRAY(machine.arena, uint32_t, code->count);
	vec_push(machine.arena, &machine.points, (struct point){0});
	vec_push(machine.arena, &machine.values, ((struct known_value){value_constant(0), 0}));
	rehash_values(&machine, 256);
	find_live_words(&machine);
	done = run(&machine);
	*answer = machine.answer;
	arena_free(machine.arena);
	return done;
}
