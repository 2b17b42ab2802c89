#include "bpf/sim.h"

#include <string.h>

#include "bpf/check.h"

struct machine {
	const struct seccomp_data *data;
	uint32_t a, x;
	uint32_t scratch[BPF_MEMWORDS];
	size_t pc; /* of the next instruction */
	uint32_t answer;
};

enum step { STEP_ON, STEP_DONE, STEP_BAD };

static enum step step_load(struct machine *machine, const struct sock_filter *instruction,
			   uint32_t *to)
{
	uint32_t k = instruction->k;

	switch (BPF_MODE(instruction->code)) {
	case BPF_MEM:
		if (k >= BPF_MEMWORDS)
			return STEP_BAD;
		*to = machine->scratch[k];
		return STEP_ON;
	case BPF_LEN:
		*to = sizeof(*machine->data);
		return STEP_ON;
	case BPF_ABS:
		if (k % 4 || k >= sizeof(*machine->data))
			return STEP_BAD;
		memcpy(to, (const char *)machine->data + k, sizeof(*to));
		return STEP_ON;
	default:
		*to = k;
		return STEP_ON;
	}
}

static enum step step_store(struct machine *machine, uint32_t k, uint32_t value)
{
	if (k >= BPF_MEMWORDS)
		return STEP_BAD;
	machine->scratch[k] = value;
	return STEP_ON;
}

static enum step step_alu(struct machine *machine, uint16_t op, uint32_t operand)
{
	uint32_t *a = &machine->a;

	switch (op) {
	case BPF_ADD:
		*a += operand;
		break;
	case BPF_SUB:
		*a -= operand;
		break;
	case BPF_MUL:
		*a *= operand;
		break;
	case BPF_DIV:
		if (!operand) { /* ends the filter with the answer 0 */
			machine->answer = 0;
			return STEP_DONE;
		}
		*a /= operand;
		break;
	case BPF_AND:
		*a &= operand;
		break;
	case BPF_OR:
		*a |= operand;
		break;
	case BPF_XOR:
		*a ^= operand;
		break;
	case BPF_LSH:
		*a <<= operand & 31;
		break;
	case BPF_RSH:
		*a >>= operand & 31;
		break;
	default:
		*a = 0 - *a;
		break;
	}
	return STEP_ON;
}

static bool compare(uint32_t a, uint16_t op, uint32_t operand)
{
	switch (op) {
	case BPF_JEQ:
		return a == operand;
	case BPF_JGT:
		return a > operand;
	case BPF_JGE:
		return a >= operand;
	default:
		return (a & operand) != 0;
	}
}

static enum step step(struct machine *machine, const struct sock_filter *instruction)
{
	uint16_t code = instruction->code;
	uint32_t operand = BPF_SRC(code) == BPF_X ? machine->x : instruction->k;

	switch (BPF_CLASS(code)) {
	case BPF_LD:
		return step_load(machine, instruction, &machine->a);
	case BPF_LDX:
		return step_load(machine, instruction, &machine->x);
	case BPF_ST:
		return step_store(machine, instruction->k, machine->a);
	case BPF_STX:
		return step_store(machine, instruction->k, machine->x);
	case BPF_ALU:
		return step_alu(machine, BPF_OP(code), operand);
	case BPF_JMP:
		if (BPF_OP(code) == BPF_JA)
			machine->pc += instruction->k;
		else
			machine->pc += compare(machine->a, BPF_OP(code), operand)
					       ? instruction->jt
					       : instruction->jf;
		return STEP_ON;
	case BPF_RET:
		machine->answer = BPF_RVAL(code) == BPF_A ? machine->a : instruction->k;
		return STEP_DONE;
	default: /* BPF_MISC */
		if (BPF_MISCOP(code) == BPF_TAX)
			machine->x = machine->a;
		else
			machine->a = machine->x;
		return STEP_ON;
	}
}

bool bpf_sim(const struct sock_filter *filter, size_t count, const struct seccomp_data *data,
	     struct bpf_result *result)
{
	struct machine machine = {.data = data};
	enum step now = STEP_ON;

	*result = (struct bpf_result){0};
	while (now == STEP_ON && machine.pc < count) {
		const struct sock_filter *instruction = &filter[machine.pc];
		size_t before = machine.pc++;

		if (!bpf_is_seccomp_code(instruction->code))
			return false;
		now = step(&machine, instruction);
		result->executed++;
		if (machine.pc <= before) /* wrapped around: only a size_t of 32 bits can */
			return false;
	}
	result->action = machine.answer;
	return now == STEP_DONE;
}
