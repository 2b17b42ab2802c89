/* bpf_cached: which calls the kernel's bitmap answers, since Linux 5.11. */
#ifndef TEST_BPF_CACHED_H
#define TEST_BPF_CACHED_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/program.h"

/* Would the kernel's bitmap know that number NR is always allowed? */
static inline bool is_cached(const struct bpf_code *code, uint32_t arch, uint32_t nr)
{
	uint32_t a = 0;
	bool holds;

	for (size_t pc = 0; pc < code->count; pc++) {
		const struct sock_filter *i = &code->items[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > BPF_FIELD_ARCH)
				return false;
			a = i->k == BPF_FIELD_NR ? nr : arch;
			continue;
		case BPF_RET | BPF_K:
			return i->k == SECCOMP_RET_ALLOW;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			holds = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			holds = a >= i->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			holds = a > i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			holds = a & i->k;
			break;
		default:
			return false;
		}
		pc += holds ? i->jt : i->jf;
	}
	return false;
}

#endif
