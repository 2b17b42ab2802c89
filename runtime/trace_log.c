#include "trace_log.h"

#include <errno.h>
#include <stdlib.h>

#include "log_input.h"
#include "log_judge.h"
#include "progress.h"

enum { CHUNK = 256 << 10 };

static int read_all(struct log_judge *log, struct log_input *input, struct report *report,
		    struct progress *progress)
{
	char *chunk = malloc(CHUNK);
	int error = chunk ? 0 : -ENOMEM;
	size_t size;

	while (!error && (size = log_input_read(input, chunk, CHUNK))) {
		error = log_judge_feed(log, chunk, size);
		report_flush(report);
		progress_show(progress, log_input_position(input), log_input_size(input),
			      log_judge_counts(log)->lines);
	}
	progress_clear(progress);
	free(chunk);
	return error;
}

int trace_log(const struct judge *judge, const char *path,
	      const struct trace_log_options *options, struct report_totals *totals,
	      const char **problem)
{
	struct progress progress = progress_start(options->shows_progress);
	struct log_input *input;
	struct log_judge *log;
	int error = log_input_open(path, &input);

	*problem = NULL;
	if (error)
		return error;
	log = log_judge_new(judge, options->is_careful);
	error = log ? 0 : -ENOMEM;
	report_hold(judge->report);
	if (!error)
		error = read_all(log, input, judge->report, &progress);
	if (!error)
		error = log_judge_end(log, totals);
	*problem = log_input_problem(input);
	totals->lost += *problem ? 1 : 0;
	log_judge_free(log);
	log_input_close(input);
	return error;
}
