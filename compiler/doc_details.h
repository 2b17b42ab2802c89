/* doc_details: what `--doc-details` adds to a section. */
#ifndef SCML_DOC_DETAILS_H
#define SCML_DOC_DETAILS_H

#include "doc_index.h"
#include "doc_markdown.h"
#include "doc_page.h"

/**
 * Write a table for each rule of SECTION: what it asks of registers and of the memory
 * behind them, and which of that a seccomp filter can check.
 */
void doc_details_write(struct arena *arena, const struct doc_index *index,
		       const struct doc_section *section, struct doc_markdown *markdown);

#endif
