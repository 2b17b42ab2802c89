/* trap_run: trace_traps under scmltrace, and what scmltrace says of it. */
#ifndef SCML_TRAP_RUN_H
#define SCML_TRAP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	TRAP_CANNOT = 77, /* the exit status of a trap that this machine does not have */
	TRAP_MAX_WAIT_MS = 60000, /* for anything; a busy machine may take long */
	TRAP_TIMEOUT_S = 240,	  /* of one test */
};

enum { TRAP_BY_NOTIFY, TRAP_BY_TRACE, TRAP_BY_PTRACE, TRAP_ENGINES };

/** What `--engine` takes. */
extern const char *const trap_engines[TRAP_ENGINES];

/** The fixture of every test: a folder with the rules, in which the report is going to be. */
void trap_set_up(void);
void trap_tear_down(void);

const char *trap_folder(void);
const char *trap_spec(void);
const char *trap_report_path(void);

/** The report as it was read last; the next reading frees it. */
const char *trap_report(void);

void trap_read_report(void);

/** How often PART is in the report. */
size_t trap_count(const char *part);

/** Start scmltrace on TRAP; BEFORE, where it is not NULL, is run in the new process. */
pid_t trap_start(const char *engine, const char *option, const char *trap,
		 void (*before)(void));

/** Sleep until IS_SO says that it is so, of PID. False: it was not within TRAP_MAX_WAIT_MS. */
bool trap_wait_until(bool (*is_so)(pid_t pid), pid_t pid);

/**
 * Wait for PID, which is scmltrace, and read the report. @return its exit status, or 128 and
 * the number of the signal that it died of
 */
int trap_finish(pid_t pid);

/** The exit status of TRAP under ENGINE, an index into trap_engines. */
int trap_run(int engine, const char *trap);

/* Claims; where one is false, the test fails and shows the report. */

/** The report has PART. */
void ck_trap_has(const char *part);

/** The report has PART so many times. */
void ck_trap_count(const char *part, size_t wanted);

/** PID, which is scmltrace, ends with WANTED. */
void ck_trap_ends(pid_t pid, int wanted);

/** TRAP ends with WANTED. */
void ck_trap_runs(int engine, const char *trap, int wanted);

/** TRAP ends well, or this machine does not have it; and so many markers were seen. */
void ck_trap_marks(int engine, const char *trap, size_t marks);

/** Can the traps be executed here? Where not, nothing can be said. */
bool trap_can_be_made(void);

#endif
