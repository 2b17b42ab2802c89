#include "trace_returns.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { SIGNALLED = 3000, BLOCKED = 60 };

static void on_signal(int number)
{
	(void)number;
}

int trace_returns_under_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < SIGNALLED; i++) {
		struct sockaddr address = {0};
		socklen_t len = sizeof(address);

		if (getsockname(fd, &address, &len) || address.sa_family != AF_UNIX)
			return 1;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	return 0;
}

/* A socket that others can send to from one that has a name, and so can it. */
static int named_socket(struct sockaddr_un *name, socklen_t *len)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	*name = (struct sockaddr_un){.sun_family = AF_UNIX};
	*len = sizeof(*name);
	return bind(fd, (struct sockaddr *)name, sizeof(sa_family_t)) ||
			       getsockname(fd, (struct sockaddr *)name, len)
		       ? -1
		       : fd;
}

static void *receive_one(void *context)
{
	struct sockaddr_un from;
	socklen_t len = sizeof(from);
	char byte;
	int *fd = context;

	if (recvfrom(*fd, &byte, 1, 0, (struct sockaddr *)&from, &len) != 1 ||
	    from.sun_family != AF_UNIX)
		_exit(2);
	return NULL;
}

int trace_returns_beside_blocked(void)
{
	static pthread_t threads[BLOCKED];
	static struct sockaddr_un names[BLOCKED], any;
	static socklen_t lens[BLOCKED];
	static int fds[BLOCKED];
	int fd = named_socket(&any, &lens[0]);

	for (size_t i = 0; i < BLOCKED; i++) {
		fds[i] = named_socket(&names[i], &lens[i]);
		if (fds[i] < 0 || pthread_create(&threads[i], NULL, receive_one, &fds[i]))
			return TRACE_CANNOT;
	}
	for (size_t i = 0; i < BLOCKED; i++) {
		socklen_t len = sizeof(any);

		if (getsockname(fd, (struct sockaddr *)&any, &len) ||
		    sendto(fd, "", 1, 0, (struct sockaddr *)&names[i], lens[i]) != 1)
			return 1;
	}
	for (size_t i = 0; i < BLOCKED; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
