#include "timeline.h"

#include <string.h>

/* Two columns become one; the second half is free again. */
static void halve(struct timeline *timeline)
{
	for (size_t i = 0; i < TIMELINE_COLUMNS / 2; i++)
		for (size_t kind = 0; kind < REPORT_KINDS; kind++)
			timeline->counts[i][kind] = timeline->counts[2 * i][kind] +
						    timeline->counts[2 * i + 1][kind];
	memset(timeline->counts[TIMELINE_COLUMNS / 2], 0,
	       sizeof(timeline->counts[0]) * (TIMELINE_COLUMNS / 2));
	timeline->width *= 2;
}

void timeline_add(struct timeline *timeline, uint64_t place, enum report_kind kind,
		  uint64_t count)
{
	if (!timeline->width)
		timeline->width = 1;
	while (place / timeline->width >= TIMELINE_COLUMNS)
		halve(timeline);
	timeline->counts[place / timeline->width][kind] += count;
	if (place > timeline->last)
		timeline->last = place;
}

size_t timeline_columns(const struct timeline *timeline)
{
	return timeline->width ? (size_t)(timeline->last / timeline->width) + 1 : 0;
}
