/* diag_fixture: a list of diagnostics, the files they are about, and how they are written. */
#ifndef SCML_DIAG_FIXTURE_H
#define SCML_DIAG_FIXTURE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "source.h"

static struct arena *arena;
static struct sources *sources;
static struct diags *diags;

static inline void set_up(void)
{
	arena = arena_new();
	sources = sources_new(arena);
	diags = diags_new(arena, sources);
}

static inline void tear_down(void)
{
	arena_free(arena);
}

static inline void add_file(const char *path, const char *text)
{
	ck_assert_ptr_nonnull(source_from_text(sources, diags, path, text, strlen(text)));
}

static inline struct span span(uint32_t start, uint32_t end)
{
	return (struct span){0, start, end};
}

static inline const char *written(enum diag_format format, bool color)
{
	char *buffer = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);
	const char *copy;

	diags_write(diags, format, color, out);
	fclose(out);
	copy = arena_strndup(arena, buffer, size);
	free(buffer);
	return copy;
}

#endif
