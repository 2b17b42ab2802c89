/* arena: one region of memory for one compilation, freed at once. */
#ifndef SCML_ARENA_H
#define SCML_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

/** A new, empty arena; the caller frees it with arena_free(). Never NULL. */
struct arena *arena_new(void);

/** Free the arena and everything that was allocated from it. NULL is allowed. */
void arena_free(struct arena *arena);

/**
 * SIZE zeroed bytes, aligned for any type, alive until arena_free(). Never NULL: when memory
 * runs out the process ends with status 3 and a message (the one policy of the whole compiler).
 */
void *arena_alloc(struct arena *arena, size_t size);

/** A NUL-terminated copy of the LEN bytes at TEXT. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);

/** A NUL-terminated copy of TEXT. */
char *arena_strdup(struct arena *arena, const char *text);

/** printf() into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/** The policy itself, for memory that comes from elsewhere. */
_Noreturn void arena_out_of_memory(void);

/** A zeroed object, or an array of COUNT zeroed objects, of TYPE. */
#define ARENA_NEW(arena, type)		((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc(arena, sizeof(type) * (count)))

#endif
