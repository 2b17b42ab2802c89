#include "doc_text.h"

#include <ctype.h>
#include <string.h>

#include "doc_code.h"

void doc_text_add(struct arena *arena, struct doc_text *text, struct doc_line line)
{
	if (*line.text)
		vec_push(arena, &text->lines, line);
	else
		doc_text_part(arena, text);
}

struct doc_line doc_text_line(struct arena *arena, const struct sources *sources,
			      struct span span)
{
	static const size_t marker = sizeof("///") - 1;
	const char *text = source_file(sources, span.file)->text + span.start;
	struct doc_line line = {.span = span};
	size_t end = span.end - span.start, start = marker;

	if (start < end && (text[start] == ' ' || text[start] == '\t'))
		start++;
	while (end > start && isspace((unsigned char)text[end - 1]))
		end--;
	line.span.start += (uint32_t)start;
	line.span.end = line.span.start + (uint32_t)(end - start);
	line.text = arena_strndup(arena, text + start, end - start);
	return line;
}

void doc_text_add_comment(struct arena *arena, const struct sources *sources,
			  struct doc_text *text, struct span span)
{
	struct doc_line line = doc_text_line(arena, sources, span);

	if (text->lines.count) {
		struct span last = text->lines.items[text->lines.count - 1].span;

		if (last.file != span.file || doc_code_newlines(source_file(sources, last.file),
								last.end, span.start) != 1)
			doc_text_part(arena, text);
	}
	doc_text_add(arena, text, line);
}

void doc_text_part(struct arena *arena, struct doc_text *text)
{
	size_t count = text->lines.count;
	struct doc_line empty = {.text = "", .span = {UINT32_MAX, 0, 0}};

	if (count && *text->lines.items[count - 1].text)
		vec_push(arena, &text->lines, empty);
}

void doc_text_trim(struct doc_text *text)
{
	if (text->lines.count && !*text->lines.items[text->lines.count - 1].text)
		text->lines.count--;
}

enum doc_fence_line doc_fence_step(struct doc_fence *fence, const char *line)
{
	size_t indent = strspn(line, " ");
	const char *run = line + indent;
	size_t length = strspn(run, *run == '~' ? "~" : "`");

	if (!fence->length) {
		if (indent > 3 || length < 3 || (*run == '`' && strchr(run + length, '`')))
			return DOC_OUTSIDE;
		fence->mark = *run;
		fence->length = length;
		return DOC_FENCE_OPENS;
	}
	if (indent > 3 || *run != fence->mark || length < fence->length ||
	    run[length + strspn(run + length, " \t")])
		return DOC_INSIDE;
	fence->length = 0;
	return DOC_FENCE_CLOSES;
}

void doc_buffer_add(struct arena *arena, struct doc_buffer *buffer, const char *text,
		    size_t len)
{
	for (size_t i = 0; i < len; i++)
		vec_push(arena, &buffer->bytes, text[i]);
}

void doc_buffer_puts(struct arena *arena, struct doc_buffer *buffer, const char *text)
{
	doc_buffer_add(arena, buffer, text, strlen(text));
}

const char *doc_buffer_text(struct arena *arena, const struct doc_buffer *buffer)
{
	return arena_strndup(arena, buffer->bytes.count ? buffer->bytes.items : "",
			     buffer->bytes.count);
}
