/* A verdict that is looked up is the one that judging the whole line anew would give, for every
 * line and however the bytes come. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log_files.h"
#include "log_report.h"
#include "seed.h"

/* Lines on which looking up could go wrong: what decides, and what does not, in all places and
 * spellings. */
static const char tricky[] =
	"openat(AT_FDCWD</a, b>, \"/x\", O_RDONLY|O_CLOEXEC) = 3</x>\n"
	"openat(AT_FDCWD</a>, \"/y, \\\"z)\", O_RDONLY|FASYNC) = 4\n"
	"openat(AT_FDCWD</a>(deleted), \"/y\"..., O_RDONLY|0x80000000) = 4\n"
	"openat(AT_FDCWD, \"/y\" /* a, b */, O_RDONLY) = 4\n"
	"openat(AT_FDCWD, \"/y\" */* a, b */, O_RDONLY) = 4\n"
	"openat(AT_FDCWD, \"/y\" /* x */* a, b */, O_RDONLY) = 4\n"
	"openat(AT_FDCWD, , \"/y\", O_WRONLY) = 4\n"
	"openat( <unfinished ...>, \"/y\", O_RDONLY) = 4\n"
	"openat(dirfd=AT_FDCWD, flags=O_WRONLY, path=\"/x\") = 3\n"
	"openat(AT_FDCWD, \"/y\", O_RDONLY\n"
	"openat(AT_FDCWD, \"/y\", O_RDONLY]) = 3\n"
	"openat(AT_FDCWD, {\"/y\", O_RDONLY}, O_WRONLY, O_RDONLY) = 3\n"
	"openat() = 3\n"
	"openat( ) = 3\n"
	"openat(1, 2) = 3\n"
	"openat(AT_FDCWD, NULL, O_RDONLY) = -1 EFAULT (Bad address)\n"
	"openat(AT_FDCWD, 0x1234, O_RDONLY) = -1 EFAULT (Bad address)\n"
	"setsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, \"\\0\", 4) = 0\n"
	"setsockopt(3, SOL_SOCKET, SO_RCVTIMEO, \"\\0\", 4) = 0\n"
	"setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, \"\\0\", 4) = 0\n"
	"setsockopt(3, SOL_TCP, 0x17 /* TCP_??? */, \"\\0\", 4) = -1 ENOPROTOOPT (x)\n"
	"futex(0x1000, FUTEX_WAIT_PRIVATE, 2, NULL) = 0\n"
	"futex(0x2000, FUTEX_WAIT_PRIVATE, 2, {tv_sec=1, tv_nsec=2}) = 0\n"
	"futex(0x2000, FUTEX_WAKE_BITSET_PRIVATE, 1, 0xff) = 0\n"
	"futex(0x2000, FUTEX_WAKE_PRIVATE, 1) = 0\n"
	"futex(0x2000, FUTEX_REQUEUE_PRIVATE, 1, 2, 0x3000) = 0\n"
	"futex(0x2000, FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME, 1, NULL, "
	"FUTEX_BITSET_MATCH_ANY) = 0\n"
	"ioctl(0, TCGETS or SNDCTL_TMR_TIMEBASE, {B38400 opost}) = 0\n"
	"ioctl(0, TCSETS or TCGETS, {B38400 opost}) = 0\n"
	"ioctl(1</dev/pts/0<char 136:0>>, FIONBIO, [1]) = 0\n"
	"ioctl(1, _IOC(_IOC_READ, 0x54, 0x01, 0x0), 0x7) = 0\n"
	"rt_sigprocmask(SIG_BLOCK, ~[RTMIN RT_1], [], 8) = 0\n"
	"rt_sigprocmask(0x7 /* SIG_??? */, ~[], NULL, 8) = -1 EINVAL (Invalid argument)\n"
	"rt_sigaction(SIGINT, {sa_handler=0x1, sa_mask=[INT], sa_flags=SA_RESTORER|SA_RESTART, "
	"sa_restorer=0x2}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_handler=0x9, sa_mask=[], sa_flags=SA_RESTORER|SA_RESTART, "
	"sa_restorer=0x8}, {sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_handler=0x9, sa_mask=[], sa_flags=SA_NODEFER}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_flags=0, sa_flags=SA_NODEFER}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_handler=0x9, ...}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_flags=0} => {sa_flags=SA_NODEFER}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, {sa_flags=0]}, NULL, 8) = 0\n"
	"rt_sigaction(SIGINT, NULL, {sa_flags=0}, 8) = 0\n"
	"clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD, stack=0x1, stack_size=1}, "
	"88) "
	"= 7\n"
	"clone3({flags=CLONE_VM, stack=0x2} => {parent_tid=[9]}, 88) = 7\n"
	"clone3({flags=CLONE_FS, exit_signal=SIGCHLD, stack=0x2, stack_size=1}, 88) = 7\n"
	"clone3({exit_signal=SIGCHLD, stack=0x2}, 8) = 7\n"
	"clone(child_stack=0x1, flags=CLONE_VM|SIGCHLD) = 7\n"
	"clone(child_stack=0x2, flags=CLONE_FS|SIGCHLD) = 7\n"
	"bind(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr(\"1.2.3.4\")}, 16) "
	"= "
	"0\n"
	"bind(3, {sa_family=AF_INET, sin_port=htons(2), sin_addr=inet_addr(\"1.2.3.5\")}, 16) "
	"= "
	"0\n"
	"bind(3, {sa_family=AF_INET, sin_port=htons(2)}, 1) = -1 EINVAL (x)\n"
	"bind(3, {sa_family=AF_UNIX, sun_path=\"/a, sa_family=AF_INET\"}, 16) = 0\n"
	"bind(3, {sa_family=0x4d /* AF_??? */, sa_data=\"\"}, 16) = 0\n"
	"bind(3, NULL, 16) = 0\n"
	"accept4(3, {sa_family=AF_INET, sin_port=htons(9)}, [128 => 16], SOCK_CLOEXEC) = 4\n"
	"accept4(3, {sa_family=AF_INET, sin_port=htons(8)}, [128 => 16], SOCK_NONBLOCK) = 4\n"
	"recvfrom(3, \"a, b\", 9, 0, {sa_family=AF_INET, sin_port=htons(8)}, [128 => 16]) = 4\n"
	"recvfrom(3, \"a, b\", 9, 0, {sa_family=AF_UNIX}, [128 => 2]) = 4\n"
	"recvfrom(3, 0x7ffc, 9, 0, 0x7ffd, 0x7fff) = -1 EAGAIN (Resource temporarily "
	"unavailable)\n"
	"recvfrom(3, 0x7ffc, 9, 0, 0x7ffd, 0x7fff) = ? ERESTARTSYS (To be restarted)\n"
	"recvfrom(3, 0x7ffc, 9, 0, 0x7ffd, 0x7fff) = 0\n"
	"sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(8)}, msg_namelen=16, "
	"msg_iov=[{iov_base=\"x\", iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, "
	"0) = "
	"1\n"
	"sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[...], msg_iovlen=1, "
	"msg_control=[{cmsg_len=20}], msg_controllen=24, msg_flags=0}, MSG_NOSIGNAL) = 1\n"
	"poll([{fd=3, events=POLLIN}, {fd=4, events=POLLPRI}], 2, -1) = 1 ([{fd=3, "
	"revents=POLLIN}])\n"
	"poll([{fd=3, events=POLLIN}, ...], 2, -1) = 1\n"
	"epoll_ctl(3, EPOLL_CTL_ADD, 4, {events=EPOLLIN, data={u32=4, u64=4}}) = 0\n"
	"epoll_ctl(3, EPOLL_CTL_ADD, 5, {events=EPOLLIN, data={u32=5, u64=5}}) = 0\n"
	"epoll_ctl(3, EPOLL_CTL_ADD, 5, {events=EPOLLOUT, data={u32=5, u64=5}}) = 0\n"
	"epoll_ctl(3, EPOLL_CTL_DEL, 5, 0x7ffd) = 0\n"
	"semget(IPC_PRIVATE, 1, IPC_CREAT|0600) = 0\n"
	"semget(IPC_PRIVATE, 1, IPC_EXCL|0600) = 0\n"
	"fcntl(3, F_SETFL, O_RDONLY|O_APPEND) = 0\n"
	"fcntl(3, F_SETFL, O_RDONLY|O_DIRECT) = 0\n"
	"fcntl(3, F_GETFL) = 0x8000 (flags O_RDONLY|O_LARGEFILE)\n"
	"mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|21<<MAP_HUGE_SHIFT, -1, 0) = 0x7f\n"
	"mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_DENYWRITE, 3</a,b>, 0) = 0x7f\n"
	"mmap(0x7f00, 9, PROT_READ, MAP_PRIVATE|MAP_DENYWRITE, 3</a b>, 0) = -1 ENOMEM (x)\n"
	"syscall_0x1ff(0x1, 2, 3) = -1 ENOSYS (Function not implemented)\n"
	"nosuchcall(1) = 0\n"
	"7 read(3,  <unfinished ...>\n8 openat(AT_FDCWD, \"a\", O_WRONLY <unfinished ...>\n"
	"7 <... read resumed>\"x\", 9) = 1\n8 <... openat resumed>) = 3\n"
	"9 <... openat resumed>, O_RDONLY) = 3\n"
	"[ Process PID=7 runs in 32 bit mode. ]\n7 openat(AT_FDCWD, \"a\", O_RDONLY) = 3\n"
	"1 close(3) = 0\n"
	"close(3) = 0\n"
	"2 close(3) = 0\n"
	"1 openat(AT_FDCWD, \"a\", O_WRONLY) = 3\n"
	"12345678901 openat(AT_FDCWD, \"a\", O_RDONLY) = 3\n";

/* Stop at the first line in which the texts differ. */
static void ck_same(const char *wanted, const char *got, const char *what, unsigned seed)
{
	while (*wanted && strcmp(wanted, got) != 0) {
		size_t len = strcspn(wanted, "\n");

		ck_assert_msg(strncmp(wanted, got, len + 1) == 0,
			      "%s, SCML_SEED=%u:\nwanted %.*s\ngot    %.*s", what, seed,
			      (int)len, wanted, (int)strcspn(got, "\n"), got);
		wanted += len + (wanted[len] != '\0');
		got += len + (got[len] != '\0');
	}
	ck_assert_str_eq(wanted, got);
}

static void ck_judged_alike(const char *bytes, size_t size, size_t most, unsigned seed)
{
	unsigned state = seed;

	for (int only_listed = 0; only_listed < 2; only_listed++) {
		char *careful = log_report(bytes, size, true, only_listed, 0, NULL);
		char *whole = log_report(bytes, size, false, only_listed, 0, NULL);
		char *pieces = log_report(bytes, size, false, only_listed, most, &state);

		ck_same(careful, whole, "looked up", seed);
		ck_same(careful, pieces, "looked up in pieces", seed);
		free(careful);
		free(whole);
		free(pieces);
	}
}

static char *twice(const char *text, size_t *size)
{
	size_t len = strlen(text);
	char *both = malloc(2 * len + 1);

	ck_assert_ptr_nonnull(both);
	memcpy(both, text, len);
	memcpy(both + len, text, len + 1);
	*size = 2 * len;
	return both;
}

START_TEST(tricky_lines_are_judged_alike_when_seen_again)
{
	size_t size;
	char *both = twice(tricky, &size);

	for (size_t most = 1; most < 300; most += 13)
		ck_judged_alike(both, size, most, (unsigned)most);
	free(both);
}
END_TEST

/* Lines of LOG with bytes of other lines in them. */
static void spoil(char *bytes, size_t size, unsigned *seed)
{
	static const char marks[] = "\"\"(){}[],,<>=|*/ \\\n~01x";

	for (size_t i = 0; i < 1 + size / 40; i++) {
		size_t at = (size_t)rand_r(seed) % size;
		size_t from = (size_t)rand_r(seed) % size;
		size_t len = 1 + (size_t)rand_r(seed) % 12;

		if (rand_r(seed) % 2)
			bytes[at] = marks[(size_t)rand_r(seed) % (sizeof(marks) - 1)];
		else if (at + len <= size && from + len <= size)
			memmove(bytes + at, bytes + from, len);
	}
}

START_TEST(spoilt_lines_are_judged_alike)
{
	unsigned seed = (unsigned)seed_of_this_run(), state = seed;

	for (unsigned round = 0; round < 300; round++) {
		size_t size;
		char *both = twice(tricky, &size);

		spoil(both, size, &state);
		ck_judged_alike(both, size, 200, seed);
		free(both);
	}
}
END_TEST

/* CONTEXT is a seed and the state of what is made of it. */
static void judge_file(void *context, const char *name, char *bytes, size_t size)
{
	unsigned *seeds = context;

	(void)name;
	size = size < 2000000 ? size : 2000000;
	ck_judged_alike(bytes, size, 3000, seeds[0]);
	spoil(bytes, size, &seeds[1]);
	ck_judged_alike(bytes, size, 3000, seeds[0]);
}

START_TEST(real_logs_are_judged_alike)
{
	unsigned seed = (unsigned)seed_of_this_run(), seeds[] = {seed, seed};

	log_files_each(judge_file, seeds);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log_judge");
	TCase *tc = tcase_create("judge");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 240);
	tcase_add_checked_fixture(tc, log_report_start, log_report_stop);
	tcase_add_test(tc, tricky_lines_are_judged_alike_when_seen_again);
	tcase_add_test(tc, spoilt_lines_are_judged_alike);
	tcase_add_test(tc, real_logs_are_judged_alike);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
