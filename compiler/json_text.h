/* json_text: strings in JSON, from bytes that may be anything. */
#ifndef SCML_JSON_TEXT_H
#define SCML_JSON_TEXT_H

#include <stddef.h>
#include <stdio.h>

/** Write LEN bytes at TEXT to OUT as a JSON string, quotes included; what is not UTF-8 becomes
 * U+FFFD. */
void json_write_bytes(FILE *out, const char *text, size_t len);

/** The same for a NUL-terminated string. */
void json_write_string(FILE *out, const char *text);

#endif
