/*
 * import: rules from what other tools say about system calls. Readers gather which calls are
 * allowed, call by call as regions of registers; one writer makes rules of them and proves that
 * the rules support nothing beyond.
 */
#ifndef SCML_IMPORT_H
#define SCML_IMPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "abi.h"
#include "arena.h"
#include "diag.h"
#include "region.h"
#include "source.h"

enum { IMPORT_MAX_BYTES = 4 * 1024 * 1024 };

/** What is known about one call. */
struct import_call {
	struct region allowed, refused;
	struct span span; /* where it was named first */
	bool is_named;
	bool has_refusal; /* by an action other than the default one: */
	uint32_t refusal;
};

struct import {
	struct arena *arena;
	struct diags *diags;
	const struct abi_db *db;
	unsigned arch;
	const char *const *caps; /* capabilities that the container has */
	size_t cap_count;
	unsigned kernel; /* MAJOR * 256 + MINOR that it runs on; 0: the newest */

	struct import_call *calls; /* by number, up to max_nr */
	bool has_default;	   /* actions are known: */
	uint32_t default_action;   /* SECCOMP_RET_* for calls that are not named */
};

/** Make room for what readers gather. The fields above CALLS are set. */
void import_start(struct import *import);

/** The call whose name or number is NAME, to *NR; false where there is none on the
 * architecture. */
bool import_find(const struct import *import, const char *name, uint32_t *nr);

/** TERM, which compares whole registers, as the kernel sees the parameters of call NR. */
struct region import_cut(const struct import *import, uint32_t nr, const struct region *region);

/** Does ACTION let a call happen? */
bool import_is_allowing(uint32_t action);

/** Read FILE, a profile of a container runtime. Faults go to the diags. */
void import_oci(struct import *import, const struct source_file *file);

/** Read FILE, names and numbers of calls, one a line, `#` comments. */
void import_list(struct import *import, const struct source_file *file);

/** Write the rules as SCML to OUT; what they leave out is reported to the diags. */
void import_write(struct import *import, const char *origin, FILE *out);

#endif
