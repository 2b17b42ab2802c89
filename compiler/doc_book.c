#include "doc_book.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doc_index.h"
#include "doc_lists.h"
#include "doc_write.h"

/** Where the rules of a call stand first, and how far they go. */
struct entry {
	const struct abi_call *abi;
	uint32_t nr;
	enum doc_support support;
	size_t page;
	const char *heading; /* NULL: no page has it */
};

struct book_builder {
	const struct compilation *compilation;
	struct arena *arena;
	const struct abi_db *db;
	unsigned arch;
	const char *const *names; /* NULL: one page holds all */
	const struct doc_page **pages;
	struct doc_index index;
	VEC(struct entry) entries;
};

/* What a link to the heading TEXT ends with, as GitHub and mdBook make it; in ARENA. */
static const char *doc_book_anchor(struct arena *arena, const char *text)
{
	char *anchor = arena_alloc(arena, strlen(text) + 1);
	size_t used = 0;

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte == ' ')
			anchor[used++] = '-';
		else if (isalnum(byte) || byte == '-' || byte == '_' || byte >= 0x80)
			anchor[used++] = (char)tolower(byte);
	}
	return anchor;
}

static void take_tags(struct book_builder *builder, struct doc_page *page,
		      const struct doc_tags *tags)
{
	const struct doc_tag *tag;

	vec_each (tag, &tags->list) {
		if (tag->kind != DOC_SEE)
			vec_push(builder->arena, &page->tags.list, *tag);
	}
}

/* All tags that may be about the call NAME, as if they stood on one page. */
static void gather_tags(struct book_builder *builder, struct entry *entry, struct doc_page *all,
			const char *name)
{
	for (size_t i = 0; i < builder->compilation->document_count; i++) {
		const struct doc_page *page = builder->pages[i];
		bool has_call = false;
		const struct doc_section *section;

		vec_each (section, &page->sections) {
			for (size_t j = 0; j < section->calls.count; j++) {
				if (strcmp(section->calls.items[j], name) != 0)
					continue;
				if (!entry->heading) {
					entry->heading = section->heading;
					entry->page = i;
				}
				has_call = true;
				take_tags(builder, all, &section->tags);
			}
		}
		if (has_call)
			take_tags(builder, all, &page->tags);
	}
}

static bool has_name(const struct doc_lists *lists, const char *name)
{
	for (size_t i = 0; i < lists->params.count; i++)
		if (strcmp(lists->params.items[i], name) == 0)
			return true;
	return false;
}

/* Do the rules of CALL accept all that the database knows? */
static enum doc_support judge(const struct rule_call *call, const struct doc_lists *lists)
{
	bool is_known = true; /* which values there are, of all that is constrained */
	bool is_never = true;

	if (lists->tags.count > 0)
		is_known = false;
	for (size_t i = 0; i < call->rule_count; i++) {
		const struct rule *rule = &call->rules[i];

		if (rule->is_never)
			continue;
		is_never = false;
		if (rule->cond_count == 0 && lists->tags.count == 0)
			return DOC_FULL;
		is_known &= !rule->is_undecidable;
		for (size_t j = 0; j < rule->cond_count; j++)
			is_known &= has_name(lists, rule->conds[j].name);
	}
	if (is_never)
		return DOC_NONE;
	return is_known && lists->unsupported.count == 0 ? DOC_FULL : DOC_SOME;
}

static void add_entry(struct book_builder *builder, const struct abi_call *abi, uint32_t nr)
{
	const struct rule_call *call = rules_find(builder->index.rules, nr);
	struct entry entry = {.abi = abi, .nr = nr};
	struct doc_section section = {0};
	struct doc_page page = {0};
	struct doc_lists lists;

	if (call) {
		gather_tags(builder, &entry, &page, abi_string(builder->db, abi->name));
		for (size_t i = 0; i < call->rule_count; i++)
			vec_push(builder->arena, &section.rules, call->rules[i].source->ast);
		lists = doc_lists_build(builder->arena, &builder->index, &page, &section);
		entry.support = judge(call, &lists);
	}
	vec_push(builder->arena, &builder->entries, entry);
}

static int by_number(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;

	return (left->nr > right->nr) - (left->nr < right->nr);
}

static void gather_entries(struct book_builder *builder)
{
	for (uint32_t i = 0; i < builder->db->call_count; i++) {
		const struct abi_call *abi = &builder->db->calls[i];
		uint64_t nr;

		if (abi_num(builder->db, abi->nr, builder->arch, &nr) &&
		    abi_call_by_nr(builder->db, builder->arch, (uint32_t)nr) == abi)
			add_entry(builder, abi, (uint32_t)nr);
	}
	if (builder->entries.count > 0)
		qsort(builder->entries.items, builder->entries.count,
		      sizeof(*builder->entries.items), by_number);
}

static size_t count_support(const struct book_builder *builder, enum doc_support support,
			    const size_t *page)
{
	const struct entry *entry;
	size_t count = 0;

	vec_each (entry, &builder->entries)
		count += entry->support == support &&
			 (!page || (entry->heading && entry->page == *page));
	return count;
}

static const char *const signs[] = {[DOC_NONE] = "❌", [DOC_SOME] = "⚠️", [DOC_FULL] = "✅"};

static void write_counts(struct book_builder *builder, FILE *out)
{
	static const char *const words[] = {
		[DOC_NONE] = "None", [DOC_SOME] = "Partial", [DOC_FULL] = "Full"};
	static const char *const meanings[] = {
		[DOC_NONE] = "no rule matches it",
		[DOC_SOME] = "some values, or with remarks",
		[DOC_FULL] = "with every value that is known",
	};
	size_t all = builder->entries.count;

	fputs("\n| | Support | Meaning | System calls | Share |\n"
	      "| --- | --- | --- | ---: | ---: |\n",
	      out);
	for (int support = DOC_FULL; support >= DOC_NONE; support--) {
		size_t count = count_support(builder, (enum doc_support)support, NULL);

		fprintf(out, "| %s | %s | %s | %zu | %.1f %% |\n", signs[support],
			words[support], meanings[support], count,
			all ? 100.0 * (double)count / (double)all : 0.0);
	}
}

/* NAME as the target of a link. */
static const char *link_target(struct arena *arena, const char *name)
{
	char *target = arena_alloc(arena, 3 * strlen(name) + 1);
	size_t used = 0;

	for (; *name; name++) {
		if (isalnum((unsigned char)*name) || strchr("-_./", *name) || *name & 0x80)
			target[used++] = *name;
		else
			used += (size_t)sprintf(target + used, "%%%02X", (unsigned char)*name);
	}
	return target;
}

/* The title of page INDEX, made safe for a cell of a table. */
static const char *cell(struct arena *arena, const char *text)
{
	char *out = arena_alloc(arena, 2 * strlen(text) + 1);
	size_t used = 0;

	for (; *text; text++) {
		if (*text == '|')
			out[used++] = '\\';
		out[used++] = *text;
	}
	return out;
}

/* The folder of page PAGE; "" for none. */
static const char *folder_of(struct book_builder *builder, size_t page)
{
	const char *name = builder->names ? builder->names[page] : "";
	const char *slash = strrchr(name, '/');

	return arena_strndup(builder->arena, name, slash ? (size_t)(slash - name) : 0);
}

/* Where a link to HEADING of page PAGE leads; NULL: to the page. */
static const char *link_to(struct book_builder *builder, size_t page, const char *heading)
{
	const char *name =
		builder->names ? link_target(builder->arena, builder->names[page]) : "";

	if (!heading && builder->names)
		return name;
	return arena_printf(builder->arena, "%s#%s", name,
			    doc_book_anchor(builder->arena,
					    heading ? heading : builder->pages[page]->title));
}

static void write_page_row(struct book_builder *builder, size_t page, FILE *out)
{
	fprintf(out, "| [%s](%s) | %zu | %zu |\n",
		cell(builder->arena, builder->pages[page]->title), link_to(builder, page, NULL),
		count_support(builder, DOC_FULL, &page),
		count_support(builder, DOC_SOME, &page));
}

/* A table of the pages in FOLDER, which has one. */
static void write_folder(struct book_builder *builder, struct doc_headings *headings,
			 const char *folder, FILE *out)
{
	if (*folder)
		fprintf(out, "\n### %s\n",
			doc_headings_add(builder->arena, headings,
					 doc_page_title(builder->arena, folder)));
	fputs("\n| Page | ✅ | ⚠️ |\n| --- | ---: | ---: |\n", out);
}

/* The headings that an index has. */
static struct doc_headings index_headings(struct arena *arena)
{
	struct doc_headings headings = {0};

	doc_headings_add(arena, &headings, "Pages");
	doc_headings_add(arena, &headings, "System Calls");
	doc_headings_add(arena, &headings, "All system calls");
	return headings;
}

/* The pages that are in no folder, and then those of each folder. */
static void write_pages(struct book_builder *builder, FILE *out)
{
	struct doc_headings headings = index_headings(builder->arena);

	for (int in_folder = 0; in_folder < 2; in_folder++) {
		const char *folder = NULL;

		for (size_t i = 0; i < builder->compilation->document_count; i++) {
			const char *own = folder_of(builder, i);

			if ((*own != '\0') != in_folder)
				continue;
			if (!folder || strcmp(folder, own) != 0)
				write_folder(builder, &headings, folder = own, out);
			write_page_row(builder, i, out);
		}
	}
}

/* What a page is called where its folder does not stand above. */
static const char *full_title(struct book_builder *builder, size_t page)
{
	const char *folder = folder_of(builder, page);
	const char *title = builder->pages[page]->title;

	if (*folder)
		title = arena_printf(builder->arena, "%s: %s",
				     doc_page_title(builder->arena, folder), title);
	return cell(builder->arena, title);
}

static void write_calls(struct book_builder *builder, FILE *out)
{
	const struct entry *entry;

	fputs("\n## All system calls\n"
	      "\n| Number | System call | Support | Rules |\n| ---: | --- | :---: | --- |\n",
	      out);
	vec_each (entry, &builder->entries) {
		const char *name = abi_string(builder->db, entry->abi->name);

		fprintf(out, "| %u | [`%s`](" DOC_MAN_PAGES "/man2/%s.2.html) | %s | ",
			entry->nr, name, name, signs[entry->support]);
		if (entry->heading)
			fprintf(out, "[%s](%s)", full_title(builder, entry->page),
				link_to(builder, entry->page, entry->heading));
		fputs(entry->heading ? " |\n" : "|\n", out);
	}
}

static void write_index(struct book_builder *builder, FILE *out)
{
	fprintf(out,
		"# System Calls\n\n"
		"Which system calls of Linux on %s are supported. Of all %zu, %zu have "
		"rules.\n",
		abi_string(builder->db, builder->db->archs[builder->arch].name),
		builder->entries.count,
		count_support(builder, DOC_FULL, NULL) +
			count_support(builder, DOC_SOME, NULL));
	write_counts(builder, out);
	fputs("\n## Pages\n", out);
	write_pages(builder, out);
}

static void add_file(struct book_builder *builder, struct doc_book *book, const char *name,
		     char *text, size_t size)
{
	vec_push(builder->arena, &book->files,
		 ((struct doc_book_file){name, arena_strndup(builder->arena, text, size),
					 size}));
	free(text);
}

static FILE *open_text(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		arena_out_of_memory();
	return out;
}

static void close_text(FILE *out)
{
	if (fclose(out))
		arena_out_of_memory();
}

static struct book_builder builder_new(const struct compilation *compilation,
				       const char *const *names)
{
	return (struct book_builder){
		.compilation = compilation,
		.arena = compilation->arena,
		.db = compilation->db,
		.arch = compilation->rules[0]->arch,
		.names = names,
		.index = doc_index_build(compilation->arena, compilation->rules[0]),
		.pages = ARENA_ARRAY(compilation->arena, const struct doc_page *,
				     compilation->document_count + 1),
	};
}

static void build_page(struct book_builder *builder, size_t page, struct doc_headings *headings)
{
	const struct compilation *compilation = builder->compilation;

	builder->pages[page] =
		doc_page_build(builder->arena, compilation->diags, compilation->sources,
			       compilation->db, compilation->documents[page]->ast, headings);
}

struct doc_book doc_book_build(const struct compilation *compilation, const char *const *names,
			       bool details)
{
	const struct doc_write_options how = {.level = 1, .details = details};
	struct book_builder builder = builder_new(compilation, names);
	struct doc_book book = {0};
	char *text;
	size_t size;
	FILE *out;

	for (size_t i = 0; i < compilation->document_count; i++) {
		struct doc_headings headings = {0};
		struct doc_markdown markdown = {.arena = builder.arena};

		build_page(&builder, i, &headings);
		markdown.out = out = open_text(&text, &size);
		doc_write_page(&markdown, &builder.index, builder.pages[i], &how);
		close_text(out);
		add_file(&builder, &book, names[i], text, size);
	}
	gather_entries(&builder);
	out = open_text(&text, &size);
	write_index(&builder, out);
	write_calls(&builder, out);
	close_text(out);
	add_file(&builder, &book, DOC_BOOK_INDEX, text, size);
	return book;
}

void doc_book_write(const struct compilation *compilation, bool details, FILE *out)
{
	const struct doc_write_options how = {.level = 2, .details = details};
	struct book_builder builder = builder_new(compilation, NULL);
	struct doc_headings headings = index_headings(builder.arena);
	struct doc_markdown markdown = {.arena = builder.arena, .out = out, .has_begun = true};

	for (size_t i = 0; i < compilation->document_count; i++)
		build_page(&builder, i, &headings);
	gather_entries(&builder);
	write_index(&builder, out);
	for (size_t i = 0; i < compilation->document_count; i++)
		doc_write_page(&markdown, &builder.index, builder.pages[i], &how);
	write_calls(&builder, out);
}
