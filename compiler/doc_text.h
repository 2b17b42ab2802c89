/* doc_text: the prose of doc comments, line by line, and text that is being put together. */
#ifndef SCML_DOC_TEXT_H
#define SCML_DOC_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "source.h"
#include "vec.h"

/** One line of prose. */
struct doc_line {
	const char *text; /* without the marker, one blank after it, and blanks at its end */
	struct span span; /* of TEXT in the source */
};

struct doc_text {
	VEC(struct doc_line) lines;
};

/** Add LINE to TEXT; an empty one only where it parts two others. */
void doc_text_add(struct arena *arena, struct doc_text *text, struct doc_line line);

/** The line of prose in the `///` or `//!` comment at SPAN. */
struct doc_line doc_text_line(struct arena *arena, const struct sources *sources,
			      struct span span);

/** Add the comment at SPAN to TEXT; one not close to the last line begins a paragraph. */
void doc_text_add_comment(struct arena *arena, const struct sources *sources,
			  struct doc_text *text, struct span span);

/** Add an empty line if LINES end with another. */
void doc_text_part(struct arena *arena, struct doc_text *text);

/** Take an empty line off the end. */
void doc_text_trim(struct doc_text *text);

/** The fenced block that a reader of Markdown lines is in; zero-initialised it is in none. */
struct doc_fence {
	char mark;
	size_t length;
};

enum doc_fence_line { DOC_OUTSIDE, DOC_FENCE_OPENS, DOC_INSIDE, DOC_FENCE_CLOSES };

/** What LINE is, which follows the one that FENCE was given before. */
enum doc_fence_line doc_fence_step(struct doc_fence *fence, const char *line);

/** Text that grows; zero-initialised it is empty. */
struct doc_buffer {
	VEC(char) bytes;
};

/** Append LEN bytes at TEXT, or all of TEXT. */
void doc_buffer_add(struct arena *arena, struct doc_buffer *buffer, const char *text,
		    size_t len);
void doc_buffer_puts(struct arena *arena, struct doc_buffer *buffer, const char *text);

/** What was appended, with a NUL. */
const char *doc_buffer_text(struct arena *arena, const struct doc_buffer *buffer);

#endif
