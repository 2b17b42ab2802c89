/* render_memory: what parameters and fields are, and what is behind them. For render.c. */
#ifndef SCML_RENDER_MEMORY_H
#define SCML_RENDER_MEMORY_H

#include "render.h"
#include "render_text.h"

/** One rendering. */
struct render_job {
	const struct abi_db *db;
	unsigned arch;
	const struct scml_call *call;
	const struct scml_memory *memory; /* NULL: cannot be seen */
	const struct abi_param *params;
	size_t param_count;
	struct render_text *text;
};

/** The struct that a slot lies in: NULL for parameters. */
struct render_scope {
	const struct abi_struct *object;
	uint64_t address;
	uint64_t limit; /* bytes of it that the call gives */
	unsigned depth;
};

/** Append WORD as SLOT says, and what it points to. SCOPE is NULL for a parameter. */
void render_slot(const struct render_job *job, const struct render_scope *scope,
		 const struct abi_slot *slot, uint64_t word);

/** The parameter INDEX cut to its type. */
uint64_t render_param(const struct render_job *job, uint32_t index);

#endif
