/*
 * Makes socket calls by number, with exactly these registers, and prints what each got:
 * `allowed CALL: ok` or `refused CALL: ERRNO`. The first word is what a filter of
 * specs/networking-and-sockets.scml has to do with it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* A bit that an int parameter does not have: the kernel never sees it. */
#define BEYOND (1L << 40)

static long probe(const char *expected, const char *text, long nr, const long args[6])
{
	long result = syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);

	if (result < 0)
		printf("%s %s: %s\n", expected, text, strerrorname_np(errno));
	else
		printf("%s %s: ok\n", expected, text);
	return result;
}

#define PROBE(expected, name, ...) \
	probe((expected), #name "(" #__VA_ARGS__ ")", SYS_##name, (const long[6]){__VA_ARGS__})

static void probe_sockets(void)
{
	PROBE("allowed", socket, AF_INET, SOCK_STREAM, 0);
	PROBE("allowed", socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	      IPPROTO_UDP);
	PROBE("allowed", socket, AF_INET | BEYOND, SOCK_STREAM, 0);
	PROBE("allowed", socket, AF_INET, SOCK_STREAM | BEYOND, BEYOND);
	PROBE("allowed", socket, AF_UNIX, SOCK_SEQPACKET, 0);
	PROBE("allowed", socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	PROBE("refused", socket, AF_INET6, SOCK_STREAM, 0);
	PROBE("refused", socket, AF_INET, SOCK_RAW, IPPROTO_TCP);
	PROBE("refused", socket, AF_INET, SOCK_STREAM | SOCK_DGRAM, 0);
	PROBE("refused", socket, AF_INET, SOCK_STREAM | 0x10, 0);
	PROBE("refused", socket, AF_INET, 0, 0);
	PROBE("refused", socket, AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	PROBE("refused", socket, AF_UNIX, SOCK_DGRAM, 0);
	PROBE("refused", socket, AF_UNIX, SOCK_STREAM, 1);
	PROBE("refused", socket, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	PROBE("refused", socket, AF_PACKET, SOCK_RAW, 0);
	PROBE("refused", socket, -1, SOCK_STREAM, 0);
}

static void probe_messages(void)
{
	int fds[2] = {-1, -1};
	char byte = 'x';

	PROBE("allowed", socketpair, AF_UNIX, SOCK_STREAM, 0, (long)fds);
	PROBE("allowed", sendto, fds[0], (long)&byte, 1, 0, 0, 0);
	PROBE("allowed", sendto, fds[0], (long)&byte, 1, BEYOND, 0, 0);
	PROBE("allowed", recvfrom, fds[1], (long)&byte, 1, 0, 0, 0);
	PROBE("refused", sendto, fds[0], (long)&byte, 1, MSG_NOSIGNAL, 0, 0);
	PROBE("refused", sendto, fds[0], (long)&byte, 1, 0x80000000, 0, 0);
	PROBE("refused", recvfrom, fds[1], (long)&byte, 1, MSG_PEEK, 0, 0);
	PROBE("allowed", sendmsg, fds[0], 0, 0); /* bad address, says the kernel */
	PROBE("refused", sendmsg, fds[0], 0, MSG_DONTWAIT);
	PROBE("refused", recvmsg, fds[1], 0, MSG_DONTWAIT);
	PROBE("refused", socketpair, AF_UNIX, SOCK_DGRAM, 0, (long)fds);
}

static void probe_options(void)
{
	long tcp = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	int value = 1;
	socklen_t len = sizeof(value);

	PROBE("allowed", getsockopt, tcp, SOL_SOCKET, SO_ERROR, (long)&value, (long)&len);
	PROBE("allowed", setsockopt, tcp, SOL_TCP, TCP_NODELAY, (long)&value, sizeof(value));
	PROBE("allowed", setsockopt, tcp, SOL_TCP | BEYOND, TCP_NODELAY | BEYOND, (long)&value,
	      sizeof(value));
	PROBE("allowed", connect, tcp, 1, 16);
	PROBE("refused", getsockopt, tcp, SOL_SOCKET, SO_TYPE, (long)&value, (long)&len);
	PROBE("refused", getsockopt, tcp, SOL_IP, SO_ERROR, (long)&value, (long)&len);
	PROBE("refused", getsockopt, tcp, SOL_TCP, IP_HDRINCL, (long)&value, (long)&len);
	PROBE("refused", setsockopt, tcp, SOL_TCP, TCP_CORK, (long)&value, sizeof(value));
	PROBE("refused", setsockopt, tcp, SOL_IPV6, IP_TTL, (long)&value, sizeof(value));
	PROBE("allowed", listen, tcp, 1);
	PROBE("allowed", getppid, 0);
}

int main(void)
{
	probe_sockets();
	probe_messages();
	probe_options();
	return 0;
}
