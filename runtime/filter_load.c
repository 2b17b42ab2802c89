#include "scml_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int install(const struct sock_fprog *program, unsigned flags)
{
	unsigned long kernel_flags = 0;
	long result;

	if (flags & SCML_FILTER_ALL_THREADS)
		kernel_flags |= SECCOMP_FILTER_FLAG_TSYNC;
	if (flags & SCML_FILTER_LOG)
		kernel_flags |= SECCOMP_FILTER_FLAG_LOG;
	if (!(flags & SCML_FILTER_KEEP_PRIVS) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, kernel_flags, program);
	/* A positive number is the thread that cannot follow. */
	if (result > 0)
		return -ESRCH;
	return result < 0 ? -errno : 0;
}

int scml_filter_load(const void *filter, size_t size, unsigned flags)
{
	const unsigned known =
		SCML_FILTER_ALL_THREADS | SCML_FILTER_LOG | SCML_FILTER_KEEP_PRIVS;
	struct sock_fprog program = {.filter = (struct sock_filter *)(uintptr_t)filter};

	if (size > SCML_FILTER_MAX_BYTES)
		return -E2BIG;
	if (flags & ~known || size == 0 || size % SCML_FILTER_SIZE)
		return -EINVAL;
	program.len = (unsigned short)(size / SCML_FILTER_SIZE);
	return install(&program, flags);
}

/* Up to SIZE bytes, to BUFFER. How many, or a negative errno. */
static ssize_t read_whole(int fd, unsigned char *buffer, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t got = read(fd, buffer + have, size - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

int scml_filter_load_file(const char *path, unsigned flags)
{
	/* One byte more than allowed tells a file that is too large. */
	unsigned char bytes[SCML_FILTER_MAX_BYTES + 1] __attribute__((aligned(8)));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return -errno;
	size = read_whole(fd, bytes, sizeof(bytes));
	close(fd);
	return size < 0 ? (int)size : scml_filter_load(bytes, (size_t)size, flags);
}
