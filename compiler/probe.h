/*
 * probe: asks a C compiler what expressions are worth with some headers, by compiling to
 * assembler and reading it. No target code runs, so a cross compiler (or clang --target with
 * the headers of the target) is enough.
 */
#ifndef SCML_PROBE_H
#define SCML_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum probe_state {
	PROBE_OPEN,	 /* not asked yet */
	PROBE_KNOWN,	 /* VALUE holds */
	PROBE_UNKNOWN,	 /* the headers do not know the expression */
	PROBE_NO_HEADER, /* a header is missing */
	PROBE_FAILED,	 /* the headers do not compile */
};

/** One expression and its answer. */
struct probe_question {
	const char *expr;
	int64_t value;
	enum probe_state state;
};

/** Expressions that need the same headers, which are compiled together. */
struct probe_unit {
	const char *headers; /* separated by spaces, in the order of inclusion */
	struct probe_question **questions;
	size_t count;
	const char *failure; /* what the compiler said, for PROBE_FAILED */
};

/** The compiler command COMMAND (NULL-terminated) exists and can compile with headers. */
bool probe_compiler_works(struct arena *arena, const char *const *command);

/** Answer the questions of all UNITS, several compilers at a time. */
void probe_ask(struct arena *arena, const char *const *command, struct probe_unit *units,
	       size_t count);

/** The macros that HEADER defines, as the compiler prints them; NULL where it cannot. */
const char *probe_macros(struct arena *arena, const char *const *command, const char *header);

#endif
