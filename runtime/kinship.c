#include "kinship.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STAT_BYTES = 512 };

pid_t kinship_parent(pid_t pid)
{
	char path[64], text[STAT_BYTES];
	const char *after_name;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return -1;
	text[len] = '\0';
	/* The name may hold anything. */
	after_name = strrchr(text, ')');
	if (!after_name || strlen(after_name) < sizeof(") S 1") - 1)
		return -1;
	return (pid_t)strtol(after_name + sizeof(") S") - 1, NULL, 10);
}

bool kinship_descends(pid_t pid, pid_t first)
{
	for (unsigned i = 0; i < KINSHIP_MAX_GENERATIONS && pid > 1; i++) {
		if (pid == first)
			return true;
		pid = kinship_parent(pid);
	}
	return false;
}
