#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "page_html.h"
#include "page_write.h"

enum {
	SHOWN_CAUSES = 500,
	OPEN_RULES = 60,
	CHART_WIDTH = 960,
	CHART_HEIGHT = 140,
	CHART_BASE = 120
};

/* ---- timeline ---- */

static uint64_t column_sum(const struct page *page, size_t column)
{
	uint64_t sum = 0;

	for (size_t kind = 0; kind < REPORT_KINDS; kind++)
		sum += page->timeline.counts[column][kind];
	return sum;
}

/* Where column NUMBER begins. */
static void put_place(const struct page *page, uint64_t place, FILE *out)
{
	if (page->counts_lines) {
		fputs("line ", out);
		html_number(out, place + 1);
	} else if (place >= 10000000) {
		fprintf(out, "%.1f s", (double)place / 1e6);
	} else {
		fprintf(out, "%.1f ms", (double)place / 1e3);
	}
}

static void put_tooltip(const struct page *page, size_t column, FILE *out)
{
	fputs("<title>from ", out);
	put_place(page, column * page->timeline.width, out);
	for (size_t kind = 0; kind < REPORT_KINDS; kind++) {
		uint64_t count = page->timeline.counts[column][kind];

		if (count)
			fprintf(out, "; %" PRIu64 " %s", count, page_looks[kind].name);
	}
	fputs("</title>", out);
}

/* From the ground: what is wrong stands at the bottom, where it is seen. */
static void put_column(const struct page *page, size_t column, size_t columns, uint64_t most,
		       FILE *out)
{
	double width = (double)CHART_WIDTH / (double)columns, y = CHART_BASE;

	if (!column_sum(page, column))
		return;
	fputs("<g>", out);
	put_tooltip(page, column, out);
	for (size_t kind = 0; kind < REPORT_KINDS; kind++) {
		double height = (double)page->timeline.counts[column][kind] / (double)most *
				(CHART_BASE - 8);

		if (!page->timeline.counts[column][kind])
			continue;
		height = height < 2 ? 2 : height;
		y -= height;
		fprintf(out,
			"<rect class=\"f-%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			"height=\"%.1f\"/>",
			page_looks[kind].color, (double)column * width, y,
			width > 4 ? width - 1.5 : width, height);
	}
	fputs("</g>\n", out);
}

static void put_legend(const struct page *page, uint64_t most, FILE *out)
{
	fputs("<ul class=\"legend\">", out);
	for (size_t kind = 0; kind < REPORT_KINDS; kind++) {
		uint64_t count = 0;

		for (size_t i = 0; i < TIMELINE_COLUMNS; i++)
			count += page->timeline.counts[i][kind];
		if (count)
			fprintf(out, "<li><i class=\"bg-%s\"></i>%s</li>",
				page_looks[kind].color, page_looks[kind].name);
	}
	fputs("<li>at most ", out);
	html_number(out, most);
	fputs(" calls a column</li></ul>\n", out);
}

void page_timeline(const struct page *page, FILE *out)
{
	size_t columns = timeline_columns(&page->timeline);
	uint64_t most = 1;

	if (!columns)
		return;
	for (size_t i = 0; i < columns; i++)
		most = column_sum(page, i) > most ? column_sum(page, i) : most;
	fprintf(out,
		"<section aria-labelledby=\"when\">\n<h2 id=\"when\">When they came</h2>\n"
		"<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Calls by verdict, from "
		"the "
		"beginning to the end\">\n<line class=\"axis\" x1=\"0\" y1=\"%d\" x2=\"%d\" "
		"y2=\"%d\"/>\n",
		CHART_WIDTH, CHART_HEIGHT, CHART_BASE, CHART_WIDTH, CHART_BASE);
	for (size_t i = 0; i < columns; i++)
		put_column(page, i, columns, most, out);
	fprintf(out, "<text x=\"0\" y=\"%d\">", CHART_HEIGHT - 4);
	put_place(page, 0, out);
	fprintf(out, "</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">", CHART_WIDTH,
		CHART_HEIGHT - 4);
	put_place(page, page->timeline.last, out);
	fputs("</text>\n</svg>\n", out);
	put_legend(page, most, out);
	fputs("</section>\n", out);
}

/* ---- causes ---- */

struct cause_rows {
	const struct page *page;
	FILE *out;
	uint64_t most;
	size_t rows;
	uint64_t left_out;
};

static void put_errnos(const struct report_cause *cause, FILE *out)
{
	for (size_t i = 0; i < cause->errnos.count; i++) {
		const struct report_errno *one = &cause->errnos.items[i];
		const char *name = strerrorname_np(one->error);

		fputs(i ? "<br>" : "", out);
		if (name)
			fprintf(out, "%s ", name);
		else
			fprintf(out, "%d ", one->error);
		fputs("&#xd7;", out);
		html_number(out, one->count);
	}
}

static void put_first(const struct report_cause *cause, FILE *out)
{
	if (cause->log_line) {
		fputs("line ", out);
		html_number(out, cause->log_line);
	} else if (cause->tid) {
		fprintf(out, "pid %d", (int)cause->tid);
	}
}

/* The name of the row of the first rule on LINE of FILE. No blank may stand in it. */
static void put_anchor(const char *file, uint32_t line, FILE *out)
{
	fputs("r-", out);
	while (*file) {
		size_t plain = strcspn(file, "% \t\n\f\r");

		html_put(out, file, plain);
		file += plain;
		if (*file)
			fprintf(out, "%%%02x", (unsigned)*file++);
	}
	fprintf(out, "-%" PRIu32, line);
}

static void put_rule_link(const struct report_cause *cause, FILE *out)
{
	if (!cause->file)
		return;
	fputs("<a href=\"#", out);
	put_anchor(cause->file, cause->line, out);
	fputs("\"><code>", out);
	html_text(out, cause->file);
	fprintf(out, ":%" PRIu32 "</code></a>", cause->line);
}

static const char *words_of(const struct report_cause *cause)
{
	size_t len = cause->param ? strlen(cause->param) : 0;

	if (cause->what)
		return cause->what;
	if (len && strncmp(cause->text, cause->param, len) == 0 &&
	    strncmp(cause->text + len, ": ", 2) == 0)
		return cause->text + len + 2;
	return cause->text;
}

static void put_cause(void *context, const struct report_cause *cause)
{
	struct cause_rows *rows = context;
	FILE *out = rows->out;

	if (cause->count > rows->most)
		rows->most = cause->count;
	if (rows->rows++ >= SHOWN_CAUSES) {
		rows->left_out++;
		return;
	}
	fputs("<tr><td class=\"n\">", out);
	html_number(out, cause->count);
	fprintf(out, "<i class=\"share bg-%s\" style=\"width:%.1f%%\"></i></td><td><code>",
		page_looks[cause->kind].color,
		100.0 * (double)cause->count / (double)rows->most);
	html_text(out, cause->name);
	fputs("</code></td><td><code>", out);
	html_text(out, cause->param ? cause->param : "");
	fprintf(out, "</code></td><td><span class=\"what %s\">", page_looks[cause->kind].color);
	if (cause->kind != REPORT_UNSUPPORTED)
		fprintf(out, "%s: ", page_looks[cause->kind].name);
	html_text(out, words_of(cause));
	fputs("</span>", out);
	if (cause->example) {
		fputs("<code class=\"example\">", out);
		html_text(out, cause->example);
		fputs("</code>", out);
	}
	fputs("</td><td class=\"keep\">", out);
	put_errnos(cause, out);
	fputs("</td><td class=\"keep\">", out);
	put_first(cause, out);
	fputs("</td><td class=\"wrap\">", out);
	put_rule_link(cause, out);
	fputs("</td></tr>\n", out);
}

void page_causes(const struct page *page, const struct report *report, FILE *out)
{
	struct cause_rows rows = {.page = page, .out = out, .most = 1};

	fputs("<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Why they are not "
	      "supported</h2>\n",
	      out);
	if (!report->counts[REPORT_UNSUPPORTED] && report_is_complete(report)) {
		fputs("<p class=\"good\">Every call is supported.</p>\n</section>\n", out);
		return;
	}
	fputs("<div class=\"scroll\"><table>\n<caption>One row a cause, the most frequent "
	      "first, with the first call that it was seen in</caption>\n<thead><tr><th "
	      "scope=\"col\" class=\"n\">Calls</th><th scope=\"col\">Call</th><th "
	      "scope=\"col\">Argument</th><th scope=\"col\">In no rule</th><th "
	      "scope=\"col\">Failed with</th><th scope=\"col\">First</th><th "
	      "scope=\"col\">Nearest rule</th></tr></thead>\n<tbody>\n",
	      out);
	report_causes_each(report->causes, put_cause, &rows);
	fputs("</tbody>\n</table></div>\n", out);
	if (rows.left_out)
		fprintf(out,
			"<p class=\"soft\">%" PRIu64
			" more causes; scmltrace --summary lists all.</p>\n",
			rows.left_out);
	fputs("</section>\n", out);
}

/* ---- coverage ---- */

/* The rules by file, line and call. */
struct rule_index {
	VEC(struct rule_key {
		const char *call;
		const struct rule *rule;
	})
	keys;
};

struct coverage_rows {
	const struct page *page;
	FILE *out;
	struct rule_index index;
	bool is_open;		 /* a table has begun */
	uint64_t rules;		 /* of all files */
	struct report_rule last; /* the row before … */
	unsigned same_line;	 /* … and how many before it are of rules on its line */
};

static int by_place(const void *left, const void *right)
{
	const struct rule_key *a = left, *b = right;
	int order = strcmp(a->rule->file->path, b->rule->file->path);

	if (!order)
		order = (a->rule->line > b->rule->line) - (a->rule->line < b->rule->line);
	if (!order)
		order = (a->rule->column > b->rule->column) -
			(a->rule->column < b->rule->column);
	return order ? order : strcmp(a->call, b->call);
}

static struct rule_index index_rules(const struct page *page)
{
	const struct rules *rules = page->subject.rules;
	struct rule_index index = {0};

	for (size_t i = 0; i < rules->call_count; i++) {
		for (size_t j = 0; j < rules->calls[i].rule_count; j++) {
			const struct rule_key key = {
				abi_string(rules->db, rules->calls[i].abi->name),
				&rules->calls[i].rules[j]};

			vec_push(page->arena, &index.keys, key);
		}
	}
	if (index.keys.count)
		qsort(index.keys.items, index.keys.count, sizeof(struct rule_key), by_place);
	return index;
}

static const struct rule *find_rule(const struct rule_index *index,
				    const struct report_rule *wanted)
{
	const struct source_file file = {.path = wanted->file};
	const struct rule rule = {
		.file = &file, .line = wanted->line, .column = wanted->column};
	const struct rule_key key = {wanted->name, &rule}, *found = NULL;

	if (index->keys.count)
		found = bsearch(&key, index->keys.items, index->keys.count, sizeof(key),
				by_place);
	return found ? found->rule : NULL;
}

static void end_file(struct coverage_rows *rows)
{
	if (rows->is_open)
		fputs("</tbody>\n</table>\n</details>\n", rows->out);
	rows->is_open = false;
}

static void put_file(void *context, const struct report_rule_file *file)
{
	struct coverage_rows *rows = context;

	end_file(rows);
	rows->is_open = true;
	fprintf(rows->out, "<details%s><summary><code>",
		rows->rules <= OPEN_RULES ? " open" : "");
	html_text(rows->out, file->file);
	fprintf(rows->out,
		"</code> <span class=\"soft\">%" PRIu64 " of %" PRIu64
		" rules used</span><div class=\"bar\" aria-hidden=\"true\"><i "
		"class=\"bg-good\" style=\"width:%.1f%%\"></i></div></summary>\n<table>\n"
		"<thead><tr><th scope=\"col\" class=\"n\">Calls</th><th scope=\"col\" "
		"class=\"n\">Line</th><th scope=\"col\">Rule</th></tr></thead>\n<tbody>\n",
		file->used, file->rules, 100.0 * (double)file->used / (double)file->rules);
}

/* RULE is the next row. How many of those before it are of rules on its line? */
static unsigned note_rule(struct coverage_rows *rows, const struct report_rule *rule)
{
	bool is_same_line = rows->last.file && rows->last.line == rule->line &&
			    strcmp(rows->last.file, rule->file) == 0;

	rows->same_line = is_same_line ? rows->same_line + 1 : 0;
	rows->last = *rule;
	return rows->same_line;
}

static void put_rule(void *context, const struct report_rule *rule)
{
	struct coverage_rows *rows = context;
	const struct rule *known = find_rule(&rows->index, rule);
	unsigned before = note_rule(rows, rule);
	FILE *out = rows->out;

	fputs("<tr id=\"", out);
	put_anchor(rule->file, rule->line, out);
	if (before)
		fprintf(out, "-%u", before + 1);
	fprintf(out, "\"%s><td class=\"n\">",
		rule->count || rule->open ? "" : " class=\"never\"");
	if (rule->count)
		html_number(out, rule->count);
	else
		fputs(rule->open ? "<span class=\"open\">open</span>"
				 : "<span class=\"soft\">never</span>",
		      out);
	fprintf(out, "</td><td class=\"n\">%" PRIu32 "</td><td><pre>", rule->line);
	if (known) {
		struct span span = known->source->ast->span;

		html_put(out, known->file->text + span.start, span.end - span.start);
	} else {
		html_text(out, rule->name);
	}
	fputs("</pre></td></tr>\n", out);
}

void page_coverage(const struct page *page, FILE *out)
{
	struct report_rule_file total = report_coverage_total(page->coverage);
	struct coverage_rows rows = {
		.page = page, .out = out, .index = index_rules(page), .rules = total.rules};

	if (!total.rules)
		return;
	fprintf(out,
		"<section aria-labelledby=\"coverage\">\n<h2 id=\"coverage\">Which rules were "
		"used</h2>\n<p class=\"soft\">%" PRIu64 " of %" PRIu64
		" rules support a call of this run.</p>\n",
		total.used, total.rules);
	report_coverage_each(page->coverage, put_file, put_rule, &rows);
	end_file(&rows);
	fputs("</section>\n", out);
}
