/* tracer_program: start a program under a tracer and watch it to its end. */
#ifndef SCML_TRACER_PROGRAM_H
#define SCML_TRACER_PROGRAM_H

#include "engine.h"

/**
 * Run the program of RUN, whose own filter is passed over.
 * @param filter  on the program, with SECCOMP_RET_TRACE for what is to be delivered; where
 *                COUNT is 0 there is none, and every call is delivered
 */
void tracer_program_run(const struct engine_run *run, const struct sock_filter *filter,
			size_t count, struct engine_result *result);

#endif
