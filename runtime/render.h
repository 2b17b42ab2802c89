/* render: a system call as strace would print it, from its registers and memory. */
#ifndef SCML_RENDER_H
#define SCML_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include "abi.h"
#include "scml.h"

enum {
	RENDER_MAX_STRING = 32,	  /* bytes of a string that are shown, then "..." */
	RENDER_MAX_ELEMENTS = 32, /* of an array */
	RENDER_MAX_DEPTH = 6,	  /* structs behind pointers in structs */
};

struct render {
	const struct abi_db *db;
	unsigned arch;	   /* index into db->archs */
	bool shows_result; /* ` = 3`, ` = -1 ENOENT (…)` behind a call that has returned */
};

/**
 * Write CALL to TEXT, SIZE bytes of which are there (at least 8); text that does not fit ends
 * in "...". What cannot be read is shown as its address, what the kernel has yet to fill in
 * too. Calls that the database does not know: `syscall_0x1b0(0x1, …)`.
 * @param memory  the caller's memory, or NULL
 * @return the length of the text
 */
size_t render_call(const struct render *render, const struct scml_call *call,
		   const struct scml_memory *memory, char *text, size_t size);

#endif
