#include "lint.h"

void lint_run(const struct compilation *compilation, const struct lint_options *options)
{
	lint_duplicates(compilation);
	lint_covered(compilation);
	if (options->min_kernel)
		lint_kernel(compilation, options->min_kernel);
	if (options->portable)
		lint_portable(compilation);
}
