#include "trace_reports.h"

#include <string.h>

#include "learn.h"
#include "page.h"

static struct report_sink make_learn(const struct trace_options *options,
				     const struct judge *judge)
{
	return learn_sink(learn_new(options->compilation->arena, judge->db, judge->arch),
			  options->learn);
}

static const char *title_of(const struct trace_options *options)
{
	struct arena *arena = options->compilation->arena;
	const char *title = "";

	if (options->input)
		return strcmp(options->input, "-") == 0 ? "standard input" : options->input;
	if (!options->program)
		return arena_printf(arena, "process %d", (int)options->pid);
	for (char *const *word = options->program; *word; word++)
		title = arena_printf(arena, "%s%s%s", title, *title ? " " : "", *word);
	return title;
}

static struct report_sink make_page(const struct trace_options *options,
				    const struct judge *judge)
{
	const struct page_subject subject = {
		.title = title_of(options),
		.rules = options->compilation->rules[0],
		.table = judge->table,
	};

	return page_sink(options->compilation->arena, &subject, options->page);
}

/* A kind of report is a row: which option's file it goes to, and what makes its sink. */
static const struct {
	size_t file; /* offset in struct trace_options of a const char *; NULL: not asked for */
	struct report_sink (*make)(const struct trace_options *options,
				   const struct judge *judge);
} kinds[] = {
	{offsetof(struct trace_options, learn), make_learn},
	{offsetof(struct trace_options, page), make_page},
};

void trace_reports_attach(const struct trace_options *options, const struct judge *judge)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *const *file = (const void *)((const char *)options + kinds[i].file);
		struct report_sink sink;

		if (!*file)
			continue;
		sink = kinds[i].make(options, judge);
		report_attach(judge->report, &sink);
	}
}
