#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>

#include "clone_untraced.h"
#include "engine.h"
#include "tracer_program.h"

/* FILTER with the tracer in the place of the listener, behind PROLOGUE. */
static void translate(struct sock_filter *all, size_t before, const struct engine_run *run)
{
	for (size_t i = 0; i < run->filter_count; i++) {
		struct sock_filter *one = &all[before + i];

		*one = run->filter[i];
		if (one->code == (BPF_RET | BPF_K) &&
		    (one->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			one->k = SECCOMP_RET_TRACE;
	}
}

void engine_trace_run(const struct engine_run *run, struct engine_result *result)
{
	struct sock_filter *all =
		calloc(CLONE_UNTRACED_MAX_PROLOGUE + run->filter_count, sizeof(*all));
	size_t before;

	if (!all) {
		*result = (struct engine_result){
			.end = ENGINE_FAILED, .error = ENOMEM, .step = "make the filter"};
		return;
	}
	before = clone_untraced_prologue(all, SECCOMP_RET_TRACE);
	/* What is too long for the kernel with it stops every call anyway. */
	if (before + run->filter_count > BPF_MAXINSNS)
		before = 0;
	translate(all, before, run);
	tracer_program_run(run, all, before + run->filter_count, result);
	free(all);
}
