/*
 * judge: which of these calls do the rules support, and why not? Calls of this very process, so
 * memory is read where it lies.
 *
 *     scmlc rules.scml -o rules.c && scmlc rules.scml -o rules.h
 *     cc judge.c rules.c $(pkg-config --cflags --libs scml) -o judge && ./judge
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <scml.h>

#include "rules.h"

/* The memory of this process, through the kernel: an address that cannot be read is no crash.
 */
static enum scml_read read_own(void *context, uint64_t address, void *buffer, size_t size,
			       size_t *done)
{
	struct iovec to = {buffer, size}, from = {(void *)(uintptr_t)address, size};
	ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);

	(void)context;
	if (got < 0)
		return errno == EFAULT ? SCML_READ_FAULT : SCML_READ_UNKNOWN;
	*done = (size_t)got;
	return SCML_READ_OK;
}

static void judge(const char *what, uint32_t nr, uint64_t a, uint64_t b, uint64_t c)
{
	const struct scml_table *table = &rules_table;
	const struct scml_memory memory = {.read = read_own};
	struct scml_call call = {.arch = table->arch, .nr = nr, .args = {a, b, c}};
	struct scml_reason reason;
	enum scml_verdict verdict = scml_match(table, &call, &memory, &reason);

	printf("%s: %s", what, scml_verdict_name(verdict));
	if (verdict != SCML_SUPPORTED && reason.cond != SCML_NONE)
		printf(" (%s)", table->strings + table->conds[reason.cond].param);
	putchar('\n');
}

int main(void)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	if (scml_table_check(&rules_table))
		return 1;
	judge("socket(AF_INET, SOCK_STREAM, 0)", SYS_socket, AF_INET, SOCK_STREAM, 0);
	judge("socket(AF_INET, SOCK_RAW, 0)", SYS_socket, AF_INET, SOCK_RAW, 0);
	judge("connect(3, an IPv4 address)", SYS_connect, 3, (uintptr_t)&v4, sizeof(v4));
	judge("connect(3, an IPv6 address)", SYS_connect, 3, (uintptr_t)&v6, sizeof(v6));
	judge("openat(AT_FDCWD, \"/etc\", O_RDONLY)", SYS_openat, (uint64_t)AT_FDCWD,
	      (uintptr_t) "/etc", O_RDONLY);
	judge("openat(AT_FDCWD, 1, O_RDONLY)", SYS_openat, (uint64_t)AT_FDCWD, 1, O_RDONLY);
	return 0;
}
