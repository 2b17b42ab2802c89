/* log_files: the recorded logs that tests try, where there are any. */
#ifndef SCML_TEST_LOG_FILES_H
#define SCML_TEST_LOG_FILES_H

#include <stddef.h>

/** One log: SIZE bytes, which the callback may change. */
typedef void log_files_fn(void *context, const char *name, char *bytes, size_t size);

/**
 * Call FN with each log of the folder that SCML_LOGS names, packed with xz there; a message
 * says where there is none.
 */
void log_files_each(log_files_fn *fn, void *context);

#endif
