/*
 * profile: how often a program made each call, as a file says it. Three kinds of lines are
 * known, and a file may hold any of them: `NAME COUNT`, a line of strace's output, and a line
 * of `scmltrace --json --all`. The last says with which arguments, too; behind a count they may
 * stand as numbers: `socket 12 2 0x80001`.
 */
#ifndef SCML_BPF_PROFILE_H
#define SCML_BPF_PROFILE_H

#include <stdint.h>

#include "abi.h"
#include "arena.h"
#include "bpf/habit.h"
#include "diag.h"
#include "source.h"

enum {
	BPF_PROFILE_MAX_FAULTS = 20, /* lines that are reported one by one */
};

struct bpf_profile {
	const uint64_t *counts;		 /* of the database's calls by their index */
	const struct bpf_habits *habits; /* with which arguments, as far as that was said */
};

/**
 * Count the calls in FILE, in ARENA. Lines that cannot be understood, and names with a count
 * that are no call of DB, are errors; other calls that DB does not know are passed over.
 * @return NULL where there was an error or not one call; DIAGS say which
 */
const struct bpf_profile *bpf_profile_read(struct arena *arena, struct diags *diags,
					   const struct abi_db *db,
					   const struct source_file *file);

#endif
