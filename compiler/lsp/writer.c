#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "utf8.h"

enum { WRITER_FIRST = 4096 };

static void add_bytes(struct writer *writer, const char *text, size_t len)
{
	if (writer->capacity - writer->len < len) {
		size_t capacity = writer->capacity ? writer->capacity : WRITER_FIRST;

		while (capacity - writer->len < len)
			capacity *= 2;
		writer->bytes = realloc(writer->bytes, capacity);
		if (!writer->bytes)
			arena_out_of_memory();
		writer->capacity = capacity;
	}
	memcpy(writer->bytes + writer->len, text, len);
	writer->len += len;
}

void writer_add(struct writer *writer, const char *text)
{
	add_bytes(writer, text, strlen(text));
}

void writer_number(struct writer *writer, int64_t number)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do
		digits[--at] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		digits[--at] = '-';
	add_bytes(writer, digits + at, sizeof(digits) - at);
}

/* Can the byte stand in a string as it is, whatever is beside it? */
static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void writer_string(struct writer *writer, const char *text)
{
	size_t len = strlen(text);

	writer_add(writer, "\"");
	for (size_t at = 0; at < len;) {
		size_t run = 0, step;
		uint32_t point;
		char escaped[16];

		while (at + run < len && is_plain(text[at + run]))
			run++;
		add_bytes(writer, text + at, run);
		at += run;
		if (at == len)
			break;
		step = utf8_decode(text + at, len - at, &point);
		if (point == UTF8_INVALID) {
			writer_add(writer, "\\ufffd");
		} else if (point < 0x80) {
			snprintf(escaped, sizeof(escaped), "\\u%04x", (unsigned)point);
			writer_add(writer, escaped);
		} else {
			add_bytes(writer, text + at, step);
		}
		at += step;
	}
	writer_add(writer, "\"");
}

static void add_position(struct writer *writer, struct lsp_position position)
{
	writer_add(writer, "{\"line\":");
	writer_number(writer, position.line);
	writer_add(writer, ",\"character\":");
	writer_number(writer, position.column);
	writer_add(writer, "}");
}

void writer_range(struct writer *writer, struct lsp_position start, struct lsp_position end)
{
	writer_add(writer, "{\"start\":");
	add_position(writer, start);
	writer_add(writer, ",\"end\":");
	add_position(writer, end);
	writer_add(writer, "}");
}

void writer_free(struct writer *writer)
{
	free(writer->bytes);
	*writer = (struct writer){0};
}
