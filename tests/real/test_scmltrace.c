/*
 * scmltrace as its users run it. The programs that it watches are this very one, with the name
 * of a behaviour as its first argument, and sh.
 */
#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_ARGS = 24, MAX_TEXT = 1 << 20 };

/* The program's side. */

static int make_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	return fd >= 0 ? close(fd) : 0;
}

static int do_unix(void)
{
	return make_socket(AF_UNIX);
}

static int do_inet6(void)
{
	return make_socket(AF_INET6);
}

static int do_inet6_often(void)
{
	for (int i = 0; i < 50; i++)
		make_socket(AF_INET6);
	return 0;
}

static int do_inet6_in_child(void)
{
	make_socket(AF_INET6);
	if (fork() == 0)
		_exit(make_socket(AF_INET6));
	wait(NULL);
	return 0;
}

static int do_bind(void)
{
	struct sockaddr address = {.sa_family = AF_INET6};

	bind(-1, &address, sizeof(address));
	return 0;
}

/* More than the matcher looks at. */
static int do_poll(void)
{
	static struct pollfd many[2000];

	for (size_t i = 0; i < 2000; i++)
		many[i] = (struct pollfd){-1, POLLIN, 0};
	poll(many, 2000, 0);
	return 0;
}

static int do_io_uring(void)
{
	static uint32_t params[64];
	long fd = syscall(SYS_io_uring_setup, 1, params);

	return fd < 0 ? 77 : 0;
}

static int do_io_uring_in_vain(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL) >= 0;
}

static int do_foreign(void)
{
#ifdef __x86_64__
	/* getpid in the table of 32-bit programs. */
	long number = 20;

	__asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
	return number == getpid() ? 0 : 77;
#else
	return 77;
#endif
}

static int do_print(void)
{
	puts("out");
	fputs("err\n", stderr);
	return make_socket(AF_INET6);
}

static int do_standard_descriptors(void)
{
	return (fcntl(0, F_GETFD) < 0) | (fcntl(1, F_GETFD) >= 0) << 1 |
	       (fcntl(2, F_GETFD) >= 0) << 2 | (fcntl(3, F_GETFD) < 0) << 3;
}

static const struct behaviour {
	const char *name;
	int (*run)(void);
} behaviours[] = {
	{"unix", do_unix},
	{"inet6", do_inet6},
	{"inet6_often", do_inet6_often},
	{"inet6_in_child", do_inet6_in_child},
	{"bind", do_bind},
	{"poll", do_poll},
	{"io_uring", do_io_uring},
	{"io_uring_in_vain", do_io_uring_in_vain},
	{"foreign", do_foreign},
	{"print", do_print},
	{"standard_descriptors", do_standard_descriptors},
};

static int behave(const char *name)
{
	for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
		if (strcmp(name, behaviours[i].name) == 0)
			return behaviours[i].run();
	return 99;
}

/* The user's side: a folder of rules, and what a run gave. */

static char folder[64];
static bool has_no_input; /* scmltrace is started with its standard input closed */
static char out_text[MAX_TEXT], err_text[MAX_TEXT];

static const char *in_folder(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *one = path[next++ % 4];

	snprintf(one, sizeof(path[0]), "%s/%s", folder, name);
	return one;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static void read_file(const char *path, char *text)
{
	FILE *file = fopen(path, "r");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, MAX_TEXT - 1, file);
	text[len] = '\0';
	fclose(file);
}

static void set_up(void)
{
	strcpy(folder, "/tmp/scmltrace-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_file("net.scml", "socket(family = AF_UNIX, type = SOCK_STREAM, protocol = 0);\n"
			       "struct sa = { sa_family = AF_UNIX, .. };\n"
			       "bind(sockfd, addr = <sa>, addrlen);\n"
			       "poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);\n");
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

static _Noreturn void exec_scmltrace(const char *const *args)
{
	const char *argv[MAX_ARGS + 2] = {SCMLTRACE};

	for (size_t i = 0; i < MAX_ARGS && args[i]; i++)
		argv[i + 1] = args[i];
	dup2(open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
	dup2(open(in_folder("err"), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
	for (int fd = 3; fd < 32; fd++)
		close(fd);
	if (has_no_input)
		close(STDIN_FILENO);
	execv(SCMLTRACE, (char *const *)(uintptr_t)argv);
	_exit(98);
}

/* Run scmltrace; its status as from waitpid(), its output in out_text and err_text. */
static int run_args(const char *const *args)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		exec_scmltrace(args);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	read_file(in_folder("out"), out_text);
	read_file(in_folder("err"), err_text);
	return status;
}

/* The exit status of scmltrace with these arguments; it must not have been killed. */
#define run(...)                                                   \
	({                                                         \
		const char *const args_[] = {__VA_ARGS__, NULL};   \
		int status_ = run_args(args_);                     \
		ck_assert_msg(WIFEXITED(status_), "%s", err_text); \
		WEXITSTATUS(status_);                              \
	})

/* This program: /proc/self/exe would be scmltrace. */
static char self[4096];

/* The same with a behaviour under the rules of the folder, which are about few calls. */
#define watch(behaviour, ...) \
	run(in_folder("net.scml"), "--scope", "listed", ##__VA_ARGS__, "--", self, behaviour)

static size_t count(const char *text, const char *part)
{
	size_t found = 0;

	for (; (text = strstr(text, part)); text++)
		found++;
	return found;
}

static void ck_has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part), "no '%s' in:\n%s", part, text);
}

/* In a container there may be a filter already, of which is told, and nothing is certain. */
static bool is_filtered(void)
{
	return prctl(PR_GET_SECCOMP) > 0;
}

START_TEST(a_program_within_the_rules_draws_no_line)
{
	ck_assert_int_eq(watch("unix"), 0);
	ck_has(err_text, "calls: 0 unsupported");
	ck_assert_uint_eq(count(err_text, "\n"), is_filtered() ? 3 : 1);
	ck_assert_int_eq(watch("unix", "--quiet"), 0);
	ck_assert_str_eq(err_text, "");
}
END_TEST

START_TEST(an_unsupported_call_is_shown_with_its_reason_and_the_nearest_rule)
{
	char expected[256];

	ck_assert_int_eq(watch("inet6", "-q"), 0);
	snprintf(expected, sizeof(expected),
		 " (unsupported): family: AF_INET6 is in no rule; nearest %s:1\n",
		 in_folder("net.scml"));
	ck_has(err_text, expected);
	ck_assert_int_eq(strncmp(err_text, "socket(", 7), 0);
	ck_assert_uint_eq(count(err_text, "\n"), 1);
	ck_assert_str_eq(out_text, "");
}
END_TEST

START_TEST(memory_behind_a_pointer_is_judged)
{
	watch("bind", "-q");
	ck_has(err_text, "(unsupported): addr.sa_family: AF_INET6 is in no rule");
}
END_TEST

START_TEST(calls_without_rules_are_unsupported_unless_the_scope_is_listed)
{
	ck_assert_int_eq(run(in_folder("net.scml"), "--", self, "unix"), 0);
	ck_has(err_text, "execve(");
	ck_has(err_text, "(unsupported): no rule is for this call\n");
	ck_assert_int_eq(strncmp(err_text, "execve(", 7), 0);
}
END_TEST

START_TEST(the_exit_status_of_the_program_is_passed_on)
{
	const char *const killed[] = {
		in_folder("net.scml"), "--scope", "listed", "--", "sh", "-c",
		"kill -TERM $$",       NULL};
	int status;

	ck_assert_int_eq(
		run(in_folder("net.scml"), "--scope", "listed", "--", "sh", "-c", "exit 3"), 3);
	status = run_args(killed);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGTERM);
	ck_has(err_text, "calls: 0 unsupported");
}
END_TEST

START_TEST(fail_tells_unsupported_from_undecided_from_fine)
{
	ck_assert_int_eq(watch("inet6", "--fail"), 1);
	ck_assert_int_eq(watch("poll", "--fail"), 4);
	ck_has(err_text, "cannot certify");
	ck_assert_int_eq(watch("unix", "--fail"), is_filtered() ? 4 : 0);
	ck_assert_int_eq(run(in_folder("net.scml"), "--fail", "--scope", "listed", "--", "sh",
			     "-c", "exit 3"),
			 is_filtered() ? 4 : 3);
}
END_TEST

START_TEST(undecided_calls_are_counted_and_shown_on_request)
{
	watch("poll");
	ck_has(err_text, "1 undecided");
	ck_assert_ptr_null(strstr(err_text, "(undecided)"));
	watch("poll", "-v");
	ck_has(err_text, "(undecided): fds: too many elements");
}
END_TEST

START_TEST(the_report_goes_to_a_file_and_never_into_the_output)
{
	static char report[MAX_TEXT];

	ck_assert_int_eq(watch("print", "-o", in_folder("report")), 0);
	ck_assert_str_eq(out_text, "out\n");
	ck_assert_str_eq(err_text, "err\n");
	read_file(in_folder("report"), report);
	ck_has(report, "(unsupported)");
	ck_has(report, "calls: 1 unsupported");
}
END_TEST

START_TEST(json_is_one_object_a_line_with_words_as_hex_strings)
{
	watch("inet6", "--json");
	ck_assert_uint_eq(count(err_text, "\n"), is_filtered() ? 5 : 4);
	ck_assert_uint_eq(count(err_text, "}\n"), is_filtered() ? 5 : 4);
	ck_has(err_text, "{\"type\":\"call\",\"verdict\":\"unsupported\",");
	ck_has(err_text, "\"args\":[\"0xa\",\"0x1\",\"0x0\",");
	ck_has(err_text, "\"param\":\"family\",\"what\":\"AF_INET6\",\"value\":\"0xa\"");
	ck_has(err_text, "{\"type\":\"cause\",\"verdict\":\"unsupported\",\"count\":1,");
	ck_has(err_text, "{\"type\":\"need\",\"count\":1,\"name\":\"socket\",");
	ck_has(err_text, "{\"type\":\"summary\",\"version\":1,\"unsupported\":1,");
}
END_TEST

START_TEST(max_limits_the_lines_and_not_the_count)
{
	watch("inet6_often", "--max", "5");
	ck_assert_uint_eq(count(err_text, "(unsupported)"), 5);
	ck_has(err_text, "calls: 50 unsupported");
	ck_has(err_text, "45 more lines are left out");
}
END_TEST

START_TEST(the_summary_alone_has_one_line_for_each_cause)
{
	watch("inet6_often", "--summary");
	ck_assert_uint_eq(count(err_text, "(unsupported)"), 0);
	ck_has(err_text, "   50  socket  family    AF_INET6     ");
	ck_assert_uint_eq(count(err_text, "\n"), is_filtered() ? 5 : 3);
}
END_TEST

START_TEST(all_shows_supported_calls_too)
{
	watch("unix", "--all", "-q");
	ck_assert_uint_eq(count(err_text, "socket("), 1);
	ck_assert_uint_eq(count(err_text, "\n"), 1);
}
END_TEST

START_TEST(lines_name_their_process_once_there_are_two)
{
	watch("inet6_in_child", "-q");
	ck_assert_uint_eq(count(err_text, "(unsupported)"), 2);
	ck_assert_uint_eq(count(err_text, "[pid "), 1);
	ck_assert_int_eq(strncmp(err_text, "socket(", 7), 0);
}
END_TEST

START_TEST(an_io_uring_ends_what_can_be_certified)
{
	int status;

	write_file("net.scml", "io_uring_setup(..);\n");
	ck_assert_int_eq(watch("io_uring_in_vain", "--fail"), is_filtered() ? 4 : 0);
	status = watch("io_uring", "--fail");
	if (status == 77)
		return;
	ck_assert_int_eq(status, 4);
	ck_assert_uint_eq(count(err_text, "(visibility lost from here)"), 1);
}
END_TEST

START_TEST(calls_of_the_32_bit_table_are_not_matched)
{
	if (watch("foreign", "--fail") == 4)
		ck_has(err_text, "(other table)");
}
END_TEST

START_TEST(a_program_that_cannot_run_has_the_status_that_shells_give)
{
	ck_assert_int_eq(run(in_folder("net.scml"), "--", "no-such-program"), 127);
	ck_has(err_text, "scmltrace: cannot find the program 'no-such-program'");
	ck_assert_int_eq(run(in_folder("net.scml"), "-q", "--", in_folder("net.scml")), 126);
	ck_has(err_text, "Permission denied");
	ck_assert_int_eq(run(in_folder("net.scml"), "-q", "--", "/no/such/program"), 127);
}
END_TEST

START_TEST(errors_in_the_rules_are_shown_and_nothing_is_run)
{
	write_file("bad.scml", "socket(family = AF_NONSENSE);\nread(;\n");
	ck_assert_int_eq(run(folder, "--", "sh", "-c", "echo ran"), 1);
	ck_assert_str_eq(out_text, "");
	ck_has(err_text, "bad.scml:1:");
	ck_has(err_text, "bad.scml:2:");
	ck_assert_int_eq(run(in_folder("missing.scml"), "--", "true"), 3);
	ck_has(err_text, "missing.scml");
}
END_TEST

START_TEST(a_folder_is_searched_for_rules)
{
	ck_assert_int_eq(mkdir(in_folder("deep"), 0700), 0);
	ck_assert_int_eq(mkdir(in_folder("deep/deeper"), 0700), 0);
	ck_assert_int_eq(rename(in_folder("net.scml"), in_folder("deep/deeper/net.scml")), 0);
	write_file("notes.txt", "no rules");
	ck_assert_int_eq(run(folder, "-q", "--scope", "listed", "--", self, "inet6"), 0);
	ck_has(err_text, "deep/deeper/net.scml:1\n");
	ck_assert_int_eq(remove(in_folder("deep/deeper/net.scml")), 0);
	ck_assert_int_eq(run(folder, "--", "true"), 3);
	ck_has(err_text, "holds no .scml file");
}
END_TEST

START_TEST(wrong_usage_has_its_own_status)
{
	ck_assert_int_eq(run("--no-such-option"), 2);
	ck_has(err_text, "there is no option '--no-such-option'");
	ck_assert_int_eq(run(in_folder("net.scml")), 2);
	ck_assert_int_eq(run("--", "true"), 2);
	ck_assert_int_eq(run(in_folder("net.scml"), "--"), 2);
	ck_assert_int_eq(run(in_folder("net.scml"), "--max", "--", "true"), 2);
	ck_assert_int_eq(run(in_folder("net.scml"), "--max", "many", "--", "true"), 2);
	ck_assert_int_eq(run(in_folder("net.scml"), "--engine", "steam", "--", "true"), 2);
	ck_assert_str_eq(out_text, "");
	ck_assert_int_eq(run("--help"), 0);
	ck_has(out_text, "Usage: scmltrace SPEC...");
	ck_assert_str_eq(err_text, "");
	ck_assert_int_eq(run("--version"), 0);
}
END_TEST

START_TEST(a_report_that_cannot_be_opened_is_a_system_error)
{
	ck_assert_int_eq(run(in_folder("net.scml"), "-o", "/no/such/file", "--", "true"), 3);
	ck_has(err_text, "/no/such/file");
}
END_TEST

START_TEST(a_report_that_nobody_reads_does_not_end_the_program)
{
	const char *const args[] = {in_folder("net.scml"), "--scope", "listed", "--", self,
				    "inet6_often",	   NULL};
	int pipe_fds[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(pipe_fds), 0);
	pid = fork();
	if (pid == 0) {
		const char *argv[MAX_ARGS] = {SCMLTRACE};

		memcpy(argv + 1, args, sizeof(args));
		close(pipe_fds[0]);
		dup2(pipe_fds[1], STDERR_FILENO);
		execv(SCMLTRACE, (char *const *)(uintptr_t)argv);
		_exit(98);
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

START_TEST(a_closed_standard_input_stays_closed)
{
	has_no_input = true;
	ck_assert_int_eq(watch("standard_descriptors"), 15);
}
END_TEST

static int run_tests(void)
{
	Suite *suite = suite_create("scmltrace");
	TCase *tcase = tcase_create("scmltrace");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_program_within_the_rules_draws_no_line);
	tcase_add_test(tcase,
		       an_unsupported_call_is_shown_with_its_reason_and_the_nearest_rule);
	tcase_add_test(tcase, memory_behind_a_pointer_is_judged);
	tcase_add_test(tcase, calls_without_rules_are_unsupported_unless_the_scope_is_listed);
	tcase_add_test(tcase, the_exit_status_of_the_program_is_passed_on);
	tcase_add_test(tcase, fail_tells_unsupported_from_undecided_from_fine);
	tcase_add_test(tcase, undecided_calls_are_counted_and_shown_on_request);
	tcase_add_test(tcase, the_report_goes_to_a_file_and_never_into_the_output);
	tcase_add_test(tcase, json_is_one_object_a_line_with_words_as_hex_strings);
	tcase_add_test(tcase, max_limits_the_lines_and_not_the_count);
	tcase_add_test(tcase, the_summary_alone_has_one_line_for_each_cause);
	tcase_add_test(tcase, all_shows_supported_calls_too);
	tcase_add_test(tcase, lines_name_their_process_once_there_are_two);
	tcase_add_test(tcase, an_io_uring_ends_what_can_be_certified);
	tcase_add_test(tcase, calls_of_the_32_bit_table_are_not_matched);
	tcase_add_test(tcase, a_program_that_cannot_run_has_the_status_that_shells_give);
	tcase_add_test(tcase, errors_in_the_rules_are_shown_and_nothing_is_run);
	tcase_add_test(tcase, a_folder_is_searched_for_rules);
	tcase_add_test(tcase, wrong_usage_has_its_own_status);
	tcase_add_test(tcase, a_report_that_cannot_be_opened_is_a_system_error);
	tcase_add_test(tcase, a_report_that_nobody_reads_does_not_end_the_program);
	tcase_add_test(tcase, a_closed_standard_input_stays_closed);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (argc == 2)
		return behave(argv[1]);
	return len > 0 ? run_tests() : EXIT_FAILURE;
}
