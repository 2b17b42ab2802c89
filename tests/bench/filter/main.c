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

#define SELDOM 0.005

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

/* Write how often COUNT calls from FIRST on are made, and with which arguments, for --profile.
 */
static void write_profile(const char *path, const struct seccomp_data *first, size_t count)
{
	const struct abi_db *db = abi_builtin();
	struct seccomp_data *calls = calloc(count, sizeof(*calls));
	FILE *out = fopen(path, "w");
	unsigned arch = 0;

	if (!out || !calls)
		abort();
	while (db->archs[arch].audit != AUDIT_ARCH_X86_64)
		arch++;
	memcpy(calls, first, count * sizeof(*calls));
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
	write_profile(profile, bench->trace.calls, bench->trace.count);
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

/* What one that is as frequent as SHARE adds to the entropy. */
static double information(double share)
{
	return share > 0 ? -share * log2(share) : 0;
}

/* Who answers a number. */
enum { BY_ARGUMENTS, ALWAYS_ALLOWED, ALWAYS_REFUSED };

static int answered(const struct bench *bench, uint32_t nr)
{
	uint32_t action;

	if (!is_settled_by_nr(&bench->filters[0], AUDIT_ARCH_X86_64, nr, &action))
		return BY_ARGUMENTS;
	return action == SECCOMP_RET_ALLOW ? ALWAYS_ALLOWED : ALWAYS_REFUSED;
}

/* Leave out of COUNTS, where all numbers are called that part two allowed ones, the one that is
 * called least, if that is seldom: how many calls are left of ALL. */
static double leave_out(const struct bench *bench, double counts[NUMBERS], double all)
{
	double left = all;
	uint32_t least = NUMBERS; /* since the last allowed number */

	for (uint32_t nr = 0; nr < NUMBERS; nr++) {
		if (answered(bench, nr) != ALWAYS_ALLOWED) {
			if (least == NUMBERS || counts[nr] < counts[least])
				least = nr;
			continue;
		}
		if (least < NUMBERS && counts[least] < all * SELDOM) {
			left -= counts[least];
			counts[least] = 0;
		}
		least = NUMBERS;
	}
	return left;
}

/* The least mean of tests that lead COUNTS calls, ALL together, to where they are answered. */
static double least_tests(const struct bench *bench, const double counts[NUMBERS], double all)
{
	double entropy = 0, allowed = 0, refused = 0;
	bool is_parted = false;

	for (uint32_t nr = 0; nr < NUMBERS; nr++) {
		int by = answered(bench, nr);

		if (by == ALWAYS_ALLOWED && is_parted) {
			entropy += information(allowed / all);
			allowed = 0;
		}
		if (by == ALWAYS_ALLOWED)
			allowed += counts[nr];
		else if (by == ALWAYS_REFUSED)
			refused += counts[nr];
		else
			entropy += information(counts[nr] / all);
		is_parted = by != ALWAYS_ALLOWED && (!counts[nr] || is_parted);
	}
	return entropy + information(allowed / all) + information(refused / all);
}

/*
 * No filter that compares numbers (JEQ, JGE, JGT) has a smaller mean. It loads the number and
 * returns, loads and tests the architecture too, unless it answers as it answers a wrong one,
 * and what depends on arguments takes a load and a test more. Its other tests have two
 * outcomes, so that they are as many as the entropy of where numbers lead, at the least. There,
 * allowed numbers that are parted by one which is not allowed and never called are two places:
 * to bring them together, that one has to be taken out by a test above, and the way there,
 * which nobody goes, is as good as theirs for one of them. Calls that are left out make the
 * bound lower.
 */
static double least_mean(const struct bench *bench)
{
	double counts[NUMBERS] = {0}, mean = 2, all = (double)bench->trace.count, left;

	for (size_t i = 0; i < bench->trace.count; i++) {
		uint32_t nr = (uint32_t)bench->trace.calls[i].nr % NUMBERS;
		struct bpf_result result;

		counts[nr]++;
		if (bpf_sim(bench->filters[0].items, bench->filters[0].count,
			    &bench->trace.calls[i], &result) &&
		    result.action != SECCOMP_RET_KILL_PROCESS)
			mean += 2 / all;
		if (answered(bench, nr) == BY_ARGUMENTS)
			mean += 2 / all;
	}
	left = leave_out(bench, counts, all);
	return mean + left / all * least_tests(bench, counts, left);
}

static void print_table(struct bench *bench)
{
	puts("| policy | filter | length | mean | uncached mean | most | compile ms | proof "
	     "ms |\n|---|---|--:|--:|--:|--:|--:|--:|");
	compare_ours(bench);
	compare_peers(bench);
	printf("%s: no filter that compares numbers has a mean below %.2f\n",
	       bench->policy->name, least_mean(bench));
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

		write_profile(profile, bench->trace.calls + i * half, half);
		compile(bench, path,
			(const char *[]){"--no-verify", "--profile", profile, NULL});
		code = read_filter(bench, path);
		printf("%s: profile of half %zu, run on the other: mean %.2f, without %.2f\n",
		       bench->policy->name, i + 1, run(bench, &code, other, half).mean,
		       run(bench, &bench->filters[0], other, half).mean);
	}
}

/* A profile of programs that the policy is not about. */
static void print_other(struct bench *bench, uint64_t seed)
{
	char profile[128], path[128];
	const struct policy *other = policies;
	struct bpf_code code;
	struct trace trace;

	while (!strcmp(other->trace, bench->policy->trace))
		other++;
	trace = trace_read(bench->folder, other, seed);
	snprintf(profile, sizeof(profile), "%s/profile", bench->work);
	snprintf(path, sizeof(path), "%s/other.bpf", bench->work);
	write_profile(profile, trace.calls, trace.count);
	free(trace.calls);
	compile(bench, path, (const char *[]){"--no-verify", "--profile", profile, NULL});
	code = read_filter(bench, path);
	printf("%s: profile of the calls of %s: mean %.2f, without %.2f\n", bench->policy->name,
	       other->trace, run(bench, &code, 0, bench->trace.count).mean,
	       run(bench, &bench->filters[0], 0, bench->trace.count).mean);
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
		print_other(&bench, seed);
		puts("| policy | filter | cached call ns | tested call ns "
		     "|\n|---|---|--:|--:|");
		print_live(&bench);
		free(bench.trace.calls);
		arena_free(bench.arena);
	}
	snprintf(command, sizeof(command), "rm -r '%s'", bench.work);
	return system(command) ? EXIT_FAILURE : EXIT_SUCCESS;
}
