/*
 * bell: to sleep in a call that waits on one descriptor alone, and be woken when another one is
 * readable. poll() would do the same, but costs as much as a fifth of what it waits for here. A
 * thread does the polling; when it finds something, it puts a descriptor that fails at once in
 * the place of the one that is slept on, and interrupts the sleeper. So nothing is missed:
 * whoever comes later fails, and whoever sleeps already begins again, and fails.
 */
#ifndef SCML_BELL_H
#define SCML_BELL_H

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { BELL_MAX_SOURCES = 2 };

struct bell {
	int desk; /* to sleep on as long as bell_is_set(); any call on it fails afterwards */
	int fd;	  /* what DESK stands for; not owned */
	int end;  /* readable when the thread is to end, and what DESK is after it rang */
	struct pollfd sources[BELL_MAX_SOURCES + 1]; /* END is the first */
	nfds_t source_count;
	atomic_bool is_set;
	bool has_thread;
	sem_t wound; /* the thread may poll */
	pthread_t thread, sleeper;
	struct sigaction before;
	sigset_t mask_before;
};

/**
 * A bell for whoever calls this, on whose thread it interrupts only what begins again by itself
 * (SA_RESTART). It uses SIGURG, whose disposition is kept until bell_close(). It is not set.
 * @param fd       to be slept on
 * @param sources  ring it when they are readable or have an error; at most BELL_MAX_SOURCES
 * @return 0 or an errno; bell_close() is then of no effect
 */
int bell_open(struct bell *bell, int fd, const int *sources, size_t count);

/**
 * Is it set, and has not rung? Without it, DESK is not to be slept on. That it rang may be seen
 * on DESK first.
 */
bool bell_is_set(const struct bell *bell);

/**
 * Set it, where it is not. It rings once; what is readable already makes it ring at once. Of no
 * effect where bell_open() failed.
 */
void bell_set(struct bell *bell);

/** End the thread and give everything back; also where bell_open() was never called and BELL is
 * all zero. */
void bell_close(struct bell *bell);

#endif
