#include "trace_live.h"

#include <linux/seccomp.h>
#include <string.h>

#include "bpf/codegen.h"

static bool event_holds(const void *context)
{
	return engine_event_holds(context);
}

static void on_call(void *context, const struct engine_event *event)
{
	const struct judge *judge = context;
	const struct judge_case subject = {
		.call = &event->call,
		.memory = event->memory,
		.tid = event->tid,
		.holds = event_holds,
		.context = event,
	};

	judge_call(judge, &subject);
}

static struct bpf_code filter_of_all(struct arena *arena)
{
	struct sock_filter *items = ARENA_NEW(arena, struct sock_filter);

	*items = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	return (struct bpf_code){.items = items, .count = 1};
}

/* What registers prove is the kernel's to answer; everything else is ours. */
static struct bpf_code filter_of_rules(const struct trace_live *live, struct arena *arena)
{
	struct bpf_options options = bpf_options_default();
	/* That registers do not decide a rule is no news here: we look at the memory. */
	struct diags *unheard = diags_new(arena, sources_new(arena));

	options.on_mismatch = SECCOMP_RET_USER_NOTIF;
	options.on_undecided = SECCOMP_RET_USER_NOTIF;
	options.on_bad_arch = SECCOMP_RET_USER_NOTIF;
	options.scope = live->judge->only_listed ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	return bpf_compile(arena, unheard, &live->rules, 1, &options);
}

static struct bpf_code filter_make(const struct trace_live *live, struct arena *arena)
{
	struct sock_filter prologue[VISIBILITY_MAX_PROLOGUE], *items;
	size_t before = visibility_prologue(&live->judge->visibility, prologue);
	struct bpf_code rules;

	if (live->holds_all)
		return filter_of_all(arena);
	rules = filter_of_rules(live, arena);
	if (!rules.count || before + rules.count > BPF_MAX_LENGTH) {
		report_note(live->judge->report,
			    "the filter for these rules is longer than the kernel takes; every "
			    "call is held instead, which costs time");
		return filter_of_all(arena);
	}
	items = ARENA_ARRAY(arena, struct sock_filter, before + rules.count);
	memcpy(items, prologue, before * sizeof(*items));
	memcpy(items + before, rules.items, rules.count * sizeof(*items));
	return (struct bpf_code){.items = items, .count = before + rules.count};
}

void trace_live(const struct trace_live *live, struct arena *arena,
		struct engine_result *result)
{
	struct bpf_code filter = filter_make(live, arena);
	struct engine_run run = {
		.argv = live->argv,
		.filter = filter.items,
		.filter_count = filter.count,
		.on_call = on_call,
		.context = (void *)(uintptr_t)live->judge,
	};

	live->engine->run(&run, result);
}
