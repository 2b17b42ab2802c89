/* timeline: how many calls of each kind there were, from the beginning of a run to its end, in
 * columns that grow as the run does. */
#ifndef SCML_TIMELINE_H
#define SCML_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

#include "report.h"

enum { TIMELINE_COLUMNS = 96 };

struct timeline {
	uint64_t width; /* of a column; 0: nothing was added yet */
	uint64_t last;	/* place that was seen */
	uint64_t counts[TIMELINE_COLUMNS][REPORT_KINDS];
};

/** COUNT calls of KIND at PLACE: a line, or microseconds. */
void timeline_add(struct timeline *timeline, uint64_t place, enum report_kind kind,
		  uint64_t count);

/** How many columns there are up to the last place. */
size_t timeline_columns(const struct timeline *timeline);

#endif
