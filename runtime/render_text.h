/* render_text: text that grows into a buffer of the caller's and is cut where that is full. */
#ifndef SCML_RENDER_TEXT_H
#define SCML_RENDER_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct render_text {
	char *at;
	size_t size; /* of the buffer, its NUL included; at least RENDER_TEXT_MIN */
	size_t used;
	bool is_full; /* something was left out; the text ends in "..." */
};

enum { RENDER_TEXT_MIN = 8 };

/** An empty text in the SIZE bytes at BUFFER. */
struct render_text render_text_in(char *buffer, size_t size);

/** Append, like printf(). */
void render_put(struct render_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Append NUMBER in hexadecimal. */
void render_put_hex(struct render_text *text, uint64_t number);

/** Append SIZE bytes in quotes, escaped as strace does. */
void render_put_quoted(struct render_text *text, const unsigned char *bytes, size_t size);

#endif
