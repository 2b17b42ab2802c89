#include <string.h>

#include "fmt.h"
#include "fmt_tokens.h"
#include "scml_parser.h"
#include "vec.h"

/* A comment behind something, which may be moved to the right to stand below others. */
struct trailer {
	size_t offset; /* of its first blank, in the text */
	size_t row;
	size_t column;
};

struct writer {
	struct arena *arena;
	VEC(char) text;
	VEC(struct trailer) trailers;
	size_t row;
	size_t column;
};

static void write_bytes(struct writer *writer, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		vec_push(writer->arena, &writer->text, bytes[i]);
		writer->column += ((unsigned char)bytes[i] & 0xc0) != 0x80;
		if (bytes[i] == '\n') {
			writer->column = 0;
			writer->row++;
		}
	}
}

static void write_blanks(struct writer *writer, size_t count)
{
	while (count-- > 0)
		write_bytes(writer, " ", 1);
}

/* Begin a line; up to MAX of the blank lines that NEWLINES leave stay. */
static void write_line_start(struct writer *writer, size_t newlines, size_t max, size_t indent)
{
	size_t count = newlines > max + 1 ? max + 1 : newlines;

	if (writer->text.count > 0)
		write_bytes(writer, "\n", 1);
	for (size_t i = 1; i < count; i++)
		write_bytes(writer, "\n", 1);
	write_blanks(writer, indent);
}

/* A line of a block comment that begins with a star stands below the first star. */
static void write_comment(struct writer *writer, const struct fmt_comment *comment)
{
	size_t column = writer->column;
	size_t at = 0;

	while (at < comment->len) {
		const char *line = comment->text + at;
		const char *newline = memchr(line, '\n', comment->len - at);
		size_t len = newline ? (size_t)(newline + 1 - line) : comment->len - at;
		size_t blanks = 0;

		while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t'))
			blanks++;
		if (at > 0 && line[blanks] == '*') {
			write_blanks(writer, column + 1);
			write_bytes(writer, line + blanks, len - blanks);
		} else {
			write_bytes(writer, line, len);
		}
		at += len;
	}
}

static void write_trailer(struct writer *writer, const struct fmt_comment *comment, int before)
{
	struct trailer trailer = {writer->text.count, writer->row, writer->column};

	if (comment->is_line)
		vec_push(writer->arena, &writer->trailers, trailer);
	if (before != TOKEN_LPAREN || comment->is_line)
		write_blanks(writer, 1);
	write_comment(writer, comment);
}

/* The comments of a gap in which no line ends; the token follows on the line. */
static void write_inline(struct writer *writer, const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];
	int before = index > 0 ? tokens->items[index - 1].kind : TOKEN_LPAREN;

	if (token->breaks) {
		write_line_start(writer, 0, 0, token->comment_indent);
		before = TOKEN_LPAREN;
	}
	for (size_t i = token->first_comment; i < token->end_comment; i++) {
		write_trailer(writer, &tokens->comments[i], before);
		before = TOKEN_NAME;
	}
	write_blanks(writer, fmt_wants_blank(TOKEN_NAME, token->kind));
}

/* The comments of a gap in which a line ends. */
static void write_comments(struct writer *writer, const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];
	int before = index > 0 ? tokens->items[index - 1].kind : TOKEN_LPAREN;

	for (size_t i = token->first_comment; i < token->end_comment; i++) {
		const struct fmt_comment *comment = &tokens->comments[i];
		bool is_first = token->is_first && i == token->first_comment;

		if (comment->newlines == 0 && writer->text.count > 0) {
			write_trailer(writer, comment, before);
		} else {
			write_line_start(writer, is_first ? 0 : comment->newlines,
					 token->max_blank_lines, token->comment_indent);
			write_comment(writer, comment);
		}
		before = TOKEN_NAME;
	}
	if (token->kind == TOKEN_END)
		return;
	if (fmt_starts_line(tokens, index))
		write_line_start(writer, token->is_last ? 0 : token->newlines,
				 token->max_blank_lines, token->indent);
	else
		write_blanks(writer, fmt_wants_blank(TOKEN_NAME, token->kind));
}

static void write_gap(struct writer *writer, const struct fmt_tokens *tokens, size_t index)
{
	const struct fmt_token *token = &tokens->items[index];

	if (token->first_comment == token->end_comment) {
		if (token->breaks && token->kind != TOKEN_END)
			write_line_start(
				writer, token->is_first || token->is_last ? 0 : token->newlines,
				token->max_blank_lines, token->indent);
		else if (token->kind != TOKEN_END)
			write_blanks(writer, fmt_gap_width(tokens, index));
	} else if (fmt_gap_is_hard(tokens, index)) {
		write_comments(writer, tokens, index);
	} else {
		write_inline(writer, tokens, index);
	}
}

/* The text with the comments behind neighbouring lines below each other. */
static const char *align_trailers(struct writer *writer, size_t *size)
{
	const struct trailer *trailers = writer->trailers.items;
	size_t count = writer->trailers.count;
	VEC(char) out = {0};
	size_t at = 0;

	if (count == 0) {
		vec_push(writer->arena, &writer->text, '\0');
		*size = writer->text.count - 1;
		return writer->text.items;
	}
	for (size_t first = 0, end; first < count; first = end) {
		size_t column = trailers[first].column;

		for (end = first + 1;
		     end < count && trailers[end].row == trailers[end - 1].row + 1; end++)
			if (trailers[end].column > column)
				column = trailers[end].column;
		for (size_t i = first; i < end; i++) {
			while (at < trailers[i].offset)
				vec_push(writer->arena, &out, writer->text.items[at++]);
			for (size_t pad = trailers[i].column;
			     pad < column && column <= FMT_MAX_LINE; pad++)
				vec_push(writer->arena, &out, ' ');
		}
	}
	while (at < writer->text.count)
		vec_push(writer->arena, &out, writer->text.items[at++]);
	vec_push(writer->arena, &out, '\0');
	*size = out.count - 1;
	return out.items;
}

const char *fmt_write(struct arena *arena, const struct fmt_tokens *tokens, size_t *size)
{
	struct writer writer = {.arena = arena};

	for (size_t i = 0; i < tokens->count; i++) {
		write_gap(&writer, tokens, i);
		if (tokens->items[i].kind != TOKEN_END)
			write_bytes(&writer, tokens->items[i].text, tokens->items[i].len);
	}
	if (writer.text.count > 0)
		write_bytes(&writer, "\n", 1);
	return align_trailers(&writer, size);
}
