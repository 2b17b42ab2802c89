/* inherited: what a process has from before anybody watched it, and what hides its work. */
#ifndef SCML_INHERITED_H
#define SCML_INHERITED_H

#include <stdbool.h>
#include <sys/types.h>

/** Is there a seccomp filter on this process, so that its children have it too? */
bool inherited_filter(void);

/** Has process PID an io_uring? False too where that is not to be known. */
bool inherited_rings(pid_t pid);

#endif
