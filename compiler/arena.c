#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vec.h"

enum { ARENA_BLOCK = 64 * 1024, ARENA_EXIT = 3 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct arena_block *blocks;
};

_Noreturn void arena_out_of_memory(void)
{
	fputs("scml: out of memory\n", stderr);
	exit(ARENA_EXIT);
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (!arena)
		arena_out_of_memory();
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct arena_block *block = arena->blocks; block;) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	free(arena);
}

static void arena_add_block(struct arena *arena, size_t at_least)
{
	size_t size = at_least > ARENA_BLOCK ? at_least : ARENA_BLOCK;
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		arena_out_of_memory();
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	void *memory;

	if (size > SIZE_MAX / 2)
		arena_out_of_memory();
	size = (size + align - 1) & ~(align - 1);
	if (!arena->blocks || arena->blocks->size - arena->blocks->used < size)
		arena_add_block(arena, size);
	memory = arena->blocks->data + arena->blocks->used;
	arena->blocks->used += size;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return arena_strdup(arena, "");
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

void *vec_grow(struct arena *arena, const void *items, size_t *capacity, size_t item_size,
	       size_t count)
{
	size_t larger = *capacity ? *capacity * 2 : 8;
	void *copy;

	if (larger > SIZE_MAX / 2 / item_size)
		arena_out_of_memory();
	copy = arena_alloc(arena, larger * item_size);
	if (count)
		memcpy(copy, items, count * item_size);
	*capacity = larger;
	return copy;
}
