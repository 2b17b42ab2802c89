/*
 * A program, and strace's log of it, get the same verdicts. The program is this very one; it
 * makes calls that are easily misjudged, most of which fail.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_CALLS = 4096, SKIPPED = 77 };

/* The program's side. */

static void make_sockets(void)
{
	static const int types[] = {SOCK_STREAM, SOCK_DGRAM | SOCK_CLOEXEC,
				    SOCK_RAW,	 SOCK_STREAM | 0x40000000,
				    0,		 SOCK_SEQPACKET | SOCK_NONBLOCK};
	static const int families[] = {AF_INET, AF_UNIX, AF_INET6, AF_NETLINK, AF_PACKET, 77};
	static const int protocols[] = {0, IPPROTO_TCP, IPPROTO_UDP, NETLINK_ROUTE, 200};

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		for (size_t j = 0; j < sizeof(types) / sizeof(*types); j++)
			for (size_t k = 0; k < sizeof(protocols) / sizeof(*protocols); k++)
				close(socket(families[i], types[j], protocols[k]));
}

static void bind_addresses(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET,
				 .sin_port = htons(9),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "\0name"};
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK, .nl_groups = 0x10};
	struct sockaddr other = {.sa_family = 77};

	for (socklen_t len = 0; len < 5; len++)
		bind(-1, (struct sockaddr *)&in, len);
	bind(-1, (struct sockaddr *)&in, sizeof(in));
	bind(-1, (struct sockaddr *)&in6, sizeof(in6));
	bind(-1, (struct sockaddr *)&un, 7);
	bind(-1, (struct sockaddr *)&nl, sizeof(nl));
	bind(-1, &other, sizeof(other));
	bind(-1, NULL, 0);
	connect(-1, (struct sockaddr *)&un, sizeof(un));
	connect(-1, (struct sockaddr *)&in, sizeof(in));
}

static void send_messages(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/nowhere"};
	char text[] = "text", control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov[2] = {{text, 2}, {text + 2, 2}};
	struct msghdr msg = {.msg_iov = iov, .msg_iovlen = 2};
	struct mmsghdr several[2];

	sendmsg(-1, &msg, 0);
	sendmsg(-1, &msg, MSG_DONTWAIT);
	sendmsg(-1, &msg, MSG_NOSIGNAL | 0x1000000);
	msg.msg_name = &in;
	msg.msg_namelen = sizeof(in);
	sendmsg(-1, &msg, 0);
	msg.msg_name = &un;
	msg.msg_namelen = sizeof(un);
	sendmsg(-1, &msg, 0);
	several[0].msg_hdr = several[1].msg_hdr = msg;
	syscall(SYS_sendmmsg, -1, several, 2, 0);
	several[1].msg_hdr.msg_name = &in;
	syscall(SYS_sendmmsg, -1, several, 2, 0);
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	sendmsg(-1, &msg, 0);
	sendto(-1, text, 4, 0, (struct sockaddr *)&in, sizeof(in));
	sendto(-1, text, 4, MSG_OOB, (struct sockaddr *)&un, sizeof(un));
	sendto(-1, text, 4, 0, NULL, 0);
}

static void set_options(void)
{
	static const int levels[] = {SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP, IPPROTO_IPV6, 0xfefe};
	int on = 1;

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		for (int option = 0; option < 40; option++)
			setsockopt(-1, levels[i], option, &on, sizeof(on));
}

static void open_files(void)
{
	static const int flags[] = {O_RDONLY,		O_WRONLY | O_CREAT, O_RDWR | O_CLOEXEC,
				    O_ACCMODE,		O_PATH | O_CLOEXEC, O_RDONLY | O_SYNC,
				    O_RDONLY | O_DSYNC, O_WRONLY | O_ASYNC, O_RDWR | O_TMPFILE,
				    O_DIRECTORY,	0x40000000};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		close((int)syscall(SYS_openat, AT_FDCWD, "/nowhere/a>b <c>, d\n)", flags[i],
				   0600));
	syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY, 0);
	lseek(-1, 0, SEEK_SET);
	lseek(-1, 0, SEEK_END);
	lseek(-1, 0, 77);
	fcntl(-1, F_GETFL);
	fcntl(-1, F_SETFL, O_APPEND | O_NONBLOCK);
	fcntl(-1, F_SETFL, O_APPEND | O_ASYNC);
	fcntl(-1, F_SETFD, FD_CLOEXEC);
	fcntl(-1, F_DUPFD, 3);
}

static void map_memory(void)
{
	static const int flags[] = {MAP_PRIVATE | MAP_ANONYMOUS,
				    MAP_SHARED | MAP_ANONYMOUS,
				    MAP_ANONYMOUS,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << 26,
				    MAP_PRIVATE | MAP_DENYWRITE};

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		for (int prot = 0; prot < 8; prot++)
			mmap(NULL, 4096, prot, flags[i], -1, 0);
	mprotect(NULL, 0, PROT_READ | PROT_GROWSDOWN);
	mprotect(NULL, 0, PROT_READ);
	mremap(NULL, 0, 0, MREMAP_MAYMOVE);
	mremap(NULL, 0, 0, MREMAP_MAYMOVE | MREMAP_FIXED, NULL);
}

static void wait_in_many_ways(void)
{
	struct timespec none = {0, 0};
	struct pollfd fds[2] = {{0, POLLIN | POLLOUT, 0}, {0, POLLPRI, 0}};
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};
	uint32_t word = 0;

	for (int op = 0; op < 14; op++) {
		if (op == FUTEX_LOCK_PI || op == FUTEX_UNLOCK_PI || op == FUTEX_TRYLOCK_PI ||
		    op == FUTEX_LOCK_PI2)
			continue;
		syscall(SYS_futex, &word, op, 1, &none, &word, 0x7);
		syscall(SYS_futex, &word, op | FUTEX_PRIVATE_FLAG, 1, &none, &word, 0x7);
	}
	syscall(SYS_futex, &word, 99, 1, &none, &word, 0x7);
	poll(fds, 2, 0);
	poll(fds, 1, 0);
	poll(NULL, 0, 0);
	epoll_ctl(-1, EPOLL_CTL_ADD, 0, &event);
	event.events = EPOLLEXCLUSIVE;
	epoll_ctl(-1, EPOLL_CTL_MOD, 0, &event);
}

static void do_the_rest(void)
{
	struct sigaction action = {.sa_flags = SA_RESTART};

	action.sa_handler = SIG_IGN;
	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_NODEFER;
	sigaction(SIGRTMIN + 3, &action, NULL);
	semget(1, 0, 0600);
	semget(IPC_PRIVATE, 0, IPC_EXCL | 0600);
	prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
	prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0);
	prctl(1000, 0, 0, 0, 0);
	ioctl(-1, FIONBIO, &action);
	ioctl(-1, 0xdeadbeef, &action);
	syscall(SYS_umount2, "/nowhere", 8);
	if (syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL) == 0)
		_exit(0);
	wait(NULL);
}

static int make_calls(void)
{
	make_sockets();
	bind_addresses();
	send_messages();
	set_options();
	open_files();
	map_memory();
	wait_in_many_ways();
	do_the_rest();
	return 0;
}

/* The test's side. */

static const char rules[] =
	"struct sockaddr = { sa_family = AF_INET | AF_NETLINK, .. };\n"
	"struct msghdr = { msg_name = <sockaddr>, msg_control = NULL, .. };\n"
	"struct mmsghdr = { msg_hdr = <msghdr>, msg_len };\n"
	"struct pollfd = { fd, events = POLLIN | POLLOUT, .. };\n"
	"access = O_RDONLY | O_RDWR;\n"
	"socket(family = AF_INET, type = SOCK_STREAM | SOCK_DGRAM | SOCK_CLOEXEC,\n"
	"	protocol = IPPROTO_IP | IPPROTO_UDP);\n"
	"socket(family = AF_NETLINK | AF_UNIX, type = SOCK_RAW | SOCK_SEQPACKET, protocol = "
	"0);\n"
	"bind(sockfd, addr = <sockaddr>, addrlen);\n"
	"connect(sockfd, addr = <sockaddr>, addrlen);\n"
	"sendmsg(sockfd, msg = <msghdr>, flags = MSG_NOSIGNAL | MSG_DONTWAIT);\n"
	"sendmmsg(sockfd, mmsgs = [ <mmsghdr> ], mmsg_count, flags = 0);\n"
	"sendto(sockfd, buf, len, flags = 0, dest_addr = <sockaddr>, addrlen);\n"
	"setsockopt(sockfd, level = SOL_SOCKET, optname = SO_REUSEADDR | SO_RCVTIMEO_OLD,\n"
	"	optval, optlen);\n"
	"setsockopt(sockfd, level = SOL_IP | SOL_TCP, optname = IP_TTL | TCP_NODELAY, optval,\n"
	"	optlen);\n"
	"openat(dirfd, path = <PATH>, flags = <access> | O_CLOEXEC | O_SYNC);\n"
	"openat(dirfd, path, flags = O_WRONLY | O_CREAT, mode);\n"
	"openat(dirfd, path, flags = O_PATH | O_CLOEXEC, ..);\n"
	"lseek(fd, offset, whence = SEEK_CUR | SEEK_END);\n"
	"fcntl(fd, cmd = F_GETFL);\n"
	"fcntl(fd, cmd = F_SETFL, arg = O_APPEND | O_NONBLOCK);\n"
	"fcntl(fd, cmd = F_DUPFD, arg = 3);\n"
	"mmap(addr, length, prot = PROT_READ | PROT_WRITE,\n"
	"	flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, fd, offset);\n"
	"mprotect(addr, len, prot = PROT_READ);\n"
	"mremap(old_address, old_size, new_size, flags = MREMAP_MAYMOVE);\n"
	"futex(uaddr, futex_op = FUTEX_WAKE | FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, ..);\n"
	"futex(uaddr, futex_op = FUTEX_CMP_REQUEUE | FUTEX_WAKE_OP, ..);\n"
	"poll(fds = [ <pollfd> ], nfds, timeout);\n"
	"epoll_ctl(epfd, op = EPOLL_CTL_ADD, fd, event = { events = EPOLLIN | EPOLLET, .. });\n"
	"rt_sigaction(signum = SIGUSR1, act = { sa_flags = SA_RESTART | SA_RESTORER, .. }, "
	"..);\n"
	"semget(key, nsems, semflg = IPC_CREAT);\n"
	"prctl(op = PR_GET_KEEPCAPS | PR_SET_NAME, ..);\n"
	"ioctl(fd, op = FIONBIO, ..);\n"
	"umount2(target, flags = UMOUNT_NOFOLLOW);\n"
	"clone(flags = CLONE_VM | SIGCHLD, ..);\n"
	"clone3(cl_args, size);\n";

static char folder[64];
static char self[4096];

struct judged {
	char name[64];
	char verdict[32];
	char text[512];
};

struct judgement {
	struct judged calls[MAX_CALLS];
	size_t count;
};

static int shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int shell(const char *format, ...)
{
	char command[16384];
	va_list args;

	va_start(args, format);
	ck_assert_int_lt(vsnprintf(command, sizeof(command), format, args),
			 (int)sizeof(command));
	va_end(args);
	return system(command);
}

/* Copy the value of KEY in the JSON object LINE, up to a quote that is not escaped. */
static bool get(const char *line, const char *key, char *value, size_t size)
{
	char word[32];
	const char *at;
	size_t len = 0;

	snprintf(word, sizeof(word), "\"%s\":\"", key);
	at = strstr(line, word);
	for (at = at ? at + strlen(word) : ""; *at && *at != '"' && len + 2 < size; at++) {
		value[len++] = *at;
		if (*at == '\\' && at[1])
			value[len++] = *++at;
	}
	value[len] = '\0';
	return len;
}

static void read_judgement(const char *name, struct judgement *judgement)
{
	static char line[1 << 16];
	char path[128];
	FILE *in;

	judgement->count = 0;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (fgets(line, sizeof(line), in)) {
		struct judged *one = &judgement->calls[judgement->count];

		if (strncmp(line, "{\"type\":\"call\"", 14) != 0)
			continue;
		ck_assert(get(line, "name", one->name, sizeof(one->name)));
		ck_assert(get(line, "verdict", one->verdict, sizeof(one->verdict)));
		get(line, "text", one->text, sizeof(one->text));
		ck_assert_uint_lt(++judgement->count, MAX_CALLS);
	}
	fclose(in);
}

static void write_rules(void)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/rules.scml", folder);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(rules, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* The calls of the log with what strace's options OPTIONS print. */
static void judge_log(const char *options, struct judgement *judgement)
{
	ck_assert_int_eq(shell("strace -f %s -o '%s/log' '%s' calls", options, folder, self),
			 0);
	ck_assert_int_eq(shell("'%s' '%s/rules.scml' --scope listed --all --json --input "
			       "'%s/log' -o '%s/log.json'",
			       SCMLTRACE, folder, folder, folder),
			 0);
	read_judgement("log.json", judgement);
}

/* What the log leaves open although the program's registers tell: names that strace still has,
 * and no header any more. */
static const char *const openings[] = {"TCP_COOKIE_TRANSACTIONS"};

static bool is_known_opening(const struct judged *one)
{
	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++)
		if (strcmp(one->verdict, "undecided") == 0 && strstr(one->text, openings[i]))
			return true;
	return false;
}

static struct judgement live, logged;

static void compare(const char *options)
{
	judge_log(options, &logged);
	ck_assert_uint_eq(live.count, logged.count);
	for (size_t i = 0; i < live.count; i++) {
		const struct judged *a = &live.calls[i], *b = &logged.calls[i];

		ck_assert_msg(strcmp(a->name, b->name) == 0, "%s: call %zu: %s, but %s",
			      options, i, a->text, b->text);
		ck_assert_msg(strcmp(a->verdict, b->verdict) == 0 || is_known_opening(b),
			      "%s: %s is %s, but %s is %s", options, a->text, a->verdict,
			      b->text, b->verdict);
	}
}

START_TEST(log_gets_the_verdicts_of_the_program)
{
	static const char *const options[] = {
		"",    "-y",	 "-yy",	       "-yy -tt -T -i", "-yy -r -n", "-yy -v -s 4096",
		"-xx", "-X raw", "-X verbose", "-yy -s 4",	"-yy -Y",    "-yy -ttt -k"};

	strcpy(folder, "/tmp/scmltrace-log-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	write_rules();
	ck_assert_int_eq(shell("'%s' '%s/rules.scml' --scope listed --all --json "
			       "-o '%s/live.json' -- '%s' calls",
			       SCMLTRACE, folder, folder, self),
			 0);
	read_judgement("live.json", &live);
	ck_assert_uint_gt(live.count, 500);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		compare(options[i]);
	ck_assert_int_eq(shell("rm -rf '%s'", folder), 0);
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tc;
	Suite *suite;
	SRunner *runner;
	ssize_t len;
	int failed;

	/* Without the leak check of a sanitizer, which cannot run under strace. */
	if (argc > 1 && strcmp(argv[1], "calls") == 0)
		_exit(make_calls());
	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0 || system("strace -o /dev/null true >/dev/null 2>&1") != 0) {
		puts("skipped: strace does not run here");
		return SKIPPED;
	}
	suite = suite_create("strace_log");
	tc = tcase_create("log");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, log_gets_the_verdicts_of_the_program);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
