/* lint: warnings about rules that are well formed but probably not what was meant. */
#ifndef SCML_LINT_H
#define SCML_LINT_H

#include "compile.h"

struct lint_options {
	unsigned min_kernel; /* MAJOR * 256 + MINOR; 0: any */
	bool portable;	     /* warn of what other tools would not read */
};

/** Check COMPILATION, which has been run; warnings go to its diags. */
void lint_run(const struct compilation *compilation, const struct lint_options *options);

/** Names that stand twice in one list. */
void lint_duplicates(const struct compilation *compilation);

/** Syntax that only this project reads. */
void lint_portable(const struct compilation *compilation);

/** Rules that an earlier rule covers entirely. */
void lint_covered(const struct compilation *compilation);

/** Calls and constants that are younger than MIN_KERNEL. */
void lint_kernel(const struct compilation *compilation, unsigned min_kernel);

#endif
