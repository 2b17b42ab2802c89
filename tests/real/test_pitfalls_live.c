/*
 * The pitfalls that lie in memory, as real calls of a traced program. The program is this very
 * one, with `calls` as its argument: it makes the calls of the table in order, and scmltrace
 * must show those that are marked, and no others.
 */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BEYOND	(UINT64_C(1) << 40) /* a bit that an int parameter does not have */

#define MINUS_1 UINT32_MAX /* a descriptor or length of -1 */

enum { MAX_REPORT = 1 << 16, NO_FD = -1 };

/* Descriptors of the traced program, above those that it starts with. */
enum { POLLED = 200, COUNTER, EPOLL, EPOLL_OF_PIPE, LISTENING };

/* Each call has rules of its own, so that no row speaks for another. */
static const char spec[] =
	"timer_create(clockid, sevp = { sigev_notify = SIGEV_NONE, .. }, timerid);\n"
	"rt_sigaction(signum, act = { sa_flags = SA_RESTART | SA_RESTORER, .. }, old, size);\n"
	"epoll_ctl(epfd, op, fd, event = { events = EPOLLIN | EPOLLET, .. });\n"
	"poll(fds = [ { events = POLLIN, revents = POLLIN, .. } ], nfds, timeout);\n"
	"epoll_wait(epfd, events = [ { events = EPOLLIN, .. } ], maxevents, timeout);\n"
	"sched_getattr(pid, attr = { sched_policy = SCHED_OTHER, .. }, size, flags = 0);\n"
	"sigaltstack(ss, old_ss = { ss_flags = 0, .. });\n"
	"accept(sockfd, addr = { sa_family = AF_INET, .. }, addrlen);\n"
	"struct address = { sa_family = AF_INET | AF_UNIX, .. };\n"
	"bind(sockfd, addr = <address>, addrlen);\n"
	"struct header = { msg_name = <address>, msg_control = NULL, .. };\n"
	"sendmsg(sockfd, msg = <header>, flags);\n"
	"sendmmsg(sockfd, mmsgs = [ { hdr = <header>, msg_len } ], count, flags);\n"
	"capget(hdrp = { version = _LINUX_CAPABILITY_VERSION_3, .. }, datap);\n";

static struct sigevent sigev_none = {.sigev_notify = SIGEV_NONE};
static struct sigevent sigev_signal = {.sigev_notify = SIGEV_SIGNAL};
static uint64_t action_fits[4] = {0, SA_RESTART | 0x04000000};
static uint64_t action_unknown_bit[4] = {0, SA_RESTART | 0x04000400};
static struct epoll_event event_fits = {.events = EPOLLIN | EPOLLET};
static struct epoll_event event_out = {.events = EPOLLIN | EPOLLOUT};
static struct pollfd polled[3] = {{NO_FD, POLLIN, 0}, {NO_FD, POLLIN, 0}, {NO_FD, POLLOUT, 0}};
static struct pollfd polled_wild[1] = {{NO_FD, 0x7fff, 0}};
/* What the kernel overwrites, or leaves alone when the call fails, would match nothing. */
static struct pollfd polled_fd[1] = {{0, POLLIN, 0x7fff}};
static struct epoll_event waited[2] = {{.events = EPOLLOUT}, {.events = EPOLLOUT}};
static struct epoll_event hung_up[1] = {{.events = EPOLLIN}};
static uint32_t attributes[12] = {48, 99};
static stack_t old_stack = {.ss_flags = 77}, new_stack;
static char stack_bytes[1 << 16];
static struct sockaddr_un accepted = {.sun_family = AF_INET6};
static socklen_t accepted_len = sizeof(accepted);
static struct sockaddr inet = {.sa_family = AF_INET};
static struct sockaddr inet6 = {.sa_family = AF_INET6};
static char control[64];
static struct msghdr plain = {.msg_name = &inet, .msg_namelen = sizeof(inet)};
static struct msghdr other_family = {.msg_name = &inet6, .msg_namelen = sizeof(inet6)};
static struct msghdr with_control = {.msg_control = control}; /* of length 0 */
static struct mmsghdr many[2] = {{{.msg_name = NULL}, 0}, {{.msg_control = control}, 0}};
static uint32_t version_3[2] = {0x20080522, 0};
static uint32_t version_1[2] = {0x19980330, 0};

#define P(pointer) ((uint64_t)(uintptr_t)(pointer))

static const struct {
	long nr;
	const char *name; /* as the report shows it, where the call is unsupported; NULL: it is
			     not */
	uint64_t args[6];
} calls[] = {
	{SYS_timer_create, NULL, {99, P(&sigev_none), 8}},
	{SYS_timer_create, "timer_create", {99, P(&sigev_signal), 8}},
	{SYS_timer_create, NULL, {99, 0, 8}},
	{SYS_rt_sigaction, NULL, {SIGUSR1, P(action_fits), 0, 8}},
	{SYS_rt_sigaction, "rt_sigaction", {SIGUSR1, P(action_unknown_bit), 0, 8}},
	{SYS_epoll_ctl, NULL, {MINUS_1, EPOLL_CTL_ADD, 0, P(&event_fits)}},
	{SYS_epoll_ctl, "epoll_ctl", {MINUS_1, EPOLL_CTL_ADD, 0, P(&event_out)}},
	{SYS_epoll_ctl, NULL, {MINUS_1, EPOLL_CTL_DEL, 0, 0}},
	{SYS_poll, NULL, {P(polled), 2 | BEYOND, 0}},
	{SYS_poll, "poll", {P(polled), 3, 0}},
	{SYS_poll, "poll", {P(polled_wild), 1, 0}},
	{SYS_poll, NULL, {0, 0, 0}},
	{SYS_poll, NULL, {P(polled_fd), 1, 0}},
	{SYS_epoll_wait, NULL, {EPOLL, P(waited), 2, 0}},
	{SYS_epoll_wait, NULL, {MINUS_1, P(hung_up), 1, 0}},
	{SYS_close, NULL, {POLLED}},
	{SYS_poll, "poll", {P(polled_fd), 1, 0}},
	{SYS_epoll_wait, "epoll_wait", {EPOLL_OF_PIPE, P(hung_up), 1, 0}},
	{SYS_sched_getattr, NULL, {0, P(attributes), 48, 0}},
	{SYS_sched_getattr, NULL, {MINUS_1, P(attributes), 48, 0}},
	{SYS_sched_getattr, "sched_getattr", {0, P(attributes), 48, 1}},
	{SYS_sigaltstack, "sigaltstack", {0, P(&old_stack)}},
	{SYS_sigaltstack, NULL, {P(&new_stack), 0}},
	{SYS_sigaltstack, NULL, {0, P(&old_stack)}},
	{SYS_accept, "accept", {LISTENING, P(&accepted), P(&accepted_len)}},
	{SYS_accept, NULL, {MINUS_1, P(&accepted), P(&accepted_len)}},
	{SYS_bind, NULL, {MINUS_1, P(&inet), sizeof(inet)}},
	{SYS_bind, "bind", {MINUS_1, P(&inet6), sizeof(inet6)}},
	{SYS_bind, "bind", {MINUS_1, P(&inet), 1}},
	{SYS_bind, "bind", {MINUS_1, P(&inet), 0}},
	{SYS_bind, "bind", {MINUS_1, P(&inet), MINUS_1}},
	{SYS_bind, "bind", {MINUS_1, 8, sizeof(inet)}},
	{SYS_bind, NULL, {MINUS_1, 0, 0}},
	{SYS_bind, NULL, {MINUS_1, P(&inet), 2}},
	{SYS_sendmsg, NULL, {MINUS_1, P(&plain), 0}},
	{SYS_sendmsg, "sendmsg", {MINUS_1, P(&other_family), 0}},
	{SYS_sendmsg, "sendmsg", {MINUS_1, P(&with_control), 0}},
	{SYS_sendmmsg, NULL, {MINUS_1, P(many), 1, 0}},
	{SYS_sendmmsg, "sendmmsg", {MINUS_1, P(many), 2, 0}},
	{SYS_capget, NULL, {P(version_3), 0}},
	{SYS_capget, "capget", {P(version_1), 0}},
};

enum { CALL_COUNT = sizeof(calls) / sizeof(*calls) };

/* The descriptors that the calls name: by number, so that the table may. */
static void put(int from, int to)
{
	if (from != to) {
		dup2(from, to);
		close(from);
	}
}

static void watch(int fd, int in, uint32_t events)
{
	struct epoll_event event = {.events = events};

	syscall(SYS_epoll_ctl, fd, EPOLL_CTL_ADD, in, &event);
}

/* Two counters that can be read, one that is polled; a pipe that nobody writes to any more; a
 * socket with somebody waiting. */
static bool make_descriptors(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0scml_pitfalls"};
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 14 + sizeof(pid_t);
	pid_t pid = getpid();
	int pipes[2], client = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(address.sun_path + 14, &pid, sizeof(pid));
	put(eventfd(1, 0), POLLED);
	put(eventfd(1, 0), COUNTER);
	put(epoll_create1(0), EPOLL);
	put(epoll_create1(0), EPOLL_OF_PIPE);
	put(socket(AF_UNIX, SOCK_STREAM, 0), LISTENING);
	if (pipe(pipes) || client < 0 ||
	    syscall(SYS_bind, LISTENING, (struct sockaddr *)&address, len) ||
	    listen(LISTENING, 1) || connect(client, (struct sockaddr *)&address, len))
		return false;
	close(pipes[1]);
	watch(EPOLL, POLLED, EPOLLIN);
	watch(EPOLL, COUNTER, EPOLLIN);
	watch(EPOLL_OF_PIPE, pipes[0], EPOLLIN);
	return true;
}

static int make_calls(void)
{
	polled_fd[0].fd = POLLED;
	new_stack = (stack_t){.ss_sp = stack_bytes, .ss_size = sizeof(stack_bytes)};
	if (!make_descriptors())
		return 1;
	for (size_t i = 0; i < CALL_COUNT; i++)
		syscall(calls[i].nr, calls[i].args[0], calls[i].args[1], calls[i].args[2],
			calls[i].args[3], calls[i].args[4], calls[i].args[5]);
	return 0;
}

static const char *self;

/* scmltrace on this program under the spec; its report to TEXT. */
static int trace(const char *folder, char text[static MAX_REPORT])
{
	char spec_path[256], report_path[256];
	size_t len;
	FILE *file;
	pid_t child;
	int status;

	snprintf(spec_path, sizeof(spec_path), "%s/pitfalls.scml", folder);
	snprintf(report_path, sizeof(report_path), "%s/report", folder);
	file = fopen(spec_path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(spec, file);
	fclose(file);
	child = fork();
	if (child == 0) {
		execl(SCMLTRACE, "scmltrace", spec_path, "--scope", "listed", "--quiet", "-v",
		      "-o", report_path, "--", self, "calls", NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	file = fopen(report_path, "r");
	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, MAX_REPORT - 1, file);
	text[len] = '\0';
	fclose(file);
	unlink(spec_path);
	unlink(report_path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(real_calls_are_judged_by_what_lies_in_memory)
{
	char folder[] = "/tmp/scml_pitfallsXXXXXX";
	static char report[MAX_REPORT];
	char *line = report;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(trace(folder, report), 0);
	rmdir(folder);
	for (size_t i = 0; i < CALL_COUNT; i++) {
		char *end = strchr(line, '\n');
		size_t len;

		if (!calls[i].name)
			continue;
		len = strlen(calls[i].name);
		ck_assert_msg(
			end && strncmp(line, calls[i].name, len) == 0 && line[len] == '(' &&
				memmem(line, (size_t)(end - line), " (unsupported)", 14),
			"row %zu, %s, is not shown here:\n%.1000s", i, calls[i].name, line);
		line = end + 1;
	}
	ck_assert_msg(*line == '\0', "more is shown than should be:\n%.1000s", line);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tcase;
	SRunner *runner;
	int failed;

	if (argc > 1)
		return make_calls();
	self = argv[0];
	suite = suite_create("pitfalls, live");
	tcase = tcase_create("memory");
	tcase_add_test(tcase, real_calls_are_judged_by_what_lies_in_memory);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
