/*
 * text: a text that is being edited, and the protocol's way to name places in it: a line from 0
 * and a column from 0 in units of the encoding that was agreed on. Lines end with \n, \r\n or
 * \r.
 */
#ifndef SCML_LSP_TEXT_H
#define SCML_LSP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Units of columns. */
enum lsp_encoding { LSP_UTF16, LSP_UTF8, LSP_UTF32 };

struct lsp_position {
	uint32_t line;
	uint32_t column;
};

/** How much stands before a byte, counted from the start of the text. */
struct lsp_mark {
	uint32_t offset;
	uint32_t units;	 /* of UTF-16 */
	uint32_t points; /* of UTF-32 */
};

/** Where the lines of a text begin; memory of malloc(). */
struct lsp_lines {
	uint32_t *starts;
	size_t count; /* never 0 once built */
	size_t capacity;
	struct lsp_mark *marks; /* one every few bytes, so that long lines cost no more */
	size_t mark_count;	/* 0: the text is ASCII */
	size_t mark_capacity;
};

/** Find the lines of SIZE bytes at TEXT; memory of an earlier build is used again. */
void lsp_lines_build(struct lsp_lines *lines, const char *text, size_t size);
void lsp_lines_free(struct lsp_lines *lines);

/** The place of byte OFFSET; within a character: that of the character. */
struct lsp_position lsp_position_at(const struct lsp_lines *lines, const char *text,
				    size_t size, enum lsp_encoding encoding, uint32_t offset);

/** The byte at POSITION; beyond the end of a line or of the text: that end. */
uint32_t lsp_offset_at(const struct lsp_lines *lines, const char *text, size_t size,
		       enum lsp_encoding encoding, struct lsp_position position);

struct lsp_text {
	char *bytes; /* SIZE bytes and a NUL */
	size_t size;
	size_t capacity;
	struct lsp_lines lines;
};

/** Make TEXT, which may be zero-initialised, SIZE bytes at BYTES. */
void lsp_text_set(struct lsp_text *text, const char *bytes, size_t size);

/** Replace bytes [start, end), within the text, by SIZE bytes at BYTES. */
void lsp_text_replace(struct lsp_text *text, uint32_t start, uint32_t end, const char *bytes,
		      size_t size);

void lsp_text_free(struct lsp_text *text);

#endif
