/*
 * Filters on this machine's kernel: it takes what bpf_check() takes, and answers what bpf_sim()
 * answers. Exits with 77 where seccomp is not to be had.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>

#include "../unit/bpf_random.h"
#include "../unit/bpf_random_code.h"
#include "bpf/check.h"
#include "seccomp_host.h"

enum {
	MISMATCH = 3001, /* error numbers that no call returns by itself */
	UNDECIDED = 3002,
	BAD_ARCH = 3003,
	ALLOWED = 0,
	CALLS = 60, /* of one filter */
};

/* What a child saw; shared with its parent. */
struct report {
	long status; /* 0: the filter was loaded; else errno */
	uint64_t args[CALLS][6];
	uint32_t nr[CALLS];
	long answers[CALLS];
};

static long load_filter(const struct bpf_code *code, unsigned long flags)
{
	struct sock_fprog program = {.len = (unsigned short)code->count,
				     .filter = (struct sock_filter *)code->items};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* The number of the error that the filter gave, or ALLOWED. */
static long answer_of_kernel(uint32_t nr, const uint64_t a[6])
{
	errno = 0;
	syscall((long)(int)nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	return errno >= MISMATCH && errno <= BAD_ARCH ? errno : ALLOWED;
}

static long answer_of_sim(const struct bpf_code *code, uint32_t nr, const uint64_t args[6])
{
	struct seccomp_data data = {.nr = (int)nr, .arch = HOST_AUDIT};
	uint32_t action;

	memcpy(data.args, args, sizeof(data.args));
	action = toy_answer(code, &data);
	return action == SECCOMP_RET_ALLOW ? ALLOWED : (long)(action & SECCOMP_RET_DATA);
}

static struct report *report_new(void)
{
	void *memory = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(memory, MAP_FAILED);
	return memory;
}

/* Make the calls of REPORT under CODE, in a child. */
static void run_child(const struct bpf_code *code, struct report *report)
{
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child) {
		report->status = 0;
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || load_filter(code, 0))
			report->status = errno;
		for (size_t i = 0; i < CALLS && !report->status; i++)
			report->answers[i] = answer_of_kernel(report->nr[i], report->args[i]);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "the child ended with status %#x", status);
	ck_assert_int_eq(report->status, 0);
}

/* recvfrom on no file: whatever its other arguments are, it does nothing. */
static const struct rules *host_rules(struct toy *toy, const struct test *test)
{
	toy->archs[TOY_LITTLE].audit = HOST_AUDIT;
	toy->archs[TOY_LITTLE].foreign_nr_bit = HOST_FOREIGN;
	toy->archs[TOY_LITTLE].max_nr = SYS_recvfrom;
	toy->archs[TOY_LITTLE].by_nr.count = SYS_recvfrom + 1;
	for (uint32_t nr = 0; nr < SYS_recvfrom; nr++)
		toy->nr_calls[nr] = 0;
	toy->nr_calls[SYS_recvfrom] = 1;
	toy->calls[1].nr.value = SYS_recvfrom;
	return toy_rules(toy, TOY_LITTLE, SYS_recvfrom, test);
}

/* Everything but recvfrom is a number that this database does not know, and allowed. */
static struct bpf_options host_options(void)
{
	struct bpf_options options = bpf_options_default();

	options.on_mismatch = SECCOMP_RET_ERRNO | MISMATCH;
	options.on_undecided = SECCOMP_RET_ERRNO | UNDECIDED;
	options.on_bad_arch = SECCOMP_RET_ERRNO | BAD_ARCH;
	options.has_on_unknown = true;
	options.on_unknown = SECCOMP_RET_ALLOW;
	return options;
}

static const uint32_t numbers[] = {SYS_recvfrom,
				   SYS_recvfrom,
				   SYS_recvfrom,
				   SYS_recvfrom,
				   SYS_recvfrom,
				   SYS_recvfrom,
				   UINT32_MAX,
#if HOST_FOREIGN
				   SYS_recvfrom | HOST_FOREIGN,
#endif
				   SYS_getpid};

START_TEST(kernel_answers_what_the_simulation_answers)
{
	struct random random = random_new("kernel_answers_what_the_simulation_answers");
	struct bpf_options options = host_options();
	struct report *report = report_new();
	unsigned seen[3] = {0};

	for (size_t i = 0; i < 300; i++) {
		struct random_pool pool = {.count = 0};
		struct toy *toy = toy_new();
		const struct test *test = random_test(&random, toy, 4, 8);
		const struct rules *rules = host_rules(toy, test);
		struct bpf_code code = bpf_compile(toy->arena, toy->diags, &rules, 1, &options);

		ck_assert_uint_gt(code.count, 0);
		pool_collect(&random, &pool, test);
		for (size_t j = 0; j < CALLS; j++) {
			random_args(&random, &pool, report->args[j]);
			/* A file number that is none; its upper half is anything. */
			report->args[j][0] |= 0xffffffff;
			report->nr[j] = numbers[random_below(
				&random, sizeof(numbers) / sizeof(numbers[0]))];
		}
		run_child(&code, report);
		for (size_t j = 0; j < CALLS; j++) {
			long expected = answer_of_sim(&code, report->nr[j], report->args[j]);

			ck_assert_msg(report->answers[j] == expected,
				      "filter %zu, call %zu: kernel %ld, simulation %ld", i, j,
				      report->answers[j], expected);
			seen[0] += expected == ALLOWED;
			seen[1] += expected == MISMATCH;
			seen[2] += expected == UNDECIDED;
		}
		arena_free(toy->arena);
	}
	/* All three answers, or the test says nothing. */
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(seen[i], 100);
	munmap(report, sizeof(*report));
}
END_TEST

/* In a child that may have no more files: a good filter fails later, and is not installed. */
static void compare_checks(uint64_t seed)
{
	const struct rlimit none = {0, 0};
	struct random random = {seed};
	struct sock_filter filter[24];
	unsigned taken = 0, refused = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || setrlimit(RLIMIT_NOFILE, &none))
		_exit(2);
	for (size_t i = 0; i < 200000; i++) {
		struct bpf_code code = {.items = filter};
		bool good;

		code.count = random_program(&random, filter, 24);
		good = bpf_check(code.items, code.count, NULL);
		taken += good;
		refused += !good;
		if (load_filter(&code, SECCOMP_FILTER_FLAG_NEW_LISTENER) != -1)
			_exit(2);
		if (errno != (good ? EMFILE : EINVAL)) {
			fprintf(stderr, "program %zu: errno %d, but the check says %d\n", i,
				errno, good);
			_exit(3);
		}
	}
	if (taken < 10000 || refused < 10000)
		fprintf(stderr, "%u taken, %u refused\n", taken, refused);
	_exit(taken < 10000 || refused < 10000 ? 4 : 0);
}

START_TEST(kernel_takes_what_the_check_takes)
{
	struct random random = random_new("kernel_takes_what_the_check_takes");
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child)
		compare_checks(random.state);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "the child ended with status %#x", status);
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter_kernel");
	TCase *tests = tcase_create("this kernel");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, kernel_answers_what_the_simulation_answers);
	tcase_add_test(tests, kernel_takes_what_the_check_takes);
	suite_add_tcase(suite, tests);
	return run_under_seccomp(suite);
}
