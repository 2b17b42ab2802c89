#include "trace_output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "source.h"

static int write_error(const char *path, int error)
{
	fprintf(stderr, "scmltrace: cannot write %s: %s\n", path, strerror(error));
	return TRACE_SYSTEM;
}

static bool was_read(const struct trace_options *options, const char *path)
{
	const struct sources *sources = options->compilation->sources;
	const char *const *input;

	/* Specs, those in folders too, and overlays. */
	for (uint32_t i = 0; i < source_file_count(sources); i++)
		if (output_replaces(path, source_file(sources, i)->path))
			return true;
	/* Of a sum: the reports. */
	vec_each (input, &options->specs)
		if (output_replaces(path, *input))
			return true;
	vec_each (input, &options->files)
		if (output_replaces(path, *input))
			return true;
	return output_replaces(path, options->input);
}

int trace_output_check(const struct trace_options *options)
{
	const char *const results[] = {options->output, options->learn, options->page};

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (!was_read(options, results[i]))
			continue;
		fprintf(stderr,
			"scmltrace: '%s' is also an input, which the result would replace; "
			"give "
			"the result another name\n",
			results[i]);
		return TRACE_USAGE;
	}
	return TRACE_DONE;
}

static int run_streaming(const struct trace_options *options, trace_make *make)
{
	FILE *out = stderr;
	int status;

	if (options->output)
		out = strcmp(options->output, "-") == 0 ? stdout : fopen(options->output, "we");
	if (!out)
		return write_error(options->output, errno);
	status = make(options, out);
	if (out != stderr && fclose(out))
		return write_error(options->output, errno);
	return status;
}

static int run_whole(const struct trace_options *options, trace_make *make)
{
	const char *path = options->output ? options->output : "-";
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	int status, error;

	if (!out)
		return write_error(path, errno);
	status = make(options, out);
	error = fclose(out) ? errno : 0;
	/* Nothing comes of inputs with errors: what stood there stays. */
	if (!error && size)
		error = -output_write(path, text, size);
	free(text);
	if (error && error != EPIPE)
		return write_error(strcmp(path, "-") == 0 ? "standard output" : path, error);
	return status;
}

int trace_output_run(const struct trace_options *options, trace_make *make)
{
	return options->command == TRACE_JUDGE ? run_streaming(options, make)
					       : run_whole(options, make);
}
