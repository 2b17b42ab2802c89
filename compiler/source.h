/*
 * source: the files of one compilation, and the documents that lie in them. A document is the
 * SCML text of one input: a whole .scml file, or the fenced SCML blocks of a .md file joined
 * into one scope. A span points into the file as it lies on disk, so that a message about a
 * Markdown page has the page's own line numbers.
 */
#ifndef SCML_SOURCE_H
#define SCML_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

enum {
	SOURCE_MAX_BYTES = 64 * 1024 * 1024, /* of one file */
	SOURCE_MAX_INCLUDES = 1000,	     /* `{{#include}}` lines of one input */
};

/** Bytes [start, end) of the file with number FILE of one `struct sources`. */
struct span {
	uint32_t file;
	uint32_t start;
	uint32_t end;
};

/** One file, read whole. */
struct source_file {
	uint32_t id;
	const char *path; /* as the user wrote it; "<stdin>" for `-` */
	const char *text; /* SIZE bytes and a NUL that is not counted */
	size_t size;
	const uint32_t *lines; /* offset of the first byte of every line */
	size_t line_count;
	bool is_markdown;
};

/**
 * A run of document text: bytes [start, end) of a file. Chunks that continue each other are one
 * block, in which tokens may cross from chunk to chunk; a rule never crosses from block to
 * block.
 */
struct source_chunk {
	uint32_t file;
	uint32_t start;
	uint32_t end;
	bool continues; /* the block of the chunk before, from which it is of the same file */
};

/** One input's SCML: chunks in reading order. A `.scml` file is one chunk. */
struct source_document {
	const struct source_file *file; /* the input itself */
	const struct source_chunk *chunks;
	size_t chunk_count;
	bool is_incomplete; /* an include could not be had; an error says so */
};

/** A place as people count: both from 1; the column counts bytes. */
struct source_place {
	uint32_t line;
	uint32_t column;
};

struct sources;
struct diags;

/**
 * Text that stands in for a file that a page includes, such as an editor's: false where PATH is
 * to be read from disk. *TEXT is copied.
 */
typedef bool source_reader(void *context, const char *path, const char **text, size_t *size);

/** An empty set of files that lives in ARENA. */
struct sources *sources_new(struct arena *arena);

/** Ask READER before an included file is read. */
void sources_set_reader(struct sources *sources, source_reader *reader, void *context);

/**
 * Read PATH (`-`: standard input) and find its document. A `.md` file is read as Markdown. On
 * failure (missing, a folder, too large) errors are pushed to DIAGS and NULL is returned. After
 * an error about an include the document is what the page has beside it.
 */
const struct source_document *source_read(struct sources *sources, struct diags *diags,
					  const char *path);

/** The same for text in memory (copied), under the name PATH. For tests and editors. */
const struct source_document *source_from_text(struct sources *sources, struct diags *diags,
					       const char *path, const char *text, size_t size);

/** The file with number ID, or NULL where there is none. */
const struct source_file *source_file(const struct sources *sources, uint32_t id);

/** How many files have been read; ids run from 0. For dependency files. */
size_t source_file_count(const struct sources *sources);

/** Line and column of byte OFFSET. */
struct source_place source_place(const struct source_file *file, uint32_t offset);

/** The text of line LINE (from 1) without its end; its length goes to *LEN. */
const char *source_line(const struct source_file *file, uint32_t line, size_t *len);

/** Column (from 0) of byte OFFSET in its line, counted in UTF-16 units as editors do. */
uint32_t source_utf16_column(const struct source_file *file, uint32_t offset);

/** The smallest span that covers A and B, which are of one file. */
struct span span_join(struct span a, struct span b);

#endif
