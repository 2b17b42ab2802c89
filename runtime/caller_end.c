#include "caller_end.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STATUS_BYTES = 8192, SIGSYS_BIT = 1 << (SIGSYS - 1) };

/* The number behind KEY in the text of /proc/PID/status. False where there is none. */
static bool status_number(const char *status, const char *key, int base,
			  unsigned long long *value)
{
	const char *at = strstr(status, key);

	if (!at)
		return false;
	*value = strtoull(at + strlen(key), NULL, base);
	return true;
}

/* Does SIGSYS end the process, as far as its STATUS tells? */
static bool dies_of_sigsys(const char *status)
{
	static const char *const sets[] = {"\nSigBlk:", "\nSigIgn:", "\nSigCgt:"};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		unsigned long long set;

		if (!status_number(status, sets[i], 16, &set) || set & SIGSYS_BIT)
			return false;
	}
	return true;
}

/* /proc/TID/status; empty where there is none. */
static void read_status(pid_t tid, char status[static STATUS_BYTES])
{
	char path[64];
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, status, STATUS_BYTES - 1);
		close(fd);
	}
	status[len > 0 ? len : 0] = '\0';
}

void caller_end(pid_t tid)
{
	char status[STATUS_BYTES];
	unsigned long long process;

	/* A number that is 0 here would be this process group's. */
	if (tid <= 0)
		return;
	read_status(tid, status);
	if (dies_of_sigsys(status) && status_number(status, "\nTgid:", 10, &process) &&
	    syscall(SYS_tgkill, (pid_t)process, tid, SIGSYS) == 0)
		return;
	kill(tid, SIGKILL);
}

pid_t caller_catching_sigsys(pid_t tid)
{
	char status[STATUS_BYTES];
	unsigned long long process, blocked, caught;

	if (tid <= 0)
		return 0;
	read_status(tid, status);
	if (!status_number(status, "\nTgid:", 10, &process) ||
	    !status_number(status, "\nSigBlk:", 16, &blocked) ||
	    !status_number(status, "\nSigCgt:", 16, &caught))
		return 0;
	return caught & ~blocked & SIGSYS_BIT ? (pid_t)process : 0;
}
