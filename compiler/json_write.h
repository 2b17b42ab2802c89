/* json_write: JSON a member or an element at a time, indented by depth. */
#ifndef SCML_JSON_WRITE_H
#define SCML_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "source.h"

/** A writer; all but OUT (and SOURCES, for json_place()) starts at zero. KEY is NULL where an
 * element of an array is written. */
struct json {
	FILE *out;
	const struct sources *sources;
	unsigned depth;
	bool has_items; /* at this depth */
};

/** Begin an object or an array with '{' or '[', end it with '}' or ']'. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/** A string. (Called so because a library of this name space has its own json_string().) */
void json_text(struct json *json, const char *key, const char *text);
void json_bool(struct json *json, const char *key, bool value);
void json_number(struct json *json, const char *key, uint64_t number);

/** A 64-bit word as hexadecimal text: most readers would round the number. */
void json_word(struct json *json, const char *key, uint64_t word);

/** Members `file`, `line` and `column`: where SPAN starts. */
void json_place(struct json *json, struct span span);

#endif
