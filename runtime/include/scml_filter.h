/*
 * scml_filter: put a seccomp filter on the calling process. For hosted programs; the matcher of
 * scml.h needs none of it.
 */
#ifndef SCML_FILTER_H
#define SCML_FILTER_H

#include <stddef.h>

#include "scml.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	SCML_FILTER_SIZE = 8,		  /* bytes of one instruction, struct sock_filter */
	SCML_FILTER_MAX_BYTES = 8 * 4096, /* that the kernel takes */
};

/** How a filter is loaded; 0 does what most programs want. */
enum scml_filter_flag {
	SCML_FILTER_ALL_THREADS =
		1,	     /* on every thread of the process, not on the caller alone */
	SCML_FILTER_LOG = 2, /* log what is answered with anything but allow */
	SCML_FILTER_KEEP_PRIVS = 4, /* leave no_new_privs as it is: needs CAP_SYS_ADMIN */
};

/**
 * Put the filter of SIZE bytes at FILTER, as `scmlc -o FILTER.bpf` writes it, on the calling
 * thread and on what it will start. It cannot be taken off. Sets no_new_privs first (set-uid
 * programs then run without their privileges), which stays set if loading fails.
 * @param flags  of enum scml_filter_flag
 * @return 0, or
 *   -EINVAL   unknown flags, SIZE is no multiple of 8 or 0, or the kernel does not take it
 *   -E2BIG    more than 4096 instructions
 *   -EACCES   SCML_FILTER_KEEP_PRIVS without CAP_SYS_ADMIN or no_new_privs
 *   -ESRCH    SCML_FILTER_ALL_THREADS: another thread has filters that this one lacks
 *   -ENOMEM   the filters of the process would be too long together
 *   -ENOSYS   this kernel has no seccomp filters
 */
SCML_API int scml_filter_load(const void *filter, size_t size, unsigned flags);

/**
 * The same with the file PATH, which is read whole before anything changes.
 * @return as scml_filter_load(), or the errno of opening and reading, negative
 */
SCML_API int scml_filter_load_file(const char *path, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
