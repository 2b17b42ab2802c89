/*
 * strace_reader: a log of strace's, read in pieces of any size, becomes calls. Lines may be cut
 * anywhere; what comes out is the same. Memory is bounded however long the log is, and nothing
 * that stands in it ends the run: what cannot be read is counted.
 */
#ifndef SCML_STRACE_READER_H
#define SCML_STRACE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "scml.h"
#include "strace_calls.h"
#include "strace_line.h"

enum {
	STRACE_MAX_LINE = 4 << 20, /* bytes; longer lines are unreadable */
	STRACE_SHOWN_LINES = 8,	   /* of the unreadable ones */
	STRACE_SHOWN_BYTES = 60,   /* of each of them */
	STRACE_NO_NR = 0x3fffffff, /* a number that no call has */
};

/** One call of the log. Slices live as long as the callback runs. */
struct strace_event {
	uint64_t line; /* on which it is complete, from 1 */
	uint32_t pid;  /* 0: the log does not say */
	struct strace_text name;
	struct strace_text text; /* the line without what stands before the call; joined from
				    its    two halves where they were apart */
	struct strace_text rest; /* of TEXT: what follows the parenthesis */
	size_t slack;		 /* bytes behind TEXT that may be read too, whatever they are */
	const struct strace_call *call; /* NULL: the architecture has no call of that name */
	const struct abi_call *abi;	/* the same, and the one of `syscall_0x3e7` */
	uint32_t nr;			/* STRACE_NO_NR: not known */
	bool is_foreign;		/* of another table: x32, a 32-bit program */
	bool has_beginning;		/* false: nothing is known of its arguments */
};

/** Takes one call. */
typedef void strace_event_fn(void *context, const struct strace_event *event);

/** The beginning of a line that cannot be read. */
struct strace_unreadable {
	uint64_t line; /* from 1 */
	uint32_t len;  /* of TEXT */
	bool is_cut;   /* the line goes on behind TEXT */
	char text[STRACE_SHOWN_BYTES];
};

/** What has been read so far. */
struct strace_counts {
	uint64_t lines;
	uint64_t calls; /* delivered */
	uint64_t unreadable;
	struct strace_unreadable unreadable_lines[STRACE_SHOWN_LINES]; /* the first ones */
	uint64_t lost_beginnings; /* `resumed` without a beginning in the log */
	uint64_t never_returned;  /* calls that were never resumed */
	uint64_t forgotten;	  /* calls that were begun when there was no more room */
};

struct strace_reader;

/**
 * A reader of logs from architecture ARCH of DB, which delivers calls to FN in the order in
 * which they are complete. NULL when memory runs out.
 */
struct strace_reader *strace_reader_new(const struct abi_db *db, unsigned arch,
					strace_event_fn *fn, void *context);

void strace_reader_free(struct strace_reader *reader);

/** From now on look at every line as if it were an unusual one: what tests compare with. */
void strace_reader_be_careful(struct strace_reader *reader);

/** Read SIZE more bytes. @return 0, or -ENOMEM: then the log must not be read further */
int strace_reader_feed(struct strace_reader *reader, const char *bytes, size_t size);

/** The log has ended: deliver what waits for more. @return as strace_reader_feed() */
int strace_reader_end(struct strace_reader *reader);

/**
 * The call of EVENT by value, from within the callback. It is left to the callback because most
 * calls can be judged by their name alone.
 * @return the memory behind its pointers, until the next call is decoded
 */
const struct scml_memory *strace_reader_decode(struct strace_reader *reader,
					       const struct strace_event *event,
					       struct scml_call *call);

/** The error with which the call of EVENT failed, if it did, and nothing else of it. */
void strace_reader_decode_error(struct strace_reader *reader, const struct strace_event *event,
				struct scml_call *call);

const struct strace_counts *strace_reader_counts(const struct strace_reader *reader);

#endif
