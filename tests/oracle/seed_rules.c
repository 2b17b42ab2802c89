#include "seed_rules.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

/* The kernel's SOCK_TYPE_MASK, which no header for programs has. */
enum { TYPE_MASK = 0xf };

/* The kernel declares these parameters as int or unsigned int: 32 bits of the register count.
 */
static uint32_t as_int(uint64_t word)
{
	return (uint32_t)word;
}

static bool is_one_of(uint32_t value, const int *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (value == (uint32_t)list[i])
			return true;
	}
	return false;
}

#define IS_ONE_OF(value, ...)                          \
	is_one_of((value), (const int[]){__VA_ARGS__}, \
		  sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

/* `A | B | <opt_type_flags>`: exactly one of the two types, and any of the two flags. */
static bool is_type(uint64_t word, int first, int second)
{
	uint32_t type = as_int(word);
	uint32_t flags = type & ~(uint32_t)TYPE_MASK;

	if (flags & ~((uint32_t)SOCK_NONBLOCK | (uint32_t)SOCK_CLOEXEC))
		return false;
	return IS_ONE_OF(type & TYPE_MASK, first, second);
}

static enum answer yes_if(bool holds)
{
	return holds ? ANSWER_YES : ANSWER_NO;
}

/* A pointer whose memory the rule constrains: NULL matches, all else only memory can tell. */
static enum answer pointer(uint64_t word)
{
	return word == 0 ? ANSWER_YES : ANSWER_OPEN;
}

static enum answer judge_socket(const uint64_t args[static REGISTERS])
{
	uint32_t protocol = as_int(args[2]);

	switch (as_int(args[0])) {
	case AF_UNIX:
		return yes_if(is_type(args[1], SOCK_STREAM, SOCK_SEQPACKET) && protocol == 0);
	case AF_INET:
		return yes_if(is_type(args[1], SOCK_STREAM, SOCK_DGRAM) &&
			      IS_ONE_OF(protocol, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP));
	case AF_NETLINK:
		return yes_if(is_type(args[1], SOCK_RAW, SOCK_DGRAM) &&
			      IS_ONE_OF(protocol, NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT));
	case AF_VSOCK:
		return yes_if(is_type(args[1], SOCK_STREAM, SOCK_STREAM) && protocol == 0);
	default:
		return ANSWER_NO;
	}
}

static enum answer judge_socketpair(const uint64_t args[static REGISTERS])
{
	return yes_if(as_int(args[0]) == AF_UNIX &&
		      is_type(args[1], SOCK_STREAM, SOCK_SEQPACKET) && as_int(args[2]) == 0);
}

static enum answer judge_address(const uint64_t args[static REGISTERS])
{
	return pointer(args[1]);
}

static enum answer judge_sendto(const uint64_t args[static REGISTERS])
{
	return as_int(args[3]) == 0 ? pointer(args[4]) : ANSWER_NO;
}

static enum answer judge_sendmsg(const uint64_t args[static REGISTERS])
{
	return as_int(args[2]) == 0 ? pointer(args[1]) : ANSWER_NO;
}

static enum answer judge_recvfrom(const uint64_t args[static REGISTERS])
{
	return yes_if(as_int(args[3]) == 0);
}

static enum answer judge_recvmsg(const uint64_t args[static REGISTERS])
{
	return yes_if(as_int(args[2]) == 0);
}

static bool is_common_option(uint32_t level, uint32_t option)
{
	switch (level) {
	case SOL_SOCKET:
		return IS_ONE_OF(option, SO_SNDBUF, SO_RCVBUF, SO_REUSEADDR, SO_REUSEPORT,
				 SO_PRIORITY, SO_LINGER, SO_PASSCRED, SO_KEEPALIVE,
				 SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_ERROR, SO_PEERCRED,
				 SO_ACCEPTCONN, SO_PEERGROUPS);
	case SOL_IP:
		return IS_ONE_OF(option, IP_TOS, IP_TTL, IP_HDRINCL);
	case SOL_TCP:
		return IS_ONE_OF(option, TCP_NODELAY, TCP_MAXSEG, TCP_KEEPIDLE, TCP_SYNCNT,
				 TCP_DEFER_ACCEPT, TCP_WINDOW_CLAMP, TCP_CONGESTION,
				 TCP_USER_TIMEOUT, TCP_INQ);
	default:
		return false;
	}
}

static enum answer judge_getsockopt(const uint64_t args[static REGISTERS])
{
	return yes_if(is_common_option(as_int(args[1]), as_int(args[2])));
}

static enum answer judge_setsockopt(const uint64_t args[static REGISTERS])
{
	uint32_t level = as_int(args[1]), option = as_int(args[2]);

	return yes_if(is_common_option(level, option) ||
		      (level == SOL_NETLINK &&
		       IS_ONE_OF(option, NETLINK_ADD_MEMBERSHIP, NETLINK_DROP_MEMBERSHIP)));
}

const struct seed_call seed_calls[] = {
	{"socket", judge_socket, {POOL_FAMILY, POOL_TYPE, POOL_PROTOCOL}},
	{"socketpair", judge_socketpair, {POOL_FAMILY, POOL_TYPE, POOL_PROTOCOL, POOL_POINTER}},
	{"bind", judge_address, {POOL_ANY, POOL_POINTER, POOL_ANY}},
	{"connect", judge_address, {POOL_ANY, POOL_POINTER, POOL_ANY}},
	{"sendto",
	 judge_sendto,
	 {POOL_ANY, POOL_POINTER, POOL_ANY, POOL_FLAGS, POOL_POINTER, POOL_ANY}},
	{"sendmsg", judge_sendmsg, {POOL_ANY, POOL_POINTER, POOL_FLAGS}},
	{"recvfrom",
	 judge_recvfrom,
	 {POOL_ANY, POOL_POINTER, POOL_ANY, POOL_FLAGS, POOL_POINTER, POOL_POINTER}},
	{"recvmsg", judge_recvmsg, {POOL_ANY, POOL_POINTER, POOL_FLAGS}},
	{"getsockopt",
	 judge_getsockopt,
	 {POOL_ANY, POOL_LEVEL, POOL_OPTION, POOL_POINTER, POOL_POINTER}},
	{"setsockopt",
	 judge_setsockopt,
	 {POOL_ANY, POOL_LEVEL, POOL_OPTION, POOL_POINTER, POOL_ANY}},
};

const size_t seed_call_count = sizeof(seed_calls) / sizeof(*seed_calls);

const struct seed_sample seed_samples[] = {
	{"socket", {AF_UNIX, SOCK_STREAM, 0}},
	{"socket", {AF_INET, SOCK_STREAM, IPPROTO_TCP}},
	{"socket", {AF_NETLINK, SOCK_RAW, NETLINK_ROUTE}},
	{"socket", {AF_VSOCK, SOCK_STREAM, 0}},
	{"socketpair", {AF_UNIX, SOCK_STREAM, 0, 0x7ffc1000}},
	{"bind", {3, 0, 16}},
	{"connect", {3, 0, 16}},
	{"sendto", {3, 0x7ffc1000, 5, 0, 0, 0}},
	{"sendmsg", {3, 0, 0}},
	{"recvfrom", {3, 0x7ffc1000, 5, 0, 0, 0}},
	{"recvmsg", {3, 0x7ffc1000, 0}},
	{"getsockopt", {3, SOL_SOCKET, SO_ERROR, 0x7ffc1000, 0x7ffc2000}},
	{"getsockopt", {3, SOL_IP, IP_TTL, 0x7ffc1000, 0x7ffc2000}},
	{"getsockopt", {3, SOL_TCP, TCP_INQ, 0x7ffc1000, 0x7ffc2000}},
	{"getsockopt", {3, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 0x7ffc1000, 0x7ffc2000}},
	{"setsockopt", {3, SOL_SOCKET, SO_ERROR, 0x7ffc1000, 4}},
	{"setsockopt", {3, SOL_IP, IP_TTL, 0x7ffc1000, 4}},
	{"setsockopt", {3, SOL_TCP, TCP_INQ, 0x7ffc1000, 4}},
	{"setsockopt", {3, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 0x7ffc1000, 4}},
	{"setsockopt", {3, SOL_UDP, 1, 0x7ffc1000, 4}},
};

const size_t seed_sample_count = sizeof(seed_samples) / sizeof(*seed_samples);

static const uint64_t any_values[] = {0, 1, 2, 3, 16, 110, 128, 4096};
static const uint64_t families[] = {AF_UNSPEC,	AF_UNIX,   AF_INET,  AF_INET6,
				    AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG};
static const uint64_t types[] = {
	0,
	SOCK_STREAM,
	SOCK_DGRAM,
	SOCK_RAW,
	SOCK_RDM,
	SOCK_SEQPACKET,
	SOCK_DCCP,
	SOCK_PACKET,
	SOCK_STREAM | SOCK_NONBLOCK,
	SOCK_STREAM | SOCK_CLOEXEC,
	SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	SOCK_DGRAM | SOCK_NONBLOCK,
	SOCK_DGRAM | SOCK_CLOEXEC,
	SOCK_RAW | SOCK_CLOEXEC,
	SOCK_RAW | SOCK_NONBLOCK,
	SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
	SOCK_NONBLOCK,
	SOCK_CLOEXEC,
	SOCK_STREAM | 0x10,
	SOCK_STREAM | SOCK_CLOEXEC | 0x40000000,
};
static const uint64_t protocols[] = {
	IPPROTO_IP,    IPPROTO_ICMP,	       IPPROTO_TCP,	IPPROTO_UDP, IPPROTO_RAW,
	NETLINK_ROUTE, NETLINK_KOBJECT_UEVENT, NETLINK_GENERIC,
};
static const uint64_t levels[] = {SOL_SOCKET,  SOL_IP,	   SOL_TCP, SOL_UDP,
				  SOL_NETLINK, SOL_PACKET, SOL_IPV6};
static const uint64_t options[] = {
	SO_SNDBUF,
	SO_RCVBUF,
	SO_REUSEADDR,
	SO_REUSEPORT,
	SO_PRIORITY,
	SO_LINGER,
	SO_PASSCRED,
	SO_KEEPALIVE,
	SO_SNDBUFFORCE,
	SO_RCVBUFFORCE,
	SO_ERROR,
	SO_PEERCRED,
	SO_ACCEPTCONN,
	SO_PEERGROUPS,
	SO_TYPE,
	SO_DEBUG,
	SO_MARK,
	IP_TOS,
	IP_TTL,
	IP_HDRINCL,
	IP_OPTIONS,
	IP_MTU,
	TCP_NODELAY,
	TCP_MAXSEG,
	TCP_KEEPIDLE,
	TCP_SYNCNT,
	TCP_CORK,
	TCP_WINDOW_CLAMP,
	TCP_DEFER_ACCEPT,
	TCP_CONGESTION,
	TCP_USER_TIMEOUT,
	TCP_INQ,
	TCP_ULP,
	NETLINK_ADD_MEMBERSHIP,
	NETLINK_DROP_MEMBERSHIP,
	NETLINK_PKTINFO,
};
static const uint64_t flags[] = {
	0,
	MSG_OOB,
	MSG_PEEK,
	MSG_DONTROUTE,
	MSG_DONTWAIT,
	MSG_EOR,
	MSG_CONFIRM,
	MSG_NOSIGNAL,
	MSG_MORE,
	MSG_FASTOPEN,
	MSG_TRUNC,
	MSG_WAITALL,
	MSG_CMSG_CLOEXEC,
	MSG_DONTWAIT | MSG_NOSIGNAL,
};
static const uint64_t pointers[] = {
	0, 1, 0x1000, 0x7ffc1000, 0x7fffffffe000, 0xffffffff00000000};

#define POOL(list)                                 \
	{                                          \
		list, sizeof(list) / sizeof(*list) \
	}

const uint64_t *seed_pool(enum pool pool, size_t *count)
{
	static const struct {
		const uint64_t *values;
		size_t count;
	} pools[POOL_COUNT] = {
		[POOL_ANY] = POOL(any_values), [POOL_FAMILY] = POOL(families),
		[POOL_TYPE] = POOL(types),     [POOL_PROTOCOL] = POOL(protocols),
		[POOL_LEVEL] = POOL(levels),   [POOL_OPTION] = POOL(options),
		[POOL_FLAGS] = POOL(flags),    [POOL_POINTER] = POOL(pointers),
	};

	*count = pools[pool].count;
	return pools[pool].values;
}
