/* doc_markdown: pieces of a Markdown file, each with the empty line before it that it needs. */
#ifndef SCML_DOC_MARKDOWN_H
#define SCML_DOC_MARKDOWN_H

#include <stdio.h>

#include "doc_text.h"

struct doc_markdown {
	struct arena *arena;
	FILE *out;
	bool has_begun;
	size_t column; /* in the paragraph that is being written */
};

/** A heading of LEVEL 1 … 6. */
void doc_markdown_heading(struct doc_markdown *markdown, unsigned level, const char *text);

/** Lines of prose. SCML in them is an example: it is marked so that it does not count as rules.
 */
void doc_markdown_prose(struct doc_markdown *markdown, const struct doc_text *text);

/** A block of rules. */
void doc_markdown_code(struct doc_markdown *markdown, const char *code);

/** Begin a paragraph, a list or a table with text that goes on as it is. */
void doc_markdown_begin(struct doc_markdown *markdown);

/**
 * Add a word to a wrapped paragraph, and AFTER without a blank between. Several words of the
 * text may be one: they stay on one line.
 */
void doc_markdown_word(struct doc_markdown *markdown, const char *word, const char *after);

/** Add the words of TEXT, which blanks part. */
void doc_markdown_words(struct doc_markdown *markdown, const char *text);

/** End a wrapped paragraph. */
void doc_markdown_end(struct doc_markdown *markdown);

/** TEXT as code. */
const char *doc_markdown_quote(struct doc_markdown *markdown, const char *text);

/** NAMES as code in a wrapped paragraph: `a`, `b` and `c`. */
void doc_markdown_names(struct doc_markdown *markdown, const char *const *names, size_t count);

#endif
