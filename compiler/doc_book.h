/*
 * doc_book: a page for each input, and an index of all calls of the architecture that says
 * which are supported in full, in part or not at all, and where their rules stand.
 */
#ifndef SCML_DOC_BOOK_H
#define SCML_DOC_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "compile.h"
#include "vec.h"

#define DOC_BOOK_INDEX "index.md"

/** A file of the book. */
struct doc_book_file {
	const char *name; /* below the folder of the book */
	const char *text;
	size_t size;
};

struct doc_book {
	VEC(struct doc_book_file) files; /* the pages, and the index as the last one */
};

/** How far a call is supported. */
enum doc_support {
	DOC_NONE,
	DOC_SOME, /* some of the values that the database knows, or with remarks */
	DOC_FULL,
};

/**
 * The book of COMPILATION, whose documents are to be pages with NAMES (in the same order, below
 * the book's folder, all different). In the compilation's arena; faults in tags go to its
 * diags.
 */
struct doc_book doc_book_build(const struct compilation *compilation, const char *const *names,
			       bool details);

/** The same on one page, which is written to OUT: the index with the inputs' pages as its
 * parts. */
void doc_book_write(const struct compilation *compilation, bool details, FILE *out);

#endif
