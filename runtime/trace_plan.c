#include "trace_plan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "plan.h"
#include "report_needs.h"
#include "report_read.h"
#include "report_state.h"
#include "trace_log.h"
#include "trace_merge.h"

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

bool trace_plan_is_spec(const char *path)
{
	struct stat status;

	return ends_with(path, ".scml") || ends_with(path, ".md") ||
	       (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

static void on_need(void *context, const struct report_cause *need)
{
	plan_add_need(context, need);
}

static void on_nothing(void *context, const struct report_cause *cause)
{
	(void)context;
	(void)cause;
}

static void on_rule(void *context, const struct report_rule *rule)
{
	(void)context;
	(void)rule;
}

static void on_sums(void *context, const struct report_sums *sums)
{
	(void)context;
	(void)sums;
}

static int add_report(struct plan *plan, FILE *in, const char *path)
{
	const struct report_reader reader = {on_nothing, on_need, on_rule,
					     on_sums,	 plan,	  stderr};

	return report_read(&reader, in, path) ? TRACE_SPEC_ERRORS : TRACE_DONE;
}

static int add_log(const struct trace_options *options, const struct judge *rules,
		   struct plan *plan, const char *path)
{
	const struct report_needs_of needs = {rules->table, rules->db, rules->arch};
	const struct report_options report_options = {
		.out = stderr, .is_quiet = true, .only_summary = true, .needs = &needs};
	const struct trace_log_options log_options = {.shows_progress =
							      !options->report.is_quiet};
	struct report_totals totals = {.beside = ""};
	struct judge judge = *rules;
	const char *problem = NULL;
	int error;

	judge.report = report_new(&report_options);
	error = trace_log(&judge, path, &log_options, &totals, &problem);
	report_needs_each(judge.report->needs, on_need, plan);
	report_free(judge.report);
	if (!error && !problem)
		return TRACE_DONE;
	fprintf(stderr, "scmltrace: cannot read %s: %s\n", path,
		problem ? problem : strerror(-error));
	return TRACE_SYSTEM;
}

/* A report begins with an object; no log does. */
static int add_file(const struct trace_options *options, const struct judge *judge,
		    struct plan *plan, const char *path)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : trace_open(path);
	int first, status;

	if (!in)
		return TRACE_SYSTEM;
	first = getc(in);
	if (first != EOF)
		ungetc(first, in);
	plan_add_program(plan, path);
	if (first == '{' || in == stdin)
		status = add_report(plan, in, path);
	else
		status = add_log(options, judge, plan, path);
	if (in != stdin)
		fclose(in);
	return status;
}

int trace_plan(const struct trace_options *options, const struct judge *judge, FILE *out)
{
	struct plan plan = {.arena = options->compilation->arena};
	int status = TRACE_DONE;

	for (size_t i = 0; i < options->files.count; i++) {
		int one = add_file(options, judge, &plan, options->files.items[i]);

		status = status ? status : one;
	}
	/* A plan for some of the programs would not be the best one for all. */
	if (status != TRACE_DONE)
		return status;
	plan_make(&plan);
	plan_write(&plan, options->compilation->rules[0], out);
	return TRACE_DONE;
}
