/*
 * seccomp_host: the architecture of this machine, and whether its kernel takes filters here.
 */
#ifndef SCML_SECCOMP_HOST_H
#define SCML_SECCOMP_HOST_H

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

/* HOST_FOREIGN: a number of another table of calls that has the same architecture word. */
#if defined(__x86_64__)
#define HOST_AUDIT   AUDIT_ARCH_X86_64
#define HOST_FOREIGN 0x40000000
#elif defined(__aarch64__)
#define HOST_AUDIT   AUDIT_ARCH_AARCH64
#define HOST_FOREIGN 0
#elif defined(__riscv)
#define HOST_AUDIT   AUDIT_ARCH_RISCV64
#define HOST_FOREIGN 0
#else
#define HOST_AUDIT   0
#define HOST_FOREIGN 0
#endif

/* Can a child load a filter here that allows everything? */
static inline bool has_seccomp(void)
{
	static struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {1, &allow};
	pid_t child = HOST_AUDIT ? fork() : -1;
	int status;

	if (!child)
		_exit(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* What main() returns: SUITE is run, or skipped where no filter can be loaded. */
static inline int run_under_seccomp(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	if (!has_seccomp()) {
		puts("skipped: no filter can be loaded here");
		srunner_free(runner);
		return 77;
	}
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
