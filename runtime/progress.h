/* progress: how far a long run is, on one line of a terminal. */
#ifndef SCML_PROGRESS_H
#define SCML_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	int fd; /* -1: nobody looks */
	bool is_shown;
	uint64_t start, last; /* nanoseconds */
};

/** Nothing is shown unless IS_WANTED and standard error is a terminal. */
struct progress progress_start(bool is_wanted);

/** DONE of TOTAL bytes (TOTAL 0: not known) and LINES were read: shown a second after the start
 * and then a few times a second. */
void progress_show(struct progress *progress, uint64_t done, uint64_t total, uint64_t lines);

/** Take the line away. */
void progress_clear(struct progress *progress);

#endif
