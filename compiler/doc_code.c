#include "doc_code.h"

#include <ctype.h>
#include <string.h>

enum { TAB_WIDTH = 8 };

struct doc_code doc_code_new(struct arena *arena, const struct sources *sources,
			     const struct source_document *document)
{
	return (struct doc_code){
		.arena = arena,
		.sources = sources,
		.document = document,
		.last = {UINT32_MAX, 0, 0},
	};
}

size_t doc_code_newlines(const struct source_file *file, uint32_t start, uint32_t end)
{
	size_t count = 0;

	for (uint32_t i = start; i < end; i++) {
		if (!isspace((unsigned char)file->text[i]))
			return SIZE_MAX;
		count += file->text[i] == '\n';
	}
	return count;
}

static void trim_blanks(struct doc_code *code)
{
	while (code->text.bytes.count &&
	       code->text.bytes.items[code->text.bytes.count - 1] == ' ')
		code->text.bytes.count--;
}

static void add_byte(struct doc_code *code, char byte)
{
	size_t width = 1;

	switch (byte) {
	case '\r':
		break;
	case '\n':
		trim_blanks(code);
		doc_buffer_add(code->arena, &code->text, "\n", 1);
		code->column = 0;
		break;
	case '\t':
		byte = ' ';
		width = TAB_WIDTH - code->column % TAB_WIDTH;
		/* fall through */
	default:
		for (size_t i = 0; i < width; i++)
			doc_buffer_add(code->arena, &code->text, &byte, 1);
		code->column += width;
		break;
	}
}

static void add_bytes(struct doc_code *code, uint32_t file, uint32_t start, uint32_t end)
{
	const char *text = source_file(code->sources, file)->text;

	for (uint32_t i = start; i < end; i++)
		add_byte(code, text[i]);
}

/* The part of SPAN that is SCML: a Markdown page has other things between. */
static void add_chunks(struct doc_code *code, struct span span)
{
	const struct source_chunk *chunks = code->document->chunks;
	size_t count = code->document->chunk_count;

	while (code->chunk < count &&
	       (chunks[code->chunk].file != span.file || chunks[code->chunk].end <= span.start))
		code->chunk++;
	for (size_t i = code->chunk; i < count; i++) {
		uint32_t start = chunks[i].start > span.start ? chunks[i].start : span.start;
		uint32_t end = chunks[i].end < span.end ? chunks[i].end : span.end;

		if (chunks[i].file != span.file || start >= end)
			break;
		add_bytes(code, span.file, start, end);
	}
}

/* The blanks from the start of its line up to SPAN; none where other text stands there. */
static void add_indent(struct doc_code *code, struct span span)
{
	const char *text = source_file(code->sources, span.file)->text;
	uint32_t start = span.start;

	while (start && (text[start - 1] == ' ' || text[start - 1] == '\t'))
		start--;
	if (start == 0 || text[start - 1] == '\n')
		add_bytes(code, span.file, start, span.start);
}

bool doc_code_is_same_line(const struct doc_code *code, struct span span)
{
	if (code->last.file != span.file)
		return false;
	return doc_code_newlines(source_file(code->sources, span.file), code->last.end,
				 span.start) == 0;
}

/* Does SPAN begin on the line after the last piece? */
static bool is_next_line(const struct doc_code *code, struct span span)
{
	if (code->last.file != span.file)
		return false;
	return doc_code_newlines(source_file(code->sources, span.file), code->last.end,
				 span.start) == 1;
}

void doc_code_skip(struct doc_code *code, struct span span)
{
	if (is_next_line(code, span))
		code->last.end = span.end;
}

void doc_code_add(struct doc_code *code, struct span span)
{
	if (doc_code_is_same_line(code, span)) {
		add_bytes(code, span.file, code->last.end, span.start);
	} else {
		if (code->last.file != UINT32_MAX) {
			add_byte(code, '\n');
			if (!is_next_line(code, span))
				add_byte(code, '\n');
		}
		add_indent(code, span);
	}
	add_chunks(code, span);
	code->last = span;
}

const char *doc_code_end(struct doc_code *code)
{
	const char *text;

	if (code->text.bytes.count)
		add_byte(code, '\n');
	text = doc_buffer_text(code->arena, &code->text);
	code->text.bytes.count = 0;
	code->last.file = UINT32_MAX;
	code->column = 0;
	return text;
}

const char *doc_code_line(struct arena *arena, const char *text, size_t len)
{
	struct doc_code line = {.arena = arena};

	for (size_t i = 0; i < len; i++)
		add_byte(&line, text[i]);
	return doc_buffer_text(arena, &line.text);
}
