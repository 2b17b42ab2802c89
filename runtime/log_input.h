/*
 * log_input: the bytes of a log, from a file or standard input, compressed by gzip or zstd or
 * not: what it is, its first bytes tell.
 */
#ifndef SCML_LOG_INPUT_H
#define SCML_LOG_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct log_input;

/**
 * Open the log at PATH; `-` is standard input, which stays open.
 * @return 0 or a negative errno
 */
int log_input_open(const char *path, struct log_input **input);

/** Close it; INPUT may be NULL. */
void log_input_close(struct log_input *input);

/**
 * The next bytes of the log, up to SIZE, to BUFFER; fewer where more are not there yet.
 * @return how many; 0: the log has ended, or cannot be read on, which log_input_problem() tells
 */
size_t log_input_read(struct log_input *input, char *buffer, size_t size);

/** Why the log could not be read to its end, in words; NULL: it could. */
const char *log_input_problem(const struct log_input *input);

/** Bytes of the file that were read; for an archive, of the archive. */
uint64_t log_input_position(const struct log_input *input);

/** Bytes of the file, 0 where that is not known (a pipe). */
uint64_t log_input_size(const struct log_input *input);

#endif
