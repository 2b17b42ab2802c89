#include "bell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void ring(struct bell *bell)
{
	dup3(bell->end, bell->desk, O_CLOEXEC);
	bell->is_set = false;
	pthread_kill(bell->sleeper, SIGURG);
}

static void *watch(void *context)
{
	struct bell *bell = context;

	for (;;) {
		while (sem_wait(&bell->wound) < 0)
			;
		while (poll(bell->sources, bell->source_count, -1) <= 0)
			;
		if (bell->sources[0].revents)
			return NULL;
		ring(bell);
	}
}

/* It is enough that the call it came into begins again. */
static void wake_up(int number)
{
	(void)number;
}

static void hear_signal(struct bell *bell)
{
	struct sigaction action = {.sa_handler = wake_up, .sa_flags = SA_RESTART};
	sigset_t urgent;

	sigaction(SIGURG, &action, &bell->before);
	sigemptyset(&urgent);
	sigaddset(&urgent, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &urgent, &bell->mask_before);
}

static void ignore_signal(struct bell *bell)
{
	pthread_sigmask(SIG_SETMASK, &bell->mask_before, NULL);
	sigaction(SIGURG, &bell->before, NULL);
}

/* Signals are for the thread that handles them. */
static int start_thread(struct bell *bell)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&bell->thread, NULL, watch, bell);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	bell->has_thread = error == 0;
	return error;
}

int bell_open(struct bell *bell, int fd, const int *sources, size_t count)
{
	int error;

	*bell = (struct bell){.fd = fd, .sleeper = pthread_self()};
	bell->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell->end < 0)
		return errno;
	bell->desk = fcntl(bell->end, F_DUPFD_CLOEXEC, 0);
	if (bell->desk < 0) {
		error = errno;
		close(bell->end);
		return error;
	}
	bell->sources[bell->source_count++] =
		(struct pollfd){.fd = bell->end, .events = POLLIN};
	for (size_t i = 0; i < count; i++)
		bell->sources[bell->source_count++] =
			(struct pollfd){.fd = sources[i], .events = POLLIN};
	sem_init(&bell->wound, 0, 0);
	hear_signal(bell);
	error = start_thread(bell);
	if (error) {
		ignore_signal(bell);
		sem_destroy(&bell->wound);
		close(bell->desk);
		close(bell->end);
	}
	return error;
}

bool bell_is_set(const struct bell *bell)
{
	return bell->is_set;
}

void bell_set(struct bell *bell)
{
	if (!bell->has_thread || bell->is_set || dup3(bell->fd, bell->desk, O_CLOEXEC) < 0)
		return;
	bell->is_set = true;
	sem_post(&bell->wound);
}

void bell_close(struct bell *bell)
{
	const uint64_t one = 1;

	if (!bell->has_thread)
		return;
	while (write(bell->end, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	sem_post(&bell->wound);
	pthread_join(bell->thread, NULL);
	ignore_signal(bell);
	sem_destroy(&bell->wound);
	close(bell->desk);
	close(bell->end);
	*bell = (struct bell){0};
}
