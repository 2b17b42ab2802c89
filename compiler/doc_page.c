#include "doc_page.h"

#include <ctype.h>
#include <string.h>

#include "doc_code.h"

/* What stands in a document one after the other. */
enum item_kind {
	ITEM_RULE,
	ITEM_COMMENT, /* stays in the rule's block */
	ITEM_DOC,     /* `///` on a line of its own */
	ITEM_INNER,   /* `//!` on a line of its own: prose, */
	ITEM_HEADING, /* or the heading of a section */
	ITEM_NOTHING, /* dealt with already */
};

struct item {
	enum item_kind kind;
	struct span span;
	const struct ast_rule *rule; /* ITEM_RULE */
};

struct items {
	VEC(struct item) list;
};

struct page_builder {
	struct arena *arena;
	struct diags *diags;
	const struct sources *sources;
	const struct abi_db *db;
	const struct ast_document *document;
	struct doc_headings *headings;
	struct doc_page *page;
	struct doc_section *section; /* the one that is being filled */
	struct doc_code code;	     /* of its last block, */
	bool has_rule;		     /* which has a rule, */
	struct doc_text about;	     /* and the prose about it */
};

static void add_comment(struct page_builder *builder, struct items *items,
			const struct ast_comment *comment)
{
	struct item item = {.kind = ITEM_COMMENT, .span = comment->span};

	if (comment->kind == AST_DOC_COMMENT && comment->is_own_line)
		item.kind = ITEM_DOC;
	else if (comment->kind == AST_INNER_COMMENT && comment->is_own_line)
		item.kind = ITEM_INNER;
	vec_push(builder->arena, &items->list, item);
}

/* All items; comments within a rule are part of the rule. */
static struct items gather_items(struct page_builder *builder)
{
	const struct ast_document *document = builder->document;
	struct items items = {0};
	size_t next = 0;

	for (size_t i = 0; i < document->rule_count; i++) {
		const struct ast_rule *rule = document->rules[i];
		struct item item = {.kind = ITEM_RULE, .span = rule->span, .rule = rule};

		for (; next < rule->inside_comment; next++)
			add_comment(builder, &items, &document->comments[next]);
		vec_push(builder->arena, &items.list, item);
		for (; next < rule->end_comment; next++) {
			const struct ast_comment *comment = &document->comments[next];

			if (comment->span.file != rule->span.file ||
			    comment->span.start >= rule->span.end)
				add_comment(builder, &items, comment);
		}
	}
	for (; next < document->comment_count; next++)
		add_comment(builder, &items, &document->comments[next]);
	return items;
}

/* The text of LINE behind at most COUNT `#` and a blank; NULL where it is no such heading. */
static const char *heading_text(struct page_builder *builder, const char *line, size_t count)
{
	size_t marks = strspn(line, "#");
	size_t end;

	if (marks == 0 || marks > count || (line[marks] != ' ' && line[marks] != '\t'))
		return NULL;
	line += marks + strspn(line + marks, " \t");
	end = strlen(line);
	while (end && strchr("# \t", line[end - 1]))
		end--;
	return end ? arena_strndup(builder->arena, line, end) : NULL;
}

/* `a`, `a and b`, `a, b and c`. */
static const char *join_names(struct page_builder *builder, const struct doc_section *section)
{
	struct doc_buffer buffer = {0};

	for (size_t i = 0; i < section->calls.count; i++) {
		if (i)
			doc_buffer_puts(builder->arena, &buffer,
					i + 1 == section->calls.count ? " and " : ", ");
		doc_buffer_puts(builder->arena, &buffer, section->calls.items[i]);
	}
	return doc_buffer_text(builder->arena, &buffer);
}

static void add_rule(struct page_builder *builder, const struct ast_rule *rule)
{
	struct doc_section *section = builder->section;

	if (rule->kind != AST_SYSCALL_RULE)
		return;
	vec_push(builder->arena, &section->rules, rule);
	for (size_t i = 0; i < section->calls.count; i++) {
		if (strcmp(section->calls.items[i], rule->name.text) == 0)
			return;
	}
	vec_push(builder->arena, &section->calls, rule->name.text);
}

/* Finish the block. Comments without a rule are about nothing that the page has. */
static void end_block(struct page_builder *builder)
{
	struct doc_block block = {.about = builder->about,
				  .code = doc_code_end(&builder->code)};

	if (!builder->has_rule)
		block.code = "";
	doc_tags_take(builder->arena, builder->diags, builder->db, &block.about,
		      &builder->section->tags);
	if (*block.code || block.about.lines.count)
		vec_push(builder->arena, &builder->section->blocks, block);
	builder->about = (struct doc_text){0};
	builder->has_rule = false;
}

/* Does prose stand between item INDEX and the rule after it? */
static bool is_before_documented_rule(const struct items *items, size_t index)
{
	for (; items->list.items[index].kind != ITEM_RULE; index++) {
		if (items->list.items[index].kind == ITEM_DOC)
			return true;
	}
	return false;
}

/* The end of the last rule of [start, end). */
static size_t rules_end(const struct items *items, size_t start, size_t end)
{
	while (end > start && items->list.items[end - 1].kind != ITEM_RULE)
		end--;
	return end;
}

/* Is ITEM a comment on the line on which the rule before it ends? */
static bool trails_last_piece(const struct page_builder *builder, const struct item *item)
{
	return item->kind == ITEM_COMMENT && doc_code_is_same_line(&builder->code, item->span);
}

/*
 * The items [start, end) as blocks of the section. A block ends before the comments of a rule
 * that has prose of its own.
 */
static void fill_section(struct page_builder *builder, const struct items *items, size_t start,
			 size_t end)
{
	size_t last = rules_end(items, start, end);
	bool follows_rule = true;

	for (size_t i = start; i < end; i++) {
		const struct item *item = &items->list.items[i];

		if (follows_rule && i < last && !trails_last_piece(builder, item)) {
			follows_rule = false;
			if (is_before_documented_rule(items, i))
				end_block(builder);
		}
		switch (item->kind) {
		case ITEM_RULE:
			add_rule(builder, item->rule);
			doc_code_add(&builder->code, item->span);
			follows_rule = builder->has_rule = true;
			break;
		case ITEM_COMMENT:
			doc_code_add(&builder->code, item->span);
			break;
		case ITEM_DOC:
			doc_code_skip(&builder->code, item->span);
			doc_text_add_comment(builder->arena, builder->sources,
					     i < last ? &builder->about
						      : &builder->section->about,
					     item->span);
			break;
		case ITEM_INNER:
			doc_code_skip(&builder->code, item->span);
			doc_text_add_comment(builder->arena, builder->sources,
					     &builder->section->about, item->span);
			break;
		case ITEM_HEADING:
		case ITEM_NOTHING:
			break;
		}
	}
	end_block(builder);
	doc_tags_take(builder->arena, builder->diags, builder->db, &builder->section->about,
		      &builder->section->tags);
}

/* A section of the items [start, end), under HEADING or under the names of its calls. */
static void add_section(struct page_builder *builder, const struct items *items, size_t start,
			size_t end, const char *heading)
{
	struct doc_section section = {.heading = heading};

	builder->section = &section;
	fill_section(builder, items, start, end);
	if (!section.heading && section.calls.count)
		section.heading = join_names(builder, &section);
	if (section.heading)
		section.heading =
			doc_headings_add(builder->arena, builder->headings, section.heading);
	else if (section.blocks.count == 0)
		return;
	vec_push(builder->arena, &builder->page->sections, section);
}

/* Where the calls of a run of sections without headings begin and end. */
struct call_range {
	const char *name;
	size_t last; /* item of its last rule */
};

struct call_ranges {
	VEC(struct call_range) list;
};

static struct call_range *find_range(struct call_ranges *ranges, const char *name)
{
	for (size_t i = 0; i < ranges->list.count; i++) {
		if (strcmp(ranges->list.items[i].name, name) == 0)
			return &ranges->list.items[i];
	}
	return NULL;
}

static bool is_call_rule(const struct item *item)
{
	return item->kind == ITEM_RULE && item->rule->kind == AST_SYSCALL_RULE;
}

static struct call_ranges find_ranges(struct page_builder *builder, const struct items *items,
				      size_t start, size_t end)
{
	struct call_ranges ranges = {0};

	for (size_t i = start; i < end; i++) {
		const struct item *item = &items->list.items[i];
		struct call_range *range;

		if (!is_call_rule(item))
			continue;
		range = find_range(&ranges, item->rule->name.text);
		if (range)
			range->last = i;
		else
			vec_push(builder->arena, &ranges.list,
				 ((struct call_range){item->rule->name.text, i}));
	}
	return ranges;
}

/*
 * The end of the section that has the rules from START on: behind the last rule of the last
 * call whose rules are interleaved with others of the section. END where no call follows.
 */
static size_t calls_end(const struct items *items, struct call_ranges *ranges, size_t start,
			size_t end)
{
	size_t last = SIZE_MAX;

	for (size_t i = start; i < end && (last == SIZE_MAX || i <= last); i++) {
		const struct item *item = &items->list.items[i];
		const struct call_range *range =
			is_call_rule(item) ? find_range(ranges, item->rule->name.text) : NULL;

		if (range && (last == SIZE_MAX || range->last > last))
			last = range->last;
	}
	return last == SIZE_MAX ? end : last + 1;
}

/*
 * Where the next section begins when the rules of this one end before item AT: comments stay
 * with what follows them, but those on the last rule's line and those that `//!` lines part
 * from the next rule belong to this one.
 */
static size_t next_section(const struct page_builder *builder, const struct items *items,
			   size_t at, size_t end)
{
	const struct item *rule = &items->list.items[at - 1];
	const struct source_file *file = source_file(builder->sources, rule->span.file);
	size_t next;

	while (at < end && items->list.items[at].kind == ITEM_COMMENT &&
	       items->list.items[at].span.file == rule->span.file &&
	       doc_code_newlines(file, rule->span.end, items->list.items[at].span.start) == 0)
		at++;
	for (next = at; next < end && !is_call_rule(&items->list.items[next]); next++)
		;
	if (next == end)
		return end;
	for (size_t i = at; i < end && items->list.items[i].kind != ITEM_RULE; i++) {
		if (items->list.items[i].kind == ITEM_INNER)
			return i;
	}
	return at;
}

/* Sections for the items [start, end), which stand before the first heading of the source. */
static void add_call_sections(struct page_builder *builder, const struct items *items,
			      size_t start, size_t end)
{
	struct call_ranges ranges = find_ranges(builder, items, start, end);

	while (start < end) {
		size_t next = calls_end(items, &ranges, start, end);

		if (next < end)
			next = next_section(builder, items, next, end);
		add_section(builder, items, start, next, NULL);
		start = next;
	}
}

/* Tell title and headings from other `//!` lines; the index of the first heading comes back. */
static size_t mark_headings(struct page_builder *builder, struct items *items)
{
	size_t first = items->list.count;
	struct doc_fence fence = {0};

	for (size_t i = 0; i < items->list.count; i++) {
		struct item *item = &items->list.items[i];
		const char *line;

		if (item->kind != ITEM_INNER) {
			fence = (struct doc_fence){0};
			continue;
		}
		line = doc_text_line(builder->arena, builder->sources, item->span).text;
		if (doc_fence_step(&fence, line) != DOC_OUTSIDE)
			continue;
		if (!builder->page->title && heading_text(builder, line, 1)) {
			builder->page->title = heading_text(builder, line, 1);
			item->kind = ITEM_NOTHING;
		} else if (heading_text(builder, line, 2)) {
			item->kind = ITEM_HEADING;
			first = i < first ? i : first;
		}
	}
	return first;
}

/*
 * The `//!` lines before the first rule, and before END, are about the page. Plain comments
 * above them (a licence) are about the file, not about a rule.
 */
static void take_introduction(struct page_builder *builder, struct items *items, size_t end)
{
	size_t rule = 0, last = 0;

	while (rule < end && items->list.items[rule].kind != ITEM_RULE)
		rule++;
	for (size_t i = 0; i < rule; i++) {
		struct item *item = &items->list.items[i];

		if (item->kind == ITEM_INNER)
			doc_text_add_comment(builder->arena, builder->sources,
					     &builder->page->about, item->span);
		if (item->kind == ITEM_INNER || item->kind == ITEM_NOTHING || rule == end)
			last = i;
	}
	for (size_t i = 0; i < rule && i <= last; i++) {
		struct item *item = &items->list.items[i];

		if (item->kind == ITEM_INNER || (item->kind == ITEM_COMMENT && i < last))
			item->kind = ITEM_NOTHING;
	}
	doc_tags_take(builder->arena, builder->diags, builder->db, &builder->page->about,
		      &builder->page->tags);
}

/* From where in [start, end) on nothing but `///` lines stands: they are about what follows. */
static size_t without_docs(const struct items *items, size_t start, size_t end)
{
	while (end > start && items->list.items[end - 1].kind == ITEM_DOC)
		end--;
	return end;
}

static void add_headed_sections(struct page_builder *builder, const struct items *items,
				size_t start)
{
	size_t count = items->list.count, heading = start;

	while (start < count) {
		size_t next, end;
		struct doc_line line;

		while (items->list.items[heading].kind != ITEM_HEADING)
			heading++;
		for (next = heading + 1; next < count; next++) {
			if (items->list.items[next].kind == ITEM_HEADING)
				break;
		}
		line = doc_text_line(builder->arena, builder->sources,
				     items->list.items[heading].span);
		end = next < count ? without_docs(items, heading, next) : count;
		add_section(builder, items, start, end, heading_text(builder, line.text, 2));
		start = end;
		heading = next;
	}
}

/* Add LEN bytes of a word: the first a capital, those escaped that mean something in Markdown.
 */
static void add_title_word(struct arena *arena, struct doc_buffer *title, const char *word,
			   size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char byte = word[i];

		if (i == 0)
			byte = (char)toupper((unsigned char)byte);
		if (ispunct((unsigned char)byte))
			doc_buffer_puts(arena, title, "\\");
		doc_buffer_add(arena, title, &byte, 1);
	}
}

const char *doc_page_title(struct arena *arena, const char *path)
{
	static const char and[] = "and";
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t end = dot && dot > name ? (size_t)(dot - name) : strlen(name);
	struct doc_buffer title = {0};

	if (name[0] == '<') /* standard input */
		return "System Calls";
	for (size_t i = 0, len; i < end; i += len + 1) {
		len = strcspn(name + i, "-_ .");
		len = i + len > end ? end - i : len;
		if (len == 0)
			continue;
		if (title.bytes.count)
			doc_buffer_puts(arena, &title, " ");
		if (title.bytes.count && len == sizeof(and) - 1 &&
		    memcmp(name + i, and, len) == 0)
			doc_buffer_puts(arena, &title, "&");
		else
			add_title_word(arena, &title, name + i, len);
	}
	return title.bytes.count ? doc_buffer_text(arena, &title) : "System Calls";
}

const struct doc_page *doc_page_build(struct arena *arena, struct diags *diags,
				      const struct sources *sources, const struct abi_db *db,
				      const struct ast_document *document,
				      struct doc_headings *headings)
{
	struct doc_page *page = ARENA_NEW(arena, struct doc_page);
	struct page_builder builder = {
		.arena = arena,
		.diags = diags,
		.sources = sources,
		.db = db,
		.document = document,
		.headings = headings,
		.page = page,
		.code = doc_code_new(arena, sources, document->source),
	};
	struct items items = gather_items(&builder);
	size_t heading = mark_headings(&builder, &items);
	size_t first = without_docs(&items, 0, heading);

	if (heading == items.list.count)
		first = heading;
	page->title = doc_headings_add(
		arena, headings,
		page->title ? page->title
			    : doc_page_title(arena, document->source->file->path));
	take_introduction(&builder, &items, heading);
	add_call_sections(&builder, &items, 0, first);
	add_headed_sections(&builder, &items, first);
	return page;
}
