#include "notify.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

static unsigned larger(size_t known, unsigned wanted)
{
	return wanted > known ? wanted : (unsigned)known;
}

int notify_open(struct notify *notify, int listener)
{
	struct seccomp_notif_sizes sizes;

	*notify = (struct notify){.listener = listener};
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes))
		return errno;
	notify->request_size = larger(sizeof(*notify->request), sizes.seccomp_notif);
	notify->response_size = larger(sizeof(*notify->response), sizes.seccomp_notif_resp);
	notify->request = calloc(1, notify->request_size);
	notify->response = calloc(1, notify->response_size);
	if (!notify->request || !notify->response) {
		notify_close(notify);
		return ENOMEM;
	}
	/* An older kernel refuses, and only time is lost. */
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      (unsigned long)SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	return 0;
}

bool notify_wait(const struct notify *notify)
{
	struct pollfd ready = {.fd = notify->listener, .events = POLLIN};

	while (poll(&ready, 1, -1) < 0)
		if (errno != EINTR)
			return false;
	return ready.revents & POLLIN;
}

/* The kernel numbers the calls in the order in which they are received. */
static void note_id(struct notify *notify)
{
	uint64_t id = notify->request->id;

	if (notify->has_next_id)
		notify->missed += id - notify->next_id;
	notify->next_id = id + 1;
	notify->has_next_id = true;
}

int notify_receive(struct notify *notify, int fd)
{
	memset(notify->request, 0, notify->request_size);
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, notify->request))
		return errno;
	note_id(notify);
	return 0;
}

bool notify_is_valid(const struct notify *notify)
{
	uint64_t id = notify->request->id;

	return ioctl(notify->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static int notify_answer(struct notify *notify)
{
	notify->response->id = notify->request->id;
	return ioctl(notify->listener, SECCOMP_IOCTL_NOTIF_SEND, notify->response) ? errno : 0;
}

int notify_continue(struct notify *notify)
{
	memset(notify->response, 0, notify->response_size);
	notify->response->flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	return notify_answer(notify);
}

int notify_refuse(struct notify *notify, int error)
{
	memset(notify->response, 0, notify->response_size);
	notify->response->error = -error;
	return notify_answer(notify);
}

int notify_return(struct notify *notify, int64_t value)
{
	memset(notify->response, 0, notify->response_size);
	notify->response->val = value;
	return notify_answer(notify);
}

void notify_close(struct notify *notify)
{
	free(notify->request);
	free(notify->response);
	*notify = (struct notify){.listener = -1};
}
