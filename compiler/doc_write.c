#include "doc_write.h"

#include <ctype.h>
#include <string.h>

#include "doc_details.h"
#include "doc_lists.h"

enum {
	MAX_BULLETS = 12,  /* longer lists are a paragraph */
	CALLS_SECTION = 2, /* of the manual */
};

struct page_writer {
	struct arena *arena;
	const struct doc_write_options *options;
	const struct doc_index *index;
	const struct doc_page *page;
	struct doc_markdown *markdown;
};

static void write_rules(struct page_writer *writer, const struct doc_section *section)
{
	const struct doc_block *block;
	bool has_code = false;

	vec_each (block, &section->blocks)
		has_code |= *block->code != '\0';
	if (has_code) {
		doc_markdown_begin(writer->markdown);
		fprintf(writer->markdown->out, "%s in SCML:\n",
			section->rules.count ? "Supported functionality" : "Definitions");
	}
	vec_each (block, &section->blocks) {
		doc_markdown_prose(writer->markdown, &block->about);
		if (*block->code)
			doc_markdown_code(writer->markdown, block->code);
	}
}

/* The flags that a call has are mostly in a parameter of that name, which says nothing more. */
static bool is_plain_flags(const struct doc_list *list)
{
	return list->is_flags && strcmp(list->param, "flags") == 0;
}

static void write_list_heading(struct page_writer *writer, const struct doc_list *list)
{
	FILE *out = writer->markdown->out;

	doc_markdown_begin(writer->markdown);
	fputs("Unsupported", out);
	if (!is_plain_flags(list))
		fprintf(out, " `%s`", list->param);
	fputs(list->is_flags ? " flags" : " values", out);
	if (list->call)
		fprintf(out, " of `%s`", list->call);
	if (list->selector)
		fprintf(out, " at `%s`", list->selector);
	fputs(":\n", out);
}

static void write_list(struct page_writer *writer, const struct doc_list *list)
{
	struct doc_markdown *markdown = writer->markdown;
	bool as_bullets = list->names.count <= MAX_BULLETS || is_plain_flags(list);

	write_list_heading(writer, list);
	doc_markdown_begin(markdown);
	for (size_t i = 0; i < list->names.count; i++) {
		const char *name = doc_markdown_quote(markdown, list->names.items[i]);

		if (as_bullets)
			fprintf(markdown->out, "- %s\n", name);
		else
			doc_markdown_word(markdown, name, i + 1 < list->names.count ? "," : "");
	}
	if (!as_bullets)
		doc_markdown_end(markdown);
}

static void write_absent(struct page_writer *writer, const struct doc_lists *lists)
{
	const struct rules *rules = writer->index->rules;
	const char *arch = abi_string(rules->db, rules->db->archs[rules->arch].name);

	if (lists->absent.count == 0)
		return;
	doc_markdown_begin(writer->markdown);
	doc_markdown_names(writer->markdown, lists->absent.items, lists->absent.count);
	doc_markdown_words(writer->markdown,
			   lists->absent.count == 1 ? "does not exist on" : "do not exist on");
	doc_markdown_word(writer->markdown, arch, ".");
	doc_markdown_end(writer->markdown);
}

/* Where nothing is missing, say so: an empty list could as well have been forgotten. */
static void write_all_supported(struct page_writer *writer, const struct doc_lists *lists)
{
	if (lists->unsupported.count || lists->tags.count || lists->params.count == 0)
		return;
	doc_markdown_begin(writer->markdown);
	doc_markdown_words(writer->markdown, "All known values of");
	doc_markdown_names(writer->markdown, lists->params.items, lists->params.count);
	doc_markdown_words(writer->markdown, "are supported.");
	doc_markdown_end(writer->markdown);
}

/* `- CONST, CONST text`, with the text as the tag has it. */
static void write_tag(struct page_writer *writer, const struct doc_tag *tag)
{
	FILE *out = writer->markdown->out;
	const char *text = strcmp(tag->text, ":") == 0 ? "" : tag->text;

	fputs("- ", out);
	for (size_t i = 0; i < tag->consts.count; i++)
		fprintf(out, "%s`%s`", i ? ", " : "", tag->consts.items[i].name);
	fprintf(out, "%s%s\n", *text && *text != ':' ? " " : "", text);
}

/* The tags of one kind, as a list under HEADING and WHAT they name. */
static void write_tags(struct page_writer *writer, const struct doc_tag *const *tags,
		       size_t count, enum doc_tag_kind kind, const char *heading,
		       const char *what)
{
	bool has_some = false;

	for (size_t i = 0; i < count; i++) {
		if (tags[i]->kind != kind)
			continue;
		if (!has_some) {
			doc_markdown_begin(writer->markdown);
			fprintf(writer->markdown->out, "%s %s:\n", heading, what);
			doc_markdown_begin(writer->markdown);
		}
		has_some = true;
		write_tag(writer, tags[i]);
	}
}

static void write_limits(struct page_writer *writer, const struct doc_tag *const *tags,
			 size_t count, const char *what)
{
	write_tags(writer, tags, count, DOC_PARTIAL, "Partially-supported", what);
	write_tags(writer, tags, count, DOC_IGNORED, "Silently ignored", what);
}

/* A link to page NAME of a section of the manual; SUFFIX goes on from its number ("p"). */
static const char *man_link(struct page_writer *writer, const char *text, const char *name,
			    unsigned section, const char *suffix)
{
	return arena_printf(writer->arena, "[%s](" DOC_MAN_PAGES "/man%u/%s.%u%s.html)", text,
			    section, name, section, suffix);
}

/* `NAME(SECTION)` as a link, or NULL. */
static const char *man_reference(struct page_writer *writer, const char *text)
{
	size_t len = 0, end;
	const char *name, *suffix;

	while (isalnum((unsigned char)text[len]) || strchr("_-.+", text[len]) != NULL) {
		if (text[len] == '\0')
			return NULL;
		len++;
	}
	if (len == 0 || text[len] != '(' || !isdigit((unsigned char)text[len + 1]))
		return NULL;
	for (end = len + 2; islower((unsigned char)text[end]); end++)
		;
	if (strcmp(text + end, ")") != 0)
		return NULL;
	name = arena_strndup(writer->arena, text, len);
	suffix = arena_strndup(writer->arena, text + len + 2, end - len - 2);
	return man_link(writer, text, name, (unsigned)(text[len + 1] - '0'), suffix);
}

static const char *see_link(struct page_writer *writer, const char *text)
{
	const char *man = man_reference(writer, text);

	if (man)
		return man;
	if (strpbrk(text, " <>") == NULL && strstr(text, "://"))
		return arena_printf(writer->arena, "<%s>", text);
	return text;
}

static void write_see(struct page_writer *writer, const struct doc_tags *tags)
{
	const struct doc_tag *tag;
	bool has_some = false;

	vec_each (tag, &tags->list) {
		if (tag->kind != DOC_SEE || !*tag->text)
			continue;
		if (!has_some) {
			doc_markdown_begin(writer->markdown);
			fputs("See also:\n", writer->markdown->out);
			doc_markdown_begin(writer->markdown);
		}
		has_some = true;
		fprintf(writer->markdown->out, "- %s\n", see_link(writer, tag->text));
	}
}

/* In one line, however long: other programs look for it. */
static void write_man_pages(struct page_writer *writer, const struct doc_section *section)
{
	FILE *out = writer->markdown->out;
	size_t count = section->calls.count;

	if (count == 0)
		return;
	doc_markdown_begin(writer->markdown);
	fputs("For more information, see", out);
	if (count > 1)
		fputs(" the man pages of", out);
	for (size_t i = 0; i < count; i++) {
		const char *name = section->calls.items[i];
		const char *text = count == 1 ? "the man page" : name;

		fprintf(out, "%s %s%s", i && i + 1 == count ? " and" : "",
			man_link(writer, text, name, CALLS_SECTION, ""),
			i + 2 < count ? "," : "");
	}
	fputs(".\n", out);
}

static bool is_heading_above(const struct page_writer *writer, const char *heading)
{
	const char *above = writer->options->above;
	size_t len = above ? strlen(above) : 0;

	if (!above || writer->page->sections.count != 1 || strncmp(heading, above, len) != 0)
		return false;
	/* perhaps with a number, because there is that heading already */
	return heading[len] == '\0' || strncmp(heading + len, " (", 2) == 0;
}

static void write_section(struct page_writer *writer, const struct doc_section *section,
			  const struct doc_lists *lists)
{
	const struct doc_list *list;
	const char *what = !lists->tags_name_values ? "flags"
			   : lists->tags_name_flags ? "flags and values"
						    : "values";

	if (section->heading && !is_heading_above(writer, section->heading))
		doc_markdown_heading(writer->markdown,
				     writer->options->level + !writer->options->has_no_title,
				     section->heading);
	doc_markdown_prose(writer->markdown, &section->about);
	write_rules(writer, section);
	write_absent(writer, lists);
	vec_each (list, &lists->unsupported)
		write_list(writer, list);
	write_all_supported(writer, lists);
	write_limits(writer, lists->tags.items, lists->tags.count, what);
	if (writer->options->details)
		doc_details_write(writer->arena, writer->index, section, writer->markdown);
	write_see(writer, &section->tags);
	write_man_pages(writer, section);
}

/* Tags of the page that are about no parameter of any section stand under its title. */
static void write_page_tags(struct page_writer *writer, const struct doc_lists *lists)
{
	const struct doc_page *page = writer->page;
	const struct doc_tag *tag;
	VEC(const struct doc_tag *) rest = {0};

	vec_each (tag, &page->tags.list) {
		bool is_taken = false;

		for (size_t i = 0; i < page->sections.count; i++) {
			for (size_t j = 0; j < lists[i].tags.count; j++)
				is_taken |= lists[i].tags.items[j] == tag;
		}
		if (!is_taken)
			vec_push(writer->arena, &rest, tag);
	}
	write_limits(writer, rest.items, rest.count, "flags");
	write_see(writer, &page->tags);
}

void doc_write_page(struct doc_markdown *markdown, const struct doc_index *index,
		    const struct doc_page *page, const struct doc_write_options *options)
{
	struct page_writer writer = {
		.arena = markdown->arena,
		.options = options,
		.index = index,
		.page = page,
		.markdown = markdown,
	};
	struct doc_lists *lists =
		ARENA_ARRAY(writer.arena, struct doc_lists, page->sections.count + 1);

	for (size_t i = 0; i < page->sections.count; i++)
		lists[i] = doc_lists_build(writer.arena, index, page, &page->sections.items[i]);
	if (!options->has_no_title)
		doc_markdown_heading(markdown, options->level, page->title);
	doc_markdown_prose(markdown, &page->about);
	write_page_tags(&writer, lists);
	for (size_t i = 0; i < page->sections.count; i++)
		write_section(&writer, &page->sections.items[i], &lists[i]);
}
