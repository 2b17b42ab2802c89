/*
 * analysis: all that the compiler makes of one text, and what the features look at beside it.
 * One arena per analysis, freed at once when the text changes.
 */
#ifndef SCML_LSP_ANALYSIS_H
#define SCML_LSP_ANALYSIS_H

#include "compile.h"
#include "markdown.h"
#include "names.h"
#include "outline.h"

struct lsp_server;
struct lsp_document;

struct lsp_analysis {
	struct compilation *compilation;
	const struct source_document *source; /* NULL: the text could not be read */
	const struct res_document *resolved;  /* the same */
	const struct outline *outline;	      /* NULL: not made yet */
	const struct names *names;	      /* the same */
	struct lsp_lines *lines;	      /* by file; count 0: not made yet */
	size_t line_count;
	const struct markdown_page *page; /* its blocks; NULL: not looked for yet */
};

/** The analysis of DOCUMENT as it stands. */
struct lsp_analysis *analysis_of(struct lsp_server *server, struct lsp_document *document);

/** Its tokens rule by rule; its names. Empty where the text could not be read. */
const struct outline *analysis_outline(struct lsp_analysis *analysis);
const struct names *analysis_names(struct lsp_analysis *analysis);

/** The blocks of the text as a page; none of what is no page. */
struct markdown_page analysis_page(struct lsp_analysis *analysis);

/** The typed rule whose name stands at SPAN, for the first architecture, or NULL. */
const struct rule *analysis_rule(const struct lsp_analysis *analysis, struct span name);

/** Free it. NULL is allowed. */
void analysis_free(struct lsp_analysis *analysis);

#endif
