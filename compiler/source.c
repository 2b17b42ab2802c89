#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "markdown.h"
#include "utf8.h"
#include "vec.h"

enum { SOURCE_FIRST_READ = 16 * 1024, SOURCE_MARK_STEP = 4096 };

/* How many UTF-16 units stand before a byte; one mark every few thousand bytes. */
struct units_mark {
	uint32_t offset;
	uint32_t units;
};

struct source_entry {
	struct source_file file; /* first: source_file() gives it out */
	const struct units_mark *marks;
	size_t mark_count; /* 0: the file is ASCII */
};

struct sources {
	struct arena *arena;
	source_reader *reader; /* NULL: files are read from disk alone */
	void *reader_context;
	VEC(struct source_entry *) entries;
};

/* The document that is being put together from a page. */
struct gather {
	struct sources *sources;
	struct diags *diags;
	const struct source_file *page;
	VEC(struct source_chunk) chunks;
	size_t bytes;
	size_t include_count;
	bool has_failed;
};

struct sources *sources_new(struct arena *arena)
{
	struct sources *sources = ARENA_NEW(arena, struct sources);

	sources->arena = arena;
	return sources;
}

void sources_set_reader(struct sources *sources, source_reader *reader, void *context)
{
	sources->reader = reader;
	sources->reader_context = context;
}

static bool path_has_suffix(const char *path, size_t len, const char *suffix)
{
	size_t suffix_len = strlen(suffix);

	return len > suffix_len &&
	       strncasecmp(path + len - suffix_len, suffix, suffix_len) == 0;
}

static void entry_count_lines(struct arena *arena, struct source_file *file)
{
	const char *end = file->text + file->size;
	uint32_t *lines;
	size_t count = 1;

	for (const char *at = file->text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		count++;
	lines = ARENA_ARRAY(arena, uint32_t, count);
	count = 1;
	for (const char *at = file->text; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		lines[count++] = (uint32_t)(at + 1 - file->text);
	file->lines = lines;
	file->line_count = count;
}

/* A code point beyond the basic plane takes two units; an invalid byte is shown as one. */
static uint32_t count_units(const char *text, size_t *at, size_t end, size_t size)
{
	uint32_t units = 0;

	while (*at < end) {
		uint32_t point;

		*at += utf8_decode(text + *at, size - *at, &point);
		units += point != UTF8_INVALID && point > 0xffff ? 2 : 1;
	}
	return units;
}

static void entry_mark_units(struct arena *arena, struct source_entry *entry)
{
	const struct source_file *file = &entry->file;
	struct units_mark *marks;
	struct units_mark mark = {0, 0};
	size_t at = 0;
	size_t count = 0;

	while (at < file->size && !(file->text[at] & 0x80))
		at++;
	if (at == file->size)
		return;
	marks = ARENA_ARRAY(arena, struct units_mark, file->size / SOURCE_MARK_STEP + 1);
	for (at = 0; at < file->size; mark.offset = (uint32_t)at) {
		size_t end = at + SOURCE_MARK_STEP;

		marks[count++] = mark;
		if (end > file->size)
			end = file->size;
		mark.units += count_units(file->text, &at, end, file->size);
	}
	entry->marks = marks;
	entry->mark_count = count;
}

static const struct source_file *sources_add(struct sources *sources, const char *path,
					     const char *text, size_t size)
{
	struct source_entry *entry = ARENA_NEW(sources->arena, struct source_entry);

	entry->file.id = (uint32_t)sources->entries.count;
	entry->file.path = arena_strdup(sources->arena, path);
	entry->file.text = text;
	entry->file.size = size;
	entry->file.is_markdown = path_has_suffix(path, strlen(path), ".md");
	entry_count_lines(sources->arena, &entry->file);
	entry_mark_units(sources->arena, entry);
	vec_push(sources->arena, &sources->entries, entry);
	return &entry->file;
}

const struct source_file *source_file(const struct sources *sources, uint32_t id)
{
	return id < sources->entries.count ? &sources->entries.items[id]->file : NULL;
}

size_t source_file_count(const struct sources *sources)
{
	return sources->entries.count;
}

/* Read FD to its end. 0, or an errno: EFBIG where there is more than we take. */
static int read_all(struct arena *arena, int fd, char **text, size_t *size)
{
	size_t capacity = SOURCE_FIRST_READ;
	char *buffer = malloc(capacity);
	size_t used = 0;
	ssize_t got = 0;
	int error = 0;

	while (buffer && used <= SOURCE_MAX_BYTES) {
		got = read(fd, buffer + used, capacity - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
		if (used == capacity) {
			char *larger = realloc(buffer, capacity *= 2);

			if (!larger)
				free(buffer);
			buffer = larger;
		}
	}
	if (!buffer)
		return ENOMEM;
	if (got < 0)
		error = errno;
	else if (used > SOURCE_MAX_BYTES)
		error = EFBIG;
	else
		*text = arena_strndup(arena, buffer, used);
	*size = used;
	free(buffer);
	return error;
}

static int read_path(struct arena *arena, const char *path, char **text, size_t *size)
{
	struct stat status;
	int error = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return errno;
	if (fstat(fd, &status) < 0)
		error = errno;
	else if (S_ISDIR(status.st_mode))
		error = EISDIR;
	else if (S_ISREG(status.st_mode) && status.st_size > SOURCE_MAX_BYTES)
		error = EFBIG;
	else
		error = read_all(arena, fd, text, size);
	close(fd);
	return error;
}

static void report_unreadable(struct diags *diags, struct span span, const char *path,
			      int error)
{
	if (error == EISDIR)
		diag_add(diags, DIAG_FILE_ERROR, span, "'%s' is a folder, not a file", path);
	else if (error == EFBIG)
		diag_add(diags, DIAG_FILE_ERROR, span, "'%s' is larger than %d MiB", path,
			 SOURCE_MAX_BYTES / 1024 / 1024);
	else
		diag_add(diags, DIAG_FILE_ERROR, span, "cannot read '%s': %s", path,
			 strerror(error));
}

static const struct source_file *source_open(struct sources *sources, struct diags *diags,
					     const char *path, struct span span)
{
	char *text = NULL;
	size_t size = 0;
	int error = read_path(sources->arena, path, &text, &size);

	if (error) {
		report_unreadable(diags, span, path, error);
		return NULL;
	}
	return sources_add(sources, path, text, size);
}

static void gather_fail(struct gather *gather, struct span span, const char *text)
{
	diag_add(gather->diags, DIAG_INCLUDE, span, "%s", text);
	gather->has_failed = true;
}

/* A file that an earlier line of some page included is read once. */
static const struct source_file *gather_open(struct gather *gather, struct span span,
					     const char *path)
{
	const struct source_file *file;
	const char *text;
	size_t size;

	for (size_t i = 0; i < gather->sources->entries.count; i++)
		if (strcmp(gather->sources->entries.items[i]->file.path, path) == 0)
			return &gather->sources->entries.items[i]->file;
	if (gather->sources->reader &&
	    gather->sources->reader(gather->sources->reader_context, path, &text, &size))
		return sources_add(gather->sources, path,
				   arena_strndup(gather->sources->arena, text, size), size);
	file = source_open(gather->sources, gather->diags, path, span);
	if (!file)
		gather->has_failed = true;
	return file;
}

/* Where the text of an SCML file begins: past a byte order mark. */
static uint32_t text_start(const struct source_file *file)
{
	static const char mark[] = "\xef\xbb\xbf";

	return file->size >= 3 && memcmp(file->text, mark, 3) == 0 ? 3 : 0;
}

/* The chunk of an `{{#include}}` line; false where it cannot be had. */
static bool gather_include(struct gather *gather, struct span span, struct source_chunk *chunk)
{
	struct arena *arena = gather->sources->arena;
	const char *page = gather->page->path;
	const char *name =
		arena_strndup(arena, gather->page->text + span.start, span.end - span.start);
	const char *slash = strrchr(page, '/');
	const struct source_file *file;

	if (gather->include_count++ >= SOURCE_MAX_INCLUDES) {
		if (gather->include_count == SOURCE_MAX_INCLUDES + 1)
			gather_fail(gather, span, "too many includes on one page");
		return false;
	}
	if (!path_has_suffix(name, strlen(name), ".scml")) {
		gather_fail(gather, span,
			    strstr(name, ".scml:") ? "only whole files can be included"
						   : "only .scml files can be included");
		return false;
	}
	if (name[0] != '/' && slash)
		name = arena_printf(arena, "%.*s/%s", (int)(slash - page), page, name);
	file = gather_open(gather, span, name);
	if (!file)
		return false;
	*chunk = (struct source_chunk){file->id, text_start(file), (uint32_t)file->size, false};
	return true;
}

static void gather_push(struct gather *gather, struct source_chunk chunk)
{
	gather->bytes += chunk.end - chunk.start;
	if (gather->bytes <= SOURCE_MAX_BYTES)
		vec_push(gather->sources->arena, &gather->chunks, chunk);
	else if (!gather->has_failed)
		gather_fail(gather, (struct span){chunk.file, chunk.start, chunk.start},
			    "the page with its includes is too large");
}

/* Does what was gathered from chunk FIRST on begin like a rule? */
static bool gather_begins_rule(const struct gather *gather, size_t first)
{
	char *text;
	size_t size = 0;
	bool begins;

	for (size_t i = first; i < gather->chunks.count; i++)
		size += gather->chunks.items[i].end - gather->chunks.items[i].start;
	text = malloc(size + 1);
	if (!text)
		return true;
	size = 0;
	for (size_t i = first; i < gather->chunks.count; i++) {
		const struct source_chunk *chunk = &gather->chunks.items[i];

		memcpy(text + size,
		       source_file(gather->sources, chunk->file)->text + chunk->start,
		       chunk->end - chunk->start);
		size += chunk->end - chunk->start;
	}
	begins = markdown_begins_rule(text, size);
	free(text);
	return begins;
}

/* Is a path that of an SCML file, be it followed by a range of lines? */
static bool is_scml_path(const char *path, size_t len)
{
	return path_has_suffix(path, len, ".scml") || memmem(path, len, ".scml:", 6);
}

static bool includes_other_files(const struct gather *gather,
				 const struct markdown_block *block)
{
	for (size_t i = 0; i < block->piece_count; i++) {
		const struct markdown_piece *piece = &block->pieces[i];

		if (piece->kind == MARKDOWN_INCLUDE &&
		    !is_scml_path(gather->page->text + piece->span.start,
				  piece->span.end - piece->span.start))
			return true;
	}
	return false;
}

static void gather_block(struct gather *gather, const struct markdown_block *block)
{
	size_t first = gather->chunks.count;
	size_t bytes = gather->bytes;

	if (block->is_optional && (block->has_directive || includes_other_files(gather, block)))
		return;
	for (size_t i = 0; i < block->piece_count; i++) {
		const struct markdown_piece *piece = &block->pieces[i];
		struct source_chunk chunk = {piece->span.file, piece->span.start,
					     piece->span.end, piece->continues};

		if (piece->kind == MARKDOWN_TEXT || gather_include(gather, piece->span, &chunk))
			gather_push(gather, chunk);
	}
	if (block->is_optional && !gather_begins_rule(gather, first)) {
		gather->chunks.count = first;
		gather->bytes = bytes;
	}
}

static const struct source_document *document_of(struct sources *sources, struct diags *diags,
						 const struct source_file *file)
{
	struct source_document *document = ARENA_NEW(sources->arena, struct source_document);
	struct gather gather = {.sources = sources, .diags = diags, .page = file};

	if (file->is_markdown) {
		struct markdown_page page = markdown_find_blocks(sources->arena, file);

		for (size_t i = 0; i < page.block_count; i++)
			gather_block(&gather, &page.blocks[i]);
	} else {
		gather_push(&gather, (struct source_chunk){file->id, text_start(file),
							   (uint32_t)file->size, false});
	}
	document->is_incomplete = gather.has_failed;
	document->file = file;
	document->chunks = gather.chunks.items;
	document->chunk_count = gather.chunks.count;
	return document;
}

const struct source_document *source_read(struct sources *sources, struct diags *diags,
					  const char *path)
{
	const struct source_file *file;
	char *text = NULL;
	size_t size = 0;
	int error;

	if (strcmp(path, "-") != 0) {
		file = source_open(sources, diags, path, SPAN_NONE);
		return file ? document_of(sources, diags, file) : NULL;
	}
	error = read_all(sources->arena, STDIN_FILENO, &text, &size);
	if (error) {
		report_unreadable(diags, SPAN_NONE, "<stdin>", error);
		return NULL;
	}
	return document_of(sources, diags, sources_add(sources, "<stdin>", text, size));
}

const struct source_document *source_from_text(struct sources *sources, struct diags *diags,
					       const char *path, const char *text, size_t size)
{
	const struct source_file *file;

	if (size > SOURCE_MAX_BYTES) {
		report_unreadable(diags, SPAN_NONE, path, EFBIG);
		return NULL;
	}
	file = sources_add(sources, path, arena_strndup(sources->arena, text, size), size);
	return document_of(sources, diags, file);
}

/* The index of the line that byte OFFSET is in. */
static size_t line_index(const struct source_file *file, uint32_t offset)
{
	size_t low = 0;
	size_t high = file->line_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (file->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct source_place source_place(const struct source_file *file, uint32_t offset)
{
	size_t line = line_index(file, offset);

	return (struct source_place){(uint32_t)line + 1, offset - file->lines[line] + 1};
}

const char *source_line(const struct source_file *file, uint32_t line, size_t *len)
{
	size_t start;
	size_t end;

	*len = 0;
	if (line == 0 || line > file->line_count)
		return "";
	start = file->lines[line - 1];
	end = line < file->line_count ? file->lines[line] - 1 : file->size;
	if (end > start && line < file->line_count && file->text[end - 1] == '\r')
		end--;
	*len = end - start;
	return file->text + start;
}

/* UTF-16 units from the start of the file to byte OFFSET. */
static uint32_t units_before(const struct source_entry *entry, uint32_t offset)
{
	const struct source_file *file = &entry->file;
	size_t mark = offset / SOURCE_MARK_STEP;
	size_t at;
	uint32_t units;

	/* marks stand at code points: up to three bytes late each */
	if (mark >= entry->mark_count)
		mark = entry->mark_count - 1;
	while (entry->marks[mark].offset > offset)
		mark--;
	at = entry->marks[mark].offset;
	units = entry->marks[mark].units;
	while (at < offset) {
		size_t next = at;
		uint32_t step = count_units(file->text, &next, at + 1, file->size);

		if (next > offset)
			break;
		units += step;
		at = next;
	}
	return units;
}

uint32_t source_utf16_column(const struct source_file *file, uint32_t offset)
{
	const struct source_entry *entry = (const struct source_entry *)file;
	uint32_t start = file->lines[line_index(file, offset)];

	if (entry->mark_count == 0)
		return offset - start;
	return units_before(entry, offset) - units_before(entry, start);
}

struct span span_join(struct span a, struct span b)
{
	return (struct span){a.file, a.start < b.start ? a.start : b.start,
			     a.end > b.end ? a.end : b.end};
}
