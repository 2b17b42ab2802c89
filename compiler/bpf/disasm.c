#include "bpf/disasm.h"

#include <endian.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/check.h"

/* What A may hold: the field of struct seccomp_data at an offset. */
enum {
	HOLDS_NOTHING = -2, /* not reached yet */
	HOLDS_UNKNOWN = -1,
};

/* What is known before an instruction, along every way that leads to it. */
struct state {
	int holds;
	uint32_t archs; /* bit per arch of the database that it can be; bit 31: any other */
};

enum { ARCH_OTHER = 1u << 31, LINE_MAX_TEXT = 160 };

struct disasm {
	const struct bpf_code *code;
	const struct bpf_listing *listing;
	struct state *states;
	FILE *out;
};

/* A line's text, cut where it would become too long. */
struct line {
	char text[LINE_MAX_TEXT];
	size_t len;
};

static void add(struct line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
	size_t room = sizeof(line->text) - line->len;
	va_list args;
	int written;

	va_start(args, format);
	written = vsnprintf(line->text + line->len, room, format, args);
	va_end(args);
	if (written > 0)
		line->len += (size_t)written < room ? (size_t)written : room - 1;
}

static void join(struct disasm *disasm, size_t index, struct state from)
{
	struct state *to;

	if (index >= disasm->code->count)
		return;
	to = &disasm->states[index];
	if (to->holds == HOLDS_NOTHING)
		to->holds = from.holds;
	else if (to->holds != from.holds)
		to->holds = HOLDS_UNKNOWN;
	to->archs |= from.archs;
}

/* Bit of the architecture whose AUDIT_ARCH value is K. */
static uint32_t arch_bit(const struct disasm *disasm, uint32_t k)
{
	int arch = disasm->listing->db ? abi_arch_by_audit(disasm->listing->db, k) : -1;

	return arch < 0 ? 0 : 1u << arch;
}

/* The state on the way that a jump takes when its condition HOLDS. */
static struct state after_jump(const struct disasm *disasm,
			       const struct sock_filter *instruction, struct state state,
			       bool holds)
{
	uint32_t bit;

	if (instruction->code != (BPF_JMP | BPF_JEQ | BPF_K) || state.holds != BPF_FIELD_ARCH)
		return state;
	bit = arch_bit(disasm, instruction->k);
	if (holds)
		state.archs &= bit ? bit : (uint32_t)ARCH_OTHER;
	else
		state.archs &= ~bit;
	return state;
}

static void follow(struct disasm *disasm, size_t index)
{
	const struct sock_filter *instruction = &disasm->code->items[index];
	struct state state = disasm->states[index];

	if (!bpf_is_seccomp_code(instruction->code))
		state.holds = HOLDS_UNKNOWN;
	switch (BPF_CLASS(instruction->code)) {
	case BPF_LD:
		state.holds = BPF_MODE(instruction->code) == BPF_ABS &&
					      instruction->k < sizeof(struct seccomp_data)
				      ? (int)instruction->k
				      : HOLDS_UNKNOWN;
		break;
	case BPF_ALU:
		state.holds = HOLDS_UNKNOWN;
		break;
	case BPF_MISC:
		if (BPF_MISCOP(instruction->code) != BPF_TAX)
			state.holds = HOLDS_UNKNOWN;
		break;
	case BPF_RET:
		return;
	case BPF_JMP:
		if (BPF_OP(instruction->code) == BPF_JA) {
			if (instruction->k < disasm->code->count)
				join(disasm, index + 1 + instruction->k, state);
			return;
		}
		join(disasm, index + 1 + instruction->jt,
		     after_jump(disasm, instruction, state, true));
		join(disasm, index + 1 + instruction->jf,
		     after_jump(disasm, instruction, state, false));
		return;
	default:
		break;
	}
	join(disasm, index + 1, state);
}

static void add_field(struct line *line, uint32_t offset)
{
	static const char *const fields[] = {"sys_number", "arch"};
	bool big = __BYTE_ORDER == __BIG_ENDIAN;
	uint32_t word = offset / 4;

	if (offset % 4 || offset >= sizeof(struct seccomp_data))
		add(line, "data[%u]", offset);
	else if (word < 2)
		add(line, "%s", fields[word]);
	else if (word < 4)
		add(line, "instruction_pointer %s", word % 2 == big ? "low" : "high");
	else
		add(line, "args[%u] %s", word / 2 - 2, word % 2 == big ? "low" : "high");
}

/* The call with number NR on every architecture that STATE allows, or NULL. */
static const struct abi_call *known_call(const struct disasm *disasm, struct state state,
					 uint32_t nr)
{
	const struct abi_db *db = disasm->listing->db;
	const struct abi_call *known = NULL;

	if (state.archs & ARCH_OTHER)
		state.archs = disasm->listing->arch < 0 ? 0 : 1u << disasm->listing->arch;
	for (uint32_t i = 0; i < db->arch_count; i++) {
		const struct abi_call *call;

		if (!(state.archs >> i & 1))
			continue;
		call = abi_call_by_nr(db, i, nr);
		if (!call || (known && call != known))
			return NULL;
		known = call;
	}
	return known;
}

/* A constant that is compared with what A holds. */
static void add_constant(const struct disasm *disasm, struct line *line, struct state state,
			 uint32_t k)
{
	const struct abi_db *db = disasm->listing->db;
	const struct abi_call *call;
	int arch;

	if (db && state.holds == BPF_FIELD_ARCH) {
		arch = abi_arch_by_audit(db, k);
		if (arch >= 0) {
			add(line, "%s", abi_string(db, db->archs[arch].name));
			return;
		}
	} else if (db && state.holds == BPF_FIELD_NR) {
		call = known_call(disasm, state, k);
		if (call) {
			add(line, "%s", abi_string(db, call->name));
			return;
		}
	}
	add(line, k < 10 ? "%" PRIu32 : "0x%" PRIx32, k);
}

static void add_operand(struct line *line, const struct sock_filter *instruction)
{
	if (BPF_SRC(instruction->code) == BPF_X)
		add(line, "X");
	else
		add(line, instruction->k < 10 ? "%" PRIu32 : "0x%" PRIx32, instruction->k);
}

static void add_condition(const struct disasm *disasm, struct line *line,
			  const struct sock_filter *instruction, struct state state,
			  bool negated)
{
	static const struct {
		uint16_t op;
		const char *text, *negated;
	} ops[] = {
		{BPF_JEQ, "==", "!="},
		{BPF_JGT, ">", "<="},
		{BPF_JGE, ">=", "<"},
	};
	const char *op = "&";

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].op == BPF_OP(instruction->code))
			op = negated ? ops[i].negated : ops[i].text;
	add(line, *op == '&' && negated ? "if (!(A %s " : "if (A %s ", op);
	if (BPF_SRC(instruction->code) == BPF_X || *op == '&')
		add_operand(line, instruction);
	else
		add_constant(disasm, line, state, instruction->k);
	add(line, *op == '&' && negated ? "))" : ")");
}

static void add_jump(const struct disasm *disasm, struct line *line, size_t index,
		     struct state state)
{
	const struct sock_filter *instruction = &disasm->code->items[index];
	size_t yes = index + 1 + instruction->jt;
	size_t no = index + 1 + instruction->jf;

	if (BPF_OP(instruction->code) == BPF_JA) {
		add(line, "goto %04zu", index + 1 + instruction->k);
	} else if (yes == no) {
		add(line, "goto %04zu", yes);
	} else if (!instruction->jt) {
		add_condition(disasm, line, instruction, state, true);
		add(line, " goto %04zu", no);
	} else {
		add_condition(disasm, line, instruction, state, false);
		add(line, " goto %04zu", yes);
		if (instruction->jf)
			add(line, " else goto %04zu", no);
	}
}

static void add_alu(struct line *line, const struct sock_filter *instruction)
{
	static const struct {
		uint16_t op;
		const char *text;
	} ops[] = {
		{BPF_ADD, "+="},  {BPF_SUB, "-="},  {BPF_MUL, "*="},
		{BPF_DIV, "/="},  {BPF_AND, "&="},  {BPF_OR, "|="},
		{BPF_LSH, "<<="}, {BPF_RSH, ">>="}, {BPF_XOR, "^="},
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (ops[i].op != BPF_OP(instruction->code))
			continue;
		add(line, "A %s ", ops[i].text);
		add_operand(line, instruction);
		return;
	}
	add(line, "A = -A");
}

static void add_load(struct line *line, const struct sock_filter *instruction)
{
	add(line, BPF_CLASS(instruction->code) == BPF_LD ? "A = " : "X = ");
	switch (BPF_MODE(instruction->code)) {
	case BPF_ABS:
		add_field(line, instruction->k);
		break;
	case BPF_MEM:
		add(line, "mem[%u]", instruction->k);
		break;
	case BPF_LEN:
		add(line, "%zu", sizeof(struct seccomp_data));
		break;
	default:
		add(line, "0x%x", instruction->k);
		break;
	}
}

static void add_meaning(const struct disasm *disasm, struct line *line, size_t index)
{
	const struct sock_filter *instruction = &disasm->code->items[index];
	char name[BPF_ACTION_NAME_MAX];

	if (!bpf_is_seccomp_code(instruction->code)) {
		add(line, "? no instruction that seccomp knows");
		return;
	}
	switch (BPF_CLASS(instruction->code)) {
	case BPF_LD:
	case BPF_LDX:
		add_load(line, instruction);
		break;
	case BPF_ST:
	case BPF_STX:
		add(line, "mem[%u] = %c", instruction->k,
		    BPF_CLASS(instruction->code) == BPF_ST ? 'A' : 'X');
		break;
	case BPF_ALU:
		add_alu(line, instruction);
		break;
	case BPF_JMP:
		add_jump(disasm, line, index, disasm->states[index]);
		break;
	case BPF_RET:
		if (BPF_RVAL(instruction->code) == BPF_A)
			add(line, "return A");
		else
			add(line, "return %s", bpf_action_name(instruction->k, name));
		break;
	default:
		add(line, BPF_MISCOP(instruction->code) == BPF_TAX ? "X = A" : "A = X");
		break;
	}
}

static void write_line(const struct disasm *disasm, size_t index)
{
	const struct sock_filter *instruction = &disasm->code->items[index];
	const char *note = disasm->listing->notes ? disasm->listing->notes[index] : NULL;
	struct line line = {.len = 0};

	add_meaning(disasm, &line, index);
	fprintf(disasm->out, "%04zu: %02x %02x %02x %08x  ", index, instruction->code,
		instruction->jt, instruction->jf, instruction->k);
	if (note)
		fprintf(disasm->out, "%-40s ; %s\n", line.text, note);
	else
		fprintf(disasm->out, "%s\n", line.text);
}

void bpf_disasm(struct arena *arena, const struct bpf_code *code,
		const struct bpf_listing *listing, FILE *out)
{
	struct disasm disasm = {.code = code, .listing = listing, .out = out};
	uint32_t all = listing->db ? (1u << listing->db->arch_count) - 1 : 0;
	struct bpf_fault fault;

	disasm.states = ARENA_ARRAY(arena, struct state, code->count + 1);
	for (size_t i = 0; i < code->count; i++)
		disasm.states[i].holds = HOLDS_NOTHING;
	join(&disasm, 0, (struct state){.holds = HOLDS_UNKNOWN, .archs = all | ARCH_OTHER});
	for (size_t i = 0; i < code->count; i++) {
		if (disasm.states[i].holds != HOLDS_NOTHING)
			follow(&disasm, i);
		write_line(&disasm, i);
	}
	if (code->trailing)
		fprintf(out, "; %zu byte%s behind the last instruction\n", code->trailing,
			code->trailing == 1 ? "" : "s");
	if (!bpf_check(code->items, code->count, &fault))
		fprintf(out, "; the kernel does not take this filter: %04zu: %s\n", fault.index,
			fault.reason);
}
