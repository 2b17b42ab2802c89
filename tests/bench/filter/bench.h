/* bench: what the parts of the benchmark of filters share. */
#ifndef BENCH_FILTER_H
#define BENCH_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include <linux/seccomp.h>

#include "bpf/program.h"

struct policy {
	const char *name;
	const char *mismatch; /* --on-mismatch */
	const char *trace;    /* its recorded calls */
	long cached[3];	      /* a call that is always allowed, with two arguments */
	long tested[3];	      /* one that the filter decides by its arguments, and allows */
};

struct trace {
	struct seccomp_data *calls;
	size_t count;
};

/** The calls that FILE holds, or as many random ones where it cannot be read; from malloc(). */
struct trace trace_read(const char *folder, const struct policy *policy, uint64_t seed);

/**
 * What libseccomp makes of the OCI profile PATH, by its default order or, with IS_TREE, as a
 * binary tree. No items where the library is not there.
 */
struct bpf_code peer_filter(struct arena *arena, const char *path, bool is_tree, double *ms);

/** Medians of the nanoseconds of the policy's two calls under each of COUNT filters; one with
 * no items is no filter. */
void live_measure(const struct policy *policy, const struct bpf_code *filters, size_t count,
		  double (*ns)[2]);

/** A clock in milliseconds. */
double bench_now(void);

/** Sorts VALUES. */
double bench_median(double *values, size_t count);

#endif
