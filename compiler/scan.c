#include "scan.h"

#include <ctype.h>
#include <string.h>

#include "scml_parser.h"
#include "scml_scanner.h"
#include "utf8.h"

enum { SCAN_QUOTE = 40 };

/* Defined by flex under the name that grammar/scml.l gives it. */
int scml_yyscan(struct token *token, yyscan_t yyscanner);

static const struct source_chunk *chunk_at(const struct scan *scan, size_t chunk)
{
	return &scan->document->chunks[chunk];
}

static size_t chunk_size(const struct scan *scan, size_t chunk)
{
	return chunk_at(scan, chunk)->end - chunk_at(scan, chunk)->start;
}

/* The span of bytes [start, end) of the block's text. Cheap while START goes on, not back. */
static struct span span_of(struct scan *scan, size_t start, size_t end)
{
	struct span span;
	size_t chunk;
	size_t at;

	while (start < scan->chunk_at)
		scan->chunk_at -= chunk_size(scan, --scan->chunk);
	while (scan->chunk + 1 < scan->block_end &&
	       start >= scan->chunk_at + chunk_size(scan, scan->chunk))
		scan->chunk_at += chunk_size(scan, scan->chunk++);
	chunk = scan->chunk;
	at = scan->chunk_at;
	span.file = chunk_at(scan, chunk)->file;
	span.start = chunk_at(scan, chunk)->start + (uint32_t)(start - at);
	while (chunk + 1 < scan->block_end && end > at + chunk_size(scan, chunk))
		at += chunk_size(scan, chunk++);
	span.end = chunk_at(scan, chunk)->start + (uint32_t)(end - at);
	return span;
}

const char *scan_quote(const struct scan *scan, struct span span)
{
	const char *text = source_file(scan->sources, span.file)->text + span.start;
	size_t whole = span.end - span.start, len = 0;

	while (len < whole && len < SCAN_QUOTE && text[len] != '\n' && text[len] != '\r')
		len++;
	while (len > 0 && len < whole && (text[len] & 0xc0) == 0x80)
		len--;
	return arena_printf(scan->arena, "'%.*s%s'", (int)len, text, len < whole ? "..." : "");
}

/* Stop reading the document, with one error that says why. */
static void scan_give_up(struct scan *scan, struct span span, const char *why)
{
	if (!scan->is_over)
		diag_add(scan->diags, DIAG_TOO_LONG, span, "%s; the rest is not read", why);
	scan->is_over = true;
}

struct diag *scan_error(struct scan *scan, enum diag_id id, struct span span,
			const char *format, ...)
{
	struct diag *diag;
	va_list args;

	va_start(args, format);
	diag = diag_add(scan->diags, id, span, "%s", arena_vprintf(scan->arena, format, args));
	va_end(args);
	if (++scan->error_count >= SCAN_MAX_ERRORS)
		scan_give_up(scan, span, "too many syntax errors");
	return diag;
}

void scan_advance(struct scan *scan, size_t len)
{
	scan->start = scan->offset;
	scan->offset += len;
}

void scan_newline(struct scan *scan)
{
	scan->line_start = scan->offset;
	scan->is_line_blank = true;
}

/* What a run of strays is called in a message. */
static const char *stray_text(const struct scan *scan, struct span span)
{
	const struct source_file *file = source_file(scan->sources, span.file);
	const char *text = file->text + span.start;
	size_t len = span.end - span.start;
	uint32_t point;

	if (isgraph((unsigned char)text[0]))
		return scan_quote(scan, span);
	if (utf8_decode(text, len, &point) == 1)
		return arena_printf(scan->arena, "byte 0x%02x", (unsigned char)text[0]);
	return arena_printf(scan->arena, "character U+%04X", (unsigned int)point);
}

/* The way out for a stray that begins with TEXT. */
static const char *stray_remark(const char *text)
{
	if (text[0] == '*' && text[1] == '/')
		return "no comment is open here";
	if (text[0] == '-')
		return "a minus stands right before its number, as in '-1'; there is no other "
		       "use";
	if (strchr("&^~!+*/%", text[0]))
		return "the only operator is '|', between values that are listed";
	return "it has no meaning in SCML; leave it out";
}

/* Report the strays before the match, if there are any. */
static void scan_flush_strays(struct scan *scan)
{
	struct diag *diag;
	struct span span;

	if (scan->stray_end == scan->stray_start)
		return;
	span = span_of(scan, scan->stray_start, scan->stray_end);
	diag = scan_error(scan, DIAG_STRAY_CHARACTER, span, "stray %s", stray_text(scan, span));
	diag_remark(scan->diags, diag, SPAN_NONE, "%s",
		    stray_remark(source_file(scan->sources, span.file)->text + span.start));
	scan->stray_start = scan->stray_end;
}

void scan_stray(struct scan *scan)
{
	if (scan->stray_end != scan->start) {
		scan_flush_strays(scan);
		scan->stray_start = scan->start;
	} else if (scan->stray_start == scan->stray_end) {
		scan->stray_start = scan->start;
	}
	scan->stray_end = scan->offset;
	scan->is_line_blank = false;
}

void scan_hash(struct scan *scan)
{
	struct span span = span_of(scan, scan->start, scan->offset);
	struct diag *diag;

	scan_flush_strays(scan);
	diag = scan_error(scan, DIAG_STRAY_CHARACTER, span,
			  "stray '#': a comment begins with '//'");
	span.end = span.start + 1;
	diag_edit(scan->diags, diag, span, "//");
	/* an empty run that ends here: the next token comes after a stray */
	scan->stray_start = scan->stray_end = scan->offset;
}

void scan_comment_begin(struct scan *scan)
{
	scan_flush_strays(scan);
	scan->comment_start = scan->start;
	scan->comment_is_own_line = scan->is_line_blank;
	scan->is_line_blank = false;
}

static enum ast_comment_kind comment_kind(const char *text, size_t len)
{
	if (text[1] == '*')
		return AST_BLOCK_COMMENT;
	if (len >= 3 && text[2] == '!')
		return AST_INNER_COMMENT;
	if (len >= 3 && text[2] == '/' && (len == 3 || text[3] != '/'))
		return AST_DOC_COMMENT;
	return AST_LINE_COMMENT;
}

/* The text of a comment as valid UTF-8 without NUL bytes. */
static const char *comment_text(struct scan *scan, struct span span, const char *text,
				size_t len)
{
	char *clean = NULL;
	size_t used = 0;

	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t step = utf8_decode(text + at, len - at, &point);

		if ((point == UTF8_INVALID || point == 0) && !clean) {
			clean = arena_alloc(scan->arena, at + (len - at) * 3 + 1);
			memcpy(clean, text, used = at);
		}
		if (point == UTF8_INVALID && !scan->has_invalid_utf8) {
			scan->has_invalid_utf8 = true;
			diag_add(scan->diags, DIAG_INVALID_UTF8, span,
				 "the comment is not UTF-8");
		}
		if (clean) {
			bool is_valid = point != UTF8_INVALID && point != 0;
			size_t width = is_valid ? step : 3;

			memcpy(clean + used, is_valid ? text + at : "\xef\xbf\xbd", width);
			used += width;
		}
		at += step;
	}
	return clean ? clean : arena_strndup(scan->arena, text, len);
}

void scan_comment_finish(struct scan *scan, size_t end, bool is_whole)
{
	struct ast_comment comment = {.is_own_line = scan->comment_is_own_line};
	const struct source_file *file;
	size_t marker;
	size_t len;

	scan->is_line_blank = false;
	scan_flush_strays(scan);
	comment.span = span_of(scan, scan->comment_start, end);
	file = source_file(scan->sources, comment.span.file);
	comment.text = file->text + comment.span.start;
	len = comment.span.end - comment.span.start;
	comment.kind = comment_kind(comment.text, len);
	if (!is_whole) {
		comment.span.end = comment.span.start + 2;
		scan_error(scan, DIAG_UNTERMINATED_COMMENT, comment.span,
			   "the comment has no end: '*/' is missing");
		return;
	}
	if (comment.kind == AST_BLOCK_COMMENT)
		len -= 2;
	else if (comment.text[len - 1] == '\r')
		comment.span.end = comment.span.start + (uint32_t)--len;
	marker = comment.kind == AST_DOC_COMMENT || comment.kind == AST_INNER_COMMENT ? 3 : 2;
	if (marker < len && (comment.text[marker] == ' ' || comment.text[marker] == '\t'))
		marker++;
	comment.text = comment_text(scan, comment.span, comment.text + marker, len - marker);
	vec_push(scan->arena, &scan->comments, comment);
	if (++scan->token_count > PARSE_MAX_TOKENS)
		scan_give_up(scan, comment.span, "the document has too many tokens");
}

int scan_token(struct scan *scan, struct token *token, int kind)
{
	bool is_after_stray = scan->stray_end != 0;

	scan_flush_strays(scan);
	*token = (struct token){
		.kind = kind,
		.span = span_of(scan, scan->start, scan->offset),
		.comments = scan->comments.count,
		.column = (uint32_t)(scan->start - scan->line_start),
		.is_first = scan->is_line_blank,
		.is_after_stray = is_after_stray,
	};
	scan->is_line_blank = false;
	scan->stray_start = scan->stray_end = 0;
	if (++scan->token_count > PARSE_MAX_TOKENS)
		scan_give_up(scan, token->span, "the document has too many tokens");
	return kind;
}

int scan_name(struct scan *scan, struct token *token, const char *text, size_t len)
{
	scan_token(scan, token, TOKEN_NAME);
	if (len > SCAN_MAX_NAME) {
		scan_error(scan, DIAG_TOO_LONG, token->span,
			   "the name has %zu characters; at most %d are possible", len,
			   SCAN_MAX_NAME);
		token->kind = TOKEN_BAD;
	} else {
		token->text = arena_strndup(scan->arena, text, len);
	}
	return token->kind;
}

/* The value of digits in BASE; false where they do not fit 64 bits. */
static bool digits_value(const char *text, size_t len, unsigned int base, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < len; i++) {
		unsigned int digit = isdigit((unsigned char)text[i])
					     ? (unsigned int)(text[i] - '0')
					     : (unsigned int)((text[i] | 0x20) - 'a') + 10;

		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return false;
	}
	return true;
}

/* The base of an unsigned literal; the length of its prefix goes to *PREFIX. */
static unsigned int number_base(const char *text, size_t len, size_t *prefix)
{
	*prefix = 2;
	if (len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return 16;
	if (len >= 2 && text[0] == '0' && (text[1] == 'o' || text[1] == 'O'))
		return 8;
	*prefix = len >= 2 && text[0] == '0' ? 1 : 0;
	return *prefix ? 8 : 10;
}

/* How many of the LEN bytes at TEXT are digits in BASE. */
static size_t count_digits(const char *text, size_t len, unsigned int base)
{
	size_t i = 0;

	while (i < len && (base == 16 ? isxdigit((unsigned char)text[i])
				      : text[i] >= '0' && text[i] < '0' + (int)base))
		i++;
	return i;
}

static const char *base_name(unsigned int base)
{
	return base == 16 ? "hexadecimal" : base == 8 ? "octal" : "decimal";
}

int scan_number(struct scan *scan, struct token *token, const char *text, size_t len)
{
	bool is_negative = text[0] == '-';
	size_t prefix;
	unsigned int base;
	uint64_t value;
	size_t digits;

	scan_token(scan, token, TOKEN_NUMBER);
	text += is_negative;
	len -= is_negative;
	base = number_base(text, len, &prefix);
	text += prefix;
	len -= prefix;
	digits = count_digits(text, len, base);
	if (digits < len || len == 0) {
		scan_error(scan, DIAG_NUMBER, token->span, "%s is not a number: %s",
			   scan_quote(scan, token->span),
			   len ? arena_printf(scan->arena, "'%c' is no %s digit", text[digits],
					      base_name(base))
			       : "digits are missing");
		token->kind = TOKEN_BAD;
	} else if (!digits_value(text, len, base, &value) ||
		   (is_negative && value > (uint64_t)1 << 63)) {
		scan_error(scan, DIAG_NUMBER, token->span, "%s does not fit 64 bits",
			   scan_quote(scan, token->span));
		token->kind = TOKEN_BAD;
	} else {
		token->number = (struct ast_number){value, is_negative, token->span};
	}
	return token->kind;
}

int scan_string(struct scan *scan, struct token *token)
{
	scan_token(scan, token, TOKEN_BAD);
	scan_error(scan, DIAG_STRAY_CHARACTER, token->span,
		   "a string is no value in SCML: write a constant's name or a number");
	return token->kind;
}

int scan_many_dots(struct scan *scan, struct token *token)
{
	struct diag *diag;

	scan_token(scan, token, TOKEN_DOTS);
	diag = scan_error(scan, DIAG_STRAY_CHARACTER, token->span, "too many dots: write '..'");
	diag_edit(scan->diags, diag, token->span, "..");
	token->is_after_stray = true;
	return token->kind;
}

int scan_block_end(struct scan *scan, struct token *token)
{
	scan->start = scan->offset;
	return scan_token(scan, token,
			  scan->block_end < scan->document->chunk_count ? TOKEN_BLOCK_END
									: TOKEN_END);
}

/* Hand the chunks of the next block to flex, as one text. */
static void scan_open_block(struct scan *scan)
{
	size_t first = scan->block_end;
	size_t end = first + 1;
	size_t size = chunk_size(scan, first);
	char *joined = NULL;
	const struct source_file *file =
		source_file(scan->sources, chunk_at(scan, first)->file);

	for (; end < scan->document->chunk_count && chunk_at(scan, end)->continues; end++)
		size += chunk_size(scan, end);
	if (end > first + 1) {
		joined = arena_alloc(scan->arena, size);
		size = 0;
		for (size_t i = first; i < end; size += chunk_size(scan, i++))
			memcpy(joined + size, file->text + chunk_at(scan, i)->start,
			       chunk_size(scan, i));
	}
	scml_yypop_buffer_state(scan->lexer);
	scml_yy_scan_bytes(joined ? joined : file->text + chunk_at(scan, first)->start,
			   (int)size, scan->lexer);
	scan->chunk = first;
	scan->block_end = end;
	scan->chunk_at = 0;
	scan->start = scan->offset = 0;
	scan->stray_start = scan->stray_end = 0;
	scan_newline(scan);
}

void scan_begin(struct scan *scan)
{
	void *lexer;

	if (scml_yylex_init_extra(scan, &lexer) != 0)
		arena_out_of_memory();
	scan->lexer = lexer;
	if (scan->document->chunk_count > 0)
		scan_open_block(scan);
}

void scan_end(struct scan *scan)
{
	scml_yylex_destroy(scan->lexer);
}

/* The end of a document that has no chunks, or that was given up. */
static struct token end_token(const struct scan *scan)
{
	struct token token = {.kind = TOKEN_END, .comments = scan->comments.count};
	size_t count = scan->document->chunk_count;

	token.span.file = scan->document->file->id;
	if (count > 0) {
		const struct source_chunk *last = chunk_at(scan, count - 1);

		token.span = (struct span){last->file, last->end, last->end};
	}
	return token;
}

struct token scan_next(struct scan *scan)
{
	struct token token;

	if (scan->document->chunk_count == 0 || scan->is_over || scan->is_at_end)
		return end_token(scan);
	scml_yyscan(&token, scan->lexer);
	if (token.kind == TOKEN_BLOCK_END)
		scan_open_block(scan);
	else if (token.kind == TOKEN_END)
		scan->is_at_end = true;
	return scan->is_over ? end_token(scan) : token;
}
