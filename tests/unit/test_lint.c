/* What a warning promises: its fix leaves nothing to say, its near misses draw nothing, and
 * what it says about other places is so. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compile.h"
#include "lint.h"

enum { MAX_TEXT = 4096 };

static const char only_arch[] = "x86_64";

/* TEXT linted for ARCH; to be freed with compile_free(). */
static struct compilation *lint_for(const char *text, const char *arch,
				    const struct lint_options *lint)
{
	char path[] = "/tmp/scml-lint-XXXXXX.scml";
	int fd = mkstemps(path, 5);
	const char *inputs[] = {path};
	struct compile_options options = {.archs = &arch, .arch_count = 1};
	struct compilation *compilation = compile_new();

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	compile_run(compilation, inputs, 1, &options);
	lint_run(compilation, lint);
	unlink(path);
	return compilation;
}

static size_t count_of(const struct compilation *compilation, enum diag_id id)
{
	size_t count = 0;

	for (const struct diag *diag = diags_first(compilation->diags); diag; diag = diag->next)
		count += diag->id == id;
	return count;
}

/* What is wrong and comes with its mend, which is all that is wrong. */
static const struct {
	enum diag_id id;
	const char *text;
} mended[] = {
	{DIAG_BARE_NUMBER, "renameat2(olddirfd, oldpath, newdirfd, newpath, 0);"},
	{DIAG_PARAM_NAME, "sched_getattr(pid, attr, flags = 0, ..);"},
	{DIAG_UNKNOWN_CALL, "opne(path, flags);"},
	{DIAG_UNKNOWN_CONSTANT, "socket(family = AF_INTE, type, protocol);"},
	{DIAG_UNKNOWN_FIELD, "bind(fd, addr = { sa_famly = AF_INET, .. }, addrlen);"},
	{DIAG_FIELD_NAME, "sigaltstack(ss = { flags = 0, .. }, old_ss);"},
	{DIAG_UNKNOWN_REFERENCE, "flags = R_OK; access(path, mode = <flag>);"},
	{DIAG_BUILTIN, "munmap(addr = <NULL>, len);"},
	{DIAG_DUPLICATE, "access(path, mode = R_OK | W_OK | R_OK);"},
	{DIAG_DUPLICATE, "bind(fd, addr = { sa_family = AF_INET | AF_INET, .. }, addrlen);"},
	{DIAG_SYNTAX, "read(fd, buf, count)"},
	{DIAG_SYNTAX, "access(path, mode = R_OK W_OK);"},
	{DIAG_SYNTAX, "read(fd, buf count);"},
	{DIAG_SYNTAX, "read(fd, buf, count;"},
	{DIAG_STRAY_CHARACTER, "read(fd, ...);"},
	{DIAG_STRAY_CHARACTER, "# a comment\nread(fd, buf, count);"},
	{DIAG_DOC_TAG, "//! @partialy MSG_PEEK: why\nrecvfrom(fd, buf, len, flags = MSG_PEEK, "
		       "src_addr, addrlen);"},
};

/* TEXT with the edits of DIAG, whose places do not cross. */
static void apply(const struct diag *diag, const char *text, char to[static MAX_TEXT])
{
	size_t at = 0, used = 0;

	for (;;) {
		const struct diag_edit *next = NULL;

		for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next) {
			if (edit->span.start >= at &&
			    (!next || edit->span.start < next->span.start))
				next = edit;
		}
		if (!next)
			break;
		used += (size_t)snprintf(to + used, MAX_TEXT - used, "%.*s%s",
					 (int)(next->span.start - at), text + at, next->text);
		at = next->span.end;
		if (next->span.end == next->span.start)
			break;
	}
	snprintf(to + used, MAX_TEXT - used, "%s", text + at);
}

START_TEST(a_fix_leaves_a_text_that_lints_clean)
{
	const struct lint_options lint = {0};
	struct compilation *compilation = lint_for(mended[_i].text, only_arch, &lint);
	const struct diag *wrong = NULL;
	char text[MAX_TEXT];

	for (const struct diag *diag = diags_first(compilation->diags); diag; diag = diag->next)
		if (diag->id == mended[_i].id && diag->edits)
			wrong = diag;
	ck_assert_msg(wrong, "no fix for: %s", mended[_i].text);
	apply(wrong, mended[_i].text, text);
	compile_free(compilation);
	compilation = lint_for(text, only_arch, &lint);
	for (const struct diag *diag = diags_first(compilation->diags); diag; diag = diag->next)
		ck_abort_msg("%s: %s", text, diag->text);
	compile_free(compilation);
}
END_TEST

/* How many things in TEXT came after Linux VERSION. */
static const struct {
	unsigned version;
	const char *text;
	size_t newer;
} ages[] = {
	{6 << 8 | 5, "fchmodat2(dirfd, path, mode, flags);", 1},
	{6 << 8 | 6, "fchmodat2(dirfd, path, mode, flags);", 0},
	{5 << 8 | 4, "socket(family = AF_INET, type, protocol);", 0},
	{6 << 8 | 2, "memfd_create(name, flags = MFD_CLOEXEC | MFD_EXEC | MFD_NOEXEC_SEAL);",
	 2},
	{6 << 8 | 3, "memfd_create(name, flags = MFD_CLOEXEC | MFD_EXEC | MFD_NOEXEC_SEAL);",
	 0},
	{6 << 8 | 8, "f = RWF_NOAPPEND | RWF_HIPRI; pwritev2(fd, iov, n, off, flags = <f>);",
	 1},
	{6 << 8 | 9, "f = RWF_NOAPPEND | RWF_HIPRI; pwritev2(fd, iov, n, off, flags = <f>);",
	 0},
	{6 << 8 | 6,
	 "landlock_create_ruleset(attr = { handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP, "
	 ".. }, size, flags);",
	 2},
	{6 << 8 | 6,
	 "landlock_create_ruleset(attr = { handled_access_fs = 0, handled_access_net = 0, .. "
	 "}, "
	 "size, flags);",
	 1},
	{5 << 8 | 6, "clone3(args = { flags = CLONE_VM, cgroup = 1, set_tid = 0, .. }, size);",
	 1},
	{5 << 8 | 7, "clone3(args = { flags = CLONE_VM, cgroup = 1, set_tid = 0, .. }, size);",
	 0},
	{6 << 8 | 7,
	 "landlock_create_ruleset(attr = { handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP, "
	 ".. }, size, flags);",
	 0},
	{6 << 8 | 1, "ioctl(fd, op = TCGETS | NS_GET_MNTNS_ID, arg);", 1},
	{6 << 8 | 18, "mseal(addr, len, flags = 0);", 0},
	{6 << 8 | 9, "mseal(addr, len, flags = 0);", 1},
	{5 << 8 | 4, "openat2(dirfd, path, how, size);", 1},
	{5 << 8 | 6, "openat2(dirfd, path, how, size);", 0},
	{5 << 8 | 10, "madvise(addr, len, advice = MADV_POPULATE_READ | MADV_COLD);", 1},
};

/* What is said of a constant that came with one of Linux 6.13 to 6.17. */
static const struct {
	unsigned version;
	const char *said;
} unsure[] = {
	{6 << 8 | 12, "one of Linux 6.13 to 6.17; 6.12 does not have it"},
	{6 << 8 | 13, "one of Linux 6.13 to 6.17; 6.13 may lack it"},
	{6 << 8 | 16, "6.16 may lack it"},
	{6 << 8 | 17, NULL},
};

START_TEST(where_the_release_is_known_by_its_bounds_the_warning_says_so)
{
	static const char text[] = "ioctl(fd, op = PIDFD_GET_INFO, arg = "
				   "{ mask = PIDFD_INFO_COREDUMP, .. });";
	const struct lint_options lint = {.min_kernel = unsure[_i].version};
	struct compilation *compilation = lint_for(text, only_arch, &lint);
	const char *said = NULL;

	for (const struct diag *diag = diags_first(compilation->diags); diag; diag = diag->next)
		if (diag->id == DIAG_NEWER && strstr(diag->text, "PIDFD_INFO_COREDUMP"))
			said = diag->text;
	ck_assert(!said == !unsure[_i].said);
	ck_assert_msg(!said || strstr(said, unsure[_i].said), "%s", said);
	compile_free(compilation);
}
END_TEST

START_TEST(what_is_newer_than_the_oldest_kernel_is_warned_of_and_nothing_else)
{
	const struct lint_options lint = {.min_kernel = ages[_i].version};
	struct compilation *compilation = lint_for(ages[_i].text, only_arch, &lint);

	ck_assert_uint_eq(count_of(compilation, DIAG_NEWER), ages[_i].newer);
	ck_assert_msg(diags_count(compilation->diags, DIAG_ERROR) == 0, "%s", ages[_i].text);
	compile_free(compilation);
}
END_TEST

/* How many things in TEXT other tools would not read. */
static const struct {
	const char *text;
	size_t strange;
} portable[] = {
	{"listen(fd, backlog = 0x5);", 1},
	{"listen(fd, backlog = 0o5);", 1},
	{"listen(fd, backlog = 010);", 1},
	{"listen(fd, backlog = -5);", 1},
	{"listen(fd, backlog = 5);", 0},
	{"listen(fd, backlog = 0);", 0},
	{"bind(fd, addr = { sa_family = AF_INET, .. , }, len);", 1},
	{"bind(fd, addr = { sa_family = AF_INET, .. }, len);", 0},
	{"poll(fds = [ { events = POLLIN, .. }, ], nfds, timeout);", 1},
	{"poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);", 0},
	{"sync(); getpid();", 1},
	{"sync();\ngetpid();", 0},
	{"/* a */\nsync();", 1},
	{"// a\nsync();", 0},
	{"sync(); // a", 1},
	{"// a\n\n// b\nsync();\n// c\n", 0},
};

START_TEST(what_other_tools_do_not_read_is_warned_of_and_nothing_else)
{
	const struct lint_options lint = {.portable = true}, usual = {0};
	struct compilation *compilation = lint_for(portable[_i].text, only_arch, &lint);
	size_t count = count_of(compilation, DIAG_PORTABLE);

	ck_assert_msg(count == portable[_i].strange, "%zu times: %s", count, portable[_i].text);
	compile_free(compilation);
	compilation = lint_for(portable[_i].text, only_arch, &usual);
	ck_assert_uint_eq(count_of(compilation, DIAG_PORTABLE), 0);
	compile_free(compilation);
}
END_TEST

/* Where a name that stands in the wrong place belongs. */
static const struct {
	const char *arch;
	const char *text;
	const char *message;
} elsewhere[] = {
	{"x86_64", "socket(family = SOCK_STREAM, type, protocol);", "'type' takes it"},
	{"x86_64", "open(path, flags = PROT_READ);", "'prot' of 'mmap' takes it"},
	{"x86_64", "setsockopt(fd, level = SOL_SOCKET, optname = IP_TTL, v, l);",
	 "'optname' takes it where 'level' is SOL_IP"},
	{"x86_64", "kill(pid, sig = SA_RESTART);", "'sa_flags' of 'struct kernel_sigaction'"},
	{"x86_64", "sigaltstack(ss = { tv_sec = 1, .. }, old);",
	 "'struct statx_timestamp' has one"},
	{"aarch64", "getdents(fd, dirent, count);", "x86_64 has it"},
	{"x86_64", "riscv_hwprobe(pairs, n, size, set, flags);", "riscv64 has it"},
	{"x86_64", "umount(target);", "no 64-bit architecture of the database has it"},
	{"x86_64", "umount(target);", "libc's function makes 'umount2' instead"},
	{"x86_64", "recv(fd, buf, len, flags);", "makes the call 'recvfrom'"},
	{"riscv64", "sleep(seconds);", "makes the call 'clock_nanosleep'"},
	{"aarch64", "fork();", "libc's function makes 'clone' instead"},
	{"riscv64", "renameat(a, b, c, d);", "libc's function makes 'renameat2' instead"},
	{"riscv64", "mmap(a, l, p, flags = MAP_PRIVATE | MAP_32BIT, fd, o);", "x86_64 has it"},
	{"x86_64", "frobnicate(x);", "--abi FILE.yaml"},
};

START_TEST(a_name_that_exists_elsewhere_is_said_to)
{
	const struct lint_options lint = {0};
	struct compilation *compilation =
		lint_for(elsewhere[_i].text, elsewhere[_i].arch, &lint);
	bool found = false;

	for (const struct diag *diag = diags_first(compilation->diags); diag; diag = diag->next)
		found = found || strstr(diag->text, elsewhere[_i].message);
	if (!found)
		diags_write(compilation->diags, DIAG_TEXT, false, stderr);
	ck_assert_msg(found, "'%s' is not said about: %s", elsewhere[_i].message,
		      elsewhere[_i].text);
	compile_free(compilation);
}
END_TEST

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

int main(void)
{
	Suite *suite = suite_create("lint");
	TCase *tests = tcase_create("lint");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, a_fix_leaves_a_text_that_lints_clean, 0, ROWS(mended));
	tcase_add_loop_test(tests,
			    what_is_newer_than_the_oldest_kernel_is_warned_of_and_nothing_else,
			    0, ROWS(ages));
	tcase_add_loop_test(tests, where_the_release_is_known_by_its_bounds_the_warning_says_so,
			    0, sizeof(unsure) / sizeof(unsure[0]));
	tcase_add_loop_test(tests, what_other_tools_do_not_read_is_warned_of_and_nothing_else,
			    0, ROWS(portable));
	tcase_add_loop_test(tests, a_name_that_exists_elsewhere_is_said_to, 0, ROWS(elsewhere));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
