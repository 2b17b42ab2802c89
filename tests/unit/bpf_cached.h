/* bpf_cached: what a filter answers by the number alone, as Linux since 5.11 finds it out. */
#ifndef TEST_BPF_CACHED_H
#define TEST_BPF_CACHED_H

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "bpf/program.h"

/* Does the number NR settle the answer, in a way that the kernel understands? To *ACTION. */
static inline bool is_settled_by_nr(const struct bpf_code *code, uint32_t arch, uint32_t nr,
				    uint32_t *action)
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
			*action = i->k;
			return true;
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

/* Would the kernel's bitmap know that number NR is always allowed? */
static inline bool is_cached(const struct bpf_code *code, uint32_t arch, uint32_t nr)
{
	uint32_t action;

	return is_settled_by_nr(code, arch, nr, &action) && action == SECCOMP_RET_ALLOW;
}

#endif
