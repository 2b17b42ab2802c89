#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int fd, const void *data, size_t size)
{
	const char *next = data;

	while (size) {
		ssize_t done = write(fd, next, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		next += done;
		size -= (size_t)done;
	}
	return 0;
}

static int write_directly(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = write_all(fd, data, size);
	if (close(fd) < 0 && !error)
		error = -errno;
	return error;
}

/* The permissions that a new file would get, or those of the file that is replaced. */
static mode_t wanted_mode(const struct stat *old)
{
	mode_t mask;

	if (old)
		return old->st_mode & 07777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static int write_beside(const char *path, const struct stat *old, const void *data, size_t size)
{
	char *beside;
	int error, fd;

	if (asprintf(&beside, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		free(beside);
		return error;
	}
	error = write_all(fd, data, size);
	if (!error && fchmod(fd, wanted_mode(old)) < 0)
		error = -errno;
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && rename(beside, path) < 0)
		error = -errno;
	if (error)
		unlink(beside);
	free(beside);
	return error;
}

int output_write(const char *path, const void *data, size_t size)
{
	struct stat old;
	char *target;
	int error;

	if (strcmp(path, "-") == 0)
		return write_all(STDOUT_FILENO, data, size);
	if (stat(path, &old) < 0)
		return errno == ENOENT ? write_beside(path, NULL, data, size) : -errno;
	if (S_ISDIR(old.st_mode))
		return -EISDIR;
	if (!S_ISREG(old.st_mode))
		return write_directly(path, data, size);
	target = realpath(path, NULL); /* a link stays a link */
	if (!target)
		return -errno;
	error = write_beside(target, &old, data, size);
	free(target);
	return error;
}

bool output_replaces(const char *path, const char *input)
{
	struct stat result, source;

	if (!path || !input || strcmp(path, "-") == 0 || strcmp(input, "-") == 0)
		return false;
	return stat(path, &result) == 0 && S_ISREG(result.st_mode) &&
	       stat(input, &source) == 0 && result.st_dev == source.st_dev &&
	       result.st_ino == source.st_ino;
}
