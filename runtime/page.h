/*
 * page: a report as one HTML page that needs nothing else: no scripts, no pictures, no network.
 * Calls by verdict, when they came, why they are not supported, and which rules were used.
 */
#ifndef SCML_PAGE_H
#define SCML_PAGE_H

#include "arena.h"
#include "report.h"
#include "rules.h"

/** What the page is about. */
struct page_subject {
	const char *title; /* the program or the log */
	const struct rules *rules;
	const struct scml_table *table; /* that of RULES */
};

/** A sink that writes the page to PATH (`-`: standard output) when the run is over. */
struct report_sink page_sink(struct arena *arena, const struct page_subject *subject,
			     const char *path);

#endif
