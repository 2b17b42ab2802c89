/* caller_end: end a process as a filter that kills would. */
#ifndef SCML_CALLER_END_H
#define SCML_CALLER_END_H

#include <sys/types.h>

/**
 * End the process of thread TID, which waits in a system call: it dies of SIGSYS before it runs
 * another instruction. The kernel's own filters do so whatever the process says; here one that
 * catches, ignores or blocks that signal dies of SIGKILL.
 */
void caller_end(pid_t tid);

/** The process of TID, if that thread would take SIGSYS by a handler; else 0. */
pid_t caller_catching_sigsys(pid_t tid);

#endif
