/* differences: what strace and the database disagree on, and what is known of it. */
#ifndef SCML_ABI_STRACE_DIFFERENCES_H
#define SCML_ABI_STRACE_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_DIFFERENCES = 4096, MAX_KNOWN = 512, DIFFERENCE_TEXT = 80, KNOWN_TEXT = 640 };

/** One disagreement, however often it was seen. */
struct difference {
	char call[DIFFERENCE_TEXT], param[DIFFERENCE_TEXT];
	char strace[DIFFERENCE_TEXT], database[DIFFERENCE_TEXT]; /* "-": nothing */
	char example[240];
	size_t count;
};

/** A row of the file: patterns of the shell's for each, several with spaces between them. */
struct known_difference {
	char call[KNOWN_TEXT], param[KNOWN_TEXT], strace[KNOWN_TEXT], database[KNOWN_TEXT];
};

struct differences {
	struct difference list[MAX_DIFFERENCES];
	struct known_difference known[MAX_KNOWN];
	size_t count, known_count, explained, unexplained;
};

/** Read the rows CALL, PARAM, STRACE, DATABASE, REASON (tabs between them) of the file PATH. */
bool differences_read_known(struct differences *differences, const char *path);

/** One more of this kind; EXAMPLE is the text of the call. */
void differences_add(struct differences *differences, const struct difference *one);

/** Print those that no row of the file explains. */
void differences_print(const struct differences *differences);

#endif
