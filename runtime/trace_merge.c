#include "trace_merge.h"

#include <errno.h>
#include <string.h>

#include "report_merge.h"
#include "report_read.h"

FILE *trace_open(const char *path)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (!in)
		fprintf(stderr, "scmltrace: cannot read %s: %s\n", path, strerror(errno));
	return in;
}

static void on_cause(void *context, const struct report_cause *cause)
{
	report_merge_cause(context, cause);
}

static void on_need(void *context, const struct report_cause *need)
{
	report_merge_need(context, need);
}

static void on_rule(void *context, const struct report_rule *rule)
{
	report_merge_rule(context, rule);
}

static void on_sums(void *context, const struct report_sums *sums)
{
	report_merge_sums(context, sums);
}

/* Every file is read, whatever is wrong with the others. */
static int read_files(const struct trace_options *options, struct report *report)
{
	const struct report_reader reader = {on_cause, on_need, on_rule,
					     on_sums,  report,	stderr};
	int status = TRACE_DONE;

	for (size_t i = 0; i < options->specs.count; i++) {
		const char *path = options->specs.items[i];
		FILE *in = trace_open(path);

		if (!in) {
			status = TRACE_SYSTEM;
			continue;
		}
		if (report_read(&reader, in, in == stdin ? "<stdin>" : path) && !status)
			status = TRACE_SPEC_ERRORS;
		if (in != stdin)
			fclose(in);
	}
	return status;
}

int trace_merge(const struct trace_options *options, FILE *out)
{
	struct report_options report_options = options->report;
	struct report *report;
	int status, error = 0;

	/* A sum has no calls of its own to show. */
	if (!report_options.only_summary && report_options.format == REPORT_TEXT)
		report_options.format = REPORT_JSON;
	report_options.only_summary = true;
	report_options.out = out;
	report = report_new(&report_options);
	status = read_files(options, report);
	/* Half a sum looks like a whole one. */
	if (status == TRACE_DONE)
		error = report_merge_end(report);
	if (error && error != EPIPE) {
		fprintf(stderr, "scmltrace: cannot write the report: %s\n", strerror(error));
		status = TRACE_SYSTEM;
	}
	if (status == TRACE_DONE && options->must_fail) {
		if (report_count(report, REPORT_UNSUPPORTED))
			status = TRACE_UNSUPPORTED;
		else if (!report_is_complete(report))
			status = TRACE_INCOMPLETE;
	}
	report_free(report);
	return status;
}
