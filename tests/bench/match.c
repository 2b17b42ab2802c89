/*
 * match: nanoseconds per verdict, by rows in the order of what is tested. Each row is measured
 * in two ways: the same call again and again, which a processor foresees, and among calls of
 * other rows at random, where nothing tells it what comes. A kernel lies between the two: what
 * led to a call tells a processor something about it.
 */
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
	BATCHES = 101, /* odd: there is one in the middle */
	CALLS = 20000, /* of a batch; even */
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

/* Rows that stand between each other when they are mixed. */
enum kind { REGISTERS, MEMORY, REASON };

/* A line of the table. */
struct row {
	const char *what;
	uint32_t nr;
	uint64_t args[SCML_REGISTERS];
	enum scml_verdict verdict;
	enum kind kind;
};

/* Nanoseconds per verdict of batches: of the one in the middle, and of those that a tenth of
 * all are faster and slower than. */
struct spread {
	double median, low, high;
};

static const uint16_t inet_address[8] = {AF_INET, 0x5000, 0, 0x100},
		      netlink_address[8] = {AF_NETLINK};

/* A msghdr that begins with the address of the peer and its length. */
static const uint64_t message[7] = {[1] = sizeof(netlink_address)};

#define ADDRESS(object) ((uint64_t)(uintptr_t)(object))
#define PLAIN_SOCKET	(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

static struct spread spread_of(double *ns)
{
	qsort(ns, BATCHES, sizeof(*ns), compare_doubles);
	return (struct spread){ns[BATCHES / 2], ns[BATCHES / 10],
			       ns[BATCHES - 1 - BATCHES / 10]};
}

static inline void judge(const struct row *row, const struct scml_call *call)
{
	static const struct scml_memory memory = {read_own, NULL};
	struct scml_reason reason;
	enum scml_verdict verdict = scml_match(&match_rules_table, call, &memory,
					       row->kind == REASON ? &reason : NULL);

	if (verdict != row->verdict) {
		fprintf(stderr, "'%s' is %s\n", row->what, scml_verdict_name(verdict));
		exit(EXIT_FAILURE);
	}
	__asm__ volatile("" : : : "memory");
}

static struct spread measure_repeated(const struct row *row, const struct scml_call *call)
{
	double ns[BATCHES];

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		double start = now_ns();

		for (unsigned i = 0; i < CALLS; i++)
			judge(row, call);
		ns[batch] = (now_ns() - start) / CALLS;
	}
	return spread_of(ns);
}

static double time_order(const struct row *rows, const struct scml_call *calls,
			 const uint8_t *order)
{
	double start = now_ns();

	for (unsigned i = 0; i < CALLS; i++)
		judge(rows + order[i], calls + order[i]);
	return (now_ns() - start) / CALLS;
}

static uint32_t next_random(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* Which rows of a KIND come after each other: another order each time. */
static void shuffle(uint8_t *order, const struct row *rows, size_t count, enum kind kind,
		    uint32_t *random)
{
	for (unsigned i = 0; i < CALLS; i++) {
		do {
			order[i] = (uint8_t)(next_random(random) % count);
		} while (rows[order[i]].kind != kind);
	}
}

/* What row AT takes where it and others of its kind come at random, as many of it as of all
 * others: both together less what the others take among themselves. */
static struct spread measure_mixed(const struct row *rows, const struct scml_call *calls,
				   size_t count, size_t at)
{
	static uint8_t order[CALLS];
	uint32_t random = 1;
	double ns[BATCHES];

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		double others;

		shuffle(order, rows, count, rows[at].kind, &random);
		others = time_order(rows, calls, order);
		shuffle(order, rows, count, rows[at].kind, &random);
		for (unsigned i = 0; i < CALLS; i++) {
			if (next_random(&random) & 0x100)
				order[i] = (uint8_t)at;
		}
		ns[batch] = 2 * time_order(rows, calls, order) - others;
	}
	return spread_of(ns);
}

/* What a call takes where all rows of a KIND come at random, equally often. */
static struct spread measure_all(const struct row *rows, const struct scml_call *calls,
				 size_t count, enum kind kind)
{
	static uint8_t order[CALLS];
	uint32_t random = 1;
	double ns[BATCHES];

	for (unsigned batch = 0; batch < BATCHES; batch++) {
		shuffle(order, rows, count, kind, &random);
		ns[batch] = time_order(rows, calls, order);
	}
	return spread_of(ns);
}

static void print_spread(struct spread spread)
{
	printf("  %7.1f  %7.1f  %7.1f", spread.median, spread.low, spread.high);
}

static void measure(const struct row *rows, size_t count, const char *wanted)
{
	static const char *const kinds[] = {"all of these on registers",
					    "all of these in memory",
					    "both of these with the reason"};
	struct scml_call calls[UINT8_MAX + 1] = {0};

	for (size_t i = 0; i < count; i++) {
		calls[i].arch = match_rules_table.arch;
		calls[i].nr = rows[i].nr;
		memcpy(calls[i].args, rows[i].args, sizeof(calls[i].args));
	}
	printf("Nanoseconds per verdict: the median of %d batches of %d calls, and between "
	       "what "
	       "eight tenths of\nthe batches lie. Repeated: the same call again and again. At "
	       "random: among the other rows.\n%-57s%27s%27s\n",
	       BATCHES, CALLS, "", "repeated", "at random");
	for (size_t i = 0; i < count; i++) {
		if (wanted && !strstr(rows[i].what, wanted))
			continue;
		printf("%-46s %-12s", rows[i].what, scml_verdict_name(rows[i].verdict));
		print_spread(measure_repeated(rows + i, calls + i));
		print_spread(measure_mixed(rows, calls, count, i));
		putchar('\n');
		fflush(stdout);
	}
	for (enum kind kind = REGISTERS; kind <= REASON && !wanted; kind++) {
		printf("%-86s", kinds[kind]);
		print_spread(measure_all(rows, calls, count, kind));
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	const uint64_t inet = ADDRESS(inet_address), netlink = ADDRESS(netlink_address);
	uint64_t nested[7];
	const struct row rows[] = {
		{"no rule", SYS_getpid, {0}, SCML_UNSUPPORTED, REGISTERS},
		{"one register: shutdown",
		 SYS_shutdown,
		 {3, SHUT_WR},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"one register, no memory: accept4",
		 SYS_accept4,
		 {3, inet, inet, SOCK_CLOEXEC},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"three registers, four tests: socket",
		 SYS_socket,
		 {AF_UNIX, PLAIN_SOCKET, 0},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"its fourth rule: socket",
		 SYS_socket,
		 {AF_VSOCK, PLAIN_SOCKET, 0},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"refused: socket",
		 SYS_socket,
		 {AF_INET, SOCK_RAW, 0},
		 SCML_UNSUPPORTED,
		 REGISTERS},
		{"flags: mmap",
		 SYS_mmap,
		 {0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"flags: openat",
		 SYS_openat,
		 {0, inet, O_RDONLY | O_CLOEXEC},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"flags of several bits: openat",
		 SYS_openat,
		 {0, inet, O_WRONLY | O_CREAT | O_SYNC},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"its third rule: openat",
		 SYS_openat,
		 {0, inet, O_PATH | O_DIRECTORY},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"fourth of four rules: setsockopt",
		 SYS_setsockopt,
		 {3, SOL_NETLINK, 1},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"fourth of eight rules: fcntl",
		 SYS_fcntl,
		 {3, F_SETFL, O_RDWR | O_NONBLOCK},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"last of eight rules: fcntl",
		 SYS_fcntl,
		 {3, F_GET_SEALS},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"second of seven rules: ioctl",
		 SYS_ioctl,
		 {3, TIOCGWINSZ},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"last of seven rules: ioctl",
		 SYS_ioctl,
		 {3, SIOCGIFADDR},
		 SCML_SUPPORTED,
		 REGISTERS},
		{"refused: ioctl", SYS_ioctl, {3, TIOCSTI}, SCML_UNSUPPORTED, REGISTERS},
		{"refused, with the reason: socket",
		 SYS_socket,
		 {AF_INET, SOCK_RAW, 0},
		 SCML_UNSUPPORTED,
		 REASON},
		{"sockaddr's family: bind", SYS_bind, {3, netlink, 16}, SCML_SUPPORTED, MEMORY},
		{"sockaddr, two alternatives: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 16},
		 SCML_SUPPORTED,
		 MEMORY},
		{"sockaddr, too short: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 4},
		 SCML_UNSUPPORTED,
		 MEMORY},
		{"sockaddr in a msghdr: sendmsg",
		 SYS_sendmsg,
		 {3, ADDRESS(nested), 0},
		 SCML_SUPPORTED,
		 MEMORY},
		{"sockaddr, too short, with the reason: sendto",
		 SYS_sendto,
		 {3, inet, 8, MSG_NOSIGNAL, inet, 4},
		 SCML_UNSUPPORTED,
		 REASON},
	};

	memcpy(nested, message, sizeof(nested));
	nested[0] = netlink;
	if (scml_table_check(&match_rules_table)) {
		fputs("the table is not in order\n", stderr);
		return EXIT_FAILURE;
	}
	measure(rows, sizeof(rows) / sizeof(*rows), argc < 2 ? NULL : argv[1]);
	return EXIT_SUCCESS;
}
