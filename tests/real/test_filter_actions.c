/*
 * Filters as the command line makes them, on this machine's kernel: an action of its own for a
 * call, for unknown numbers, for other architectures and number tables, and for one of several
 * architectures. What is expected stands here by hand; `scmlc verify` and the simulation are
 * asked too, for every architecture. Exits with 77 where no filter can be loaded.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>

#include "abi.h"
#include "bpf/raw.h"
#include "bpf/sim.h"
#include "seccomp_host.h"

enum {
	/* Errors that these calls do not return by themselves. */
	MISMATCH = EXDEV,
	UNKNOWN = EXFULL,
	BAD_ARCH = EBADSLT,
	OF_LSEEK = EBADRQC,
	PASSED = 0,   /* by the filter, whatever the kernel made of it */
	BEYOND = 900, /* no call has this number yet */
	GETPID_I386 = 20,
	X32_BIT = 0x40000000,
};

static const char rules[] = "close(fd);\n"
			    "lseek(fd, offset, whence = SEEK_SET);\n"
			    "fcntl(fd, cmd = F_GETFD);\n";

static const char options[] = "--on-mismatch errno:EXDEV --on-unknown errno:EXFULL "
			      "--on-bad-arch errno:EBADSLT "
			      "--on-mismatch clone3=errno:ENOSYS "
			      "--on-mismatch lseek=errno:EBADRQC";

/* A call by its name, or by a number where it has none; a file is always none. */
static const struct {
	const char *name;
	uint32_t nr;
	uint64_t second, third;
	int answer;
} calls[] = {
	{"close", 0, 0, 0, PASSED},
	{"lseek", 0, 7, SEEK_SET, PASSED},
	{"lseek", 0, 7, SEEK_CUR, OF_LSEEK},
	{"lseek", 0, 7, UINT64_C(0x100000000) | SEEK_END, OF_LSEEK},
	{"fcntl", 0, 1, 0, PASSED},
	{"fcntl", 0, 3, 0, MISMATCH},
	{"clone3", 0, 0, 0, ENOSYS},
	{"getpid", 0, 0, 0, MISMATCH},
	{NULL, BEYOND, 0, 0, UNKNOWN},
	{NULL, BEYOND + 1000, 0, 0, UNKNOWN},
	{NULL, UINT32_MAX, 0, 0, MISMATCH},
};

enum { CALLS = sizeof(calls) / sizeof(*calls) };

static const char *const sets[] = {
	"--arch x86_64",
	"--arch aarch64",
	"--arch riscv64",
	"--arch x86_64 --arch aarch64",
	"--arch aarch64 --arch riscv64",
	"--arch riscv64 --arch x86_64",
	"--arch x86_64 --arch aarch64 --arch riscv64",
	"-Os --arch riscv64 --arch aarch64 --arch x86_64",
};

/* What a child saw; shared with its parent. */
struct report {
	int error;
	int answers[CALLS];
	int x32;
	int i386;
};

/* Run scmlc with ARGS in FOLDER; its exit status. */
static int scmlc(const char *folder, const char *args)
{
	char *command;
	int status;

	ck_assert_int_gt(asprintf(&command, "cd %s && %s %s", folder, SCMLC, args), 0);
	status = system(command);
	free(command);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void scmlc_format(const char *folder, int wanted, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void scmlc_format(const char *folder, int wanted, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	ck_assert_int_gt(vasprintf(&text, format, args), 0);
	va_end(args);
	ck_assert_int_eq(scmlc(folder, text), wanted);
	free(text);
}

/* The filter of the rules for SET, made and proved by the command line. */
static struct bpf_code make_filter(struct arena *arena, const char *set)
{
	char folder[] = "/tmp/filter_actions_XXXXXX";
	const char *error = NULL;
	struct bpf_code code;
	FILE *out;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	out = fopen(arena_printf(arena, "%s/a.scml", folder), "w");
	ck_assert_ptr_nonnull(out);
	fputs(rules, out);
	ck_assert_int_eq(fclose(out), 0);
	scmlc_format(folder, 0, "%s %s a.scml -o a.bpf", options, set);
	scmlc_format(folder, 0, "verify %s %s a.bpf a.scml >/dev/null", options, set);
	/* Without the last two it is another filter. */
	scmlc_format(folder, 1, "verify %.*s %s a.bpf a.scml >/dev/null 2>&1",
		     (int)(strstr(options, "--on-mismatch clone3") - options), options, set);
	ck_assert_msg(bpf_read(arena, arena_printf(arena, "%s/a.bpf", folder), &code, &error),
		      "%s", error);
	unlink(arena_printf(arena, "%s/a.bpf", folder));
	unlink(arena_printf(arena, "%s/a.scml", folder));
	ck_assert_int_eq(rmdir(folder), 0);
	return code;
}

/* Call number I on ARCH of the database. */
static struct seccomp_data make_call(size_t i, uint32_t arch)
{
	const struct abi_db *db = abi_builtin();
	struct seccomp_data data = {.nr = (int)calls[i].nr, .arch = db->archs[arch].audit};
	uint64_t nr;

	if (calls[i].name) {
		ck_assert(abi_num(db, abi_call_find(db, calls[i].name)->nr, arch, &nr));
		data.nr = (int)nr;
	}
	data.args[0] = UINT32_MAX;
	data.args[1] = calls[i].second;
	data.args[2] = calls[i].third;
	return data;
}

static int answer_of_sim(const struct bpf_code *code, const struct seccomp_data *data)
{
	struct bpf_result result;

	ck_assert(bpf_sim(code->items, code->count, data, &result));
	if (result.action == SECCOMP_RET_ALLOW)
		return PASSED;
	ck_assert_uint_eq(result.action & SECCOMP_RET_ACTION_FULL, SECCOMP_RET_ERRNO);
	return (int)(result.action & SECCOMP_RET_DATA);
}

/* Every architecture in SET answers the calls as they stand above, the others all alike. */
static void check_sim(const struct bpf_code *code, const char *set)
{
	const struct abi_db *db = abi_builtin();

	for (uint32_t arch = 0; arch < db->arch_count; arch++) {
		bool is_in = strstr(set, abi_string(db, db->archs[arch].name)) != NULL;

		for (size_t i = 0; i < CALLS; i++) {
			struct seccomp_data data = make_call(i, arch);

			ck_assert_msg(answer_of_sim(code, &data) ==
					      (is_in ? calls[i].answer : BAD_ARCH),
				      "%s: call %zu on architecture %u", set, i, arch);
		}
	}
}

#if defined(__x86_64__)
/* getpid through the entry of 32-bit programs: its architecture is another one. */
static int call_i386(void)
{
	long answer;

	__asm__ volatile("int $0x80"
			 : "=a"(answer)
			 : "a"(GETPID_I386)
			 : "memory", "r8", "r9", "r10", "r11");
	return answer < 0 ? (int)-answer : PASSED;
}
#endif

/* In a child; it ends where the entry for 32-bit programs is not to be had, too. */
static void ask_kernel(struct report *report, const struct bpf_code *code, uint32_t arch)
{
	struct sock_fprog program = {(unsigned short)code->count,
				     (struct sock_filter *)code->items};
	struct seccomp_data data[CALLS];

	for (size_t i = 0; i < CALLS; i++)
		data[i] = make_call(i, arch);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		report->error = errno;
		_exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < CALLS; i++) {
		errno = 0;
		syscall(data[i].nr, data[i].args[0], data[i].args[1], data[i].args[2], 0, 0, 0);
		/* A file that is none. */
		report->answers[i] = errno == EBADF ? PASSED : errno;
	}
#if defined(__x86_64__)
	errno = 0;
	syscall(X32_BIT | SYS_getpid);
	report->x32 = errno;
	report->i386 = call_i386();
#endif
	for (;;)
		; /* exit, too, is refused */
}

static bool is_done(const struct report *report)
{
	return __atomic_load_n(&report->i386, __ATOMIC_ACQUIRE) != -1;
}

static void check_kernel(const struct bpf_code *code, uint32_t arch)
{
	struct report *report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;
	pid_t child;

	ck_assert_ptr_ne(report, MAP_FAILED);
	memset(report, -1, sizeof(*report));
	report->error = 0;
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child)
		ask_kernel(report, code, arch);
	for (int i = 0; i < 60000 && !is_done(report); i++) {
		if (waitpid(child, &status, WNOHANG))
			break;
		usleep(1000);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_assert_msg(!report->error, "the filter is not loaded: error %d", report->error);
	for (size_t i = 0; i < CALLS; i++)
		ck_assert_msg(report->answers[i] == calls[i].answer, "call %zu: %d, not %d", i,
			      report->answers[i], calls[i].answer);
#if defined(__x86_64__)
	ck_assert_int_eq(report->x32, BAD_ARCH);
	if (WIFSIGNALED(status))
		puts("this kernel has no entry for 32-bit programs");
	else
		ck_assert_int_eq(report->i386, BAD_ARCH);
#endif
	munmap(report, sizeof(*report));
}

START_TEST(each_answer_is_the_one_that_was_asked_for)
{
	const struct abi_db *db = abi_builtin();
	int host = abi_arch_by_audit(db, HOST_AUDIT);
	struct arena *arena = arena_new();
	struct bpf_code code = make_filter(arena, sets[_i]);

	check_sim(&code, sets[_i]);
	if (strstr(sets[_i], abi_string(db, db->archs[host].name)))
		check_kernel(&code, (uint32_t)host);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter_actions");
	TCase *tests = tcase_create("this kernel");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, each_answer_is_the_one_that_was_asked_for, 0,
			    sizeof(sets) / sizeof(*sets));
	suite_add_tcase(suite, tests);
	return run_under_seccomp(suite);
}
