/* Calls that are easily misjudged, most of which fail. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/netlink.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
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

int main(void)
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
