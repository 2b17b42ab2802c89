/*
 * Whole policies: what the kernel answers under their filters, beside the simulation and the
 * matcher; which calls its bitmap answers; and what is at the limits of a filter. With numbers
 * of policies as arguments only these are tried, and the test is skipped where one is not
 * there.
 */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/seccomp.h>

#include "../unit/bpf_cached.h"
#include "../unit/spec_text.h"
#include "bpf/codegen.h"
#include "bpf/sim.h"
#include "bpf/verify.h"

enum {
	CALLS = 20000,
	MAX_TEXT = 1 << 20,
	SUPPORTED = 3001, /* error numbers that no call returns by itself */
	UNSUPPORTED = 3002,
	UNDECIDED = 3003,
	FOREIGN = 3004,
	NR_URETPROBE = 335, /* and the next: kernels ask no filter about them */
	NR_UPROBE = 336,
	POOL = 4096,
};

static const char *const paths[] = {
	SCML_POLICIES "/docker.scml",
	SCML_POLICIES "/net.scml",
	SCML_POLICIES "/svc.scml",
	SCML_SPECS "/networking-and-sockets.scml",
};

enum {
	SKIPPED = 77,
	PATHS = sizeof(paths) / sizeof(*paths),
	OWN = PATHS - 1, /* the one that is always there */
};

static const char *const archs[] = {"x86_64", "aarch64", "riscv64"};

/* The text of PATH, to be freed; NULL where there is no such file. */
static char *read_text(const char *path)
{
	char *text = calloc(MAX_TEXT, 1);
	FILE *in = fopen(path, "r");
	bool is_read = in && text && fread(text, 1, MAX_TEXT - 1, in) > 0;

	if (in)
		fclose(in);
	if (is_read)
		return text;
	free(text);
	return NULL;
}

static struct bpf_code compile_filter(const struct spec_text *spec,
				      const struct bpf_options *options)
{
	struct bpf_code code = bpf_compile(spec->arena, spec->diags, &spec->rules, 1, options);

	ck_assert_uint_gt(code.count, 0);
	return code;
}

/* Is there a rule of CALL that asks for nothing? */
static bool is_always_allowed(const struct rule_call *call)
{
	for (size_t i = 0; i < call->rule_count; i++)
		if (!call->rules[i].cond_count && !call->rules[i].is_never)
			return true;
	return false;
}

START_TEST(call_that_is_always_allowed_is_answered_by_the_bitmap)
{
	char *text = read_text(paths[_i]);

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < 3; i++) {
		struct spec_text spec = spec_text_compile(text, archs[i]);
		uint32_t audit = spec.rules->db->archs[spec.rules->arch].audit;

		for (int is_small = 0; is_small < 2; is_small++) {
			struct bpf_options options = bpf_options_default();
			struct bpf_code code;

			options.is_small = is_small;
			code = compile_filter(&spec, &options);
			for (size_t j = 0; j < spec.rules->call_count; j++) {
				const struct rule_call *call = &spec.rules->calls[j];

				ck_assert(!is_always_allowed(call) ||
					  is_cached(&code, audit, call->nr));
			}
		}
		spec_text_free(&spec);
	}
	free(text);
}
END_TEST

#if defined(__x86_64__)
/* Calls, and what they were answered; shared with a child. */
struct report {
	volatile int is_done;
	int error;
	struct seccomp_data calls[CALLS];
	int answers[CALLS];
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A constant of CODE, something beside one, or anything. */
static uint64_t random_word(uint64_t *state, const struct bpf_code *code)
{
	uint64_t k = code->items[next_random(state) % code->count].k;

	switch (next_random(state) % 8) {
	case 0:
		return next_random(state);
	case 1:
		return k - 1;
	case 2:
		return k + 1;
	case 3:
		return k | UINT64_C(1) << next_random(state) % 64;
	case 4:
		return k << 32 | (next_random(state) & 0xff);
	case 5:
		return next_random(state) % 20;
	default:
		return k;
	}
}

static uint32_t random_nr(uint64_t *state, const struct rules *rules)
{
	switch (next_random(state) % 16) {
	case 0:
		return (uint32_t)(next_random(state) % 600);
	case 1:
		return 0x40000000 | (uint32_t)(next_random(state) % 600);
	case 2:
		return UINT32_MAX - (uint32_t)(next_random(state) % 2);
	default:
		return rules->calls[next_random(state) % rules->call_count].nr;
	}
}

static void make_calls(struct report *report, uint64_t *state, const struct rules *rules,
		       const struct bpf_code *code)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct seccomp_data *call = &report->calls[i];

		call->arch = AUDIT_ARCH_X86_64;
		do
			call->nr = (int)random_nr(state, rules);
		while (call->nr == NR_URETPROBE || call->nr == NR_UPROBE);
		for (int j = 0; j < 6; j++)
			call->args[j] = random_word(state, code);
	}
}

/* CODE with an error for what it allows: then no call does anything, whatever it is. */
static struct bpf_code without_effect(struct arena *arena, const struct bpf_code *code)
{
	struct sock_filter *items = ARENA_ARRAY(arena, struct sock_filter, code->count);

	for (size_t i = 0; i < code->count; i++) {
		items[i] = code->items[i];
		if (items[i].code == (BPF_RET | BPF_K) && items[i].k == SECCOMP_RET_ALLOW)
			items[i].k = SECCOMP_RET_ERRNO | SUPPORTED;
	}
	return (struct bpf_code){.items = items, .count = code->count};
}

/* In a child, which can do nothing any more but wait for its end. */
static void ask_kernel(struct report *report, const struct bpf_code *code)
{
	struct sock_fprog program = {(unsigned short)code->count,
				     (struct sock_filter *)code->items};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		report->error = errno;
		_exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < CALLS; i++) {
		const struct seccomp_data *call = &report->calls[i];

		errno = 0;
		syscall(call->nr, call->args[0], call->args[1], call->args[2], call->args[3],
			call->args[4], call->args[5]);
		report->answers[i] = errno;
	}
	report->is_done = 1;
	for (;;)
		;
}

static void run_child(struct report *report, const struct bpf_code *code)
{
	const struct timespec pause = {0, 1000000};
	pid_t child = fork();
	int status = 0;

	ck_assert_int_ge(child, 0);
	if (!child)
		ask_kernel(report, code);
	while (!report->is_done && waitpid(child, &status, WNOHANG) == 0)
		nanosleep(&pause, NULL);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	ck_assert_msg(report->is_done, "error %d, status %#x", report->error, status);
}

static int answer_of_sim(const struct bpf_code *code, const struct seccomp_data *call)
{
	struct bpf_result result;

	ck_assert(bpf_sim(code->items, code->count, call, &result));
	return (int)(result.action & SECCOMP_RET_DATA);
}

static int answer_of_matcher(const struct spec_text *spec, const struct seccomp_data *data)
{
	const struct scml_call call = {.arch = spec->table->arch,
				       .nr = (uint32_t)data->nr,
				       .args = {data->args[0], data->args[1], data->args[2],
						data->args[3], data->args[4], data->args[5]}};

	if ((uint32_t)data->nr & 0x40000000 && data->nr != -1)
		return FOREIGN;
	switch (scml_match(spec->table, &call, NULL, NULL)) {
	case SCML_SUPPORTED:
		return SUPPORTED;
	case SCML_UNDECIDED:
		return UNDECIDED;
	case SCML_UNSUPPORTED:
		break;
	}
	return UNSUPPORTED;
}

START_TEST(kernel_simulation_and_matcher_agree_on_a_policy)
{
	struct bpf_options options = bpf_options_default();
	struct report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t seed = (uint64_t)time(NULL) * 2654435761u | 1, state = seed;
	char *text = read_text(paths[_i]);
	unsigned seen[3] = {0};
	struct spec_text spec;
	struct bpf_code code;

	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_ne(report, MAP_FAILED);
	printf("%s: seed %lu\n", paths[_i], (unsigned long)seed);
	fflush(stdout);
	options.on_mismatch = SECCOMP_RET_ERRNO | UNSUPPORTED;
	options.on_undecided = SECCOMP_RET_ERRNO | UNDECIDED;
	options.on_bad_arch = SECCOMP_RET_ERRNO | FOREIGN;
	spec = spec_text_compile(text, "x86_64");
	code = compile_filter(&spec, &options);
	make_calls(report, &state, spec.rules, &code);
	code = without_effect(spec.arena, &code);
	run_child(report, &code);
	for (size_t i = 0; i < CALLS; i++) {
		const struct seccomp_data *call = &report->calls[i];
		int wanted = answer_of_matcher(&spec, call);

		if (report->answers[i] != wanted || answer_of_sim(&code, call) != wanted)
			ck_abort_msg("%d(%#llx, %#llx, %#llx, %#llx): kernel %d, simulation "
				     "%d, matcher %d",
				     call->nr, call->args[0], call->args[1], call->args[2],
				     call->args[3], report->answers[i],
				     answer_of_sim(&code, call), wanted);
		seen[wanted - SUPPORTED > 2 ? 2 : wanted - SUPPORTED]++;
	}
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(seen[i], 100);
	spec_text_free(&spec);
	free(text);
	munmap(report, sizeof(*report));
}
END_TEST
#endif

/* Compile TEXT and prove what comes out; false where there was an error. */
static bool compiles(const char *text, const char *error)
{
	struct spec_text spec = spec_text_compile(text, "x86_64");
	struct bpf_options options = bpf_options_default();
	struct bpf_code code = bpf_compile(spec.arena, spec.diags, &spec.rules, 1, &options);
	bool is_compiled = code.count > 0;

	if (error)
		ck_assert_ptr_nonnull(strstr(spec_text_messages(&spec), error));
	else
		ck_assert_uint_eq(diags_count(spec.diags, DIAG_ERROR), 0);
	spec_text_free(&spec);
	return is_compiled;
}

/* FORMAT, which takes a number, for all of COUNT numbers STEP apart. */
static char *repeat(const char *before, const char *format, unsigned count, unsigned step,
		    const char *after)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	fputs(before, out);
	for (unsigned i = 0; i < count; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(out, format, 1 + i * step);
#pragma GCC diagnostic pop
	}
	fputs(after, out);
	fclose(out);
	return text;
}

START_TEST(no_rules_and_only_open_rules_are_filters)
{
	ck_assert(compiles("flags = 1 | 2;\n", NULL));
	ck_assert(compiles("struct sockaddr = { sa_family = AF_INET, .. };\n"
			   "bind(sockfd, addr = <sockaddr>, addrlen);\n",
			   NULL));
}
END_TEST

START_TEST(hundreds_of_alternatives_are_a_filter)
{
	char *text = repeat("", "kill(pid = %u, sig = 0);\n", 700, 3, "");

	ck_assert(compiles(text, NULL));
	free(text);
	text = repeat("", "lseek(fd = %u, offset = 0x100000001, whence = SEEK_SET);\n", 300, 2,
		      "");
	ck_assert(compiles(text, NULL));
	free(text);
}
END_TEST

START_TEST(ten_thousand_constants_are_right_or_too_long)
{
	char *text = repeat("dup2(oldfd = 0", " | %u", 10000, 1, ", newfd);\n");

	/* One after another they are a range; every second one takes a test. */
	ck_assert(compiles(text, NULL));
	free(text);
	text = repeat("dup2(oldfd = 0", " | %u", 10000, 3, ", newfd);\n");
	ck_assert(!compiles(text, "the kernel takes 4096"));
	free(text);
}
END_TEST

START_TEST(mask_of_64_bits_is_a_filter)
{
	ck_assert(
		compiles("lseek(fd, offset = -0x8000000000000000 | -1 | 1, whence);\n", NULL));
}
END_TEST

static void add_policies(TCase *tcase, int from, int to)
{
	tcase_add_loop_test(tcase, call_that_is_always_allowed_is_answered_by_the_bitmap, from,
			    to);
#if defined(__x86_64__)
	tcase_add_loop_test(tcase, kernel_simulation_and_matcher_agree_on_a_policy, from, to);
#endif
}

static void add_limits(TCase *tcase)
{
	tcase_add_test(tcase, no_rules_and_only_open_rules_are_filters);
	tcase_add_test(tcase, hundreds_of_alternatives_are_a_filter);
	tcase_add_test(tcase, ten_thousand_constants_are_right_or_too_long);
	tcase_add_test(tcase, mask_of_64_bits_is_a_filter);
}

int main(int argc, char **argv)
{
	Suite *suite = suite_create("policies");
	TCase *tcase = tcase_create("whole");
	SRunner *runner;
	int failed;

	for (int i = 1; i < argc; i++) {
		int number = atoi(argv[i]);

		if (number < 0 || number >= PATHS || access(paths[number], R_OK)) {
			printf("skipped: there is no policy %s\n",
			       number < 0 || number >= PATHS ? argv[i] : paths[number]);
			return SKIPPED;
		}
		add_policies(tcase, number, number + 1);
	}
	if (argc == 1) {
		add_policies(tcase, OWN, PATHS);
		add_limits(tcase);
	}
	runner = srunner_create(suite);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
