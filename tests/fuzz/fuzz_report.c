/* Any bytes as JSON reports: they are read to the end, what comes of them is a report that
 * reads back as the same sums, and a plan whose SCML has no syntax errors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "parse.h"
#include "plan.h"
#include "report_merge.h"
#include "report_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct sum {
	struct report *report;
	struct plan *plan;
};

static void on_cause(void *context, const struct report_cause *cause)
{
	report_merge_cause(((struct sum *)context)->report, cause);
}

static void on_need(void *context, const struct report_cause *need)
{
	struct sum *sum = context;

	report_merge_need(sum->report, need);
	if (sum->plan)
		plan_add_need(sum->plan, need);
}

static void on_rule(void *context, const struct report_rule *rule)
{
	report_merge_rule(((struct sum *)context)->report, rule);
}

static void on_sums(void *context, const struct report_sums *sums)
{
	report_merge_sums(((struct sum *)context)->report, sums);
}

/* The sum of TEXT, written; NULL where there were errors. The caller frees it. */
static char *merge(const char *text, size_t size, struct plan *plan, size_t *merged_size)
{
	char *merged = NULL, *said = NULL;
	size_t said_size;
	FILE *out = open_memstream(&merged, merged_size);
	FILE *errors = open_memstream(&said, &said_size);
	FILE *in = size ? fmemopen((void *)(uintptr_t)text, size, "r") : NULL;
	const struct report_options options = {
		.out = out, .format = REPORT_JSON, .only_summary = true};
	struct sum sum = {report_new(&options), plan};
	const struct report_reader reader = {on_cause, on_need, on_rule, on_sums, &sum, errors};
	uint64_t count = in ? report_read(&reader, in, "fuzz") : 1;

	report_merge_end(sum.report);
	report_free(sum.report);
	fclose(out);
	fclose(errors);
	if (in)
		fclose(in);
	if (count && in && !said_size)
		abort();
	free(said);
	if (!count)
		return merged;
	free(merged);
	return NULL;
}

static void check_plan(struct arena *arena, struct plan *plan)
{
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct rules rules = {.db = abi_builtin()};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plan_make(plan);
	plan_write(plan, &rules, out);
	fclose(out);
	parse_document(arena, diags, sources,
		       source_from_text(sources, diags, "plan.scml", text, size));
	if (diags_count(diags, DIAG_ERROR))
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct plan plan = {.arena = arena};
	size_t once_size, twice_size;
	char *once, *twice;

	plan_add_program(&plan, "one");
	once = merge((const char *)bytes, size, &plan, &once_size);
	check_plan(arena, &plan);
	if (once) {
		twice = merge(once, once_size, NULL, &twice_size);
		if (!twice || once_size != twice_size || memcmp(once, twice, once_size) != 0)
			abort();
		free(twice);
	}
	free(once);
	arena_free(arena);
	return 0;
}
