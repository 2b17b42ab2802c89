/* output: results reach their file whole or not at all. */
#ifndef SCML_OUTPUT_H
#define SCML_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Write SIZE bytes to PATH (`-`: standard output). A regular or missing file is written beside
 * itself and renamed, so that a reader sees the old content or the new; what exists and is no
 * regular file (a device, a pipe) is written directly. 0, or a negative errno with nothing
 * changed at PATH.
 */
int output_write(const char *path, const void *data, size_t size);

/**
 * Is PATH, where a result is to go, the file that INPUT (either may be `-` or NULL: none) was
 * read from? A result put over its source would lose it; what is no regular file loses nothing.
 */
bool output_replaces(const char *path, const char *input);

#endif
