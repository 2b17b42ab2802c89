/*
 * strace_line: one line of strace's text, taken apart. Nothing is copied or allocated: every
 * piece is a slice of the line, and any bytes may stand in it.
 */
#ifndef SCML_STRACE_LINE_H
#define SCML_STRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STRACE_MAX_ARGS = 16,	    /* printed arguments; what lies beyond is left out */
	STRACE_UNFINISHED_LEN = 17, /* of ` <unfinished ...>` */
};

/** A slice of a text. AT may be NULL where LEN is 0. */
struct strace_text {
	const char *at;
	size_t len;
};

enum strace_kind {
	STRACE_CALL,	   /* NAME(… to the end of the line */
	STRACE_UNFINISHED, /* NAME(… <unfinished ...> */
	STRACE_RESUMED,	   /* <... NAME resumed>… */
	STRACE_SIGNAL,	   /* --- SIGX {…} --- */
	STRACE_EXIT,	   /* +++ exited with 0 +++ */
	STRACE_MODE,	   /* [ Process PID=1 runs in 32 bit mode. ] */
	STRACE_NOISE,	   /* strace's own messages, stack frames, dumps, empty lines */
	STRACE_STATISTICS, /* of the table that -C puts behind all calls */
	STRACE_UNREADABLE, /* no line of strace's */
};

/** A line. Slices that do not occur are empty. */
struct strace_line {
	enum strace_kind kind;
	uint32_t pid;		 /* 0: the line does not say */
	struct strace_text time; /* the absolute or relative time before the call, as printed */
	struct strace_text start; /* from the name on, to the end of the line */
	struct strace_text name;  /* of the call; STRACE_MODE: the mode (`32 bit`) */
	struct strace_text rest;  /* CALL and UNFINISHED: what follows the parenthesis, up to
				     `<unfinished`; RESUMED: what follows `resumed>` */
};

/** What a call returned. */
struct strace_result {
	bool is_known;		  /* false for `?` and where the text ends before it */
	int64_t value;		  /* -1 where ERROR_NAME says more */
	struct strace_text error; /* ENOENT, ERESTARTSYS; also after `?` */
	struct strace_text note;  /* what stands in parentheses after it */
	struct strace_text time;  /* the seconds of `<0.000012>` */
};

/** The arguments and the result of a call. */
struct strace_parts {
	struct strace_text args[STRACE_MAX_ARGS]; /* without the spaces around them */
	size_t count;
	bool is_closed; /* the closing parenthesis is there: no argument is missing */
	struct strace_result result;
};

/** Take the LEN bytes at TEXT apart, a line without its newline. */
void strace_line_read(const char *text, size_t len, struct strace_line *line);

/** Does REST, what follows the parenthesis of a call, end with `<unfinished ...>`? */
bool strace_line_is_unfinished(struct strace_text rest);

/**
 * How many digits TEXT begins with, and the number that they are; of those that are too many
 * for a process number not all need be counted. SLACK bytes behind TEXT may be read too.
 */
size_t strace_pid_len(struct strace_text text, size_t slack, uint32_t *pid);

/** How many bytes stand before the parenthesis at the start of TEXT, 0 if there is none near.
 */
size_t strace_call_len(struct strace_text text);

/**
 * Split the REST of a call at the commas outside of strings, brackets and annotations. SLACK
 * bytes behind it may be read too.
 */
void strace_line_split(struct strace_text rest, size_t slack, struct strace_parts *parts);

/** The result in TEXT, which is what stands behind the arguments and their parenthesis. */
void strace_line_result(struct strace_text text, struct strace_result *result);

/** TEXT without the spaces around it. */
struct strace_text strace_trim(struct strace_text text);

/** TEXT without its first COUNT bytes; COUNT is at most its length. */
static inline struct strace_text strace_skip(struct strace_text text, size_t count)
{
	text.at += count;
	text.len -= count;
	return text;
}

/** Length of the name (letters, digits, underscores) at the start of TEXT. */
size_t strace_name_len(struct strace_text text);

/** Is TEXT the C string WORD? */
bool strace_is(struct strace_text text, const char *word);

/** Does TEXT start with the C string WORD? */
bool strace_starts_with(struct strace_text text, const char *word);

/**
 * The number at the start of TEXT, as strace prints it: decimal, 0x hexadecimal, 0 octal (more
 * leading zeros in front of six or more digits: `%08x`), with an optional minus.
 * @return how many bytes it takes, 0 if there is none or it does not fit 64 bits
 */
size_t strace_number(struct strace_text text, uint64_t *value);

#endif
