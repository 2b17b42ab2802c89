/*
 * strace_literal: strace's notation for what is no number: lists, changes, strings, sets of
 * signals.
 */
#ifndef SCML_STRACE_LITERAL_H
#define SCML_STRACE_LITERAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "strace_line.h"
#include "strace_memory.h"
#include "strace_scalar.h"

/** Cut the first element of a list from *REST; false at its end. */
bool strace_list_next(struct strace_text *rest, struct strace_text *element);

/** Make *TEXT what stands between the brackets OPEN and CLOSE at its ends; false: none do. */
bool strace_unwrap(struct strace_text *text, char open, char close);

/** The side of `old => new` that counts; TEXT itself where it is no such change. */
struct strace_text strace_side(struct strace_text text, bool is_new);

/** Is TEXT a string literal? `@"…"` is an abstract socket's name, behind a NUL byte. */
bool strace_is_string(struct strace_text text);

/** Write the bytes of the literal TEXT, a NUL behind them where they are all of the string. */
void strace_string_write(struct strace_memory *memory, uint64_t address,
			 struct strace_text text, bool wants_nul);

/** The word that `[INT RT_8]` or `~[]`, a set of signals, is; false: it is none. */
bool strace_signals_read(const struct strace_names *names, struct strace_text text,
			 uint64_t *word);

#endif
