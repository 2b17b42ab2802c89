#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inherited.h"
#include "judge.h"
#include "program_status.h"
#include "report_needs.h"
#include "spec_files.h"
#include "trace_live.h"
#include "trace_log.h"
#include "trace_merge.h"
#include "trace_options.h"
#include "trace_output.h"
#include "trace_plan.h"
#include "trace_reports.h"

static int system_error(const char *step, const char *what, int error)
{
	fprintf(stderr, "scmltrace: cannot %s%s%s: %s\n", step, what ? " " : "",
		what ? what : "", strerror(error));
	return TRACE_SYSTEM;
}

/* `--input LOG.*` names one log, and then what the shell put behind it. */
static void explain_operands(const struct trace_options *options)
{
	for (size_t i = 0; options->input && i < options->specs.count; i++) {
		if (trace_plan_is_spec(options->specs.items[i]))
			continue;
		fprintf(stderr,
			"scmltrace: '%s' was read as rules; if it is a log, judge it together "
			"with the other by 'cat LOG... | scmltrace SPEC... --input -'\n",
			options->specs.items[i]);
		return;
	}
}

static int compile_specs(const struct trace_options *options)
{
	struct compilation *compilation = options->compilation;
	struct compile_options compile = {
		.archs = &options->arch,
		.arch_count = options->arch ? 1 : 0,
		.overlays = options->overlays.items,
		.overlay_count = options->overlays.count,
	};
	struct spec_files files = {0};

	if (!options->is_verbose)
		diags_min_level(compilation->diags, DIAG_ERROR);
	for (size_t i = 0; i < options->specs.count; i++)
		spec_files_add(&files, compilation->arena, compilation->diags,
			       options->specs.items[i]);
	compile_run(compilation, files.paths.items, files.paths.count, &compile);
	diags_sort(compilation->diags);
	diags_write(compilation->diags, DIAG_TEXT, options->color, stderr);
	if (diags_has(compilation->diags, DIAG_FILE_ERROR))
		return TRACE_SYSTEM;
	if (!diags_count(compilation->diags, DIAG_ERROR))
		return TRACE_DONE;
	explain_operands(options);
	return TRACE_SPEC_ERRORS;
}

/* What --fail makes of the report. */
static int failure(const struct trace_options *options, const struct report *report)
{
	if (options->must_fail && report_count(report, REPORT_UNSUPPORTED))
		return TRACE_UNSUPPORTED;
	if (options->must_fail && !report_is_complete(report))
		return TRACE_INCOMPLETE;
	return TRACE_DONE;
}

static int start_error(const struct trace_options *options, const struct engine_result *result)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)options->pid);
	if (result->end == ENGINE_FAILED)
		return system_error(result->step, options->pid ? pid : NULL, result->error);
	fprintf(stderr, "scmltrace: cannot %s '%s': %s\n", result->step, options->program[0],
		strerror(result->error));
	return result->error == ENOENT ? TRACE_NOT_FOUND : TRACE_NOT_EXECUTABLE;
}

static void note_circumstances(const struct trace_options *options, struct report *report,
			       const struct engine *engine, const struct engine_result *result)
{
	if (!(engine->traits & ENGINE_SEES_REFUSED) && inherited_filter())
		report_note_loss(report,
				 "a seccomp filter was there before, as in a container: calls "
				 "that it refuses are not seen; with --engine ptrace they are");
	if (result->end == ENGINE_DETACHED)
		report_note(report, options->pid
					    ? "let go; the process goes on unjudged"
					    : "the program left processes behind; they go on "
					      "unjudged");
	if (result->end == ENGINE_CUT)
		report_note(report, "the program left processes behind; they were killed, for "
				    "their calls would fail without this engine");
	if (options->is_verbose && result->has_no_new_privs)
		report_note(
			report,
			"without privileges, set-uid programs run as the user who calls them");
	if (options->is_verbose && result->may_repeat)
		report_note(report,
			    "on this kernel, a call that a signal interrupts counts twice");
}

static int run_program(const struct trace_options *options, const struct judge *judge)
{
	struct compilation *compilation = options->compilation;
	struct trace_live live = {
		.judge = judge,
		.engine = options->engine,
		.rules = compilation->rules[0],
		.holds_all = report_wants_each(judge->report),
		.argv = options->program,
		.pid = options->pid,
	};
	struct report_totals totals = {.beside = " beside those that registers prove"};
	const struct engine *engine;
	struct engine_result result;
	bool has_rings = inherited_rings(options->pid ? options->pid : getpid());
	int error;

	engine = trace_live(&live, compilation->arena, &result);
	if (live.holds_all || engine->traits & ENGINE_SEES_ALL)
		totals.beside = "";
	/* Whether or not anybody reads the summary, the program's status is to be passed on. */
	signal(SIGPIPE, SIG_IGN);
	if (result.end == ENGINE_NO_PROGRAM || result.end == ENGINE_FAILED)
		return start_error(options, &result);
	if (has_rings)
		report_note_loss(judge->report,
				 "there was an io_uring before, and what it does is no "
				 "system call");
	note_circumstances(options, judge->report, engine, &result);
	totals.withdrawn = result.withdrawn;
	totals.interrupted = result.interrupted;
	totals.lost =
		!options->pid && (result.end == ENGINE_DETACHED || result.end == ENGINE_CUT);
	error = report_end(judge->report, &totals);
	if (error && error != EPIPE)
		return system_error("write", "the report", error);
	error = failure(options, judge->report);
	return error ? error : program_pass_on(result.status);
}

static int read_log(const struct trace_options *options, const struct judge *judge)
{
	const struct trace_log_options log_options = {
		.shows_progress = !options->report.is_quiet &&
				  (options->report.only_summary || options->output),
	};
	struct report_totals totals = {.beside = ""};
	const char *problem;
	int error = trace_log(judge, options->input, &log_options, &totals, &problem);

	if (error)
		return system_error("read", options->input, -error);
	error = report_end(judge->report, &totals);
	if (error && error != EPIPE)
		return system_error("write", "the report", error);
	if (problem) {
		fprintf(stderr, "scmltrace: '%s' was not read to its end: %s\n", options->input,
			problem);
		return TRACE_SYSTEM;
	}
	return failure(options, judge->report);
}

static int run(const struct trace_options *options, FILE *out)
{
	struct compilation *compilation = options->compilation;
	const struct rules *rules = compilation->rules[0];
	struct report_options report_options = options->report;
	struct judge judge = {
		.db = compilation->db,
		.arch = rules->arch,
		.table = table_build(compilation->arena, rules),
		.only_listed = options->only_listed,
	};
	const struct report_needs_of needs = {judge.table, judge.db, judge.arch};
	int status;

	visibility_resolve(&judge.visibility, judge.db, judge.arch,
			   VISIBILITY_RINGS | VISIBILITY_REFUSALS);
	if (options->command == TRACE_PLAN)
		return trace_plan(options, &judge, out);
	if (!options->input && (int)judge.arch != abi_arch_host(judge.db)) {
		fprintf(stderr, "scmltrace: a program that runs here makes no calls of '%s'\n",
			options->arch);
		return TRACE_USAGE;
	}
	report_options.out = out;
	/* Without rules there is nothing to report: something is to be learned. */
	if (!options->specs.count)
		report_options.is_quiet = report_options.only_summary = true;
	if (options->wants_coverage)
		report_options.coverage = judge.table;
	if (report_options.format == REPORT_JSON)
		report_options.needs = &needs;
	judge.report = report_new(&report_options);
	trace_reports_attach(options, &judge);
	status = options->input ? read_log(options, &judge) : run_program(options, &judge);
	report_free(judge.report);
	return status;
}

static int compile_and_run(const struct trace_options *options)
{
	bool is_sum = options->command == TRACE_MERGE;
	int status = is_sum ? TRACE_DONE : compile_specs(options);

	if (status == TRACE_DONE)
		status = trace_output_check(options);
	return status == TRACE_DONE ? trace_output_run(options, is_sum ? trace_merge : run)
				    : status;
}

enum { HEAP_STEP = 512 * 1024, HEAP_KEPT = 16 * 1024 * 1024 };

/* Planning a filter takes and frees blocks by turns: giving each back costs more than the plan.
 */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
	mallopt(M_TOP_PAD, HEAP_STEP);
#endif
}

int main(int argc, char **argv)
{
	struct trace_options options = {0};
	int status;
	bool stop;
	int result;

	program_fill_descriptors();
	keep_memory();
	options.compilation = compile_new();
	status = trace_options_parse(&options, argc, argv, &stop);
	result = status;
	if (status == TRACE_DONE && !stop)
		result = compile_and_run(&options);
	compile_free(options.compilation);
	return result;
}
