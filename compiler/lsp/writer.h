/*
 * writer: JSON put together as text. Diagnostics are sent after every keystroke, thousands of
 * them where it comes to the worst; as trees of values they would take longer than to find.
 */
#ifndef SCML_LSP_WRITER_H
#define SCML_LSP_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

/** Text that grows, in memory of malloc(); zero-initialised it is empty. */
struct writer {
	char *bytes;
	size_t len;
	size_t capacity;
};

/** Append TEXT as it is. */
void writer_add(struct writer *writer, const char *text);

/** Append a number; a string with its quotes, in which what is not UTF-8 becomes U+FFFD. */
void writer_number(struct writer *writer, int64_t number);
void writer_string(struct writer *writer, const char *text);

/** Append a range. */
void writer_range(struct writer *writer, struct lsp_position start, struct lsp_position end);

void writer_free(struct writer *writer);

#endif
