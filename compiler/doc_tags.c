#include "doc_tags.h"

#include <ctype.h>
#include <string.h>

#include "edit_distance.h"

static const struct tag_kind {
	const char *name;
	enum doc_tag_kind kind;
	bool has_consts;
} tag_kinds[] = {
	{"partial", DOC_PARTIAL, true},
	{"ignored", DOC_IGNORED, true},
	{"see", DOC_SEE, false},
};

enum { TAG_KINDS = sizeof(tag_kinds) / sizeof(tag_kinds[0]) };

/* A tag that is being read; AT is within the text of LINE. */
struct tag_reader {
	struct arena *arena;
	struct diags *diags;
	const struct abi_db *db;
	const struct doc_line *line;
	const char *at;
};

static size_t name_length(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static void skip_blanks(struct tag_reader *reader)
{
	while (*reader->at == ' ' || *reader->at == '\t')
		reader->at++;
}

/* The source of LEN bytes from where the reader stands. */
static struct span span_here(const struct tag_reader *reader, size_t len)
{
	struct span span = reader->line->span;

	span.start += (uint32_t)(reader->at - reader->line->text);
	span.end = span.start + (uint32_t)len;
	return span;
}

static void report_constant(struct tag_reader *reader, const char *name, struct span span)
{
	const char *best = abi_suggest(reader->db, ABI_NAME_CONST, name);
	struct diag *diag;

	if (!best) {
		diag_add(reader->diags, DIAG_UNKNOWN_CONSTANT, span,
			 "no constant is called '%s'; --abi FILE.yaml adds constants", name);
		return;
	}
	diag = diag_add(reader->diags, DIAG_UNKNOWN_CONSTANT, span,
			"no constant is called '%s'; did you mean '%s'?", name, best);
	diag_edit(reader->diags, diag, span, "%s", best);
}

/* `CONST | CONST …`; false where a constant is missing or unknown. */
static bool read_constants(struct tag_reader *reader, const struct tag_kind *kind,
			   struct doc_tag *tag)
{
	bool is_good = true;

	for (;;) {
		size_t len = name_length(reader->at);
		struct doc_const constant;

		if (len == 0) {
			diag_add(reader->diags, DIAG_DOC_TAG, span_here(reader, 1),
				 "'@%s' needs the name of a constant here, as in '@%s NAME: "
				 "why'",
				 kind->name, kind->name);
			return false;
		}
		constant.name = arena_strndup(reader->arena, reader->at, len);
		constant.abi = abi_const_find(reader->db, constant.name);
		if (constant.abi) {
			vec_push(reader->arena, &tag->consts, constant);
		} else {
			report_constant(reader, constant.name, span_here(reader, len));
			is_good = false;
		}
		reader->at += len;
		skip_blanks(reader);
		if (*reader->at != '|')
			return is_good;
		reader->at++;
		skip_blanks(reader);
	}
}

static void report_tag(struct tag_reader *reader, const char *name)
{
	struct span span = span_here(reader, strlen(name) + 1);
	struct diag *diag;

	for (const struct tag_kind *kind = tag_kinds; kind < tag_kinds + TAG_KINDS; kind++) {
		if (edit_distance(name, kind->name, EDIT_DISTANCE_LIMIT) > EDIT_DISTANCE_LIMIT)
			continue;
		diag = diag_add(reader->diags, DIAG_DOC_TAG, span,
				"no tag is called '@%s'; did you mean '@%s'?", name,
				kind->name);
		diag_edit(reader->diags, diag, span, "@%s", kind->name);
		return;
	}
	diag_add(reader->diags, DIAG_DOC_TAG, span,
		 "no tag is called '@%s'; there are @partial, @ignored and @see", name);
}

/* Does a tag begin at LINE? */
static bool is_tag(const char *line)
{
	return line[0] == '@' && islower((unsigned char)line[1]);
}

static const struct tag_kind *find_kind(struct tag_reader *reader)
{
	size_t len = name_length(reader->line->text + 1);
	const char *name = arena_strndup(reader->arena, reader->line->text + 1, len);

	for (const struct tag_kind *kind = tag_kinds; kind < tag_kinds + TAG_KINDS; kind++) {
		if (strcmp(kind->name, name) == 0) {
			reader->at += len + 1;
			return kind;
		}
	}
	report_tag(reader, name);
	return NULL;
}

/* The rest of the tag: what its line has left, and the lines up to an empty one or a tag. */
static const char *read_text(struct tag_reader *reader, const struct doc_text *text,
			     size_t *index)
{
	struct doc_buffer buffer = {0};

	doc_buffer_puts(reader->arena, &buffer, reader->at);
	for (++*index; *index < text->lines.count; ++*index) {
		const char *more = text->lines.items[*index].text;

		if (!*more || is_tag(more))
			break;
		if (buffer.bytes.count)
			doc_buffer_puts(reader->arena, &buffer, " ");
		doc_buffer_puts(reader->arena, &buffer, more + strspn(more, " \t"));
	}
	return doc_buffer_text(reader->arena, &buffer);
}

/* Read the tag of line *INDEX and step over its lines; false: the line is prose. */
static bool read_tag(struct tag_reader *reader, const struct doc_text *text, size_t *index,
		     struct doc_tags *tags)
{
	const struct tag_kind *kind;
	struct doc_tag tag = {0};
	bool is_good = true;

	reader->line = &text->lines.items[*index];
	reader->at = reader->line->text;
	kind = find_kind(reader);
	if (!kind)
		return false;
	tag.kind = kind->kind;
	skip_blanks(reader);
	if (kind->has_consts)
		is_good = read_constants(reader, kind, &tag);
	tag.text = read_text(reader, text, index);
	if (is_good)
		vec_push(reader->arena, &tags->list, tag);
	return true;
}

void doc_tags_take(struct arena *arena, struct diags *diags, const struct abi_db *db,
		   struct doc_text *text, struct doc_tags *tags)
{
	struct tag_reader reader = {.arena = arena, .diags = diags, .db = db};
	struct doc_text prose = {0};
	struct doc_fence fence = {0};
	size_t i = 0;

	while (i < text->lines.count) {
		struct doc_line line = text->lines.items[i];

		if (doc_fence_step(&fence, line.text) == DOC_OUTSIDE && is_tag(line.text) &&
		    read_tag(&reader, text, &i, tags))
			continue;
		doc_text_add(arena, &prose, line);
		i++;
	}
	doc_text_trim(&prose);
	*text = prose;
}

void doc_tags_check(struct arena *arena, struct diags *diags, const struct sources *sources,
		    const struct abi_db *db, const struct ast_document *document)
{
	static const enum ast_comment_kind kinds[] = {AST_DOC_COMMENT, AST_INNER_COMMENT};

	for (size_t kind = 0; kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		struct doc_text text = {0};
		struct doc_tags tags = {0};

		for (size_t i = 0; i < document->comment_count; i++) {
			const struct ast_comment *comment = &document->comments[i];

			if (comment->kind == kinds[kind] && comment->is_own_line)
				doc_text_add_comment(arena, sources, &text, comment->span);
		}
		doc_tags_take(arena, diags, db, &text, &tags);
	}
}
