#include "fmt.h"

#include <string.h>

#include "fmt_tokens.h"
#include "parse.h"
#include "vec.h"

/* The chunks of one block of a document, and what stands before each of its lines. */
struct block {
	const struct source_chunk *chunks;
	size_t count;
	const char *quote; /* marks of block quotes */
	size_t quote_len;
	char *indent; /* of the fence; blanks */
	size_t indent_len;
};

struct formatter {
	struct arena *arena;
	const struct source_file *file;
	const struct fmt_options *options;
	VEC(struct fmt_edit) edits;
};

static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

const char *fmt_text(struct arena *arena, const char *text, size_t len, bool reflow,
		     size_t *size)
{
	struct fmt_tokens tokens = fmt_tokens_read(arena, text, len, reflow);

	fmt_lay_out(&tokens);
	return fmt_write(arena, &tokens, size);
}

static void push_edit(struct formatter *formatter, size_t start, size_t end, const char *text,
		      size_t size)
{
	struct fmt_edit edit = {
		.span = {formatter->file->id, (uint32_t)start, (uint32_t)end},
		.text = arena_strndup(formatter->arena, text, size),
		.size = size,
	};

	vec_push(formatter->arena, &formatter->edits, edit);
}

/* One edit from bytes [START, END) to TEXT, less what is the same at both ends. */
static void edit_whole(struct formatter *formatter, size_t start, size_t end, const char *text,
		       size_t size)
{
	const char *old = formatter->file->text;

	while (start < end && size > 0 && old[start] == *text) {
		start++;
		text++;
		size--;
	}
	while (start < end && size > 0 && old[end - 1] == text[size - 1]) {
		end--;
		size--;
	}
	/* no character is cut in two */
	for (; (old[start] & 0xc0) == 0x80; start--, text--, size++)
		;
	for (; end < formatter->file->size && (old[end] & 0xc0) == 0x80; end++, size++)
		;
	if (start < end || size > 0)
		push_edit(formatter, start, end, text, size);
}

/* Edits from bytes [START, END) to TEXT, which differ in blanks; false where in more. */
static bool edit_blanks(struct formatter *formatter, size_t start, size_t end, const char *text,
			size_t size)
{
	const char *old = formatter->file->text;
	size_t i = start;
	size_t j = 0;

	for (;; i++, j++) {
		size_t old_blanks = i;
		size_t new_blanks = j;

		while (i < end && is_blank(old[i]))
			i++;
		while (j < size && is_blank(text[j]))
			j++;
		if (i - old_blanks != j - new_blanks ||
		    memcmp(old + old_blanks, text + new_blanks, j - new_blanks) != 0)
			push_edit(formatter, old_blanks, i, text + new_blanks, j - new_blanks);
		if (i == end || j == size)
			return i == end && j == size;
		if (old[i] != text[j])
			return false;
	}
}

static void edit_region(struct formatter *formatter, size_t start, size_t end, const char *text,
			size_t size)
{
	size_t count = formatter->edits.count;

	if (edit_blanks(formatter, start, end, text, size))
		return;
	formatter->edits.count = count;
	edit_whole(formatter, start, end, text, size);
}

/* Where the line of byte AT begins. */
static size_t line_start(const struct source_file *file, size_t at)
{
	return file->lines[source_place(file, (uint32_t)at).line - 1];
}

/* What stands before the fence that opens BLOCK: block quotes, list items, blanks. */
static void block_find_indent(struct arena *arena, const struct source_file *file,
			      struct block *block)
{
	uint32_t line = source_place(file, block->chunks[0].start).line;
	size_t start = line_start(file, block->chunks[0].start);
	const char *fence = NULL;
	const char *text;
	size_t len;

	block->quote = file->text + start;
	block->quote_len = block->chunks[0].start - start;
	while (!fence && --line > 0) {
		text = source_line(file, line, &len);
		fence = memmem(text, len, "```", 3);
		if (!fence)
			fence = memmem(text, len, "~~~", 3);
	}
	if (!fence)
		return;
	for (size_t quotes = 0; quotes < block->quote_len; quotes++) {
		if (block->quote[quotes] != '>')
			continue;
		text = memchr(text, '>', (size_t)(fence - text)) ?: text;
		text += text < fence && *text == '>';
		text += text < fence && *text == ' ';
	}
	block->indent_len = (size_t)(fence - text);
	block->indent = arena_strndup(arena, text, block->indent_len);
	for (size_t i = 0; i < block->indent_len; i++)
		if (block->indent[i] != '\t')
			block->indent[i] = ' ';
}

/* Up to COLUMNS of blanks at TEXT. */
static size_t skip_indent(const char *text, size_t len, size_t columns)
{
	size_t at = 0;
	size_t column = 0;

	for (; at < len && column < columns; at++) {
		if (text[at] == '\t')
			column += 4 - column % 4;
		else if (text[at] == ' ')
			column++;
		else
			break;
	}
	return at;
}

/* The text of BLOCK without what stands before its lines; CRLF becomes LF. */
static const char *block_text(struct formatter *formatter, const struct block *block,
			      size_t *size)
{
	VEC(char) out = {0};
	size_t columns = 0;
	bool is_line_start = true;

	for (size_t i = 0; i < block->indent_len; i++)
		columns += block->indent[i] == '\t' ? 4 - columns % 4 : 1;
	for (size_t i = 0; i < block->count; i++) {
		const char *text = formatter->file->text;
		size_t end = block->chunks[i].end;

		for (size_t at = block->chunks[i].start; at < end; at++) {
			if (is_line_start)
				at += skip_indent(text + at, end - at, columns);
			is_line_start = false;
			if (at == end)
				break;
			if (text[at] == '\r' && at + 1 < end && text[at + 1] == '\n')
				continue;
			vec_push(formatter->arena, &out, text[at]);
			is_line_start = text[at] == '\n';
		}
	}
	*size = out.count;
	vec_push(formatter->arena, &out, '\0');
	return out.items;
}

/* TEXT with BLOCK's marks before its lines but the first, and its kind of line ends. */
static const char *block_dress(struct formatter *formatter, const struct block *block,
			       const char *text, size_t *size)
{
	const struct source_file *file = formatter->file;
	size_t start = block->chunks[0].start;
	const char *newline = memchr(file->text + start, '\n', file->size - start);
	bool has_returns = newline && newline > file->text + start && newline[-1] == '\r';
	size_t quote_trimmed = block->quote_len;
	size_t len = *size;
	VEC(char) out = {0};

	while (quote_trimmed > 0 && is_blank(block->quote[quote_trimmed - 1]))
		quote_trimmed--;
	for (size_t i = 0; i < len; i++) {
		bool is_empty = text[i] == '\n';

		if (i > 0 && text[i - 1] == '\n')
			for (size_t q = 0; q < (is_empty ? quote_trimmed : block->quote_len);
			     q++)
				vec_push(formatter->arena, &out, block->quote[q]);
		if ((i == 0 || text[i - 1] == '\n') && !is_empty)
			for (size_t q = 0; q < block->indent_len; q++)
				vec_push(formatter->arena, &out, block->indent[q]);
		if (is_empty && has_returns)
			vec_push(formatter->arena, &out, '\r');
		vec_push(formatter->arena, &out, text[i]);
	}
	*size = out.count;
	vec_push(formatter->arena, &out, '\0');
	return out.items;
}

/* Do the chunks follow each other line by line? A `#` line of C may stand between them. */
static bool block_is_whole(const struct source_file *file, const struct block *block)
{
	for (size_t i = 0; i + 1 < block->count; i++) {
		size_t end = block->chunks[i].end;

		if (memchr(file->text + end, '\n', block->chunks[i + 1].start - end))
			return false;
	}
	return true;
}

static void format_block(struct formatter *formatter, struct block *block)
{
	const struct source_file *file = formatter->file;
	const char *text;
	size_t size;

	if (block->chunks[0].file != file->id || !block_is_whole(file, block))
		return;
	if (file->is_markdown)
		block_find_indent(formatter->arena, file, block);
	text = block_text(formatter, block, &size);
	text = fmt_text(formatter->arena, text, size, formatter->options->reflow, &size);
	if (size == 0 && file->is_markdown)
		return;
	text = block_dress(formatter, block, text, &size);
	edit_region(formatter, block->chunks[0].start, block->chunks[block->count - 1].end,
		    text, size);
}

/* RANGE and the rules that it touches, each with its comments. */
static struct span widen_range(const struct ast_document *ast, struct span range)
{
	struct span wide = range;

	for (size_t i = 0; i < ast->rule_count; i++) {
		const struct ast_rule *rule = ast->rules[i];
		struct span span = rule->span;

		if (span.file != range.file)
			continue;
		for (size_t c = rule->first_comment; c < rule->end_comment; c++)
			if (ast->comments[c].span.file == span.file)
				span = span_join(span, ast->comments[c].span);
		if (span.start <= range.end && span.end >= range.start)
			wide = span_join(wide, span);
	}
	return wide;
}

static void keep_range(struct formatter *formatter, const struct ast_document *ast)
{
	struct span range = formatter->options->range;
	size_t kept = 0;

	if (range.file == SPAN_NONE.file)
		return;
	range = widen_range(ast, range);
	for (size_t i = 0; i < formatter->edits.count; i++) {
		struct fmt_edit edit = formatter->edits.items[i];

		if (edit.span.end >= range.start && edit.span.start <= range.end)
			formatter->edits.items[kept++] = edit;
	}
	formatter->edits.count = kept;
}

const struct fmt_result *fmt_document(struct arena *arena, struct diags *diags,
				      const struct sources *sources,
				      const struct source_document *document,
				      const struct fmt_options *options)
{
	struct fmt_result *result = ARENA_NEW(arena, struct fmt_result);
	struct formatter formatter = {
		.arena = arena, .file = document->file, .options = options};
	struct diags *all = diags_new(arena, sources);
	const struct ast_document *ast = parse_document(arena, all, sources, document);
	size_t next;

	/* the caller's list may have no room, or want no warnings */
	result->has_errors = diags_count(all, DIAG_ERROR) > 0;
	if (result->has_errors)
		parse_document(arena, diags, sources, document);
	for (size_t i = 0; i < document->chunk_count && !result->has_errors; i = next) {
		struct block block = {.chunks = &document->chunks[i], .quote = ""};

		for (next = i + 1;
		     next < document->chunk_count && document->chunks[next].continues; next++)
			;
		block.count = next - i;
		format_block(&formatter, &block);
	}
	keep_range(&formatter, ast);
	result->edits = formatter.edits.items;
	result->edit_count = formatter.edits.count;
	return result;
}

const char *fmt_apply_between(struct arena *arena, const struct source_file *file,
			      const struct fmt_edit *edits, size_t count, size_t start,
			      size_t end, size_t *size)
{
	size_t len = end - start;
	size_t used = 0;
	size_t at = start;
	char *text;

	for (size_t i = 0; i < count; i++)
		len += edits[i].size;
	text = arena_alloc(arena, len + 1);
	for (size_t i = 0; i < count; i++) {
		memcpy(text + used, file->text + at, edits[i].span.start - at);
		used += edits[i].span.start - at;
		memcpy(text + used, edits[i].text, edits[i].size);
		used += edits[i].size;
		at = edits[i].span.end;
	}
	memcpy(text + used, file->text + at, end - at);
	*size = used + end - at;
	return text;
}

const char *fmt_apply(struct arena *arena, const struct source_file *file,
		      const struct fmt_result *result, size_t *size)
{
	return fmt_apply_between(arena, file, result->edits, result->edit_count, 0, file->size,
				 size);
}
