/* value: reading and making the JSON values of the protocol. */
#ifndef SCML_LSP_VALUE_H
#define SCML_LSP_VALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/** The value at PATH (members apart by dots) in VALUE, or NULL where there is none. */
const json_t *value_at(const json_t *value, const char *path);

/** The string, the truth at PATH; NULL, false where there is none. */
const char *value_string(const json_t *value, const char *path);
bool value_is_true(const json_t *value, const char *path);

/** Is WANTED among the strings of the array at PATH? */
bool value_has(const json_t *value, const char *path, const char *wanted);

/** The position at PATH; false where it is none. Numbers out of range are cut to it. */
bool value_position(const json_t *value, const char *path, struct lsp_position *position);

/** A JSON string of TEXT, of LEN bytes at TEXT; what is not UTF-8 becomes U+FFFD. */
json_t *value_text(const char *text);
json_t *value_text_n(const char *text, size_t len);

/** `{line, character}`. */
json_t *value_of_position(struct lsp_position position);

/** `{start, end}`. */
json_t *value_of_range(struct lsp_position start, struct lsp_position end);

#endif
