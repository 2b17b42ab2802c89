/*
 * fmt: the canonical layout of SCML. Only blanks and line ends change, and a separator moves
 * before the comment that stood between it and what it ends. Where the author broke a list or a
 * pattern it stays broken; what is too long is wrapped; everything else is decided here.
 */
#ifndef SCML_FMT_H
#define SCML_FMT_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "source.h"

enum {
	FMT_INDENT = 4,	    /* columns of one level */
	FMT_MAX_LINE = 100, /* what is longer is wrapped ... */
	FMT_WRAP_AT = 80,   /* ... at this column */
};

/** Replace SPAN of the document's own file by the SIZE bytes at TEXT (NUL-terminated). */
struct fmt_edit {
	struct span span;
	const char *text;
	size_t size;
};

struct fmt_options {
	bool reflow;	   /* the author's line breaks count for nothing */
	struct span range; /* only rules that touch this; SPAN_NONE: the whole document */
};

/** What formatting makes of one document; in the arena that it was made in. */
struct fmt_result {
	bool has_errors;	      /* of syntax: nothing is changed */
	const struct fmt_edit *edits; /* in reading order, apart from each other */
	size_t edit_count;
};

/**
 * Lay out DOCUMENT, of SOURCES. Its syntax errors are pushed to DIAGS. The edits are as small
 * as they can be (blanks between two tokens), so that an editor keeps its cursor; of a Markdown
 * page they lie within its SCML blocks. What it includes is not touched. Never NULL; in ARENA.
 */
const struct fmt_result *fmt_document(struct arena *arena, struct diags *diags,
				      const struct sources *sources,
				      const struct source_document *document,
				      const struct fmt_options *options);

/** FILE's text after RESULT's edits, in ARENA with a NUL; its length goes to *SIZE. */
const char *fmt_apply(struct arena *arena, const struct source_file *file,
		      const struct fmt_result *result, size_t *size);

/** The same for bytes [START, END) of FILE alone, which hold the COUNT EDITS. */
const char *fmt_apply_between(struct arena *arena, const struct source_file *file,
			      const struct fmt_edit *edits, size_t count, size_t start,
			      size_t end, size_t *size);

/**
 * Lay out TEXT, which has no syntax errors: SCML alone, lines that end with a newline. The
 * result is in ARENA with a NUL; its length goes to *SIZE.
 */
const char *fmt_text(struct arena *arena, const char *text, size_t len, bool reflow,
		     size_t *size);

#endif
