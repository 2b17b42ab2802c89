/*
 * strace_walk: from value to value along a line, by the marks of many bytes at once. It comes
 * to the same ends as strace_value_len(), which looks at one byte after the other.
 */
#ifndef SCML_STRACE_WALK_H
#define SCML_STRACE_WALK_H

#include <stddef.h>

#include "strace_line.h"
#include "strace_marks.h"

/** A text and how far one has come in it; never back. */
struct strace_walk {
	struct strace_text text;
	size_t slack;  /* bytes behind the text that may be read too */
	size_t base;   /* of the block whose marks are known */
	size_t before; /* up to here, it belongs to pieces that are done */
	struct strace_marks marks;
};

/** At the start of TEXT, behind which SLACK more bytes may be read, whatever they are. */
struct strace_walk strace_walk_start(struct strace_text text, size_t slack);

/** Where the value at AT ends: AT + strace_value_len() of what is there. */
size_t strace_walk_value(struct strace_walk *walk, size_t at);

#endif
