#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { ROUNDS = 15, CALLS = 100000, MOST = 8 };

static double measure_call(const long call[3])
{
	double start = bench_now();

	for (int i = 0; i < CALLS; i++)
		syscall(call[0], call[1], call[2], 0, 0, 0, 0);
	return (bench_now() - start) * 1e6 / CALLS;
}

/* In a child, whose results come through memory: a filter may forbid to write, even to end. */
static void measure_once(const struct policy *policy, const struct bpf_code *filter,
			 double shared[2])
{
	struct sock_fprog program = {(unsigned short)filter->count,
				     (struct sock_filter *)filter->items};
	int status;
	pid_t child = fork();

	if (child) {
		waitpid(child, &status, 0);
		return;
	}
	if (filter->count && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
			      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)))
		_exit(EXIT_FAILURE);
	shared[0] = measure_call(policy->cached);
	shared[1] = measure_call(policy->tested);
	_exit(EXIT_SUCCESS);
}

void live_measure(const struct policy *policy, const struct bpf_code *filters, size_t count,
		  double (*ns)[2])
{
	double(*all)[MOST][ROUNDS] = calloc(2, sizeof(*all));
	double *shared = mmap(NULL, sizeof(double) * 2, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!all || shared == MAP_FAILED || count > MOST)
		abort();
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < count; i++) {
			measure_once(policy, &filters[i], shared);
			all[0][i][round] = shared[0];
			all[1][i][round] = shared[1];
		}
	}
	for (size_t i = 0; i < count; i++) {
		ns[i][0] = bench_median(all[0][i], ROUNDS);
		ns[i][1] = bench_median(all[1][i], ROUNDS);
	}
	munmap(shared, sizeof(double) * 2);
	free(all);
}
