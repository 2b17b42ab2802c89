#include "page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "page_html.h"
#include "page_write.h"

const struct page_look page_looks[REPORT_KINDS] = {
	[REPORT_UNSUPPORTED] = {"unsupported", "bad"},
	[REPORT_UNDECIDED] = {"undecided", "open"},
	[REPORT_UNREADABLE] = {"unreadable memory", "open"},
	[REPORT_FOREIGN] = {"of another table", "other"},
	[REPORT_SUPPORTED] = {"supported", "good"},
};

/* The order in which verdicts are shown. */
static const enum report_kind order[] = {REPORT_SUPPORTED, REPORT_UNSUPPORTED, REPORT_UNDECIDED,
					 REPORT_UNREADABLE, REPORT_FOREIGN};

enum { SHOWN_KINDS = sizeof(order) / sizeof(order[0]) };

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void add(void *state, const struct report_call *call, uint64_t count)
{
	struct page *page = state;

	page->counts_lines |= call->log_line != 0;
	timeline_add(&page->timeline, call->log_line ? call->log_line - 1 : now() - page->start,
		     call->kind, count);
	report_coverage_count(page->coverage, call, count);
}

static uint64_t total(const struct report *report)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < REPORT_KINDS; i++)
		sum += report->counts[i];
	return sum;
}

static void put_verdict(const struct report *report, FILE *out)
{
	if (report->counts[REPORT_UNSUPPORTED]) {
		fputs("<p class=\"verdict bad\">Outside the rules: ", out);
		html_number(out, report->counts[REPORT_UNSUPPORTED]);
		fprintf(out, " call%s unsupported</p>\n",
			report->counts[REPORT_UNSUPPORTED] == 1 ? " is" : "s are");
	} else if (!report_is_complete(report)) {
		fputs("<p class=\"verdict open\">Cannot certify: not everything was seen and "
		      "decided</p>\n",
		      out);
	} else {
		fputs("<p class=\"verdict good\">Within the rules</p>\n", out);
	}
}

static void put_tiles(const struct report *report, FILE *out)
{
	fputs("<ul class=\"tiles\">\n<li><b>", out);
	html_number(out, total(report));
	fputs("</b> calls judged</li>\n", out);
	for (size_t i = 0; i < SHOWN_KINDS; i++) {
		uint64_t count = report->counts[order[i]];
		bool is_main = order[i] == REPORT_SUPPORTED || order[i] == REPORT_UNSUPPORTED;

		if (!count && !is_main)
			continue;
		fprintf(out, "<li><b class=\"%s\">",
			count ? page_looks[order[i]].color : "soft");
		html_number(out, count);
		fprintf(out, "</b> %s</li>\n", page_looks[order[i]].name);
	}
	fputs("</ul>\n", out);
}

static void put_bar(const struct report *report, FILE *out)
{
	uint64_t sum = total(report);

	if (!sum)
		return;
	fputs("<div class=\"bar\" aria-hidden=\"true\">", out);
	for (size_t i = 0; i < SHOWN_KINDS; i++)
		if (report->counts[order[i]])
			fprintf(out, "<i class=\"bg-%s\" style=\"width:%.3f%%\"></i>",
				page_looks[order[i]].color,
				100.0 * (double)report->counts[order[i]] / (double)sum);
	fputs("</div>\n", out);
}

static void say(void *context, const char *sentence)
{
	FILE *out = context;

	fputs("<li>", out);
	html_text(out, sentence);
	fputs("</li>\n", out);
}

static void put_overview(const struct report *report, FILE *out)
{
	fputs("<section aria-labelledby=\"verdicts\">\n<h2 id=\"verdicts\">Calls by "
	      "verdict</h2>\n",
	      out);
	put_tiles(report, out);
	put_bar(report, out);
	fputs("<ul class=\"legend open\">", out);
	report_remarks(report, say, out);
	fputs("</ul>\n</section>\n", out);
}

static void put_page(const struct page *page, const struct report *report, FILE *out)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; img-src data:\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>",
	      out);
	html_text(out, page->subject.title);
	fputs(": system calls</title>\n<style>\n", out);
	fputs(page_style, out);
	fputs("</style>\n</head>\n<body>\n<main>\n<header>\n<p class=\"soft\">System calls "
	      "of</p>\n<h1><code>",
	      out);
	html_text(out, page->subject.title);
	fputs("</code></h1>\n", out);
	put_verdict(report, out);
	fputs("</header>\n", out);
	put_overview(report, out);
	page_timeline(page, out);
	page_causes(page, report, out);
	page_coverage(page, out);
	fputs("<footer><p>Written by scmltrace " SCML_VERSION
	      ". Memory may change between the check and the kernel&#39;s own read: this "
	      "tells what is compatible, it is no security boundary.</p></footer>\n"
	      "</main>\n</body>\n</html>\n",
	      out);
}

static int end(void *state, const struct report *report)
{
	const struct page *page = state;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int error;

	if (!out)
		return ENOMEM;
	put_page(page, report, out);
	if (fclose(out))
		return ENOMEM;
	error = output_write(page->path, text, size);
	free(text);
	return -error;
}

struct report_sink page_sink(struct arena *arena, const struct page_subject *subject,
			     const char *path)
{
	struct page *page = ARENA_NEW(arena, struct page);

	page->arena = arena;
	page->subject = *subject;
	page->path = path;
	page->coverage = report_coverage_new(arena, subject->table);
	page->start = now();
	return (struct report_sink){
		.state = page, .wants_each = true, .wants_text = true, .add = add, .end = end};
}
