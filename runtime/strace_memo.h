/*
 * strace_memo: verdicts by the text that decided them. A log of a million lines has a few
 * thousand different ones. Memory is bounded: what does not fit begins anew.
 */
#ifndef SCML_STRACE_MEMO_H
#define SCML_STRACE_MEMO_H

#include <stdint.h>

#include "report.h"
#include "strace_key.h"

struct strace_memo;

/** No verdicts yet; NULL when memory runs out. */
struct strace_memo *strace_memo_new(void);

void strace_memo_free(struct strace_memo *memo);

/** What was found of KEY before, without process, text and values; NULL: it was not seen yet.
 */
const struct report_call *strace_memo_find(const struct strace_memo *memo,
					   const struct strace_key *key);

/** Remember what FOUND says about KEY, which must not be there. Its words are copied. */
void strace_memo_add(struct strace_memo *memo, const struct strace_key *key,
		     const struct report_call *found);

#endif
