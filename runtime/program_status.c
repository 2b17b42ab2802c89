#include "program_status.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void program_fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void end_by_signal(int number)
{
	const struct rlimit no_core = {0, 0};
	sigset_t mask;

	setrlimit(RLIMIT_CORE, &no_core);
	signal(number, SIG_DFL);
	sigemptyset(&mask);
	sigaddset(&mask, number);
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	raise(number);
}

int program_pass_on(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	fflush(NULL);
	end_by_signal(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}
