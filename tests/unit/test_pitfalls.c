/*
 * Rules and calls that a matcher of text, or a careless matcher of values, gets wrong. Each row
 * is one of them, by what the kernel was seen to do with the values.
 */
#include <check.h>
#include <linux/audit.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "bpf/codegen.h"
#include "bpf/sim.h"
#include "spec_text.h"

#define BEYOND (UINT64_C(1) << 40) /* a bit that an int parameter does not have */
#define X86    "x86_64"
#define ARM    "aarch64"
#define RISCV  "riscv64"

enum { YES = SCML_SUPPORTED, NO = SCML_UNSUPPORTED, OPEN = SCML_UNDECIDED };

struct row {
	const char *arch;
	const char *spec;
	const char *call;
	uint64_t args[SCML_REGISTERS];
	int verdict;
};

#define CREAT_RULE "open(path, flags = O_WRONLY | O_CREAT, mode);"
#define MMAP_RULE                                                                     \
	"mmap(addr, length, prot = PROT_READ, flags = MAP_PRIVATE | MAP_ANONYMOUS | " \
	"MAP_HUGETLB, fd, off);"
#define SHARED_RULE                                                                        \
	"mmap(addr, length, prot = PROT_READ, flags = MAP_SHARED | MAP_SHARED_VALIDATE | " \
	"MAP_ANONYMOUS, fd, off);"
#define CLONE_RULE                                                                            \
	"opt = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND; sig = SIGCHLD | SIGRTMIN; clone(fn, " \
	"stack, flags = <opt> | <sig>, ..);"
#define MREMAP_RULE "mremap(a, b, c, flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP);"
#define FUTEX_RULE                                                                             \
	"opt = FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME; futex(uaddr, futex_op = FUTEX_WAKE " \
	"| <opt>, ..);"

#define SOCKET_RULE                                                                        \
	"opt = SOCK_CLOEXEC | SOCK_NONBLOCK; socket(family = AF_INET, type = SOCK_STREAM " \
	"| SOCK_DGRAM | <opt>, protocol);"
#define LACKED_RULES                                                           \
	"fork(); vfork(); pipe(fds); select(n, r, w, e, t); stat(path, buf); " \
	"lstat(path, buf); access(path, mode); poll(fds, nfds, timeout);"
#define RAW_RULE                                                                          \
	"opt = SOCK_CLOEXEC | SOCK_NONBLOCK; socket(family = AF_INET, type = SOCK_RAW | " \
	"<opt>, protocol);"

#define ATTR_RULE \
	"sched_getattr(pid, attr = { sched_policy = SCHED_FIFO, .. }, size, flags = 0);"
#define STACK_RULE   "sigaltstack(ss, old_ss = { ss_flags = SS_DISABLE, .. });"
#define REVENTS_RULE "poll(fds = [ { revents = POLLIN, .. } ], nfds, timeout);"

static const struct row rows[] = {
	/* zero */
	{X86, CREAT_RULE, "open", {1, 0100, 0600}, NO},
	{X86, CREAT_RULE, "open", {1, 0101, 0600}, YES},
	{X86,
	 "open(path, flags = O_PATH | O_CLOEXEC);",
	 "open",
	 {1, 010000000 | 02000000},
	 YES},
	{X86, "open(path, flags = O_PATH | O_CLOEXEC);", "open", {1, 010000001}, NO},
	{X86, MMAP_RULE, "mmap", {0, 1, 0, 0x22, 3, 0}, YES},
	{X86, FUTEX_RULE, "futex", {1, 0x80}, NO},
	{X86, FUTEX_RULE, "futex", {1, 0x81}, YES},
	{X86, "lseek(fd, offset, whence = SEEK_CUR | SEEK_END);", "lseek", {3, 0, 0}, NO},
	{X86, "lseek(fd, offset, whence = SEEK_CUR | SEEK_END);", "lseek", {3, 0, 3}, NO},
	{X86, "lseek(fd, offset, whence = SEEK_CUR | SEEK_END);", "lseek", {3, 0, 2}, YES},
	{X86,
	 "socket(family = AF_UNIX, type = SOCK_STREAM, protocol = 0);",
	 "socket",
	 {1, 0, 0},
	 NO},
	{X86, "socket(family, type, protocol = IPPROTO_TCP);", "socket", {2, 1, 0}, NO},
	{X86, CLONE_RULE, "clone", {0x100 | 0x10000 | 0x800}, YES},
	{X86, CLONE_RULE, "clone", {0x100 | 17}, YES},
	{X86, "fadvise64(fd, offset, len, advice = 0);", "fadvise64", {3, 0, 0, 0}, YES},
	{X86, "mount(source, target, fs, mountflags = 0, data);", "mount", {1, 1, 1, 1}, NO},
	{X86,
	 "mount(source, target, fs, mountflags = 0, data);",
	 "mount",
	 {1, 1, 1, 0xc0ed0000},
	 YES},
	{X86,
	 "mount(source, target, fs, mountflags = MS_RDONLY, data);",
	 "mount",
	 {1, 1, 1, 0xc0ed0001},
	 YES},
	{X86,
	 "mount(source, target, fs, mountflags = MS_RDONLY, data);",
	 "mount",
	 {1, 1, 1, 0xc0ed0002},
	 NO},
	{X86,
	 "fsmount(fd, flags = FSMOUNT_CLOEXEC, attrs = MOUNT_ATTR_RDONLY);",
	 "fsmount",
	 {3, 1, 1},
	 YES},
	{X86, "prctl(op = PR_GET_KEEPCAPS);", "prctl", {0}, NO},
	{X86, "prctl(op = PR_GET_KEEPCAPS);", "prctl", {7}, YES},
	/* mixed fields */
	{X86, SOCKET_RULE, "socket", {2, 3, 0}, NO},
	{X86, SOCKET_RULE, "socket", {2, 0, 0}, NO},
	{X86, SOCKET_RULE, "socket", {2, 2 | 04000, 0}, YES},
	{X86, RAW_RULE, "socket", {2, 3 | 02000000 | 0x40000000, 0}, NO},
	{X86, RAW_RULE, "socket", {2, 3 | 02000000, 0}, YES},
	{X86, SHARED_RULE, "mmap", {0, 1, 1, 0x22, 3, 0}, NO},
	{X86, SHARED_RULE, "mmap", {0, 1, 1, 0x23, 3, 0}, YES},
	{X86, SHARED_RULE, "mmap", {0, 1, 1, 0x20, 3, 0}, NO},
	{X86, MMAP_RULE, "mmap", {0, 1, 1, 0x40022 | 21u << 26, 3, 0}, YES},
	{X86, MMAP_RULE, "mmap", {0, 1, 1, 0x22 | 21u << 26, 3, 0}, YES},
	{X86, SHARED_RULE, "mmap", {0, 1, 1, 0x23 | 21u << 26, 3, 0}, YES},
	{X86, SHARED_RULE, "mmap", {0, 1, 1, 0x40023 | 21u << 26, 3, 0}, NO},
	{X86, CLONE_RULE, "clone", {34}, NO},
	{X86, CLONE_RULE, "clone", {32}, YES},
	{X86, CLONE_RULE, "clone", {0x80}, NO},
	{X86,
	 "futex(uaddr, futex_op = FUTEX_WAIT | FUTEX_PRIVATE_FLAG, ..);",
	 "futex",
	 {1, 0x80},
	 YES},
	{X86,
	 "semget(key, nsems, semflg = IPC_CREAT | IPC_EXCL);",
	 "semget",
	 {1, 1, 01600},
	 YES},
	{X86, "semget(key, nsems, semflg = IPC_CREAT | 0600);", "semget", {1, 1, 01600}, YES},
	{X86, "semget(key, nsems, semflg = IPC_CREAT | 0600);", "semget", {1, 1, 01644}, NO},
	{X86, "flock(fd, op = LOCK_SH | LOCK_EX | LOCK_NB);", "flock", {3, 3}, NO},
	{X86, "flock(fd, op = LOCK_SH | LOCK_EX | LOCK_NB);", "flock", {3, 6}, YES},
	{X86, "fcntl(fd, cmd = F_SETFL, arg = O_APPEND | O_NONBLOCK);", "fcntl", {3, 4, 3}, NO},
	{X86,
	 "fcntl(fd, cmd = F_SETFL, arg = O_APPEND | O_NONBLOCK);",
	 "fcntl",
	 {3, 4, 04000},
	 YES},
	/* composites and aliases */
	{X86, "open(path, flags = O_RDONLY | O_DSYNC);", "open", {1, 04010000}, NO},
	{X86, "open(path, flags = O_RDONLY | O_SYNC);", "open", {1, 04010000}, YES},
	{X86, "open(path, flags = O_RDONLY | O_SYNC);", "open", {1, 010000}, NO},
	{X86, "open(path, flags = O_RDONLY | O_SYNC);", "open", {1, 04000000}, NO},
	{X86,
	 "open(path, flags = O_TMPFILE | O_RDWR, mode);",
	 "open",
	 {1, 020200002, 0600},
	 YES},
	{X86, "open(path, flags = O_TMPFILE | O_RDWR, ..);", "open", {1, 0200002}, NO},
	{X86,
	 "inotify_add_watch(fd, path, mask = IN_CLOSE);",
	 "inotify_add_watch",
	 {3, 1, 8},
	 NO},
	{X86,
	 "inotify_add_watch(fd, path, mask = IN_CLOSE);",
	 "inotify_add_watch",
	 {3, 1, 0x18},
	 YES},
	{X86,
	 "inotify_add_watch(fd, path, mask = IN_CLOSE_WRITE | IN_CLOSE_NOWRITE);",
	 "inotify_add_watch",
	 {3, 1, 0x18},
	 YES},
	{X86,
	 "getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO, v, l);",
	 "getsockopt",
	 {3, 1, 20},
	 YES},
	{X86,
	 "getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO_OLD, v, l);",
	 "getsockopt",
	 {3, 1, 20},
	 YES},
	{X86,
	 "getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO_NEW, v, l);",
	 "getsockopt",
	 {3, 1, 20},
	 NO},
	{X86,
	 "getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO_NEW, v, l);",
	 "getsockopt",
	 {3, 1, 66},
	 YES},
	{X86,
	 "getsockopt(fd, level = SOL_IP, optname = IP_TTL, v, l);",
	 "getsockopt",
	 {3, 0, 2},
	 YES},
	{X86,
	 "getsockopt(fd, level = SOL_TCP, optname = TCP_NODELAY, v, l);",
	 "getsockopt",
	 {3, 6, 1},
	 YES},
	{X86, "fcntl(fd, cmd = F_SETFL, arg = O_ASYNC);", "fcntl", {3, 4, 0x2000}, YES},
	{X86, "umount2(target, flags = UMOUNT_NOFOLLOW);", "umount2", {1, 8}, YES},
	/* width and sign */
	{X86, SOCKET_RULE, "socket", {2 | BEYOND, 1 | BEYOND, BEYOND}, YES},
	{X86,
	 "socket(family = AF_INET, type = SOCK_STREAM, protocol = 0);",
	 "socket",
	 {2 | BEYOND, 1 | BEYOND, BEYOND},
	 YES},
	{X86,
	 "rt_sigaction(signum, act, oldact, sigsetsize = 8);",
	 "rt_sigaction",
	 {10, 0, 0, 8 | BEYOND},
	 NO},
	{X86,
	 "rt_sigaction(signum, act, oldact, sigsetsize = 8);",
	 "rt_sigaction",
	 {10, 0, 0, 8},
	 YES},
	{X86, "mprotect(addr, len, prot = PROT_READ);", "mprotect", {1, 1, 1 | BEYOND}, NO},
	{X86, "mprotect(addr, len, prot = PROT_READ);", "mprotect", {1, 1, 1}, YES},
	{X86,
	 "mmap(a, l, prot = PROT_READ, flags = MAP_PRIVATE, fd, o);",
	 "mmap",
	 {0, 1, 1 | BEYOND, 2},
	 NO},
	{X86, "msync(addr, len, flags = MS_SYNC);", "msync", {1, 1, 4 | BEYOND}, YES},
	{X86,
	 "getrandom(buf, len, flags = GRND_RANDOM);",
	 "getrandom",
	 {1, 1, 2 | BEYOND},
	 YES},
	{X86, "pipe2(fds, flags = O_CLOEXEC);", "pipe2", {1, 02000000 | BEYOND}, YES},
	{X86, "dup3(a, b, flags = O_CLOEXEC);", "dup3", {1, 2, 02000000 | BEYOND}, YES},
	{X86,
	 "epoll_create1(flags = EPOLL_CLOEXEC);",
	 "epoll_create1",
	 {02000000 | BEYOND},
	 YES},
	{X86,
	 "faccessat2(d, p, m, flags = AT_EACCESS);",
	 "faccessat2",
	 {1, 1, 1, 0x200 | BEYOND},
	 YES},
	{X86, "inotify_init1(flags = IN_CLOEXEC);", "inotify_init1", {02000000 | BEYOND}, YES},
	{X86,
	 "timerfd_create(clockid, flags = TFD_CLOEXEC);",
	 "timerfd_create",
	 {1, 02000000 | BEYOND},
	 YES},
	{X86, "ptrace(request = PTRACE_TRACEME, ..);", "ptrace", {BEYOND}, NO},
	{X86, "ptrace(request = PTRACE_TRACEME, ..);", "ptrace", {0}, YES},
	{X86, "openat(dirfd = AT_FDCWD, path, flags);", "openat", {0xffffff9c, 1, 0}, YES},
	{X86, "openat(dirfd = AT_FDCWD, path, flags);", "openat", {(uint64_t)-100, 1, 0}, YES},
	{X86,
	 "clock_gettime(clockid = <INTEGER>, tp);",
	 "clock_gettime",
	 {(uint64_t)-6, 1},
	 YES},
	/* architectures */
	{ARM,
	 "open(p, f); openat(d, p, flags = O_RDONLY | O_DIRECTORY);",
	 "openat",
	 {1, 1, 0x4000},
	 YES},
	{ARM, "openat(d, p, flags = O_RDONLY | O_DIRECTORY);", "openat", {1, 1, 0x10000}, NO},
	{RISCV,
	 "openat(d, p, flags = O_RDONLY | O_DIRECTORY);",
	 "openat",
	 {1, 1, 0x10000},
	 YES},
	{ARM, "openat(d, p, flags = O_RDONLY | O_DIRECT);", "openat", {1, 1, 0x10000}, YES},
	{ARM, "openat(d, p, flags = O_RDONLY | O_NOFOLLOW);", "openat", {1, 1, 0x8000}, YES},
	{ARM, "openat(d, p, flags = O_RDONLY | O_NOFOLLOW);", "openat", {1, 1, 0x20000}, NO},
	{ARM, "openat(d, p, flags = O_RDONLY | O_LARGEFILE);", "openat", {1, 1, 0x20000}, YES},
	{ARM, "openat(d, p, flags = O_RDWR | O_TMPFILE, m);", "openat", {1, 1, 0x404002}, YES},
	{ARM, "openat(d, p, flags = O_RDWR | O_TMPFILE, m);", "openat", {1, 1, 0x410002}, NO},
	{RISCV, "openat(d, p, flags = O_RDONLY | O_DIRECT);", "openat", {1, 1, 0x4000}, YES},
	{RISCV, "openat(d, p, flags = O_RDONLY | O_NOFOLLOW);", "openat", {1, 1, 0x20000}, YES},
	{RISCV, "openat(d, p, flags = O_RDONLY | O_LARGEFILE);", "openat", {1, 1, 0x8000}, YES},
	{RISCV,
	 "openat(d, p, flags = O_RDWR | O_TMPFILE, m);",
	 "openat",
	 {1, 1, 0x410002},
	 YES},
	{X86, "open(p, flags = O_RDONLY | O_LARGEFILE);", "open", {1, 0x8000}, YES},
	{ARM, "poll(fds, nfds, timeout);", "io_setup", {0}, NO},
	{ARM, "open(p, f);", "io_setup", {0}, NO},
	{ARM, LACKED_RULES, "io_setup", {0}, NO},
	{RISCV, LACKED_RULES, "io_setup", {0}, NO},
	{ARM, "clone(fn, stack, flags = CLONE_VM, ..);", "clone", {0x100, 0, 0x200}, YES},
	{X86, "clone(fn, stack, flags = CLONE_VM, ..);", "clone", {0x200, 0, 0x100}, NO},
	{ARM,
	 "mmap(a, l, p, flags = MAP_PRIVATE | MAP_32BIT, fd, o);",
	 "mmap",
	 {0, 1, 1, 2},
	 YES},
	{ARM,
	 "mmap(a, l, p, flags = MAP_PRIVATE | MAP_32BIT, fd, o);",
	 "mmap",
	 {0, 1, 1, 0x42},
	 NO},
	/* number of parameters */
	{X86, "open(path, flags = O_RDONLY | O_RDWR);", "open", {1, 0102, 0600}, NO},
	{X86, "open(path, flags = O_CREAT | O_RDONLY, mode);", "open", {1, 0}, NO},
	{X86, "open(path, flags = O_CREAT | O_RDONLY, ..);", "open", {1, 0}, YES},
	{X86, "open(path, flags = O_RDWR | O_TMPFILE, mode);", "open", {1, 020000002}, NO},
	{X86, MREMAP_RULE, "mremap", {1, 1, 1, 5}, YES},
	{X86, MREMAP_RULE, "mremap", {1, 1, 1, 3}, NO},
	{X86,
	 "mremap(a, b, c, flags = MREMAP_MAYMOVE | MREMAP_FIXED, new);",
	 "mremap",
	 {1, 1, 1, 3},
	 YES},
	{X86,
	 "mremap(a, b, c, flags = MREMAP_MAYMOVE | MREMAP_FIXED, new);",
	 "mremap",
	 {1, 1, 1, 1},
	 NO},
	{X86,
	 "futex(uaddr, futex_op = FUTEX_WAIT_BITSET, val, timeout, unused = NULL, bitmask);",
	 "futex",
	 {1, 9, 1, 1, 0, 7},
	 YES},
	{X86,
	 "futex(uaddr, futex_op = FUTEX_WAIT_BITSET, val, timeout, unused = NULL, bitmask);",
	 "futex",
	 {1, 9, 1, 1, 5, 7},
	 NO},
	{X86,
	 "futex(uaddr, futex_op = FUTEX_WAKE_BITSET, n, t = NULL, unused = NULL, bitset);",
	 "futex",
	 {1, 10, 1, 0, 0, 7},
	 YES},
	{X86,
	 "futex(uaddr, futex_op = FUTEX_WAKE_BITSET, n, t = NULL, unused = NULL, bitset);",
	 "futex",
	 {1, 10, 1, 0, 5, 7},
	 NO},
	{X86,
	 "epoll_pwait(epfd, events, maxevents = 4, timeout, sigmask);",
	 "epoll_pwait",
	 {3, 1, 4, 0, 0, 99},
	 YES},
	{X86, "getcpu(cpu, node);", "getcpu", {1, 1, 99}, YES},
	{X86, "rt_sigreturn(frame);", "rt_sigreturn", {99}, YES},
	{X86,
	 "reboot(magic, magic2, op = LINUX_REBOOT_CMD_CAD_ON);",
	 "reboot",
	 {1, 1, 0x89abcdef, 99},
	 YES},
	{X86, "ptrace(op = PTRACE_GETREGS, pid, addr);", "ptrace", {12, 1, 99, 99}, YES},
	{X86, "semctl(semid, semnum, cmd = IPC_RMID);", "semctl", {1, 1, 0, 99}, YES},
	{X86, "prctl(op = PR_GET_NO_NEW_PRIVS);", "prctl", {39, 1, 2, 3}, YES},
	{X86, "fcntl(fd, cmd = F_GETFD | F_GETFL);", "fcntl", {3, 1, 9}, YES},
	{X86, "fcntl(fd, cmd = F_GETFD | F_SETFD);", "fcntl", {3, 2, 0}, NO},
	{X86, "fcntl(fd, cmd = F_SETFD, arg = FD_CLOEXEC);", "fcntl", {3, 2, 1}, YES},
	{X86, "fcntl(fd, cmd = F_SETFD, arg = FD_CLOEXEC);", "fcntl", {3, 2, 2}, NO},
	{X86,
	 "preadv2(fd, iov, iovcnt, offset, flags = 0);",
	 "preadv2",
	 {3, 1, 1, 0, 7, 0},
	 YES},
	{X86,
	 "preadv2(fd, iov, iovcnt, offset, flags = 0);",
	 "preadv2",
	 {3, 1, 1, 0, 0, 1},
	 NO},
	/* memory that the registers do not show */
	{X86,
	 "poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);",
	 "poll",
	 {0, 0, 0},
	 YES},
	{X86,
	 "poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);",
	 "poll",
	 {1, 1, 0},
	 OPEN},
	{X86,
	 "accept(fd, addr = { sa_family = AF_INET, .. }, len);",
	 "accept",
	 {3, 1, 1},
	 OPEN},
	{X86, "accept(fd, addr = { sa_family = AF_INET, .. }, len);", "accept", {3, 0, 0}, YES},
	{X86, ATTR_RULE, "sched_getattr", {0, 1, 48, 0}, OPEN},
	{X86, ATTR_RULE, "sched_getattr", {0, 1, 48, 1}, NO},
	{X86, ATTR_RULE, "sched_getattr", {0, 0, 48, 0}, YES},
	{X86, STACK_RULE, "sigaltstack", {0, 1}, OPEN},
	{X86, STACK_RULE, "sigaltstack", {0, 0}, YES},
	{X86, REVENTS_RULE, "poll", {1, 1, 0}, OPEN},
	{X86, REVENTS_RULE, "poll", {0, 1, 0}, YES},
	{X86,
	 "rt_sigprocmask(how = SIG_BLOCK | SIG_UNBLOCK, set, old, size);",
	 "rt_sigprocmask",
	 {77, 0, 0, 8},
	 NO},
};

/* The verdict of the filter for SPEC's rules: its three answers are three actions. */
static int filter_verdict(struct spec_text *spec, const struct row *row)
{
	const struct abi_db *db = spec->rules->db;
	struct bpf_options options = bpf_options_default();
	struct seccomp_data data = {.arch = db->archs[spec->rules->arch].audit};
	struct bpf_result result;
	struct bpf_code code;
	uint64_t nr = 0;

	options.on_undecided = SECCOMP_RET_LOG;
	code = bpf_compile(spec->arena, spec->diags, (const struct rules *const *)&spec->rules,
			   1, &options);
	abi_num(db, abi_call_find(db, row->call)->nr, spec->rules->arch, &nr);
	data.nr = (int)nr;
	memcpy(data.args, row->args, sizeof(data.args));
	ck_assert(bpf_sim(code.items, code.count, &data, &result));
	switch (result.action) {
	case SECCOMP_RET_ALLOW:
		return YES;
	case SECCOMP_RET_LOG:
		return OPEN;
	default:
		return NO;
	}
}

START_TEST(registers_are_judged_as_the_kernel_takes_them)
{
	const struct row *row = &rows[_i];
	struct spec_text spec = spec_text_compile(row->spec, row->arch);
	enum scml_verdict verdict = spec_text_verdict(&spec, row->call, row->args, false);

	ck_assert_msg((int)verdict == row->verdict,
		      "%s: %s / %s(%#lx, %#lx, %#lx, %#lx, %#lx): %s\n%s", row->arch, row->spec,
		      row->call, row->args[0], row->args[1], row->args[2], row->args[3],
		      row->args[4], scml_verdict_name(verdict), spec_text_messages(&spec));
	ck_assert_msg(filter_verdict(&spec, row) == row->verdict,
		      "the filter disagrees: %s / %s", row->spec, row->call);
	ck_assert_msg(diags_count(spec.diags, DIAG_ERROR) == 0, "%s\n%s", row->spec,
		      spec_text_messages(&spec));
	spec_text_free(&spec);
}
END_TEST

static int memory_verdict(const char *text, const char *call, uint64_t a, uint64_t b,
			  uint64_t c, uint64_t d)
{
	struct spec_text spec = spec_text_compile(text, X86);
	const uint64_t args[SCML_REGISTERS] = {a, b, c, d};
	int verdict = (int)spec_text_verdict(&spec, call, args, true);

	ck_assert_msg(diags_count(spec.diags, DIAG_ERROR) == 0, "%s",
		      spec_text_messages(&spec));
	spec_text_free(&spec);
	return verdict;
}

/* The verdict once CALL has returned RET with EVENTS filled in. */
static int returned_verdict(const struct spec_text *spec, const char *name, uint64_t events,
			    int64_t ret)
{
	const struct scml_memory memory = {.read = spec_text_read_own};
	struct scml_call call = {.arch = spec->table->arch, .has_returned = true, .ret = ret};
	uint64_t nr;

	ck_assert(abi_num(spec->rules->db, abi_call_find(spec->rules->db, name)->nr,
			  spec->rules->arch, &nr));
	call.nr = (uint32_t)nr;
	call.args[0] = 3;
	call.args[1] = events;
	call.args[2] = 2;
	return (int)scml_match(spec->table, &call, &memory, NULL);
}

START_TEST(a_notification_of_zero_is_a_signal_and_not_none)
{
	static const char rule[] =
		"timer_create(clockid, sevp = { sigev_notify = SIGEV_NONE, .. }, timerid);";
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL};

	ck_assert_int_eq(memory_verdict(rule, "timer_create", 0, (uintptr_t)&event, 1, 0), NO);
	event.sigev_notify = SIGEV_NONE;
	ck_assert_int_eq(memory_verdict(rule, "timer_create", 0, (uintptr_t)&event, 1, 0), YES);
	ck_assert_int_eq(memory_verdict(rule, "timer_create", 0, 0, 1, 0), YES);
}
END_TEST

START_TEST(the_kernel_has_a_sigaction_of_its_own)
{
	static const char rule[] = "rt_sigaction(signum, act = { sa_flags = SA_RESTART | "
				   "SA_RESTORER, .. }, old, size);";
	uint64_t action[4] = {1, SA_RESTART | 0x04000000, 0, 0};

	ck_assert_int_eq(memory_verdict(rule, "rt_sigaction", 10, (uintptr_t)action, 0, 8),
			 YES);
	action[1] |= 0x400;
	ck_assert_int_eq(memory_verdict(rule, "rt_sigaction", 10, (uintptr_t)action, 0, 8), NO);
	action[1] = SA_RESTART | BEYOND;
	ck_assert_int_eq(memory_verdict(rule, "rt_sigaction", 10, (uintptr_t)action, 0, 8), NO);
}
END_TEST

START_TEST(the_events_of_epoll_lie_close_together_on_x86)
{
	static const char rule[] =
		"epoll_ctl(epfd, op, fd, event = { events = EPOLLIN | EPOLLET, .. });";
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	ck_assert_int_eq(memory_verdict(rule, "epoll_ctl", 3, 1, 4, (uintptr_t)&event), YES);
	event.events |= EPOLLOUT;
	ck_assert_int_eq(memory_verdict(rule, "epoll_ctl", 3, 1, 4, (uintptr_t)&event), NO);
}
END_TEST

/* An array of two events as ARCH lays it out: EPOLLIN each, and data that would be an unknown
 * event where the stride is wrong. */
static void lay_events(unsigned char bytes[static 32], size_t data_at, size_t stride)
{
	const uint32_t event = EPOLLIN;

	memset(bytes, 0, 32);
	for (size_t i = 0; i < 2; i++) {
		memcpy(bytes + i * stride, &event, sizeof(event));
		memset(bytes + i * stride + data_at, 0xff, 8);
	}
}

START_TEST(events_of_epoll_have_a_stride_of_their_own_on_each_architecture)
{
	static const struct {
		const char *arch;
		size_t data_at, stride;
	} layouts[] = {{X86, 4, 12}, {ARM, 8, 16}, {RISCV, 8, 16}};
	static const char rule[] = "epoll_pwait(epfd, events = [ { events = EPOLLIN, .. } ], "
				   "maxevents, timeout, sigmask, size);";
	unsigned char bytes[32];

	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		for (size_t j = 0; j < sizeof(layouts) / sizeof(*layouts); j++) {
			struct spec_text spec = spec_text_compile(rule, layouts[i].arch);
			bool fits = layouts[i].stride == layouts[j].stride;

			lay_events(bytes, layouts[j].data_at, layouts[j].stride);
			ck_assert_int_eq(
				returned_verdict(&spec, "epoll_pwait", (uintptr_t)bytes, 2),
				fits ? YES : NO);
			spec_text_free(&spec);
		}
	}
}
END_TEST

START_TEST(one_event_of_epoll_has_its_data_where_the_architecture_says)
{
	static const char rule[] =
		"epoll_ctl(epfd, op, fd, event = { events = EPOLLIN, data = 7 });";
	const uint32_t close_together[4] = {EPOLLIN, 7, 0, 0}, apart[4] = {EPOLLIN, 9, 7, 0};
	static const char *const archs[] = {X86, ARM, RISCV};

	for (size_t i = 0; i < sizeof(archs) / sizeof(*archs); i++) {
		struct spec_text spec = spec_text_compile(rule, archs[i]);
		uint64_t args[SCML_REGISTERS] = {3, 1, 4, (uintptr_t)close_together};

		ck_assert_int_eq((int)spec_text_verdict(&spec, "epoll_ctl", args, true),
				 i == 0 ? YES : NO);
		args[3] = (uintptr_t)apart;
		ck_assert_int_eq((int)spec_text_verdict(&spec, "epoll_ctl", args, true),
				 i == 0 ? NO : YES);
		spec_text_free(&spec);
	}
}
END_TEST

START_TEST(numbers_of_another_table_are_not_looked_up_in_this_one)
{
	struct spec_text spec = spec_text_compile(SOCKET_RULE, X86);
	struct bpf_options options = bpf_options_default();
	const struct seccomp_data calls[] = {
		{.nr = 41, .arch = AUDIT_ARCH_X86_64, .args = {2, 1, 0}},
		{.nr = 41 | 0x40000000, .arch = AUDIT_ARCH_X86_64, .args = {2, 1, 0}},
		{.nr = 41, .arch = AUDIT_ARCH_I386, .args = {2, 1, 0}},
	};
	struct scml_call x32 = {
		.arch = AUDIT_ARCH_X86_64, .nr = 41 | 0x40000000, .args = {2, 1, 0}};
	struct bpf_result result;
	struct bpf_code code;

	code = bpf_compile(spec.arena, spec.diags, (const struct rules *const *)&spec.rules, 1,
			   &options);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		ck_assert(bpf_sim(code.items, code.count, &calls[i], &result));
		ck_assert_uint_eq(result.action,
				  i == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS);
	}
	ck_assert_int_eq((int)scml_match(spec.table, &x32, NULL, NULL), NO);
	x32.nr = 41;
	ck_assert_int_eq((int)scml_match(spec.table, &x32, NULL, NULL), YES);
	spec_text_free(&spec);
}
END_TEST

START_TEST(what_the_kernel_fills_in_is_not_tested_before_it_does)
{
	struct pollfd fds[1] = {{3, POLLIN, 0x7fff}};
	struct spec_text spec = spec_text_compile(REVENTS_RULE, X86);
	const uint64_t args[SCML_REGISTERS] = {(uintptr_t)fds, 1, 0};

	ck_assert_int_eq((int)spec_text_verdict(&spec, "poll", args, true), OPEN);
	spec_text_free(&spec);
}
END_TEST

START_TEST(an_unsigned_count_is_cut_to_its_width)
{
	static const char rule[] = "poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);";
	struct pollfd fds[3] = {{3, POLLIN, 0}, {-1, POLLIN, 0}, {5, POLLOUT, 0}};

	ck_assert_int_eq(memory_verdict(rule, "poll", (uintptr_t)fds, 2 | BEYOND, 0, 0), YES);
	ck_assert_int_eq(memory_verdict(rule, "poll", (uintptr_t)fds, 3, 0, 0), NO);
	fds[1].events = 0x7fff;
	ck_assert_int_eq(memory_verdict(rule, "poll", (uintptr_t)fds, 2, 0, 0), NO);
}
END_TEST

START_TEST(calls_that_no_64_bit_machine_has_give_a_note_and_no_rule)
{
	static const char *const lost[] = {"umount(target);", "sigpending(set);",
					   "sigsuspend(mask);"};

	for (size_t i = 0; i < sizeof(lost) / sizeof(*lost); i++) {
		struct spec_text spec = spec_text_compile(lost[i], X86);

		ck_assert_uint_eq(spec.rules->call_count, 0);
		ck_assert_uint_eq(diags_count(spec.diags, DIAG_ERROR), 0);
		ck_assert_uint_eq(diags_count(spec.diags, DIAG_NOTE), 1);
		spec_text_free(&spec);
	}
}
END_TEST

START_TEST(a_name_at_another_parameters_place_draws_a_warning)
{
	struct spec_text spec = spec_text_compile("sched_getattr(pid, attr, flags = 0);", X86);

	ck_assert_ptr_nonnull(strstr(spec_text_messages(&spec), "[param-name]"));
	spec_text_free(&spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pitfalls");
	TCase *tcase = tcase_create("pitfalls");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, registers_are_judged_as_the_kernel_takes_them, 0,
			    (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_test(tcase, a_notification_of_zero_is_a_signal_and_not_none);
	tcase_add_test(tcase, the_kernel_has_a_sigaction_of_its_own);
	tcase_add_test(tcase, the_events_of_epoll_lie_close_together_on_x86);
	tcase_add_test(tcase, events_of_epoll_have_a_stride_of_their_own_on_each_architecture);
	tcase_add_test(tcase, one_event_of_epoll_has_its_data_where_the_architecture_says);
	tcase_add_test(tcase, numbers_of_another_table_are_not_looked_up_in_this_one);
	tcase_add_test(tcase, what_the_kernel_fills_in_is_not_tested_before_it_does);
	tcase_add_test(tcase, an_unsigned_count_is_cut_to_its_width);
	tcase_add_test(tcase, calls_that_no_64_bit_machine_has_give_a_note_and_no_rule);
	tcase_add_test(tcase, a_name_at_another_parameters_place_draws_a_warning);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
