#include "program_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What execvp() searches when PATH is not set. */
static const char default_path[] = "/bin:/usr/bin";

static int check_executable(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return errno;
	if (!S_ISREG(status.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? errno : 0;
}

int program_path(const char *name, char *path, size_t size)
{
	const char *folder = getenv("PATH");
	int worst = ENOENT;

	if (strlen(name) >= size)
		return ENAMETOOLONG;
	if (!*name)
		return ENOENT;
	if (strchr(name, '/')) {
		memcpy(path, name, strlen(name) + 1);
		return 0;
	}
	if (!folder)
		folder = default_path;
	for (;;) {
		size_t len = strcspn(folder, ":");
		/* An empty folder is the current one. */
		int written = snprintf(path, size, "%.*s%s%s", (int)len, folder,
				       len ? "/" : "./", name);

		if (written >= 0 && (size_t)written < size) {
			int error = check_executable(path);

			if (!error)
				return 0;
			if (error == EACCES)
				worst = EACCES;
		}
		if (!folder[len])
			return worst;
		folder += len + 1;
	}
}
