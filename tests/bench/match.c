/* match: nanoseconds per verdict, the median of many runs; in the order of what is tested. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include "match_rules.h"

enum {
	RUNS = 101,
	CALLS = 20000,
};

static enum scml_read read_own(void *context, uint64_t address, void *buffer, size_t size,
			       size_t *done)
{
	(void)context;
	(void)done;
	memcpy(buffer, (const void *)(uintptr_t)address, size);
	return SCML_READ_OK;
}

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* A line of the table. */
struct row {
	const char *what;
	uint32_t nr;
	uint64_t args[SCML_REGISTERS];
	enum scml_verdict verdict;
	bool has_reason;
};

static const uint16_t inet_address[8] = {AF_INET, 0x5000, 0, 0x100},
		      netlink_address[8] = {AF_NETLINK};

/* A msghdr that begins with the address of the peer and its length. */
static const uint64_t message[7] = {[1] = sizeof(netlink_address)};

#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))
#define PLAIN_SOCKET	(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

static double median_ns(const struct row *row)
{
	static const struct scml_memory memory = {read_own, NULL};
	struct scml_call call = {.arch = match_rules_table.arch, .nr = row->nr};
	struct scml_reason reason;
	double ns[RUNS];

	memcpy(call.args, row->args, sizeof(call.args));
	for (unsigned run = 0; run < RUNS; run++) {
		double start = now_ns();

		for (unsigned i = 0; i < CALLS; i++) {
			enum scml_verdict verdict =
				scml_match(&match_rules_table, &call, &memory,
					   row->has_reason ? &reason : NULL);

			if (verdict != row->verdict) {
				fprintf(stderr, "'%s' is %s\n", row->what,
					scml_verdict_name(verdict));
				exit(EXIT_FAILURE);
			}
			__asm__ volatile("" : : : "memory");
		}
		ns[run] = (now_ns() - start) / CALLS;
	}
	qsort(ns, RUNS, sizeof(*ns), compare_doubles);
	return ns[RUNS / 2];
}

int main(int argc, char **argv)
{
	const uint64_t inet = ADDRESS(inet_address), netlink = ADDRESS(netlink_address);
	uint64_t nested[7];
	const struct row rows[] = {
		{"no rule", SYS_getpid, {0}, SCML_UNSUPPORTED, false},
		{"one register: shutdown", SYS_shutdown, {3, SHUT_WR}, SCML_SUPPORTED, false},
		{"one register, no memory: accept4",
		 SYS_accept4,
		 {3, inet, inet, SOCK_CLOEXEC},
		 SCML_SUPPORTED,
		 false},
		{"three registers, four tests: socket",
		 SYS_socket,
		 {AF_UNIX, PLAIN_SOCKET, 0},
		 SCML_SUPPORTED,
		 false},
		{"its fourth rule: socket",
		 SYS_socket,
		 {AF_VSOCK, PLAIN_SOCKET, 0},
		 SCML_SUPPORTED,
		 false},
		{"refused: socket",
		 SYS_socket,
		 {AF_INET, SOCK_RAW, 0},
		 SCML_UNSUPPORTED,
		 false},
		{"flags: mmap",
		 SYS_mmap,
		 {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS},
		 SCML_SUPPORTED,
		 false},
		{"flags: openat",
		 SYS_openat,
		 {0, inet, O_RDONLY | O_CLOEXEC},
		 SCML_SUPPORTED,
		 false},
		{"flags of several bits: openat",
		 SYS_openat,
		 {0, inet, O_WRONLY | O_CREAT | O_SYNC},
		 SCML_SUPPORTED,
		 false},
		{"its third rule: openat",
		 SYS_openat,
		 {0, inet, O_PATH | O_DIRECTORY},
		 SCML_SUPPORTED,
		 false},
		{"fourth of four rules: setsockopt",
		 SYS_setsockopt,
		 {3, SOL_NETLINK, 1},
		 SCML_SUPPORTED,
		 false},
		{"fourth of eight rules: fcntl",
		 SYS_fcntl,
		 {3, F_SETFL, O_RDWR | O_NONBLOCK},
		 SCML_SUPPORTED,
		 false},
		{"last of eight rules: fcntl",
		 SYS_fcntl,
		 {3, F_GET_SEALS},
		 SCML_SUPPORTED,
		 false},
		{"second of seven rules: ioctl",
		 SYS_ioctl,
		 {3, TIOCGWINSZ},
		 SCML_SUPPORTED,
		 false},
		{"last of seven rules: ioctl",
		 SYS_ioctl,
		 {3, SIOCGIFADDR},
		 SCML_SUPPORTED,
		 false},
		{"refused: ioctl", SYS_ioctl, {3, TIOCSTI}, SCML_UNSUPPORTED, false},
		{"refused, with the reason: socket",
		 SYS_socket,
		 {AF_INET, SOCK_RAW, 0},
		 SCML_UNSUPPORTED,
		 true},
		{"sockaddr's family: bind", SYS_bind, {3, netlink, 16}, SCML_SUPPORTED, false},
		{"sockaddr, two alternatives: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 16},
		 SCML_SUPPORTED,
		 false},
		{"sockaddr, too short: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 4},
		 SCML_UNSUPPORTED,
		 false},
		{"sockaddr in a msghdr: sendmsg",
		 SYS_sendmsg,
		 {3, ADDRESS(nested), 0},
		 SCML_SUPPORTED,
		 false},
		{"sockaddr, too short, with the reason: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 4},
		 SCML_UNSUPPORTED,
		 true},
	};

	memcpy(nested, message, sizeof(nested));
	nested[0] = netlink;
	if (scml_table_check(&match_rules_table)) {
		fputs("the table is not in order\n", stderr);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (argc < 2 || strstr(rows[i].what, argv[1]))
			printf("%-46s %-12s %7.1f ns\n", rows[i].what,
			       scml_verdict_name(rows[i].verdict), median_ns(&rows[i]));
	}
	return EXIT_SUCCESS;
}
