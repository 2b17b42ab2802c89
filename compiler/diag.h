/*
 * diag: diagnostics are values. Stages push them to a list; sinks write the list as text, JSON
 * Lines, SARIF or GitHub annotations. What each diagnostic is called and means is a row of
 * warnings.def.
 */
#ifndef SCML_DIAG_H
#define SCML_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "source.h"

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

/** One per row of warnings.def. */
enum diag_id {
#define DIAG(id, name, level, title, explanation, wrong, right) DIAG_##id,
#include "warnings.def"
#undef DIAG
	DIAG_COUNT
};

/** What a row of warnings.def says. */
struct diag_info {
	const char *name; /* `-Wname` and `scmlc explain name` */
	enum diag_level level;
	const char *title;
	const char *explanation;
	/* A smallest SCML text that draws it, or a session of the shell that does: lines that
	 * begin with "$ " and what they print; "" where only a fault of the compiler does. */
	const char *wrong;
	const char *right; /* the same, mended */
};

/** A second place, or a remark without one (SPAN.file is UINT32_MAX). */
struct diag_remark {
	struct span span;
	const char *text;
	struct diag_remark *next;
};

/** A change that mends the fault: replace SPAN by TEXT. */
struct diag_edit {
	struct span span;
	const char *text;
	struct diag_edit *next;
};

struct diag {
	enum diag_id id;
	enum diag_level level; /* after -W and -Werror */
	struct span span;      /* file UINT32_MAX: about no place */
	const char *text;      /* lower case, no full stop */
	struct diag_remark *remarks;
	struct diag_edit *edits;
	struct diag *next;
};

/** A span for diagnostics that are about no place. */
#define SPAN_NONE ((struct span){UINT32_MAX, 0, 0})

struct diags;

/** An empty list that lives in ARENA; FILES gives its spans meaning. */
struct diags *diags_new(struct arena *arena, const struct sources *files);

/** The row of warnings.def for ID. Static memory. */
const struct diag_info *diag_info(enum diag_id id);

/** The row called NAME; its number goes to *ID. NULL where there is none. */
const struct diag_info *diag_info_named(const char *name, enum diag_id *id);

/**
 * One `-W` option without the `-W`: `NAME`, `no-NAME`, `error`, `error=NAME`, `no-error=NAME`.
 * False where no diagnostic has that name. Errors cannot be switched off.
 */
bool diags_option(struct diags *diags, const char *option);

/** At most MAX errors are kept (0: all); one more says how many were left out. */
void diags_limit(struct diags *diags, size_t max);

/** What is below LEVEL is not listed (`-q`). */
void diags_min_level(struct diags *diags, enum diag_level level);

/**
 * Push a diagnostic. Never NULL; what -Wno-NAME switched off is given back but not listed, so
 * that the caller can add remarks without asking. A second diagnostic with the id, span and
 * text of one already listed is dropped in the same way.
 */
struct diag *diag_add(struct diags *diags, enum diag_id id, struct span span,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

/** The listed diagnostic ID at SPAN, to which a later stage knows something to add; or NULL. */
struct diag *diag_find(struct diags *diags, enum diag_id id, struct span span);

/** Add a remark (printed as a note) to DIAG. */
void diag_remark(struct diags *diags, struct diag *diag, struct span span, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

/** Add an edit (printed as a fix-it) to DIAG. */
void diag_edit(struct diags *diags, struct diag *diag, struct span span, const char *format,
	       ...) __attribute__((format(printf, 4, 5)));

/** Sort by file and place, stably. Call before reading the list. */
void diags_sort(struct diags *diags);

/** The first diagnostic; follow `next`. */
const struct diag *diags_first(const struct diags *diags);

/** Is one with ID listed? */
bool diags_has(const struct diags *diags, enum diag_id id);

/** How many of LEVEL are listed. */
size_t diags_count(const struct diags *diags, enum diag_level level);

/** The formats of `--diagnostics`. */
enum diag_format { DIAG_TEXT, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB };

/** The format called NAME; false where there is none. */
bool diag_format_named(const char *name, enum diag_format *format);

/** Are colours wanted on standard error? It is a terminal, and neither NO_COLOR nor TERM
 * objects.
 */
bool diags_want_color(void);

/** Write the whole list to OUT. COLOR is for DIAG_TEXT only. */
void diags_write(const struct diags *diags, enum diag_format format, bool color, FILE *out);

#endif
