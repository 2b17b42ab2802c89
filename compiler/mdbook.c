#include "mdbook.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc_tags.h"
#include "doc_write.h"
#include "parse.h"

struct book {
	struct compilation *compilation;
	struct arena *arena;
	const struct mdbook_options *options;
	const char *folder; /* of the chapters' sources, from where this program runs */
};

/* The chapter that is being rewritten. */
struct chapter {
	struct book *book;
	const struct source_file *file; /* what mdBook gave as its content */
	const char *folder;
	struct doc_headings headings;
	const char *heading; /* the last one above, and ... */
	unsigned level;	     /* ... its level; 0: none yet */
	size_t count;	     /* of `{{#scml}}` lines */
	bool has_changes;
	struct doc_buffer text;
};

bool mdbook_supports(const char *name)
{
	/* All renderers get Markdown. This is what mdBook's documentation calls one that does
	 * not. */
	return strcmp(name, "not-supported") != 0;
}

static struct diag *book_error(struct book *book, const char *text)
{
	return diag_add(book->compilation->diags, DIAG_BOOK, SPAN_NONE, "%s", text);
}

/* Compile SOURCE alone; its rules are typed if it has no errors. */
static struct compilation compile_source(struct book *book,
					 const struct source_document *source)
{
	struct compilation one = *book->compilation;
	const struct res_document **documents =
		ARENA_NEW(book->arena, const struct res_document *);
	const struct rules **rules = ARENA_NEW(book->arena, const struct rules *);
	const struct ast_document *ast =
		parse_document(book->arena, one.diags, one.sources, source);

	documents[0] = resolve_document(book->arena, one.diags, ast);
	doc_tags_check(book->arena, one.diags, one.sources, one.db, ast);
	rules[0] = rules_build(book->arena, one.diags, one.sources, one.db, book->options->arch,
			       documents, 1);
	one.documents = documents;
	one.document_count = 1;
	one.rules = rules;
	one.rules_count = 1;
	lint_run(&one, &book->options->lint);
	return one;
}

/* PATH of a `{{#scml}}` line at SPAN as a document, or NULL after an error at the line. */
static const struct source_document *open_rules(struct chapter *chapter, struct span span,
						const char *path)
{
	struct compilation *compilation = chapter->book->compilation;

	if (path[0] != '/' && *chapter->folder)
		path = arena_printf(chapter->book->arena, "%s/%s", chapter->folder, path);
	if (access(path, R_OK) < 0) {
		diag_add(compilation->diags, DIAG_BOOK, span, "cannot read '%s': %s", path,
			 strerror(errno));
		return NULL;
	}
	return source_read(compilation->sources, compilation->diags, path);
}

/* Append the lines of PAGE, each after the LEN blanks at INDENT. */
static void add_page(struct chapter *chapter, const char *page, const char *indent, size_t len)
{
	struct arena *arena = chapter->book->arena;

	while (*page) {
		size_t line = strcspn(page, "\n");

		if (line > 0)
			doc_buffer_add(arena, &chapter->text, indent, len);
		doc_buffer_add(arena, &chapter->text, page, line);
		page += line;
		if (*page) {
			doc_buffer_puts(arena, &chapter->text, "\n");
			page++;
		}
	}
}

static void write_rules(struct chapter *chapter, const struct source_document *source,
			const char *indent, size_t len)
{
	struct book *book = chapter->book;
	size_t errors = diags_count(book->compilation->diags, DIAG_ERROR);
	struct compilation one = compile_source(book, source);
	struct doc_index index;
	struct doc_markdown markdown = {.arena = book->arena};
	const struct doc_write_options how = {
		.level = chapter->level + 1 < 2	  ? 2
			 : chapter->level + 1 > 6 ? 6
						  : chapter->level + 1,
		.has_no_title = true,
		.above = chapter->heading,
		.details = book->options->details,
	};
	char *text = NULL;
	size_t size = 0;

	if (diags_count(one.diags, DIAG_ERROR) > errors)
		return;
	index = doc_index_build(book->arena, one.rules[0]);
	markdown.out = open_memstream(&text, &size);
	if (!markdown.out)
		arena_out_of_memory();
	doc_write_page(&markdown, &index,
		       doc_page_build(book->arena, one.diags, one.sources, one.db,
				      one.documents[0]->ast, &chapter->headings),
		       &how);
	if (fclose(markdown.out))
		arena_out_of_memory();
	add_page(chapter, text, indent, len);
	free(text);
}

static const char word[] = "{{#scml";

/* A heading of the chapter: what follows stands below it. */
static void note_heading(struct chapter *chapter, const char *line)
{
	size_t level = strspn(line, "#");
	const char *text = line + level + strspn(line + level, " \t");
	size_t len = strlen(text);

	if (level == 0 || level > 6 ||
	    (line[level] && line[level] != ' ' && line[level] != '\t'))
		return;
	while (len > 0 && strchr(" \t\r#", text[len - 1]))
		len--;
	chapter->level = (unsigned)level;
	chapter->heading = arena_strndup(chapter->book->arena, text, len);
	doc_headings_add(chapter->book->arena, &chapter->headings, chapter->heading);
}

/* Take LINE, which begins at byte AT, if it is `{{#scml PATH}}`. */
static bool take_rules(struct chapter *chapter, const char *line, size_t at)
{
	struct arena *arena = chapter->book->arena;
	struct diags *diags = chapter->book->compilation->diags;
	size_t indent = strspn(line, " \t");
	const char *start = line + indent;
	const char *name = start + sizeof(word) - 1;
	const char *end = line + strlen(line);
	const struct source_document *source;
	struct span span = {chapter->file->id, (uint32_t)(at + indent), 0};

	if (strncmp(start, word, sizeof(word) - 1) != 0 || !strchr(" \t}", *name))
		return false;
	while (end > name && strchr(" \t\r", end[-1]))
		end--;
	span.end = span.start + (uint32_t)(end - start);
	chapter->has_changes = true;
	name += strspn(name, " \t");
	if (end - name < 3 || strncmp(end - 2, "}}", 2) != 0) {
		diag_add(diags, DIAG_BOOK, span,
			 "expected '{{#scml PATH}}', alone on its line");
		return true;
	}
	for (end -= 2; end > name && strchr(" \t", end[-1]);)
		end--;
	if (++chapter->count > MDBOOK_MAX_RULES) {
		diag_add(diags, DIAG_BOOK, span, "more than %d '{{#scml}}' lines in a chapter",
			 MDBOOK_MAX_RULES);
		return true;
	}
	source = open_rules(chapter, span, arena_strndup(arena, name, (size_t)(end - name)));
	if (source)
		write_rules(chapter, source, line, indent);
	return true;
}

/* What LINE, outside of code, becomes. */
static void take_line(struct chapter *chapter, const char *line, size_t at)
{
	struct arena *arena = chapter->book->arena;
	const char *found = strstr(line, word);
	struct span span = {chapter->file->id, 0, 0};

	note_heading(chapter, line);
	if (take_rules(chapter, line, at))
		return;
	if (found && found > line && found[-1] == '\\') {
		/* shown, not followed */
		doc_buffer_add(arena, &chapter->text, line, (size_t)(found - line) - 1);
		line = found;
		chapter->has_changes = true;
	} else if (found && !memchr(line, '`', (size_t)(found - line)) &&
		   !strstr(line, "<!--")) {
		span.start = (uint32_t)(at + (size_t)(found - line));
		span.end = span.start + sizeof(word) - 1;
		diag_add(chapter->book->compilation->diags, DIAG_BOOK, span,
			 "'{{#scml PATH}}' has to stand alone on its line");
	}
	doc_buffer_puts(arena, &chapter->text, line);
	doc_buffer_puts(arena, &chapter->text, "\n");
}

/* The content of the chapter with rules in the place of `{{#scml}}` lines. */
static void rewrite(struct chapter *chapter)
{
	struct arena *arena = chapter->book->arena;
	struct doc_fence fence = {0};

	for (uint32_t i = 1; i <= chapter->file->line_count; i++) {
		size_t len;
		const char *bytes = source_line(chapter->file, i, &len);
		const char *line = arena_strndup(arena, bytes, len);

		if (i == chapter->file->line_count && len == 0)
			break;
		if (doc_fence_step(&fence, line) == DOC_OUTSIDE) {
			take_line(chapter, line, (size_t)(bytes - chapter->file->text));
			continue;
		}
		doc_buffer_puts(arena, &chapter->text, line);
		doc_buffer_puts(arena, &chapter->text, "\n");
	}
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcasecmp(text + len - end_len, end) == 0;
}

/* The folder of FILE, below FOLDER. */
static const char *folder_of(struct arena *arena, const char *folder, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return folder;
	return arena_printf(arena, "%s%s%.*s", folder, *folder ? "/" : "", (int)(slash - file),
			    file);
}

static void rewrite_chapter(struct book *book, json_t *json)
{
	struct compilation *compilation = book->compilation;
	json_t *content = json_object_get(json, "content");
	const char *path = text_of(json, "source_path");
	struct chapter chapter = {.book = book, .folder = book->folder};
	const struct source_document *source;
	const char *name;
	json_t *text;

	if (!json_is_string(content))
		return;
	if (!path)
		path = text_of(json, "path");
	if (path) {
		chapter.folder = folder_of(book->arena, book->folder, path);
		name = arena_printf(book->arena, "%s%s%s%s", book->folder,
				    *book->folder ? "/" : "", path,
				    ends_with(path, ".md") ? "" : ".md");
	} else { /* a draft has no file */
		name = text_of(json, "name");
		name = arena_printf(book->arena, "<%s>.md", name ? name : "draft");
	}
	source = source_from_text(compilation->sources, compilation->diags, name,
				  json_string_value(content), json_string_length(content));
	if (!source)
		return;
	compile_source(book, source);
	chapter.file = source->file;
	rewrite(&chapter);
	if (!chapter.has_changes)
		return;
	/* jansson takes no text from nowhere, be it empty */
	text = json_stringn(chapter.text.bytes.count ? chapter.text.bytes.items : "",
			    chapter.text.bytes.count);
	if (!text || json_object_set_new(json, "content", text) < 0)
		diag_add(compilation->diags, DIAG_BOOK, (struct span){source->file->id, 0, 0},
			 "the chapter's text is not UTF-8");
}

/* ITEMS of a book: chapters with their own, separators, titles of parts. */
static void rewrite_items(struct book *book, json_t *items)
{
	json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		json_t *chapter = json_object_get(item, "Chapter");

		if (!chapter)
			continue;
		rewrite_chapter(book, chapter);
		rewrite_items(book, json_object_get(chapter, "sub_items"));
	}
}

/* ROOT without the folder that this program runs in, and the folder of sources below it. */
static const char *sources_folder(struct arena *arena, const json_t *context)
{
	const char *root = text_of(context, "root");
	const json_t *config = json_object_get(context, "config");
	const char *src = text_of(json_object_get(config, "book"), "src");
	char here[PATH_MAX];
	size_t len;

	root = root ? root : "";
	src = src ? src : "src";
	if (src[0] == '/')
		return src;
	len = getcwd(here, sizeof(here)) ? strlen(here) : 0;
	if (len > 0 && strncmp(root, here, len) == 0 && (!root[len] || root[len] == '/'))
		root += len + strspn(root + len, "/");
	return arena_printf(arena, "%s%s%s", root, *root ? "/" : "", src);
}

json_t *mdbook_run(struct compilation *compilation, json_t *input,
		   const struct mdbook_options *options)
{
	const json_t *context = json_array_get(input, 0);
	json_t *all = json_array_get(input, 1);
	struct book book = {
		.compilation = compilation, .arena = compilation->arena, .options = options};
	json_t *items = json_object_get(all, "sections");

	if (!items)
		items = json_object_get(all, "items"); /* since mdBook 0.5 */
	if (!json_is_object(context) || !json_is_array(items)) {
		book_error(&book,
			   "the input is not what mdBook gives to preprocessors: a list of "
			   "a context and a book");
		return NULL;
	}
	book.folder = sources_folder(book.arena, context);
	rewrite_items(&book, items);
	return all;
}
