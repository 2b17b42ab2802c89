/* render_memory: what parameters and fields are, and what is behind them. For render.c. */
#ifndef SCML_RENDER_MEMORY_H
#define SCML_RENDER_MEMORY_H

#include "call_view.h"
#include "render.h"
#include "render_text.h"

/** One rendering. */
struct render_job {
	const struct call_view *view;
	struct render_text *text;
};

/** Append WORD as SLOT says, and what it points to. SCOPE is NULL for a parameter. */
void render_slot(const struct render_job *job, const struct call_scope *scope,
		 const struct abi_slot *slot, uint64_t word);

#endif
