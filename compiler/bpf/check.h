/* check: would the kernel take this filter? */
#ifndef SCML_BPF_CHECK_H
#define SCML_BPF_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/filter.h>

/** What is wrong with a filter, and where. */
struct bpf_fault {
	size_t index;	    /* the first bad instruction; 0 for one about the whole filter */
	const char *reason; /* static text, lower case */
};

/**
 * True if the kernel takes the COUNT instructions at FILTER as a seccomp filter. Otherwise the
 * first instruction that it would refuse goes to *FAULT (which may be NULL).
 */
bool bpf_check(const struct sock_filter *filter, size_t count, struct bpf_fault *fault);

/** True if CODE is one that seccomp knows at all; operands are not looked at. */
bool bpf_is_seccomp_code(unsigned code);

#endif
