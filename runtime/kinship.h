/* kinship: who is whose child, as /proc tells it. */
#ifndef SCML_KINSHIP_H
#define SCML_KINSHIP_H

#include <stdbool.h>
#include <sys/types.h>

/** How far up or down a family is followed. */
enum { KINSHIP_MAX_GENERATIONS = 64 };

/** The parent of process PID, which may have ended if nobody has waited for it; -1: not known.
 */
pid_t kinship_parent(pid_t pid);

/** Is PID the process FIRST or one that came from it? False too where that is not known: a
 * process between them, or PID itself, may be gone. */
bool kinship_descends(pid_t pid, pid_t first);

#endif
