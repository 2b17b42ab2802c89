/*
 * log: lines and bytes a second that `scmltrace --quiet` judges of a log, beside what else
 * reads the same file. The programs take turns, so that all of them have the same machine; the
 * medians of their times count.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 101 };

/* One way to read the log. */
struct reader {
	const char *what;
	const char *argv[8];
	double wall[MAX_RUNS], cpu[MAX_RUNS]; /* seconds */
	long peak;			      /* KiB */
};

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bool run(struct reader *reader, size_t index)
{
	double start = now();
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execvp(reader->argv[0], (char *const *)reader->argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
		return false;
	reader->wall[index] = now() - start;
	reader->cpu[index] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	if (usage.ru_maxrss > reader->peak)
		reader->peak = usage.ru_maxrss;
	return WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

static int compare(const void *left, const void *right)
{
	const double *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* The size of the file at PATH, which is then in the page cache, and its lines. */
static bool measure(const char *path, double *bytes, double *lines)
{
	static char chunk[1 << 16];
	FILE *in = fopen(path, "re");
	size_t size;

	if (!in)
		return false;
	while ((size = fread(chunk, 1, sizeof(chunk), in))) {
		*bytes += (double)size;
		for (size_t i = 0; i < size; i++)
			*lines += chunk[i] == '\n';
	}
	fclose(in);
	return *bytes > 0;
}

static void print(struct reader *reader, size_t runs, double bytes, double lines)
{
	double wall = median(reader->wall, runs), cpu = median(reader->cpu, runs);

	printf("| %-28s | %7.2f s | %7.2f s | %8.2f million | %6.0f MB | %6.1f MiB |\n",
	       reader->what, wall, cpu, lines / cpu / 1e6, bytes / cpu / 1e6,
	       (double)reader->peak / 1024);
}

int main(int argc, char **argv)
{
	const char *spec = argc > 2 ? argv[2] : "", *log = argc > 3 ? argv[3] : "";
	size_t runs = argc > 4 ? strtoul(argv[4], NULL, 10) : 7;
	double bytes = 0, lines = 0;
	struct reader readers[] = {
		{.what = "scmltrace --quiet",
		 .argv = {argc > 1 ? argv[1] : "", spec, "--quiet", "--input", log}},
		{.what = "scmltrace --summary",
		 .argv = {argc > 1 ? argv[1] : "", spec, "--summary", "--input", log}},
		{.what = "wc -l", .argv = {"wc", "-l", log}},
		{.what = "grep -c (no match)", .argv = {"grep", "-c", "no such text", log}},
		{.what = "awk '{n++}'", .argv = {"awk", "{n++} END {print n}", log}},
	};
	const size_t count = sizeof(readers) / sizeof(*readers);

	if (argc < 4 || !runs || runs > MAX_RUNS) {
		fprintf(stderr, "usage: bench_log SCMLTRACE SPEC LOG [RUNS]\n");
		return 2;
	}
	if (!measure(log, &bytes, &lines)) {
		fprintf(stderr, "bench_log: cannot read '%s': %s\n", log, strerror(errno));
		return 3;
	}
	for (size_t i = 0; i < runs; i++)
		for (size_t j = 0; j < count; j++)
			if (!run(&readers[j], i))
				fprintf(stderr, "bench_log: %s did not run\n", readers[j].what);
	printf("%.0f lines, %.0f MB, medians of %zu runs in turn\n\n", lines, bytes / 1e6,
	       runs);
	puts("| program | time | processor time | lines a processor second | bytes | peak "
	     "memory |");
	puts("|---|---|---|---|---|---|");
	for (size_t j = 0; j < count; j++)
		print(&readers[j], runs, bytes, lines);
	return 0;
}
