/*
 * A line scanner for the part of CommonMark that decides where a fenced block begins and ends:
 * block quotes, list items, HTML comments and the fences themselves.
 */
#include "markdown.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "vec.h"

enum { MARKDOWN_FENCE = 3, MARKDOWN_INDENT = 3, MARKDOWN_TAB = 4 };

/** Bytes [at, end) of a line, without its line end. */
struct line {
	const char *text;
	size_t at;
	size_t end;
	size_t next; /* where the next line begins */
};

struct finder {
	struct arena *arena;
	const struct source_file *file;
	VEC(struct markdown_block) blocks;
	VEC(struct markdown_piece) pieces; /* of the block that is open */
	size_t list_indent;		   /* where the text of the open list item begins */
	size_t quotes;			   /* how many `>` stood before the open fence */
	size_t fence_indent;
	size_t fence_len;
	char fence; /* '`' or '~'; 0 outside a fence */
	bool is_ours;
	bool is_optional;
	bool has_directive;
	bool in_comment;
	bool is_fresh; /* the next text begins a new block */
};

static struct line line_at(const struct source_file *file, size_t at)
{
	const char *newline = memchr(file->text + at, '\n', file->size - at);
	struct line line = {.text = file->text, .at = at};

	line.end = newline ? (size_t)(newline - file->text) : file->size;
	line.next = newline ? line.end + 1 : line.end;
	if (line.end > at && line.text[line.end - 1] == '\r')
		line.end--;
	return line;
}

static char line_peek(const struct line *line)
{
	if (line->at == line->end)
		return '\0';
	return line->text[line->at];
}

/* Skip blanks; the number of columns they take. */
static size_t line_skip_blanks(struct line *line)
{
	size_t columns = 0;

	for (;; line->at++) {
		if (line_peek(line) == ' ')
			columns++;
		else if (line_peek(line) == '\t')
			columns += MARKDOWN_TAB - columns % MARKDOWN_TAB;
		else
			return columns;
	}
}

/* Skip up to MAX `>` markers with the blank that follows each; how many there were. */
static size_t line_skip_quotes(struct line *line, size_t max)
{
	size_t count = 0;

	while (count < max) {
		struct line ahead = *line;

		if (line_skip_blanks(&ahead) > MARKDOWN_INDENT || line_peek(&ahead) != '>')
			break;
		ahead.at++;
		if (line_peek(&ahead) == ' ')
			ahead.at++;
		*line = ahead;
		count++;
	}
	return count;
}

static size_t line_run(const struct line *line, char byte)
{
	size_t len = 0;

	while (line->at + len < line->end && line->text[line->at + len] == byte)
		len++;
	return len;
}

/* Skip a list marker (`-`, `*`, `+`, `1.`, `1)`) if one stands here. */
static bool line_skip_bullet(struct line *line)
{
	struct line ahead = *line;

	if (isdigit((unsigned char)line_peek(&ahead))) {
		while (isdigit((unsigned char)line_peek(&ahead)))
			ahead.at++;
		if (line_peek(&ahead) != '.' && line_peek(&ahead) != ')')
			return false;
	} else if (!strchr("-*+", line_peek(&ahead)) || !line_peek(&ahead)) {
		return false;
	}
	ahead.at++;
	if (line_peek(&ahead) != ' ' && line_peek(&ahead) != '\t')
		return false;
	*line = ahead;
	return true;
}

static bool word_is(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && strncasecmp(text, word, len) == 0;
}

/* Is the info string at LINE one of ours? */
static bool finder_tag(struct finder *finder, struct line line)
{
	size_t len = 0;

	line_skip_blanks(&line);
	while (line.at + len < line.end && !strchr(" \t,", line.text[line.at + len]))
		len++;
	finder->is_optional = word_is(line.text + line.at, len, "c");
	return finder->is_optional || word_is(line.text + line.at, len, "scml");
}

static bool finder_open_fence(struct finder *finder, struct line line, size_t indent)
{
	char byte = line_peek(&line);
	size_t len = line_run(&line, byte);

	if ((byte != '`' && byte != '~') || len < MARKDOWN_FENCE)
		return false;
	line.at += len;
	if (byte == '`' && memchr(line.text + line.at, '`', line.end - line.at))
		return false;
	finder->fence = byte;
	finder->fence_len = len;
	finder->fence_indent = indent;
	finder->is_ours = finder_tag(finder, line);
	finder->is_fresh = true;
	finder->has_directive = false;
	finder->pieces.count = 0;
	return true;
}

static void finder_close_fence(struct finder *finder)
{
	struct markdown_piece *pieces;

	finder->fence = '\0';
	if (!finder->is_ours || finder->pieces.count == 0)
		return;
	pieces = ARENA_ARRAY(finder->arena, struct markdown_piece, finder->pieces.count);
	memcpy(pieces, finder->pieces.items, finder->pieces.count * sizeof(*pieces));
	vec_push(finder->arena, &finder->blocks,
		 ((struct markdown_block){.pieces = pieces,
					  .piece_count = finder->pieces.count,
					  .is_optional = finder->is_optional,
					  .has_directive = finder->has_directive}));
}

static bool line_ends_fence(const struct finder *finder, struct line line)
{
	size_t indent = line_skip_blanks(&line);
	size_t len = line_run(&line, finder->fence);

	if (indent > finder->fence_indent + MARKDOWN_INDENT || len < finder->fence_len)
		return false;
	line.at += len;
	line_skip_blanks(&line);
	return line.at == line.end;
}

/* Take `{{#include PATH}}`, alone on its line; PATH goes to *SPAN. */
static bool line_include(const struct line *whole, struct span *span)
{
	static const char open[] = "{{#include";
	struct line line = *whole;
	size_t len = sizeof(open) - 1;

	line_skip_blanks(&line);
	if (line.end - line.at < len || memcmp(line.text + line.at, open, len) != 0)
		return false;
	line.at += len;
	while (line.end > line.at && isspace((unsigned char)line.text[line.end - 1]))
		line.end--;
	if (line.end - line.at < 2 || memcmp(line.text + line.end - 2, "}}", 2) != 0)
		return false;
	line.end -= 2;
	line_skip_blanks(&line);
	while (line.end > line.at && isspace((unsigned char)line.text[line.end - 1]))
		line.end--;
	span->start = (uint32_t)line.at;
	span->end = (uint32_t)line.end;
	return true;
}

/* Take a `#` line of C; whether it is an include is told apart for `c` blocks. */
static bool line_directive(const struct line *whole, bool *is_include)
{
	static const char word[] = "include";
	struct line line = *whole;

	line_skip_blanks(&line);
	if (line_peek(&line) != '#')
		return false;
	line.at++;
	line_skip_blanks(&line);
	*is_include = line.end - line.at >= sizeof(word) - 1 &&
		      memcmp(line.text + line.at, word, sizeof(word) - 1) == 0;
	return true;
}

/* Add the bytes [start, end) to the open block, to its last piece if that ends where they
 * begin. */
static void finder_add_text(struct finder *finder, size_t start, size_t end)
{
	struct markdown_piece *last =
		finder->pieces.count ? &finder->pieces.items[finder->pieces.count - 1] : NULL;
	struct markdown_piece piece = {
		.kind = MARKDOWN_TEXT,
		.span = {finder->file->id, (uint32_t)start, (uint32_t)end},
		.continues = !finder->is_fresh,
	};

	if (!finder->is_fresh && last && last->span.end == start) {
		last->span.end = (uint32_t)end;
		return;
	}
	vec_push(finder->arena, &finder->pieces, piece);
	finder->is_fresh = false;
}

static void finder_block_line(struct finder *finder, struct line line)
{
	struct markdown_piece include = {.kind = MARKDOWN_INCLUDE,
					 .span = {.file = finder->file->id}};
	bool is_include;

	if (line_include(&line, &include.span)) {
		vec_push(finder->arena, &finder->pieces, include);
		finder->is_fresh = true;
	} else if (finder->is_optional && line_directive(&line, &is_include)) {
		finder->has_directive |= !is_include;
	} else {
		finder_add_text(finder, line.at, line.next);
	}
}

/* An HTML comment hides what stands in it; true if LINE is of one. */
static bool finder_comment(struct finder *finder, struct line line)
{
	if (!finder->in_comment) {
		if (line.end - line.at < 4 || memcmp(line.text + line.at, "<!--", 4) != 0)
			return false;
		finder->in_comment = true;
		line.at += 4;
	}
	if (memmem(line.text + line.at, line.end - line.at, "-->", 3))
		finder->in_comment = false;
	return true;
}

static void finder_text_line(struct finder *finder, struct line line)
{
	size_t column;

	finder->quotes = line_skip_quotes(&line, SIZE_MAX);
	column = line_skip_blanks(&line);
	if (line.at == line.end && !finder->in_comment)
		return;
	if (finder_comment(finder, line))
		return;
	if (column < finder->list_indent)
		finder->list_indent = 0;
	for (;;) {
		size_t start = line.at;

		if (column - finder->list_indent > MARKDOWN_INDENT)
			return;
		if (!line_skip_bullet(&line))
			break;
		line_skip_blanks(&line);
		column += line.at - start;
		finder->list_indent = column;
	}
	finder_open_fence(finder, line, column);
}

static void finder_fence_line(struct finder *finder, struct line line)
{
	if (line_skip_quotes(&line, finder->quotes) < finder->quotes) {
		/* the block quote is over, and the fence in it too */
		finder_close_fence(finder);
		finder_text_line(finder, line);
	} else if (line_ends_fence(finder, line)) {
		finder_close_fence(finder);
	} else if (finder->is_ours) {
		finder_block_line(finder, line);
	}
}

struct markdown_page markdown_find_blocks(struct arena *arena, const struct source_file *file)
{
	struct finder finder = {.arena = arena, .file = file};
	struct line line;

	for (size_t at = 0; at < file->size; at = line.next) {
		line = line_at(file, at);
		if (finder.fence)
			finder_fence_line(&finder, line);
		else
			finder_text_line(&finder, line);
	}
	if (finder.fence)
		finder_close_fence(&finder);
	return (struct markdown_page){finder.blocks.items, finder.blocks.count};
}

/* Where the next token of TEXT begins, past blanks, comments and `#` lines. */
static size_t skip_to_token(const char *text, size_t size, size_t at)
{
	while (at < size) {
		const char *end;

		if (isspace((unsigned char)text[at])) {
			at++;
			continue;
		}
		if (size - at >= 2 && memcmp(text + at, "/*", 2) == 0)
			end = memmem(text + at + 2, size - at - 2, "*/", 2);
		else if (size - at >= 2 && memcmp(text + at, "//", 2) == 0)
			end = memchr(text + at, '\n', size - at);
		else
			break;
		if (!end)
			return size;
		at = (size_t)(end - text) + (*end == '*' ? 2 : 1);
	}
	return at;
}

static size_t skip_name(const char *text, size_t size, size_t at)
{
	if (at < size && isdigit((unsigned char)text[at]))
		return at;
	while (at < size && (isalnum((unsigned char)text[at]) || text[at] == '_'))
		at++;
	return at;
}

bool markdown_begins_rule(const char *text, size_t size)
{
	size_t start = skip_to_token(text, size, 0);
	size_t end = skip_name(text, size, start);
	bool is_struct = end - start == 6 && memcmp(text + start, "struct", 6) == 0;
	size_t after = skip_to_token(text, size, end);

	if (is_struct) {
		start = after;
		end = skip_name(text, size, start);
		after = skip_to_token(text, size, end);
	}
	if (end == start || after >= size)
		return false;
	if (text[after] == '(')
		return !is_struct;
	return text[after] == '=' && (after + 1 == size || text[after + 1] != '=');
}
