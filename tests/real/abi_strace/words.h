/* words: a text of names and numbers, `A|B|0x10`, taken apart. */
#ifndef SCML_ABI_STRACE_WORDS_H
#define SCML_ABI_STRACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "strace_line.h"

enum { MAX_WORDS = 80 };

struct words {
	struct strace_text names[MAX_WORDS];
	size_t count;
	uint64_t number;      /* the numbers among them, ORed */
	bool are_alternative; /* `A or B`: one of them is enough */
};

/** Take TEXT apart; false where it is something else: a string, a struct, a list. */
bool words_read(struct strace_text text, struct words *words);

/** Is NAME among the names? */
bool words_have(const struct words *words, struct strace_text name);

#endif
