#include "trap_run.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const char *const trap_engines[TRAP_ENGINES] = {"notify", "trace", "ptrace"};

static char folder[64], spec[128], report_path[128];
static char *report; /* what the last run said */

void trap_set_up(void)
{
	FILE *file;

	strcpy(folder, "/tmp/scml-traps-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(spec, sizeof(spec), "%s/traps.scml", folder);
	snprintf(report_path, sizeof(report_path), "%s/report", folder);
	file = fopen(spec, "w");
	ck_assert_ptr_nonnull(file);
	fputs("socket(family = AF_UNIX, type = SOCK_STREAM | SOCK_DGRAM, protocol = 0);\n"
	      "struct sa = { sa_family = AF_UNIX, .. };\n"
	      "bind(sockfd, addr = <sa>, addrlen);\n"
	      "getsockname(sockfd, addr = <sa>, addrlen);\n"
	      "recvfrom(sockfd, buf, len, flags, src_addr = <sa>, addrlen);\n",
	      file);
	fclose(file);
}

void trap_tear_down(void)
{
	char command[128];

	free(report);
	report = NULL;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

void trap_read_report(void)
{
	FILE *file = fopen(report_path, "r");
	size_t len = 0;

	free(report);
	report = NULL;
	/* Without one it is empty: whoever looks into it says what is missing. */
	if (!file || getdelim(&report, &len, '\0', file) < 0) {
		free(report);
		report = calloc(1, 1);
	}
	ck_assert_ptr_nonnull(report);
	if (file)
		fclose(file);
}

pid_t trap_start(const char *engine, const char *option, const char *trap, void (*before)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		if (before)
			before();
		execl(SCMLTRACE, "scmltrace", spec, "--scope", "listed", "--engine", engine,
		      "-o", report_path, option, "--", TRAPS, trap, NULL);
		_exit(98);
	}
	return pid;
}

bool trap_wait_until(bool (*is_so)(pid_t pid), pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 1000 * 1000};
	struct timespec start, now;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (is_so(pid))
			return true;
		nanosleep(&pause, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((now.tv_sec - start.tv_sec) * 1000 < TRAP_MAX_WAIT_MS);
	return is_so(pid);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

int trap_finish(pid_t pid)
{
	int status = 0;

	if (!trap_wait_until(has_ended, pid)) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		trap_read_report();
		ck_abort_msg("scmltrace hangs; so far:\n%.3000s", report);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	trap_read_report();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void ck_trap_ends(pid_t pid, int wanted)
{
	int status = trap_finish(pid);

	ck_assert_msg(status == wanted, "status %d, not %d, of:\n%.3000s", status, wanted,
		      report);
}

int trap_run(int engine, const char *trap)
{
	return trap_finish(trap_start(trap_engines[engine], "--max=0", trap, NULL));
}

void ck_trap_runs(int engine, const char *trap, int wanted)
{
	ck_trap_ends(trap_start(trap_engines[engine], "--max=0", trap, NULL), wanted);
}

size_t trap_count(const char *part)
{
	size_t found = 0;

	for (const char *at = report; (at = strstr(at, part)); at++)
		found++;
	return found;
}

void ck_trap_has(const char *part)
{
	ck_assert_msg(strstr(report, part), "no '%s' in:\n%.3000s", part, report);
}

void ck_trap_count(const char *part, size_t wanted)
{
	ck_assert_msg(trap_count(part) == wanted, "%zu, not %zu, times '%s' in:\n%.3000s",
		      trap_count(part), wanted, part, report);
}

void ck_trap_marks(int engine, const char *trap, size_t marks)
{
	int status = trap_run(engine, trap);

	if (status == TRAP_CANNOT)
		return;
	ck_assert_msg(status == 0, "%s: status %d of '%s':\n%.3000s", trap_engines[engine],
		      status, trap, report);
	ck_assert_msg(trap_count("(unsupported)") == marks,
		      "%s: %zu, not %zu, marks of '%s':\n%.3000s", trap_engines[engine],
		      trap_count("(unsupported)"), marks, trap, report);
}

const char *trap_spec(void)
{
	return spec;
}

const char *trap_folder(void)
{
	return folder;
}

const char *trap_report_path(void)
{
	return report_path;
}

const char *trap_report(void)
{
	return report;
}

bool trap_can_be_made(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execl(TRAPS, "trace_traps", "mark", NULL);
		_exit(98);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}
