/* strace_calls: which call of the database a name in strace's text is, by one look at a table.
 */
#ifndef SCML_STRACE_CALLS_H
#define SCML_STRACE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "strace_line.h"

/** A call that an architecture has. */
struct strace_call {
	const struct abi_call *abi;
	const char *name;
	size_t name_len;
	uint32_t nr;
	uint32_t id; /* a small number of its own, from 1 */
};

struct strace_calls;

/** The calls that ARCH of DB has; NULL when memory runs out. */
struct strace_calls *strace_calls_new(const struct abi_db *db, unsigned arch);

void strace_calls_free(struct strace_calls *calls);

/** The call whose name is the first NAME_LEN bytes of TEXT; NULL: there is none. */
const struct strace_call *strace_calls_find(const struct strace_calls *calls,
					    struct strace_text text, size_t name_len);

#endif
