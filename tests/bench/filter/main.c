/*
 * bench_filter: filters of three policies, ours beside libseccomp's, in one table: length, mean
 * of executed instructions over recorded calls, mean over those that the kernel's bitmap does
 * not answer, most, and the time to compile and to prove; then nanoseconds of real calls.
 *
 * bench_filter SCMLC POLICIES
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>

#include "../../unit/bpf_cached.h"
#include "abi.h"
#include "bench.h"
#include "bpf/raw.h"
#include "bpf/sim.h"

enum { RUNS = 21, NUMBERS = 1024, FILTERS = 5 };

static const struct policy policies[] = {
	{"docker", "errno:EPERM", "service", {SYS_getppid}, {SYS_personality, 0xffffffff}},
	{"net", "errno:ENOSYS", "net", {SYS_getpeername, -1}, {SYS_shutdown, -1, 0}},
	{"svc", "kill", "service", {SYS_getpid}, {SYS_mprotect}},
};

struct figures {
	size_t length;
	double mean, uncached;
	uint32_t most;
};

struct bench {
	const char *scmlc, *folder;
	char work[64]; /* a folder for what is written */
	const struct policy *policy;
	struct trace trace;
	struct arena *arena;
	struct bpf_code filters[FILTERS];
	const char *names[FILTERS];
	size_t count;
};

double bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* The figures of CODE over COUNT calls from FIRST on. */
static struct figures run(const struct bench *bench, const struct bpf_code *code, size_t first,
			  size_t count)
{
	bool is_known[NUMBERS];
	struct figures figures = {.length = code->count};
	double all = 0, others = 0;
	size_t uncached = 0;

	for (uint32_t nr = 0; nr < NUMBERS; nr++)
		is_known[nr] = is_cached(code, AUDIT_ARCH_X86_64, nr);
	for (size_t i = first; i < first + count; i++) {
		const struct seccomp_data *call = &bench->trace.calls[i];
		struct bpf_result result;

		if (!bpf_sim(code->items, code->count, call, &result))
			abort();
		all += result.executed;
		if (result.executed > figures.most)
			figures.most = result.executed;
		if ((uint32_t)call->nr < NUMBERS && is_known[call->nr])
			continue;
		others += result.executed;
		uncached++;
	}
	figures.mean = all / (double)(count ? count : 1);
	figures.uncached = uncached ? others / (double)uncached : 0;
	return figures;
}

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

/* Run scmlc with the policy's options and MORE, which ends with NULL; the processor's time. */
static double compile(const struct bench *bench, const char *output, const char *const *more)
{
	char input[4096];
	const char *args[24] = {bench->scmlc,
				"-q",
				input,
				"--arch",
				"x86_64",
				"--on-mismatch",
				bench->policy->mismatch,
				"--on-bad-arch",
				"kill",
				"-o",
				output};
	size_t count = 11;
	struct rusage usage;
	int status;
	pid_t child;

	snprintf(input, sizeof(input), "%s/%s.scml", bench->folder, bench->policy->name);
	while (*more)
		args[count++] = *more++;
	child = fork();
	if (!child) {
		execv(bench->scmlc, (char *const *)args);
		_exit(EXIT_FAILURE);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child || status) {
		fprintf(stderr, "%s did not compile %s\n", bench->scmlc, input);
		exit(EXIT_FAILURE);
	}
	return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

static int compare_calls(const void *a, const void *b)
{
	const struct seccomp_data *x = a, *y = b;

	return x->nr != y->nr ? x->nr - y->nr : memcmp(x->args, y->args, sizeof(x->args));
}

/* Write how often calls FIRST … FIRST + COUNT are made, and with which arguments, for
 * --profile. */
static void write_profile(const struct bench *bench, const char *path, size_t first,
			  size_t count)
{
	const struct abi_db *db = abi_builtin();
	struct seccomp_data *calls = calloc(count, sizeof(*calls));
	FILE *out = fopen(path, "w");
	unsigned arch = 0;

	if (!out || !calls)
		abort();
	while (db->archs[arch].audit != AUDIT_ARCH_X86_64)
		arch++;
	memcpy(calls, bench->trace.calls + first, count * sizeof(*calls));
	qsort(calls, count, sizeof(*calls), compare_calls);
	for (size_t i = 0, same = 1; i < count; i += same, same = 1) {
		const struct abi_call *call = abi_call_by_nr(db, arch, (uint32_t)calls[i].nr);

		while (i + same < count && !compare_calls(&calls[i], &calls[i + same]))
			same++;
		if (!call)
			continue;
		fprintf(out, "%s %zu", abi_string(db, call->name), same);
		for (int j = 0; j < 6; j++)
			fprintf(out, " 0x%llx", calls[i].args[j]);
		fputc('\n', out);
	}
	fclose(out);
	free(calls);
}

static struct bpf_code read_filter(struct bench *bench, const char *path)
{
	struct bpf_code code;
	const char *error;

	if (!bpf_read(bench->arena, path, &code, &error)) {
		fprintf(stderr, "%s: %s\n", path, error);
		exit(EXIT_FAILURE);
	}
	return code;
}

static void print_row(struct bench *bench, const char *name, struct bpf_code code,
		      double compile_ms, double proof_ms)
{
	struct figures figures = run(bench, &code, 0, bench->trace.count);

	printf("| %s | %s | %zu | %.2f | %.2f | %u | %.1f | ", bench->policy->name, name,
	       figures.length, figures.mean, figures.uncached, figures.most, compile_ms);
	if (proof_ms >= 0)
		printf("%.1f |\n", proof_ms);
	else
		puts("– |");
	bench->names[bench->count] = name;
	bench->filters[bench->count++] = code;
}

static struct bpf_code ours(struct bench *bench, const char *option, const char *value,
			    double *compile_ms, double *proof_ms)
{
	char path[128];
	double plain[RUNS], proved[RUNS];

	snprintf(path, sizeof(path), "%s/ours.bpf", bench->work);
	for (int i = 0; i < RUNS; i++) {
		plain[i] = compile(bench, path,
				   (const char *[]){"--no-verify", option, value, NULL});
		proved[i] = compile(bench, path, (const char *[]){option, value, NULL});
	}
	*compile_ms = bench_median(plain, RUNS);
	*proof_ms = bench_median(proved, RUNS) - *compile_ms;
	return read_filter(bench, path);
}

static void compare_ours(struct bench *bench)
{
	char profile[128];
	double ms, proof;
	struct bpf_code code;

	snprintf(profile, sizeof(profile), "%s/profile", bench->work);
	write_profile(bench, profile, 0, bench->trace.count);
	code = ours(bench, NULL, NULL, &ms, &proof);
	print_row(bench, "scmlc", code, ms, proof);
	code = ours(bench, "-Os", NULL, &ms, &proof);
	print_row(bench, "scmlc -Os", code, ms, proof);
	code = ours(bench, "--profile", profile, &ms, &proof);
	print_row(bench, "scmlc --profile", code, ms, proof);
}

static void compare_peers(struct bench *bench)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/policy.oci.json", bench->work);
	compile(bench, path, (const char *[]){NULL});
	for (int is_tree = 0; is_tree < 2; is_tree++) {
		double ms = 0;
		struct bpf_code code = peer_filter(bench->arena, path, is_tree, &ms);

		if (code.count)
			print_row(bench, is_tree ? "libseccomp, tree" : "libseccomp", code, ms,
				  -1);
	}
}

/*
 * No filter has a smaller mean: it loads the number and returns, loads and tests the
 * architecture too, unless it answers as it answers a wrong one; its other tests have two
 * outcomes, so that they are as many as the entropy of where numbers lead, at the least; and
 * what depends on arguments takes a load and a test more.
 */
static double least_mean(const struct bench *bench)
{
	enum { ALLOWED = NUMBERS, REFUSED, OUTCOMES };
	double counts[OUTCOMES] = {0}, mean = 2, all = (double)bench->trace.count;

	for (size_t i = 0; i < bench->trace.count; i++) {
		uint32_t nr = (uint32_t)bench->trace.calls[i].nr, action;
		struct bpf_result result;

		if (bpf_sim(bench->filters[0].items, bench->filters[0].count,
			    &bench->trace.calls[i], &result) &&
		    result.action != SECCOMP_RET_KILL_PROCESS)
			mean += 2 / all;
		if (!is_settled_by_nr(&bench->filters[0], AUDIT_ARCH_X86_64, nr, &action))
			counts[nr % NUMBERS]++;
		else
			counts[action == SECCOMP_RET_ALLOW ? ALLOWED : REFUSED]++;
	}
	for (int i = 0; i < OUTCOMES; i++) {
		if (counts[i] > 0)
			mean += counts[i] / all * log2(all / counts[i]);
		if (i < NUMBERS)
			mean += counts[i] / all * 2;
	}
	return mean;
}

static void print_table(struct bench *bench)
{
	puts("| policy | filter | length | mean | uncached mean | most | compile ms | proof "
	     "ms |\n|---|---|--:|--:|--:|--:|--:|--:|");
	compare_ours(bench);
	compare_peers(bench);
	printf("%s: no filter has a mean below %.2f\n", bench->policy->name, least_mean(bench));
}

/* A profile of one half of the calls, and what it does for the other. */
static void print_halves(struct bench *bench)
{
	char profile[128], path[128];
	size_t half = bench->trace.count / 2;

	snprintf(profile, sizeof(profile), "%s/profile", bench->work);
	snprintf(path, sizeof(path), "%s/half.bpf", bench->work);
	for (size_t i = 0; i < 2; i++) {
		size_t other = i ? 0 : half;
		struct bpf_code code;

		write_profile(bench, profile, i * half, half);
		compile(bench, path,
			(const char *[]){"--no-verify", "--profile", profile, NULL});
		code = read_filter(bench, path);
		printf("%s: profile of half %zu, run on the other: mean %.2f, without %.2f\n",
		       bench->policy->name, i + 1, run(bench, &code, other, half).mean,
		       run(bench, &bench->filters[0], other, half).mean);
	}
}

static void print_live(struct bench *bench)
{
	struct bpf_code filters[FILTERS + 1] = {{0}};
	double ns[FILTERS + 1][2];

	memcpy(filters + 1, bench->filters, sizeof(bench->filters));
	live_measure(bench->policy, filters, bench->count + 1, ns);
	for (size_t i = 0; i <= bench->count; i++)
		printf("| %s | %s | %.0f | %.0f |\n", bench->policy->name,
		       i ? bench->names[i - 1] : "none", ns[i][0], ns[i][1]);
}

int main(int argc, char **argv)
{
	struct bench bench = {.work = "/tmp/bench_filter.XXXXXX"};
	uint64_t seed = (uint64_t)time(NULL) | 1;
	char command[128];

	if (argc != 3 || !mkdtemp(bench.work)) {
		fputs("usage: bench_filter SCMLC POLICIES\n", stderr);
		return 2;
	}
	bench.scmlc = argv[1];
	bench.folder = argv[2];
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		bench.policy = &policies[i];
		bench.arena = arena_new();
		bench.count = 0;
		bench.trace = trace_read(bench.folder, bench.policy, seed);
		print_table(&bench);
		print_halves(&bench);
		puts("| policy | filter | cached call ns | tested call ns "
		     "|\n|---|---|--:|--:|");
		print_live(&bench);
		free(bench.trace.calls);
		arena_free(bench.arena);
	}
	snprintf(command, sizeof(command), "rm -r '%s'", bench.work);
	return system(command) ? EXIT_FAILURE : EXIT_SUCCESS;
}
