#include "fmt_check.h"

#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "scan.h"

/* One document with all that a layout of it must keep. */
struct content {
	struct sources *sources;
	const struct source_document *document;
	VEC(const char *) tokens;
	VEC(const char *) comments; /* sorted */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The text of SPAN without blanks, and without the marks of block quotes. */
static const char *squeezed(struct arena *arena, const struct sources *sources,
			    struct span span)
{
	const char *text = source_file(sources, span.file)->text;
	char *out = arena_alloc(arena, span.end - span.start + 1);
	size_t used = 0;

	for (size_t i = span.start; i < span.end; i++)
		if (!strchr(" \t\r\n\f\v>", text[i]))
			out[used++] = text[i];
	return out;
}

static struct content read_content(struct arena *arena, const char *path, const char *text,
				   size_t size)
{
	struct content content = {.sources = sources_new(arena)};
	struct diags *diags = diags_new(arena, content.sources);
	struct scan scan = {.arena = arena, .diags = diags, .sources = content.sources};
	struct token token;

	content.document = source_from_text(content.sources, diags, path, text, size);
	if (!content.document)
		return content;
	scan.document = content.document;
	scan_begin(&scan);
	while (token = scan_next(&scan), token.kind != 0) {
		const struct source_file *file = source_file(content.sources, token.span.file);

		vec_push(arena, &content.tokens,
			 arena_strndup(arena, file->text + token.span.start,
				       token.span.end - token.span.start));
	}
	scan_end(&scan);
	for (size_t i = 0; i < scan.comments.count; i++)
		vec_push(arena, &content.comments,
			 squeezed(arena, content.sources, scan.comments.items[i].span));
	if (content.comments.count > 0)
		qsort(content.comments.items, content.comments.count,
		      sizeof(*content.comments.items), by_text);
	return content;
}

static bool is_same(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static const char *compare(const struct content *a, const struct content *b)
{
	if (!b->document)
		return "the layout cannot be read";
	if (!is_same((const char *const *)a->tokens.items, a->tokens.count,
		     (const char *const *)b->tokens.items, b->tokens.count))
		return "the tokens differ";
	if (!is_same((const char *const *)a->comments.items, a->comments.count,
		     (const char *const *)b->comments.items, b->comments.count))
		return "the comments differ";
	return NULL;
}

static const struct fmt_result *format(struct arena *arena, const struct content *content,
				       const struct fmt_options *options)
{
	return fmt_document(arena, diags_new(arena, content->sources), content->sources,
			    content->document, options);
}

/* The edits are in order, apart, and change something. */
static const char *check_edits(const struct content *content, const struct fmt_result *result)
{
	const char *text = content->document->file->text;
	size_t at = 0;

	for (size_t i = 0; i < result->edit_count; i++) {
		const struct fmt_edit *edit = &result->edits[i];
		size_t len = edit->span.end - edit->span.start;

		if (edit->span.start < at || (i > 0 && edit->span.start == at))
			return "edits touch each other";
		if (edit->span.end > content->document->file->size)
			return "an edit lies outside";
		if (len == edit->size && memcmp(text + edit->span.start, edit->text, len) == 0)
			return "an edit changes nothing";
		at = edit->span.end;
	}
	return NULL;
}

static const char *check_layout(struct arena *arena, const char *path,
				const struct content *content,
				const struct fmt_options *options)
{
	const struct fmt_options plain = {.range = SPAN_NONE};
	const struct fmt_result *result = format(arena, content, options);
	const char *fault = check_edits(content, result);
	const char *text, *again;
	struct content after;
	size_t size, again_size;

	if (fault)
		return fault;
	if (result->has_errors)
		return result->edit_count ? "what has errors was changed" : NULL;
	text = fmt_apply(arena, content->document->file, result, &size);
	after = read_content(arena, path, text, size);
	fault = compare(content, &after);
	if (fault)
		return arena_printf(arena, "%s:\n%s", fault, text);
	if (options->range.file != SPAN_NONE.file)
		return NULL;
	result = format(arena, &after, &plain);
	again = fmt_apply(arena, after.document->file, result, &again_size);
	if (result->has_errors || result->edit_count > 0)
		return arena_printf(arena, "laid out twice:\n%s\nand once:\n%s", again, text);
	return NULL;
}

const char *fmt_check(struct arena *arena, const char *path, const char *text, size_t size)
{
	struct content content = read_content(arena, path, text, size);
	struct fmt_options options = {.range = SPAN_NONE};
	const char *fault;

	if (!content.document)
		return NULL;
	fault = check_layout(arena, path, &content, &options);
	options.reflow = true;
	if (!fault)
		fault = check_layout(arena, path, &content, &options);
	options.reflow = false;
	for (size_t i = 0; i < 4 && !fault; i++) {
		options.range =
			(struct span){content.document->file->id, (uint32_t)(size * i / 5),
				      (uint32_t)(size * (i + 1) / 5)};
		fault = check_layout(arena, path, &content, &options);
	}
	return fault;
}

const char *fmt_lay_out_text(struct arena *arena, const char *path, const char *text,
			     size_t len, bool reflow, size_t *size)
{
	struct content content = read_content(arena, path, text, len);
	const struct fmt_options options = {.reflow = reflow, .range = SPAN_NONE};
	const struct fmt_result *result;

	if (!content.document)
		return NULL;
	result = format(arena, &content, &options);
	if (result->has_errors)
		return NULL;
	return fmt_apply(arena, content.document->file, result, size);
}
