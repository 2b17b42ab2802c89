/* doc_write: a page as Markdown, from its prose, its rules and what they leave out. */
#ifndef SCML_DOC_WRITE_H
#define SCML_DOC_WRITE_H

#include <stdbool.h>
#include <stdio.h>

#include "doc_index.h"
#include "doc_markdown.h"
#include "doc_page.h"

#define DOC_MAN_PAGES "https://man7.org/linux/man-pages"

struct doc_write_options {
	unsigned level;	   /* of the page's title, 1 … 5 */
	bool has_no_title; /* the page stands below a heading that says what it is */
	const char *above; /* that heading: a section of the same name has none; or NULL */
	bool details;	   /* what lies in memory, and what a filter can check */
};

/** Write PAGE to MARKDOWN, which may have begun. INDEX says what its rules mean. */
void doc_write_page(struct doc_markdown *markdown, const struct doc_index *index,
		    const struct doc_page *page, const struct doc_write_options *options);

#endif
