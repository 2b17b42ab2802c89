/*
 * engine_program: programs for an engine to watch. They are the test itself, SELF, with the
 * name of a behaviour and its argument, so that each test says exactly which calls are made.
 */
#ifndef SCML_ENGINE_PROGRAM_H
#define SCML_ENGINE_PROGRAM_H

#define SELF "/proc/self/exe"

/* A harmless call that neither libc nor a sanitizer makes by itself. */
#define PROBE_NR SYS_sched_get_priority_max

/* Behave like NAME; the exit status, 99 where there is no such behaviour. */
int engine_program(const char *name, const char *argument);

#endif
