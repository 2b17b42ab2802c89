/* codegen: from typed rules to a seccomp filter. */
#ifndef SCML_BPF_CODEGEN_H
#define SCML_BPF_CODEGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/profile.h"
#include "bpf/program.h"
#include "diag.h"
#include "rules.h"

/** `--on-mismatch CALL=ACTION`. */
struct bpf_call_action {
	const char *call;
	uint32_t action;
};

/** `--scope` */
enum bpf_scope {
	BPF_SCOPE_ALL,	  /* a call without rules does not match */
	BPF_SCOPE_LISTED, /* a call without rules is allowed */
};

/** What the filter answers; actions are SECCOMP_RET_* values. */
struct bpf_options {
	uint32_t on_mismatch;
	uint32_t on_undecided;
	uint32_t on_bad_arch;
	bool has_on_unknown;
	uint32_t on_unknown; /* numbers that the database does not know; without
				HAS_ON_UNKNOWN as ON_MISMATCH */
	const struct bpf_call_action *call_actions; /* a later one of a call counts */
	size_t call_action_count;
	enum bpf_scope scope;
	bool is_small; /* as few instructions as possible, whatever they cost in time */
	bool is_hasty; /* a filter that answers the same, only longer, is wanted at once */
	const struct bpf_profile *profile; /* how often calls are made; NULL: as usual */
};

/** The defaults of the command line. */
struct bpf_options bpf_options_default(void);

/**
 * The filter that decides the calls of COUNT architectures (at least one; each once) as RULES
 * say. It checks the architecture first; numbers of another table (x32) are answered as a bad
 * architecture, number -1 as a mismatch. Rules that registers alone cannot decide are reported
 * to DIAGS, one by one.
 * @return the program, in ARENA and good by bpf_check(); no items where an error was pushed
 */
struct bpf_code bpf_compile(struct arena *arena, struct diags *diags,
			    const struct rules *const *rules, size_t count,
			    const struct bpf_options *options);

#endif
