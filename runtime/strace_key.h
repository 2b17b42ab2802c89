/* strace_key: the bytes of a line that decide the verdict about it, and nothing else. */
#ifndef SCML_STRACE_KEY_H
#define SCML_STRACE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "strace_plan.h"
#include "strace_reader.h"

enum { STRACE_MAX_KEY = 1024 };

struct strace_key {
	uint32_t hash;
	uint32_t len;
	char bytes[STRACE_MAX_KEY + sizeof(uint64_t)];
};

/**
 * Gather what PLAN wants of EVENT's line. False: the line is an unusual one, to be looked at as
 * a whole: arguments with names, empty ones, a line without an end, one that is too long.
 */
bool strace_key_make(const struct strace_plan *plan, const struct strace_event *event,
		     struct strace_key *key);

#endif
