/* The values that strace's text stands for, by the built-in database on x86_64. */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "strace_value.h"

/*
 * What is expected: words separated by spaces. `N=value` is register N, `N=?` an unknown one,
 * `N=&` a pointer to memory that the text tells about or not. `@N+offset:size=value` is a
 * little-endian word behind register N, `@N+offset>offset:size=value` one behind a pointer
 * there, `…=?` an unknown one.
 */
struct value_case {
	const char *line;
	const char *expected;
};

static const struct value_case cases[] = {
	/* Registers: numbers, names, what remains of names. */
	{"socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 3", "0=2 1=0x80001 2=6"},
	{"socket(2, 0x80001 /* SOCK_STREAM|SOCK_CLOEXEC */, 0x6) = 3", "0=2 1=0x80001 2=6"},
	{"socket(0x4d /* AF_??? */, SOCK_STREAM, 200) = -1 EINVAL (x)", "0=0x4d 1=1 2=200"},
	{"socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC|0x40000000, IPPROTO_IP) = 3",
	 "0=2 1=0x40080003 2=0"},
	{"socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3", "0=16 1=3 2=0"},
	{"socket(AF_PACKET, SOCK_RAW, htons(0x806)) = 3", "0=17 1=3 2=0x0608"},
	{"socket(AF_NEWER_THAN_US, SOCK_RAW, 0) = 3", "0=? 1=3 2=0"},
	{"socket(AF_INET, SOCK_RAW|SOCK_NEW, 0) = 3", "0=2 1=? 2=0"},
	{"socket(AF_INET, SOCK_STREAM, 6 or 6) = 3", "2=6"},
	{"socket(AF_INET, SOCK_STREAM, IPPROTO_NEW or IPPROTO_TCP) = 3", "2=6"},
	{"socket(AF_INET, SOCK_STREAM, IPPROTO_TCP or IPPROTO_NEW) = 3", "2=6"},
	{"socket(AF_INET, SOCK_STREAM, IPPROTO_TCP or IPPROTO_UDP) = 3", "2=?"},
	{"socket(AF_INET, 8*R14, -1) = 3", "0=2 1=? 2=0xffffffffffffffff"},
	{"socket(AF_INET, SOCK_STREAM) = 3", "0=2 1=1 2=? 3=?"},
	{"socket(AF_INET, SOCK_STR", "0=2 1=?"},
	{"shutdown(3<TCP:[127.0.0.1:1->127.0.0.1:2]>, SHUT_RDWR) = 0", "0=3 1=2"},
	{"listen(3</a, b>(deleted), 077) = 0", "0=3 1=077"},
	{"socket(family=AF_INET, type=SOCK_STREAM, protocol=IPPROTO_TCP) = 3", "0=2 1=1 2=6"},
	{"socket(f=AF_INET, t=SOCK_STREAM, p=IPPROTO_TCP) = 3", "0=2 1=1 2=6"},
	{"socket(type=SOCK_STREAM, family=AF_INET, unheard=IPPROTO_TCP) = 3", "0=2 1=1 2=?"},
	/* Parameters that another one selects. */
	{"getsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, \"\\1\", [1]) = 0", "1=1 2=20 3=& 4=&"},
	{"setsockopt(3, SOL_TCP, TCP_NODELAY, [1], 4) = 0", "1=6 2=1 3=& 4=4"},
	{"setsockopt(3, SOL_NEW, IP_TTL, [1], 4) = 0", "1=? 2=2 3=& 4=4"},
	{"setsockopt(3, 0xfefe /* SOL_??? */, 5, [1], 4) = 0", "1=0xfefe 2=5 3=& 4=4"},
	/* Addresses. */
	{"bind(3, {sa_family=AF_INET, sin_port=htons(8080), "
	 "sin_addr=inet_addr(\"127.0.0.1\")}, "
	 "16) = 0",
	 "1=& 2=16 @1+0:2=2 @1+2:2=0x901f @1+4:4=0x0100007f @1+8:8=?"},
	{"bind(3, {sa_family=0x2, sin_port=htons(80), sin_addr=inet_addr(\"1.2.3.4\")}, 16) = "
	 "0",
	 "@1+0:2=2 @1+2:2=0x5000 @1+4:4=0x04030201"},
	{"bind(3, {sa_family=AF_INET6, sin6_port=htons(1), sin6_flowinfo=htonl(2), "
	 "inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=7}, 28) = 0",
	 "@1+0:2=10 @1+2:2=0x0100 @1+4:4=0x02000000 @1+8:8=0 @1+16:8=0x0100000000000000 "
	 "@1+24:4=7"},
	{"connect(3, {sa_family=AF_UNIX, sun_path=\"/a\\\"b\"}, 110) = 0",
	 "@1+0:2=1 @1+2:4=0x6222612f @1+6:1=0 @1+7:1=?"},
	{"connect(3, {sa_family=AF_UNIX, sun_path=@\"ab\"}, 5) = 0",
	 "@1+0:2=1 @1+2:2=0x6100 @1+4:1=0x62"},
	{"bind(5, {sa_family=AF_NETLINK, nl_pid=0, nl_groups=0x000010}, 12) = 0",
	 "@1+0:2=16 @1+2:2=? @1+4:4=0 @1+8:4=16"},
	{"bind(5, {sa_family=AF_NETLINK, nl_pid=1, nl_groups=00000010}, 12) = 0", "@1+8:4=16"},
	{"bind(3, {sa_family=0x4d /* AF_??? */, sa_data=\"\\1\\2\"}, 16) = 0",
	 "@1+0:2=77 @1+2:2=0x0201"},
	{"bind(3, {sa_family=AF_NEW, sa_data=\"\\1\"}, 16) = 0", "1=& @1+0:2=? @1+2:1=1"},
	{"bind(3, 0x7ffc0, 16) = 0", "1=0x7ffc0 2=16 @1+0:2=?"},
	{"bind(3, NULL, 0) = -1 EINVAL (x)", "1=0 2=0"},
	/* What the kernel filled in. */
	{"accept4(3, {sa_family=AF_INET, sin_port=htons(1)}, [128 => 16], SOCK_CLOEXEC) = 4",
	 "1=& 2=& 3=0x80000 @1+0:2=2 @2+0:4=16"},
	{"accept(3, NULL, NULL) = 4", "1=0 2=0 3=?"},
	{"getsockname(3, {sa_family=AF_UNIX}, [2]) = 0", "@1+0:2=1 @2+0:4=2"},
	{"socketpair(AF_UNIX, SOCK_STREAM, 0, [8<UNIX:[1->2]>, 9<UNIX:[2->1]>]) = 0",
	 "3=& @3+0:4=8 @3+4:4=9 @3+8:4=?"},
	{"recvmsg(3, {msg_name={sa_family=AF_UNIX}, msg_namelen=110 => 2, "
	 "msg_iov=[{iov_base=\"a\", "
	 "iov_len=1}], msg_iovlen=1, msg_controllen=0, msg_flags=MSG_TRUNC}, MSG_PEEK) = 1",
	 "2=2 @1+0>0:2=1 @1+8:4=2 @1+24:8=1 @1+40:8=0 @1+48:4=0x20"},
	{"recvfrom(3, \"ab\", 4096, 0, NULL, NULL) = 2",
	 "1=& 2=4096 3=0 4=0 5=0 @1+0:2=0x6261"},
	/* Structs, arrays and pointers in them. */
	{"sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(9)}, msg_namelen=16, "
	 "msg_iov=[{iov_base=\"xyz\", iov_len=3}, {iov_base=NULL, iov_len=0}], msg_iovlen=2, "
	 "msg_control=[{cmsg_len=20}], msg_controllen=24, msg_flags=0}, MSG_DONTWAIT) = 3",
	 "2=0x40 @1+0>0:2=2 @1+8:4=16 @1+16>8:8=3 @1+16>16:8=0 @1+16>24:8=0 @1+24:8=2 "
	 "@1+32>0:8=? @1+40:8=24 @1+48:4=0"},
	{"sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[], msg_iovlen=0, "
	 "msg_controllen=0, "
	 "msg_flags=0}, 0) = 0",
	 "@1+0:8=0 @1+32:8=0 @1+40:8=0"},
	{"sendmsg(3, {msg_namelen=0, msg_controllen=0, ...}, 0) = 0", "@1+32:8=?"},
	{"sendmsg(3, {msg_control=0x7ffc0, msg_controllen=0}, 0) = 0", "@1+32:8=0x7ffc0"},
	{"sendmsg(3, {msg_controllen=4}, 0) = 0", "@1+32:8=?"},
	{"sendmmsg(3, [{msg_hdr={msg_namelen=5}, msg_len=6}, {msg_hdr={msg_namelen=7}}], 2, 0) "
	 "= 2",
	 "@1+8:4=5 @1+56:4=6 @1+72:4=7 @1+120:4=?"},
	{"sendmmsg(3, [{msg_hdr={msg_namelen=5}}, ...], 2, 0) = 2", "@1+8:4=5 @1+72:4=?"},
	{"sendmsg(3, {msg_controllen=4, msg_namelen={}, msg_iov=5", "@1+40:8=?"},
	/* Notations of single calls. */
	{"mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|"
	 "21<<MAP_HUGE_SHIFT, -1, 0x1000) = 0x7f0000",
	 "0=0 1=4096 2=3 3=0x54040022 4=0xffffffffffffffff 5=0x1000"},
	{"mmap(NULL, 4096, PROT_NONE, MAP_FILE|MAP_ANONYMOUS, 3</a>, 0) = -1 EINVAL (x)",
	 "2=0 3=0x20 4=3"},
	{"mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE|21<<MAP_SHIFT_OF_THE_FUTURE, -1, 0) = 0x7f",
	 "3=0x54000002"},
	{"socket(AF_INET, SOCK_STREAM_CLOEXEC, 0) = 3", "1=0x80001"},
	{"socket(AF_INET, SOCK_STREAM_FUTURE, 0) = 3", "1=?"},
	{"openat(AT_FDCWD</tmp>, \"/x\", O_RDWR|O_CREAT|O_SYNC|FASYNC, 0600) = 3",
	 "0=0xffffffffffffff9c 1=& 2=0x103042 3=0600 @1+0:2=0x782f @1+2:1=0"},
	{"openat(AT_FDCWD, \"/x\"..., O_RDONLY) = 3", "1=& 2=0 3=? @1+2:1=?"},
	{"fcntl(3, F_SETFL, O_ACCMODE|FASYNC) = 0", "1=4 2=0x2003"},
	{"fcntl(3, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_CUR, l_start=0, l_len=7}) = 0",
	 "2=& @2+0:2=1 @2+2:2=1 @2+16:8=7"},
	{"fcntl(3, F_GETFL) = 0x8000 (flags O_RDONLY|O_LARGEFILE)", "1=3 2=?"},
	{"futex(0x7f10, FUTEX_WAIT_PRIVATE, 2, NULL) = 0", "0=0x7f10 1=0x80 2=2 3=0 4=?"},
	{"futex(0x7f10, FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 1, NULL, 0x7) = 0",
	 "1=0x189 3=0 4=? 5=7"},
	{"futex(0x7f10, FUTEX_WAKE_BITSET_PRIVATE, 1, 0x7) = 0", "1=0x8a 2=1 3=? 4=? 5=7"},
	{"futex(0x7f10, FUTEX_LOCK_PI, NULL) = 0", "1=6 2=? 3=0"},
	{"futex(0x7f10, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, 0x7f20, 9) = 0",
	 "1=0x84 2=1 3=2 4=0x7f20 5=9"},
	{"preadv2(3, [{iov_base=\"ab\", iov_len=2}], 1, 3, RWF_HIPRI) = 2",
	 "2=1 3=3 4=? 5=1 @1+8:8=2"},
	{"clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
	 "child_tidptr=0x7f10) = 9",
	 "0=0x1200011 1=0"},
	{"clone(child_stack=0x7f10, flags=CLONE_VFORK|127) = 9", "0=0x407f 1=0x7f10 2=?"},
	{"clone3({flags=CLONE_VM|CLONE_FS, child_tid=0x7f10, parent_tid=0x7f20, "
	 "exit_signal=SIGCHLD, "
	 "stack=0x7f30, stack_size=0x100} => {parent_tid=[9]}, 88) = 9",
	 "0=& 1=88 @0+0:8=0x300 @0+8:8=? @0+16:8=0x7f10 @0+24:8=0x7f20 @0+32:8=17 "
	 "@0+40:8=0x7f30"},
	{"poll([{fd=8<UNIX:[1->2]>, events=POLLIN|POLLOUT}, {fd=-1}], 2, 0) = 1 ([{fd=8, "
	 "revents=POLLOUT}])",
	 "1=2 @0+0:4=8 @0+4:2=5 @0+6:2=? @0+8:4=0xffffffff @0+12:2=?"},
	{"poll([], 0, 0) = 0 (Timeout)", "0=& 1=0"},
	{"rt_sigaction(SIGRT_3, {sa_handler=SIG_IGN, sa_mask=[INT RT_8], "
	 "sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x7f10}, NULL, 8) = 0",
	 "0=35 1=& 2=0 3=8 @1+0:8=1 @1+8:8=0x14000000 @1+16:8=0x7f10 @1+24:8=0x8000000002"},
	{"rt_sigaction(33 /* SIGRT_1 */, {sa_handler=0x7f, sa_mask=[32 /* RTMIN */ 33 /* RT_1 "
	 "*/], "
	 "sa_flags=0x4 /* SA_SIGINFO */}, NULL, 8) = 0",
	 "0=33 @1+8:8=4 @1+24:8=0x180000000"},
	{"rt_sigaction(SIGINT, {sa_handler=0x7f, sa_mask=~[], sa_flags=0|0x400}, NULL, 8) = 0",
	 "@1+8:8=0x400 @1+24:8=0xffffffffffffffff"},
	{"epoll_ctl(13<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 8, {events=EPOLLIN|EPOLLET, "
	 "data={u32=77, u64=77}}) = 0",
	 "0=13 1=1 2=8 @3+0:4=0x80000001 @3+4:8=?"},
	{"semget(0x1, 1, IPC_CREAT|IPC_EXCL|0600) = 0", "0=1 2=03600"},
	{"ioctl(11, _IOC(_IOC_READ|_IOC_WRITE, 0xbe, 0xef, 0x1ead), 0x7) = -1 ENOTTY (x)",
	 "1=0xdeadbeef 2=7"},
	{"ioctl(11, TCGETS or SNDCTL_TMR_OF_THE_FUTURE, 0x7f10) = -1 ENOTTY (x)", "1=0x5401"},
	{"ioctl(9, FIONBIO, [1]) = 0", "1=0x5421 2=& @2+0:4=1"},
	{"ptrace(PTRACE_GETREGS, 6920, 0x7f10) = 0", "0=12 1=6920 2=? 3=0x7f10"},
	{"quotactl(QCMD(Q_GETQUOTA, USRQUOTA), \"/dev/x\", 7, 0x7f10) = 0",
	 "0=0x80000700 2=7 3=0x7f10"},
	{"execve(\"/x\", [\"a\", \"b\"], 0x7ffc0 /* 37 vars */) = 0", "0=& 1=& 2=0x7ffc0"},
	{"clock_gettime(0xfffffffa /* CLOCK_??? */, {tv_sec=0, tv_nsec=5}) = 0",
	 "0=0xfffffffa"},
	{"mount(\"a\", \"/b\", 0x56428, MS_MGC_VAL|MS_RDONLY, NULL) = 0",
	 "2=0x56428 3=0xc0ed0001 4=0"},
	{"wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 0}], WNOHANG, NULL) = 9",
	 "0=0xffffffffffffffff 1=& 2=1 3=0 @1+0:4=?"},
	/* Calls that are not known. */
	{"syscall_0x3e7(0x1, 2, 0x3, 0x4, 0x5, 0x6) = -1 ENOSYS (x)",
	 "0=1 1=2 2=3 3=4 4=5 5=6"},
	{"not_a_call(\"x\", NULL, AF_INET) = 0", "0=& 1=0 2=2 3=?"},
};

struct world {
	const struct abi_db *db;
	struct strace_decoder *decoder;
	struct scml_call call;
	const struct scml_memory *memory;
	const char *line;
};

static void decode(struct world *world, const char *line)
{
	struct strace_line parts_of_line;
	struct strace_parts parts;
	char name[64] = "";

	strace_line_read(line, strlen(line), &parts_of_line);
	ck_assert_uint_lt(parts_of_line.name.len, sizeof(name));
	memcpy(name, parts_of_line.name.at, parts_of_line.name.len);
	strace_line_split(parts_of_line.rest, 0, &parts);
	memset(&world->call, 0xff, sizeof(world->call));
	strace_decode(world->decoder, abi_call_find(world->db, name), &parts, &world->call);
	world->memory = strace_decoder_memory(world->decoder);
	world->line = line;
}

static bool read_le(const struct world *world, uint64_t address, unsigned size, uint64_t *word)
{
	unsigned char bytes[8];
	size_t done = size;

	*word = 0;
	if (world->memory->read(world->memory->context, address, bytes, size, &done) !=
	    SCML_READ_OK)
		return false;
	for (unsigned i = 0; i < size; i++)
		*word |= (uint64_t)bytes[i] << 8 * i;
	return true;
}

/* `@N+offset>offset:size=value` */
static void check_memory(const struct world *world, const char *text)
{
	char *at;
	unsigned long reg = strtoul(text + 1, &at, 10);
	uint64_t address = world->call.args[reg], word;
	unsigned size;
	bool is_known;

	ck_assert_msg(!(world->call.unknown >> reg & 1), "%s: %s", world->line, text);
	address += strtoull(at + 1, &at, 10);
	while (*at == '>') {
		ck_assert_msg(read_le(world, address, 8, &word), "%s: %s", world->line, text);
		address = word + strtoull(at + 1, &at, 10);
	}
	size = (unsigned)strtoul(at + 1, &at, 10);
	is_known = read_le(world, address, size, &word);
	if (at[1] == '?')
		ck_assert_msg(!is_known, "%s: %s is 0x%" PRIx64, world->line, text, word);
	else
		ck_assert_msg(is_known && word == strtoull(at + 1, NULL, 0),
			      "%s: %s is %s0x%" PRIx64, world->line, text,
			      is_known ? "" : "unknown ", word);
}

static void check_register(const struct world *world, const char *text)
{
	unsigned reg = (unsigned)(text[0] - '0');
	bool is_known = !(world->call.unknown >> reg & 1);
	uint64_t word = world->call.args[reg];

	if (text[2] == '?')
		ck_assert_msg(!is_known, "%s: %s is 0x%" PRIx64, world->line, text, word);
	else if (text[2] == '&')
		ck_assert_msg(is_known && word >> 32, "%s: %s", world->line, text);
	else
		ck_assert_msg(is_known && word == strtoull(text + 2, NULL, 0),
			      "%s: %s is %s0x%" PRIx64, world->line, text,
			      is_known ? "" : "unknown ", word);
}

static void open_world(struct world *world)
{
	int arch;

	world->db = abi_builtin();
	arch = abi_arch_find(world->db, "x86_64");
	ck_assert_int_ge(arch, 0);
	world->decoder = strace_decoder_new(world->db, (unsigned)arch);
	ck_assert_ptr_nonnull(world->decoder);
}

START_TEST(text_becomes_values)
{
	char expected[512], *rest = expected;
	struct world world;

	open_world(&world);
	decode(&world, cases[_i].line);
	ck_assert_uint_lt(strlen(cases[_i].expected), sizeof(expected));
	strcpy(expected, cases[_i].expected);
	for (char *word; (word = strtok_r(rest, " ", &rest));) {
		if (*word == '@')
			check_memory(&world, word);
		else
			check_register(&world, word);
	}
	strace_decoder_free(world.decoder);
}
END_TEST

static const struct {
	const char *line;
	bool has_returned;
	int64_t ret;
} returns[] = {
	{"getpid() = 7", true, 7},
	{"getpid() = -1 ENOENT (No such file or directory)", true, -ENOENT},
	{"getpid() = -1 EAGAIN (x)", true, -EAGAIN},
	{"getpid() = -1 EFROM_THE_FUTURE (x)", true, -4095},
	{"getpid() = ? ERESTARTSYS (x)", true, -512},
	{"getpid() = ?", false, 0},
	{"getpid( <unfinished ...>", false, 0},
	{"getpid() = 0xffffffffff600000", true, (int64_t)0xffffffffff600000},
};

START_TEST(result_becomes_the_return_value)
{
	struct world world;

	open_world(&world);
	decode(&world, returns[_i].line);
	ck_assert_int_eq(world.call.has_returned, returns[_i].has_returned);
	if (returns[_i].has_returned)
		ck_assert_int_eq(world.call.ret, returns[_i].ret);
	strace_decoder_free(world.decoder);
}
END_TEST

START_TEST(string_is_whole_only_where_nothing_was_cut_off)
{
	struct world world;
	char text[64];
	size_t done = sizeof(text);

	open_world(&world);
	decode(&world,
	       "connect(3, {sa_family=AF_UNIX, sun_path=\"/a\\n\\0\\177\\x41\\e\"}, 9) = 0");
	ck_assert_int_eq(world.memory->read(world.memory->context, world.call.args[1] + 2, text,
					    sizeof(text), &done),
			 SCML_READ_OK);
	ck_assert_uint_eq(done, 8);
	ck_assert_mem_eq(text, "/a\n\0\177A\033\0", 8);
	decode(&world, "connect(3, {sa_family=AF_UNIX, sun_path=\"/abc\"...}, 9) = 0");
	done = sizeof(text);
	ck_assert_int_eq(world.memory->read(world.memory->context, world.call.args[1] + 2, text,
					    sizeof(text), &done),
			 SCML_READ_OK);
	ck_assert_uint_eq(done, 4);
	strace_decoder_free(world.decoder);
}
END_TEST

START_TEST(memory_of_one_line_is_gone_with_the_next)
{
	struct world world;
	uint64_t address, word;

	open_world(&world);
	decode(&world, "bind(3, {sa_family=AF_INET}, 16) = 0");
	address = world.call.args[1];
	ck_assert(read_le(&world, address, 2, &word));
	ck_assert(!read_le(&world, address - 1, 1, &word));
	ck_assert(!read_le(&world, 0, 1, &word));
	ck_assert(!read_le(&world, UINT64_MAX, 1, &word));
	decode(&world, "listen(3, 5) = 0");
	ck_assert(!read_le(&world, address, 2, &word));
	strace_decoder_free(world.decoder);
}
END_TEST

START_TEST(deep_nesting_is_unknown_and_ends)
{
	struct world world;
	char line[4096] = "sendmsg(3, ";

	open_world(&world);
	for (unsigned i = 0; i < 600; i++)
		strcat(line, i % 2 ? "[" : "{msg_name=");
	decode(&world, line);
	strace_decoder_free(world.decoder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("strace_value");
	TCase *tc = tcase_create("value");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, text_becomes_values, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_loop_test(tc, result_becomes_the_return_value, 0,
			    sizeof(returns) / sizeof(*returns));
	tcase_add_test(tc, string_is_whole_only_where_nothing_was_cut_off);
	tcase_add_test(tc, memory_of_one_line_is_gone_with_the_next);
	tcase_add_test(tc, deep_nesting_is_unknown_and_ends);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
