/*
 * strace_walk: from value to value along a line, by the marks of many bytes at once. It comes
 * to the same ends as strace_value_len(), which looks at one byte after the other.
 */
#ifndef SCML_STRACE_WALK_H
#define SCML_STRACE_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "strace_line.h"
#include "strace_marks.h"

/** A text and how far one has come in it; never back. */
struct strace_walk {
	struct strace_text text;
	size_t slack;  /* bytes behind the text that may be read too */
	size_t base;   /* of the block whose marks are known */
	size_t before; /* up to here, it belongs to pieces that are done */
	uint64_t quotes;
	uint64_t marks; /* of the block, those that have not been come to */
};

/** At the start of TEXT, behind which SLACK more bytes may be read, whatever they are. */
struct strace_walk strace_walk_start(struct strace_text text, size_t slack);

/** strace_walk_value() of any value. */
size_t strace_walk_any_value(struct strace_walk *walk, size_t at);

/** Where the value at AT ends: AT + strace_value_len() of what is there. */
static inline size_t strace_walk_value(struct strace_walk *walk, size_t at)
{
	uint64_t marks = 0;

	/* Most values have nothing special in them. */
	if (at - walk->base < STRACE_BLOCK)
		marks = walk->marks & UINT64_MAX << (at - walk->base);
	if (marks) {
		size_t end = walk->base + (size_t)__builtin_ctzll(marks);

		if (walk->text.at[end] == ',' || walk->text.at[end] == ')') {
			walk->marks = marks & (marks - 1);
			return end;
		}
	}
	return strace_walk_any_value(walk, at);
}

#endif
