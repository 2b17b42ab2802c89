/* notify: the supervisor's side of seccomp user notification, one call at a time. */
#ifndef SCML_NOTIFY_H
#define SCML_NOTIFY_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/** A listener and the call that was received from it last. */
struct notify {
	int listener;
	struct seccomp_notif *request;
	struct seccomp_notif_resp *response;
	uint64_t missed;  /* calls that ended before they could be received */
	uint64_t next_id; /* of the next call, if none is missed */
	bool has_next_id;
	unsigned request_size, response_size; /* as large as this kernel wants them */
};

/**
 * Read from LISTENER, which stays the caller's. Wake-ups are made synchronous where the kernel
 * can (Linux 6.6): a call that is held then costs a tenth.
 * @return 0 or an errno
 */
int notify_open(struct notify *notify, int listener);

/** Wait for a call. False when nobody is left who could make one. */
bool notify_wait(const struct notify *notify);

/**
 * Take the next call from FD, the listener or a copy of its descriptor; waits where there is
 * none.
 * @return 0 or an errno: ENOENT when its thread was killed meanwhile
 */
int notify_receive(struct notify *notify, int fd);

/** Does the thread of the received call still wait for its answer? */
bool notify_is_valid(const struct notify *notify);

/** Let the received call happen. @return 0 or an errno: ENOENT when its thread is gone */
int notify_continue(struct notify *notify);

/** Let it fail with ERROR. @return as notify_continue() */
int notify_refuse(struct notify *notify, int error);

/** Let it return VALUE without happening. @return as notify_continue() */
int notify_return(struct notify *notify, int64_t value);

/** Free the buffers. */
void notify_close(struct notify *notify);

#endif
