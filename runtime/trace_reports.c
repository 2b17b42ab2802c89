#include "trace_reports.h"

#include "learn.h"

static struct report_sink make_learn(const struct trace_options *options,
				     const struct judge *judge)
{
	return learn_sink(learn_new(options->compilation->arena, judge->db, judge->arch),
			  options->learn);
}

/* A kind of report is a row: which option's file it goes to, and what makes its sink. */
static const struct {
	size_t file; /* offset in struct trace_options of a const char *; NULL: not asked for */
	struct report_sink (*make)(const struct trace_options *options,
				   const struct judge *judge);
} kinds[] = {
	{offsetof(struct trace_options, learn), make_learn},
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
