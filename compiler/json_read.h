/* json_read: JSON from files that may hold anything, as a tree whose values know their place.
 */
#ifndef SCML_JSON_READ_H
#define SCML_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "diag.h"
#include "source.h"

enum {
	JSON_MAX_DEPTH = 64,
	JSON_MAX_VALUES = 1 << 19, /* of one file */
};

enum json_kind {
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_value {
	enum json_kind kind;
	struct span span;
	bool truth;		  /* JSON_BOOL */
	bool is_word;		  /* JSON_NUMBER: an integer from 0 to 2^64 - 1, which is: */
	uint64_t word;		  /* exact, whatever its size */
	const char *text;	  /* JSON_STRING: UTF-8 without NULs inside */
	const char *key;	  /* of a member of an object */
	struct json_value *first; /* JSON_ARRAY, JSON_OBJECT: in reading order */
	struct json_value *next;
};

/**
 * The value that FILE holds, in ARENA. NULL after an error, which was pushed to DIAGS: the
 * first thing that is not JSON, or a bound above.
 */
const struct json_value *json_read(struct arena *arena, struct diags *diags,
				   const struct source_file *file);

/** The member of OBJECT called KEY, the last one of several; NULL where there is none or it is
 * null, and where OBJECT is no object. */
const struct json_value *json_member(const struct json_value *object, const char *key);

/** What KIND is called in messages: "an object". */
const char *json_kind_name(enum json_kind kind);

#endif
