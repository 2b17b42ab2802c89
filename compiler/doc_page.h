/*
 * doc_page: a document as people read it: a title, and sections of prose, rules as they stand
 * in the source, and tags. What the rules mean plays no part here.
 */
#ifndef SCML_DOC_PAGE_H
#define SCML_DOC_PAGE_H

#include "ast.h"
#include "doc_headings.h"
#include "doc_tags.h"

/** Rules that stand together, and the prose (`///`) about the first of them. */
struct doc_block {
	struct doc_text about;
	const char *code; /* lines without blanks at their ends, tabs spread out */
};

struct doc_section {
	const char *heading;   /* NULL: definitions that stand before all headings */
	struct doc_text about; /* its `//!` lines */
	VEC(struct doc_block) blocks;
	VEC(const struct ast_rule *) rules; /* its system call rules, in reading order */
	VEC(const char *) calls; /* the names of these, in the order of the first rule */
	struct doc_tags tags;
};

struct doc_page {
	const char *title;
	struct doc_text about; /* the `//!` lines before the first section */
	struct doc_tags tags;  /* of these lines: they are about every section */
	VEC(struct doc_section) sections;
};

/** The file or folder PATH as a title, in ARENA: `a/networking-and-sockets.scml` is
 * `Networking & Sockets`. */
const char *doc_page_title(struct arena *arena, const char *path);

/**
 * The page of DOCUMENT, in ARENA. Faults in tags go to DIAGS. HEADINGS grows; pages that share
 * one file share it.
 */
const struct doc_page *doc_page_build(struct arena *arena, struct diags *diags,
				      const struct sources *sources, const struct abi_db *db,
				      const struct ast_document *document,
				      struct doc_headings *headings);

#endif
