/* sim: what a filter answers, without a kernel. */
#ifndef SCML_BPF_SIM_H
#define SCML_BPF_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

struct bpf_result {
	uint32_t action;   /* SECCOMP_RET_* with its data */
	uint32_t executed; /* instructions, the RET included */
};

/**
 * Run FILTER on DATA as the kernel would and fill in *RESULT. False where the filter does
 * something on the way that bpf_check() refuses. Words are loaded as this machine lays out
 * struct seccomp_data.
 */
bool bpf_sim(const struct sock_filter *filter, size_t count, const struct seccomp_data *data,
	     struct bpf_result *result);

#endif
