/*
 * strace_span: how far strace's values go: strings, brackets, annotations (`3</a,b>`),
 * comments.
 */
#ifndef SCML_STRACE_SPAN_H
#define SCML_STRACE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

#include "strace_line.h"

/**
 * Length of the value at the start of TEXT: up to the first comma or closing bracket that is
 * not inside a string, a pair of brackets, an annotation (`3</a,b>`) or a comment, or the end.
 */
size_t strace_value_len(struct strace_text text);

/** Length of the annotation `<…>` (and of `(deleted)` after it) at TEXT, 0 if there is none. */
size_t strace_annotation_len(struct strace_text text);

/** Length of the string literal at TEXT, its quotes included; all of TEXT if it has no end. */
size_t strace_string_len(struct strace_text text);

/** Length of the comment at TEXT, a slash; 0 if it is only that. */
size_t strace_comment_len(struct strace_text text);

/**
 * How far TEXT goes on at AT, a <, as one piece. An annotation stands directly behind a number
 * or a name; a shift and the <unfinished ...> of a call that never ended do not.
 */
size_t strace_angle_len(struct strace_text text, size_t at);

/** Can C stand in a name? */
static inline bool strace_is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

#endif
