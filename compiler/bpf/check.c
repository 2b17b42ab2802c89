#include "bpf/check.h"

#include <stdint.h>
#include <string.h>

#include <linux/seccomp.h>

#include "bpf/program.h"

/*
 * Every instruction that seccomp takes. The kernel first checks what any classic filter must
 * keep to, then narrows the set down to these; what it would only find in the second step is
 * reported at the first bad instruction as well.
 */
/* NOLINTBEGIN(misc-redundant-expression): some parts of a code are 0 */
static const uint8_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,
	BPF_LD | BPF_W | BPF_LEN,
	BPF_LD | BPF_IMM,
	BPF_LD | BPF_MEM,
	BPF_LDX | BPF_W | BPF_LEN,
	BPF_LDX | BPF_IMM,
	BPF_LDX | BPF_MEM,
	BPF_ST,
	BPF_STX,
	BPF_ALU | BPF_ADD | BPF_K,
	BPF_ALU | BPF_ADD | BPF_X,
	BPF_ALU | BPF_SUB | BPF_K,
	BPF_ALU | BPF_SUB | BPF_X,
	BPF_ALU | BPF_MUL | BPF_K,
	BPF_ALU | BPF_MUL | BPF_X,
	BPF_ALU | BPF_DIV | BPF_K,
	BPF_ALU | BPF_DIV | BPF_X,
	BPF_ALU | BPF_AND | BPF_K,
	BPF_ALU | BPF_AND | BPF_X,
	BPF_ALU | BPF_OR | BPF_K,
	BPF_ALU | BPF_OR | BPF_X,
	BPF_ALU | BPF_XOR | BPF_K,
	BPF_ALU | BPF_XOR | BPF_X,
	BPF_ALU | BPF_LSH | BPF_K,
	BPF_ALU | BPF_LSH | BPF_X,
	BPF_ALU | BPF_RSH | BPF_K,
	BPF_ALU | BPF_RSH | BPF_X,
	BPF_ALU | BPF_NEG,
	BPF_MISC | BPF_TAX,
	BPF_MISC | BPF_TXA,
	BPF_JMP | BPF_JA,
	BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JEQ | BPF_X,
	BPF_JMP | BPF_JGE | BPF_K,
	BPF_JMP | BPF_JGE | BPF_X,
	BPF_JMP | BPF_JGT | BPF_K,
	BPF_JMP | BPF_JGT | BPF_X,
	BPF_JMP | BPF_JSET | BPF_K,
	BPF_JMP | BPF_JSET | BPF_X,
	BPF_RET | BPF_K,
	BPF_RET | BPF_A,
};
/* NOLINTEND(misc-redundant-expression) */

bool bpf_is_seccomp_code(unsigned code)
{
	for (size_t i = 0; i < sizeof(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Is the instruction at INDEX good by itself? NULL, or what is wrong. */
static const char *check_operand(const struct sock_filter *filter, size_t count, size_t index)
{
	const struct sock_filter *instruction = &filter[index];
	uint32_t k = instruction->k;
	size_t left = count - index - 1; /* instructions behind this one */

	if (!bpf_is_seccomp_code(instruction->code))
		return "seccomp has no such instruction";
	switch (BPF_CLASS(instruction->code)) {
	case BPF_LD:
		if (BPF_MODE(instruction->code) == BPF_ABS &&
		    (k >= sizeof(struct seccomp_data) || k % 4))
			return "the offset is none of a word in struct seccomp_data";
		break;
	case BPF_ALU:
		if (instruction->code == (BPF_ALU | BPF_DIV | BPF_K) && !k)
			return "division by zero";
		if ((instruction->code == (BPF_ALU | BPF_LSH | BPF_K) ||
		     instruction->code == (BPF_ALU | BPF_RSH | BPF_K)) &&
		    k >= 32)
			return "a shift by more than 31 bits";
		break;
	case BPF_JMP:
		if (BPF_OP(instruction->code) == BPF_JA) {
			if (k >= left)
				return "the jump leads out of the filter";
		} else if (instruction->jt >= left || instruction->jf >= left) {
			return "the jump leads out of the filter";
		}
		break;
	default:
		break;
	}
	return NULL;
}

static bool is_memory_load(uint16_t code)
{
	return code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM);
}

static bool is_memory_store(uint16_t code)
{
	return code == BPF_ST || code == BPF_STX;
}

/* Scratch words that are known to be written, as the kernel follows them along all paths. */
struct scratch {
	uint16_t now;
	uint16_t at[BPF_MAX_LENGTH]; /* on arrival by a jump */
};

static const char *check_scratch(struct scratch *scratch, const struct sock_filter *filter,
				 size_t index)
{
	const struct sock_filter *instruction = &filter[index];
	uint16_t code = instruction->code;

	scratch->now &= scratch->at[index];
	if (is_memory_store(code) || is_memory_load(code)) {
		if (instruction->k >= BPF_MEMWORDS)
			return "there is no such scratch word";
		if (is_memory_store(code))
			scratch->now |= (uint16_t)(1u << instruction->k);
		else if (!(scratch->now >> instruction->k & 1))
			return "the scratch word may be read before it is written";
	} else if (code == (BPF_JMP | BPF_JA)) {
		scratch->at[index + 1 + instruction->k] &= scratch->now;
		scratch->now = UINT16_MAX;
	} else if (BPF_CLASS(code) == BPF_JMP) {
		scratch->at[index + 1 + instruction->jt] &= scratch->now;
		scratch->at[index + 1 + instruction->jf] &= scratch->now;
		scratch->now = UINT16_MAX;
	}
	return NULL;
}

static bool fail(struct bpf_fault *fault, size_t index, const char *reason)
{
	if (fault)
		*fault = (struct bpf_fault){.index = index, .reason = reason};
	return false;
}

bool bpf_check(const struct sock_filter *filter, size_t count, struct bpf_fault *fault)
{
	struct scratch scratch;

	if (!count)
		return fail(fault, 0, "the filter is empty");
	if (count > BPF_MAX_LENGTH)
		return fail(fault, 0, "the filter is longer than 4096 instructions");
	scratch.now = 0;
	memset(scratch.at, 0xff, sizeof(scratch.at));
	for (size_t i = 0; i < count; i++) {
		const char *reason = check_operand(filter, count, i);

		if (!reason)
			reason = check_scratch(&scratch, filter, i);
		if (reason)
			return fail(fault, i, reason);
	}
	if (BPF_CLASS(filter[count - 1].code) != BPF_RET)
		return fail(fault, count - 1, "the last instruction is no return");
	return true;
}
