/* bpf_random_code: random filters, about as many that the kernel takes as not. */
#ifndef SCML_BPF_RANDOM_CODE_H
#define SCML_BPF_RANDOM_CODE_H

#include "bpf_random.h"

static inline uint16_t random_code(struct random *random)
{
	static const uint16_t common[] = {
		BPF_LD | BPF_W | BPF_ABS,
		BPF_LD | BPF_IMM,
		BPF_LD | BPF_MEM,
		BPF_LDX | BPF_MEM,
		BPF_ST,
		BPF_STX,
		BPF_ALU | BPF_AND | BPF_K,
		BPF_ALU | BPF_LSH | BPF_K,
		BPF_ALU | BPF_DIV | BPF_K,
		BPF_JMP | BPF_JEQ | BPF_K,
		BPF_JMP | BPF_JSET | BPF_X,
		BPF_JMP | BPF_JA,
		BPF_JMP | BPF_JGT | BPF_K,
		BPF_MISC | BPF_TAX,
		BPF_LDX | BPF_W | BPF_LEN,
		BPF_RET | BPF_K,
		BPF_RET | BPF_A,
	};

	if (random_below(random, 40) == 0)
		return (uint16_t)random_below(random, 256);
	if (random_below(random, 400) == 0)
		return (uint16_t)random_next(random);
	return common[random_below(random, sizeof(common) / sizeof(common[0]))];
}

/* An instruction that is good more often than not, LEFT of them before the end. */
static inline struct sock_filter random_instruction(struct random *random, size_t left)
{
	struct sock_filter one = {.code = random_code(random), .k = random_below(random, 17)};
	unsigned reach = left > 1 ? (unsigned)left - 1 : 1;

	if (random_below(random, 60) == 0)
		reach += 2;
	if (one.code == (BPF_LD | BPF_W | BPF_ABS))
		one.k = 4 * random_below(random, 16) + (random_below(random, 60) == 0);
	else if (BPF_CLASS(one.code) == BPF_JMP && BPF_OP(one.code) == BPF_JA)
		one.k = random_below(random, reach);
	if (BPF_CLASS(one.code) == BPF_JMP) {
		one.jt = (uint8_t)random_below(random, reach);
		one.jf = (uint8_t)random_below(random, reach);
	}
	if (one.code == (BPF_ALU | BPF_LSH | BPF_K) && random_below(random, 40) == 0)
		one.k = 31 + random_below(random, 3);
	else if (random_below(random, 100) == 0)
		one.k = (uint32_t)random_value(random);
	return one;
}

static inline size_t random_program(struct random *random, struct sock_filter *filter,
				    size_t most)
{
	size_t count = 1 + random_below(random, (unsigned)most);

	for (size_t i = 0; i < count; i++)
		filter[i] = random_instruction(random, count - i);
	if (random_below(random, 30))
		filter[count - 1] = (struct sock_filter){.code = BPF_RET | BPF_K};
	return count;
}

#endif
