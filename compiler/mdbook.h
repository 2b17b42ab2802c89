/*
 * mdbook: the books of mdBook. Its preprocessor protocol is `[CONTEXT, BOOK]` as JSON in and
 * the book as JSON out. Lines `{{#scml PATH}}` become the rules of PATH as a page has them, and
 * every block of SCML in the book is checked.
 */
#ifndef SCML_MDBOOK_H
#define SCML_MDBOOK_H

#include <jansson.h>
#include <stdbool.h>

#include "compile.h"
#include "lint.h"

enum {
	MDBOOK_MAX_BYTES = 256 * 1024 * 1024, /* of the JSON */
	MDBOOK_MAX_RULES = 1000,	      /* `{{#scml}}` lines of one chapter */
};

struct mdbook_options {
	unsigned arch; /* index into the database's */
	bool details;  /* what lies in memory, and what a filter can check */
	struct lint_options lint;
};

/** Is the renderer NAME one whose input is Markdown, so that pages make sense in it? */
bool mdbook_supports(const char *name);

/**
 * Rewrite the chapters of INPUT, which is `[CONTEXT, BOOK]`, in place, and give the book (owned
 * by INPUT). Mistakes are pushed to COMPILATION's diags, with their places in the chapters'
 * sources; if the JSON is not of that form, NULL is returned after an error.
 */
json_t *mdbook_run(struct compilation *compilation, json_t *input,
		   const struct mdbook_options *options);

#endif
