#include "inherited.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool inherited_filter(void)
{
	int mode = prctl(PR_GET_SECCOMP);

	/* A kernel without filters says EINVAL; any other error is a filter's. */
	return mode > 0 || (mode < 0 && errno != EINVAL);
}

static const char ring_name[] = "anon_inode:[io_uring]";

static bool has_ring_open(pid_t pid)
{
	char path[64], target[sizeof(ring_name)];
	bool has_one = false;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	folder = opendir(path);
	for (struct dirent *entry; folder && !has_one && (entry = readdir(folder));) {
		ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target));

		has_one = len == sizeof(ring_name) - 1 &&
			  memcmp(target, ring_name, sizeof(ring_name) - 1) == 0;
	}
	if (folder)
		closedir(folder);
	return has_one;
}

/* Its queue may be polled though nobody has it open any longer. */
static bool has_ring_mapped(pid_t pid)
{
	char path[64], *line = NULL;
	bool has_one = false;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	file = fopen(path, "re");
	while (file && !has_one && getline(&line, &size, file) > 0)
		has_one = strstr(line, ring_name) != NULL;
	free(line);
	if (file)
		fclose(file);
	return has_one;
}

bool inherited_rings(pid_t pid)
{
	return has_ring_open(pid) || has_ring_mapped(pid);
}
