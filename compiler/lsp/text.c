#include "text.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "utf8.h"

enum { LSP_MARK_STEP = 1024 };

static void lines_push(struct lsp_lines *lines, uint32_t start)
{
	if (lines->count == lines->capacity) {
		size_t capacity = lines->capacity ? 2 * lines->capacity : 64;
		uint32_t *larger = realloc(lines->starts, capacity * sizeof(*larger));

		if (!larger)
			arena_out_of_memory();
		lines->starts = larger;
		lines->capacity = capacity;
	}
	lines->starts[lines->count++] = start;
}

/* How many units the next character of LEN bytes at TEXT is, and how many bytes. */
static size_t count_character(const char *text, size_t len, struct lsp_mark *mark)
{
	uint32_t point;
	size_t step = utf8_decode(text, len, &point);

	mark->units += point != UTF8_INVALID && point > 0xffff ? 2 : 1;
	mark->points++;
	return step;
}

static bool is_ascii(const char *text, size_t size)
{
	unsigned char all = 0;

	for (size_t at = 0; at < size; at++)
		all |= (unsigned char)text[at];
	return all < 0x80;
}

static void lines_mark(struct lsp_lines *lines, const char *text, size_t size)
{
	size_t count = size / LSP_MARK_STEP + 1;
	struct lsp_mark mark = {0};

	lines->mark_count = 0;
	if (is_ascii(text, size))
		return;
	if (count > lines->mark_capacity) {
		free(lines->marks);
		lines->marks = malloc(2 * count * sizeof(*lines->marks));
		if (!lines->marks)
			arena_out_of_memory();
		lines->mark_capacity = 2 * count;
	}
	for (size_t at = 0; lines->mark_count < count; mark.offset = (uint32_t)at) {
		size_t end = (lines->mark_count + 1) * LSP_MARK_STEP;

		lines->marks[lines->mark_count++] = mark;
		while (at < size && at < end)
			at += count_character(text + at, size - at, &mark);
	}
}

/* What stands before the character that byte OFFSET is in. */
static struct lsp_mark count_before(const struct lsp_lines *lines, const char *text,
				    size_t size, uint32_t offset)
{
	size_t index = offset / LSP_MARK_STEP;
	struct lsp_mark mark;

	if (!lines->mark_count)
		return (struct lsp_mark){offset, offset, offset};
	/* a mark stands at the start of a character, which may be a little later */
	while (lines->marks[index].offset > offset)
		index--;
	mark = lines->marks[index];
	while (mark.offset < offset) {
		struct lsp_mark next = mark;

		next.offset += (uint32_t)count_character(text + mark.offset, size - mark.offset,
							 &next);
		if (next.offset > offset)
			break;
		mark = next;
	}
	return mark;
}

void lsp_lines_build(struct lsp_lines *lines, const char *text, size_t size)
{
	bool has_returns = size && memchr(text, '\r', size);

	lines->count = 0;
	lines_mark(lines, text, size);
	lines_push(lines, 0);
	for (size_t at = 0; at < size; at++) {
		if (!has_returns) {
			const char *end = memchr(text + at, '\n', size - at);

			if (!end)
				return;
			at = (size_t)(end - text);
		}
		if (text[at] == '\n' ||
		    (text[at] == '\r' && (at + 1 == size || text[at + 1] != '\n')))
			lines_push(lines, (uint32_t)at + 1);
	}
}

void lsp_lines_free(struct lsp_lines *lines)
{
	free(lines->starts);
	free(lines->marks);
	*lines = (struct lsp_lines){0};
}

static size_t line_of(const struct lsp_lines *lines, uint32_t offset)
{
	size_t low = 0, high = lines->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (lines->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* What the next character of LEN bytes at TEXT takes, in bytes; its units go to *UNITS. */
static size_t step_over(const char *text, size_t len, enum lsp_encoding encoding,
			uint32_t *units)
{
	uint32_t point;
	size_t step = utf8_decode(text, len, &point);

	*units = encoding == LSP_UTF8 ? (uint32_t)step
		 : encoding == LSP_UTF16 && point != UTF8_INVALID && point > 0xffff ? 2
										    : 1;
	return step;
}

struct lsp_position lsp_position_at(const struct lsp_lines *lines, const char *text,
				    size_t size, enum lsp_encoding encoding, uint32_t offset)
{
	struct lsp_mark start, end;
	size_t line;

	if (offset > size)
		offset = (uint32_t)size;
	line = line_of(lines, offset);
	start = count_before(lines, text, size, lines->starts[line]);
	end = count_before(lines, text, size, offset);
	return (struct lsp_position){
		.line = (uint32_t)line,
		.column = encoding == LSP_UTF8	  ? end.offset - start.offset
			  : encoding == LSP_UTF16 ? end.units - start.units
						  : end.points - start.points,
	};
}

/* Where LINE ends, before the mark that ends it. */
static size_t line_end(const struct lsp_lines *lines, const char *text, size_t size,
		       size_t line)
{
	size_t start = lines->starts[line];
	size_t end = line + 1 < lines->count ? lines->starts[line + 1] : size;

	if (line + 1 == lines->count)
		return end;
	end--;
	if (end > start && text[end] == '\n' && text[end - 1] == '\r')
		end--;
	return end;
}

uint32_t lsp_offset_at(const struct lsp_lines *lines, const char *text, size_t size,
		       enum lsp_encoding encoding, struct lsp_position position)
{
	size_t at, end;
	uint32_t column = 0;

	if (position.line >= lines->count)
		return (uint32_t)size;
	at = lines->starts[position.line];
	end = line_end(lines, text, size, position.line);
	while (at < end && column < position.column) {
		uint32_t units;
		size_t step = step_over(text + at, end - at, encoding, &units);

		if (column + units > position.column)
			break; /* in the middle of a character: before it */
		column += units;
		at += step;
	}
	return (uint32_t)at;
}

/* Room for SIZE bytes and a NUL. */
static void text_reserve(struct lsp_text *text, size_t size)
{
	size_t capacity = text->capacity ? text->capacity : 4096;
	char *larger;

	while (capacity <= size)
		capacity *= 2;
	if (capacity == text->capacity)
		return;
	larger = realloc(text->bytes, capacity);
	if (!larger)
		arena_out_of_memory();
	text->bytes = larger;
	text->capacity = capacity;
}

void lsp_text_set(struct lsp_text *text, const char *bytes, size_t size)
{
	text->size = 0;
	text_reserve(text, size);
	if (size)
		memcpy(text->bytes, bytes, size);
	text->bytes[size] = '\0';
	text->size = size;
	lsp_lines_build(&text->lines, text->bytes, text->size);
}

void lsp_text_replace(struct lsp_text *text, uint32_t start, uint32_t end, const char *bytes,
		      size_t size)
{
	size_t tail = text->size - end;

	text_reserve(text, start + size + tail);
	memmove(text->bytes + start + size, text->bytes + end, tail);
	if (size)
		memcpy(text->bytes + start, bytes, size);
	text->size = start + size + tail;
	text->bytes[text->size] = '\0';
	lsp_lines_build(&text->lines, text->bytes, text->size);
}

void lsp_text_free(struct lsp_text *text)
{
	free(text->bytes);
	lsp_lines_free(&text->lines);
	*text = (struct lsp_text){0};
}
