/*
 * fmt_tokens: a text as the formatter sees it: every token and comment, how many line ends
 * stand before each, and, once the layout is settled, where each goes.
 */
#ifndef SCML_FMT_TOKENS_H
#define SCML_FMT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

struct fmt_comment {
	const char *text;
	size_t len;
	size_t width;	  /* of its first line, in columns */
	size_t newlines;  /* between it and what stands before */
	bool is_line;	  /* `//`: a line end follows */
	bool is_on_lines; /* has line ends within */
};

/** One token, and the gap before it. */
struct fmt_token {
	int kind; /* of the grammar */
	const char *text;
	size_t len;
	size_t newlines;      /* between it and what stands before, be it a comment */
	size_t first_comment; /* the comments of the gap */
	size_t end_comment;
	size_t partner; /* of a bracket: the other one */

	/* the layout */
	bool breaks;   /* on a line of its own ... */
	size_t indent; /* ... that begins with so many blanks, as if a comment asks for it */
	size_t comment_indent; /* of comments on their own lines */
	size_t max_blank_lines;
	bool is_first; /* no blank line opens the gap */
	bool is_last;  /* none closes it */
};

struct fmt_tokens {
	struct fmt_token *items; /* the last one is the end */
	size_t count;
	struct fmt_comment *comments;
	size_t comment_count;
	size_t *flat; /* columns of all tokens before, written on one line */
	size_t *hard; /* gaps before, up to and with this token's, that have a line end */
};

/**
 * The tokens of TEXT, which has no syntax errors. They point into it. With REFLOW, only
 * comments break lines within rules.
 */
struct fmt_tokens fmt_tokens_read(struct arena *arena, const char *text, size_t len,
				  bool reflow);

/** Columns that the gap before token INDEX takes if no line ends in it. */
size_t fmt_gap_width(const struct fmt_tokens *tokens, size_t index);

/** Does a line end stand in the gap before token INDEX? */
bool fmt_gap_is_hard(const struct fmt_tokens *tokens, size_t index);

/** Does token INDEX begin a line in the layout, comments of its gap aside? */
bool fmt_starts_line(const struct fmt_tokens *tokens, size_t index);

/** Is a blank wanted between two neighbours of these kinds? */
bool fmt_wants_blank(int before, int after);

/** The column after COMMENT, which is written at COLUMN. */
size_t fmt_column_after(const struct fmt_comment *comment, size_t column);

/** Columns of the tokens [START, END) written on one line. */
size_t fmt_flat_width(const struct fmt_tokens *tokens, size_t start, size_t end);

/** Is there a line end between the tokens [START, END)? */
bool fmt_has_newline(const struct fmt_tokens *tokens, size_t start, size_t end);

/** Settle where each token goes. */
void fmt_lay_out(struct fmt_tokens *tokens);

/** The text in its layout, in ARENA with a NUL; its length goes to *SIZE. */
const char *fmt_write(struct arena *arena, const struct fmt_tokens *tokens, size_t *size);

#endif
