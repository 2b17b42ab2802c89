/* doc_code: a block of rules on a page, cut from the source as it stands there. */
#ifndef SCML_DOC_CODE_H
#define SCML_DOC_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "doc_text.h"
#include "source.h"

/** Blocks that are put together, one after the other, from pieces of DOCUMENT. */
struct doc_code {
	struct arena *arena;
	const struct sources *sources;
	const struct source_document *document;
	size_t chunk; /* of the document: the first that a later piece may lie in */
	struct doc_buffer text;
	struct span last; /* the piece added last; file UINT32_MAX: none */
	size_t column;	  /* of the end of TEXT */
};

struct doc_code doc_code_new(struct arena *arena, const struct sources *sources,
			     const struct source_document *document);

/**
 * Append the source at SPAN, which follows all pieces before. What lay between it and the last
 * piece becomes what it was, but with one empty line at most.
 */
void doc_code_add(struct doc_code *code, struct span span);

/** Leave out the source at SPAN: what follows it closely stands closely to the last piece. */
void doc_code_skip(struct doc_code *code, struct span span);

/** Does SPAN begin on the line on which the last piece ends? */
bool doc_code_is_same_line(const struct doc_code *code, struct span span);

/** End the block: "" or lines of which the last ends with a newline. */
const char *doc_code_end(struct doc_code *code);

/** Line ends in bytes [start, end) of FILE, or SIZE_MAX where they hold more than blanks. */
size_t doc_code_newlines(const struct source_file *file, uint32_t start, uint32_t end);

/** A copy of LEN bytes at TEXT, tabs spread out to every eighth column. */
const char *doc_code_line(struct arena *arena, const char *text, size_t len);

#endif
