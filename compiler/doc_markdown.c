#include "doc_markdown.h"

#include <string.h>
#include <strings.h>

#include "doc_code.h"

enum { PAGE_WIDTH = 80, MIN_FENCE = 3 };

void doc_markdown_begin(struct doc_markdown *markdown)
{
	if (markdown->has_begun)
		fputc('\n', markdown->out);
	markdown->has_begun = true;
}

void doc_markdown_heading(struct doc_markdown *markdown, unsigned level, const char *text)
{
	doc_markdown_begin(markdown);
	for (unsigned i = 0; i < level; i++)
		fputc('#', markdown->out);
	fprintf(markdown->out, " %s\n", text);
}

/* Readers of Markdown input take what is tagged `c` or `scml` for rules. */
static void write_example_fence(struct doc_markdown *markdown, const char *line)
{
	size_t marks = strspn(line, " `~");
	const char *info = line + marks;
	size_t len = strcspn(info, " \t,");
	bool counts = (len == 1 && strncasecmp(info, "c", len) == 0) ||
		      (len == 4 && strncasecmp(info, "scml", len) == 0);

	fprintf(markdown->out, "%.*s%s\n", (int)marks, line, counts || !*info ? "text" : info);
}

void doc_markdown_prose(struct doc_markdown *markdown, const struct doc_text *text)
{
	struct doc_fence fence = {0};
	const struct doc_line *line;

	if (text->lines.count)
		doc_markdown_begin(markdown);
	vec_each (line, &text->lines) {
		if (doc_fence_step(&fence, line->text) == DOC_FENCE_OPENS)
			write_example_fence(markdown, line->text);
		else
			fprintf(markdown->out, "%s\n",
				doc_code_line(markdown->arena, line->text, strlen(line->text)));
	}
	for (size_t i = 0; i < fence.length; i++)
		fprintf(markdown->out, "%c%s", fence.mark, i + 1 < fence.length ? "" : "\n");
}

/* A fence must be longer than every run of its marks in CODE. */
static size_t fence_length(const char *code)
{
	size_t length = MIN_FENCE;

	while (*code) {
		size_t run = strspn(code, "`");

		if (run >= length)
			length = run + 1;
		code += run ? run : 1;
	}
	return length;
}

/* A line with `#` makes readers of Markdown take a block tagged `c` for something else. */
static bool has_directive(const char *code)
{
	while (*code) {
		size_t len = strcspn(code, "\n");

		if (code[strspn(code, " ")] == '#')
			return true;
		code += len + (code[len] == '\n');
	}
	return false;
}

static void write_fence(struct doc_markdown *markdown, size_t length, const char *info)
{
	for (size_t i = 0; i < length; i++)
		fputc('`', markdown->out);
	fprintf(markdown->out, "%s\n", info);
}

void doc_markdown_code(struct doc_markdown *markdown, const char *code)
{
	size_t length = fence_length(code);

	doc_markdown_begin(markdown);
	write_fence(markdown, length, has_directive(code) ? "scml" : "c");
	fputs(code, markdown->out);
	write_fence(markdown, length, "");
}

void doc_markdown_word(struct doc_markdown *markdown, const char *word, const char *after)
{
	size_t len = strlen(word) + strlen(after);

	if (markdown->column && markdown->column + 1 + len > PAGE_WIDTH) {
		fputc('\n', markdown->out);
		markdown->column = 0;
	} else if (markdown->column) {
		fputc(' ', markdown->out);
		markdown->column++;
	}
	fprintf(markdown->out, "%s%s", word, after);
	markdown->column += len;
}

void doc_markdown_words(struct doc_markdown *markdown, const char *text)
{
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");

		doc_markdown_word(markdown, arena_strndup(markdown->arena, text, len), "");
		text += len;
	}
}

void doc_markdown_end(struct doc_markdown *markdown)
{
	fputc('\n', markdown->out);
	markdown->column = 0;
}

const char *doc_markdown_quote(struct doc_markdown *markdown, const char *text)
{
	return arena_printf(markdown->arena, "`%s`", text);
}

void doc_markdown_names(struct doc_markdown *markdown, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i && i + 1 == count)
			doc_markdown_word(markdown, "and", "");
		doc_markdown_word(markdown, doc_markdown_quote(markdown, names[i]),
				  i + 2 < count ? "," : "");
	}
}
