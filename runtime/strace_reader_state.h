/*
 * strace_reader_state: what a reader of logs knows, for the two halves of its work: bytes
 * become lines (strace_reader.c), and lines become calls (strace_join.c), which may have been
 * apart.
 */
#ifndef SCML_STRACE_READER_STATE_H
#define SCML_STRACE_READER_STATE_H

#include "strace_pending.h"
#include "strace_reader.h"
#include "strace_value.h"

struct strace_reader {
	const struct abi_db *db;
	unsigned arch;
	strace_event_fn *fn;
	void *context;
	struct strace_calls *calls;
	struct strace_decoder *decoder;
	struct strace_pending *pending;
	struct strace_counts counts;
	/* A line of which not all has come, or that strace wrote a message into. */
	char *line;
	size_t len, capacity;
	size_t head;	  /* bytes of LINE that belong to lines before */
	bool is_too_long; /* the line that is being read, up to its newline */
	bool is_careful;
};

/** A complete line of LEN bytes; SLACK bytes behind it may be read too. */
void strace_join_line(struct strace_reader *reader, const char *text, size_t len, size_t slack);

/** The line that is being counted, of which TEXT is known, cannot be read. */
void strace_join_unreadable(struct strace_reader *reader, struct strace_text text);

/** There are no more lines: calls that are not complete never will be. */
void strace_join_end(struct strace_reader *reader);

#endif
