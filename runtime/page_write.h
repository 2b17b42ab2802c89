/* page_write: the parts of a page. Internal to page.c and its files. */
#ifndef SCML_PAGE_WRITE_H
#define SCML_PAGE_WRITE_H

#include "page.h"
#include "report_state.h"
#include "timeline.h"

struct page {
	struct arena *arena;
	struct page_subject subject;
	const char *path;
	struct report_coverage *coverage;
	struct timeline timeline;
	bool counts_lines; /* places in the timeline are lines of a log, not time */
	uint64_t start;	   /* of the run, in microseconds */
};

extern const char page_style[];

/** What a verdict looks like. */
struct page_look {
	const char *name;  /* for people */
	const char *color; /* a class: good, bad, open, other */
};

extern const struct page_look page_looks[REPORT_KINDS];

/** The columns of the timeline, as SVG. */
void page_timeline(const struct page *page, FILE *out);

/** The table of causes. */
void page_causes(const struct page *page, const struct report *report, FILE *out);

/** Every rule with its text and how often it was used, file by file. */
void page_coverage(const struct page *page, FILE *out);

#endif
