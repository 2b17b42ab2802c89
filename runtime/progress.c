#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND	 UINT64_C(1000000000)
#define INTERVAL (SECOND / 5)

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

struct progress progress_start(bool is_wanted)
{
	const char *terminal = getenv("TERM");
	bool is_dumb = !terminal || strcmp(terminal, "dumb") == 0;
	struct progress progress = {.fd = -1};

	if (is_wanted && !is_dumb && isatty(STDERR_FILENO))
		progress.fd = STDERR_FILENO;
	progress.start = now();
	/* The first one comes after a second. */
	progress.last = progress.start + SECOND - INTERVAL;
	return progress;
}

static void put(const struct progress *progress, const char *text, size_t len)
{
	/* A line that could not be written is of no use later. */
	if (write(progress->fd, text, len) < 0)
		return;
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total, uint64_t lines)
{
	char text[160];
	uint64_t time;
	double seconds;
	int len = 0;

	if (progress->fd < 0)
		return;
	time = now();
	if (time < progress->last + INTERVAL)
		return;
	progress->last = time;
	progress->is_shown = true;
	seconds = (double)(time - progress->start) / (double)SECOND;
	if (total)
		len = snprintf(text, sizeof(text), "\r%3.0f %% ",
			       100.0 * (double)(done < total ? done : total) / (double)total);
	else
		len = snprintf(text, sizeof(text), "\r");
	len += snprintf(text + len, sizeof(text) - (size_t)len,
			"%" PRIu64 " lines, %.2f million lines/s, %.0f MB/s\033[K", lines,
			(double)lines / seconds / 1e6, (double)done / seconds / 1e6);
	put(progress, text, (size_t)len);
}

void progress_clear(struct progress *progress)
{
	static const char clear[] = "\r\033[K";

	if (progress->is_shown)
		put(progress, clear, sizeof(clear) - 1);
	progress->is_shown = false;
}
