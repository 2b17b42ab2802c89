/* markdown: the SCML blocks of a Markdown page. */
#ifndef SCML_MARKDOWN_H
#define SCML_MARKDOWN_H

#include <stdbool.h>

#include "source.h"

/** What a piece of a block is. */
enum markdown_kind {
	MARKDOWN_TEXT,	  /* SCML: the bytes of the span */
	MARKDOWN_INCLUDE, /* the span is the path in an `{{#include PATH}}` line */
};

struct markdown_piece {
	enum markdown_kind kind;
	struct span span;
	bool continues; /* text that belongs to the block of the piece before */
};

/** One fenced block that is tagged `scml` or `c`. */
struct markdown_block {
	const struct markdown_piece *pieces;
	size_t piece_count;
	bool is_optional;   /* tagged `c`: it is SCML only if it begins like a rule */
	bool has_directive; /* has a `#` line that is not an include */
};

struct markdown_page {
	const struct markdown_block *blocks;
	size_t block_count;
};

/** Find the blocks of FILE. The result lives in ARENA. */
struct markdown_page markdown_find_blocks(struct arena *arena, const struct source_file *file);

/** Does TEXT begin like a rule: `NAME (`, `NAME =` or `struct NAME =`, after comments? */
bool markdown_begins_rule(const char *text, size_t size);

#endif
