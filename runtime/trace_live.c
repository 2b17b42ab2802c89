#include "trace_live.h"

#include <linux/seccomp.h>
#include <string.h>

#include "bpf/codegen.h"

static bool event_holds(const void *context)
{
	return engine_event_holds(context);
}

/* What the callbacks of one engine need. */
struct watch {
	struct judge judge;
	const struct engine *engine;
};

static void on_call(void *context, const struct engine_event *event)
{
	const struct watch *watch = context;
	const struct judge_case subject = {
		.call = &event->call,
		.memory = event->memory,
		.tid = event->tid,
		.holds = event_holds,
		.context = event,
	};
	struct judge_found *found = judge_begin(&watch->judge, &subject,
						watch->engine->traits & ENGINE_SHOWS_RETURNS);

	if (found)
		*event->answer = (struct engine_answer){.kind = ENGINE_RETURN, .keep = found};
}

static void on_return(void *context, const struct engine_return *end)
{
	const struct watch *watch = context;
	const struct judge_case subject = {
		.call = &end->call,
		.memory = end->memory,
		.tid = end->tid,
	};

	switch (end->fate) {
	case ENGINE_RETURNED:
		judge_end(&watch->judge, end->keep, &subject);
		return;
	case ENGINE_ENDED_WITHIN:
	case ENGINE_UNSEEN:
		judge_end(&watch->judge, end->keep, NULL);
		return;
	case ENGINE_COMES_AGAIN:
		judge_forget(end->keep);
		return;
	}
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
	struct bpf_code code;

	options.on_mismatch = SECCOMP_RET_USER_NOTIF;
	options.on_undecided = SECCOMP_RET_USER_NOTIF;
	options.on_bad_arch = SECCOMP_RET_USER_NOTIF;
	options.scope = live->judge->only_listed ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	/* The program waits: a filter that is made at once is worth more than the best. */
	options.is_hasty = true;
	code = bpf_compile(arena, unheard, &live->rules, 1, &options);
	if (code.count && code.count <= BPF_MAX_LENGTH - VISIBILITY_MAX_PROLOGUE)
		return code;
	options.is_hasty = false;
	return bpf_compile(arena, unheard, &live->rules, 1, &options);
}

static struct bpf_code filter_make(const struct trace_live *live, const struct watch *watch,
				   struct arena *arena)
{
	struct sock_filter prologue[VISIBILITY_MAX_PROLOGUE], *items;
	size_t before = visibility_prologue(&watch->judge.visibility, prologue);
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

/* What can get out of sight of ENGINE. */
static unsigned hazards_of(const struct engine *engine)
{
	unsigned hazards = VISIBILITY_RINGS;

	if (!(engine->traits & ENGINE_SEES_REFUSED))
		hazards |= VISIBILITY_REFUSALS;
	if (engine->traits & ENGINE_TRACES)
		hazards |= VISIBILITY_TRACERS;
	if (engine->traits & ENGINE_ANSWERS)
		hazards |= VISIBILITY_LISTENERS;
	return hazards;
}

static void run_with(const struct trace_live *live, const struct engine *engine,
		     struct arena *arena, struct engine_result *result)
{
	struct watch watch = {.judge = *live->judge, .engine = engine};
	struct engine_run run = {
		.argv = live->argv,
		.pid = live->pid,
		.on_call = on_call,
		.on_return = on_return,
		.context = &watch,
	};
	struct bpf_code filter;

	visibility_resolve(&watch.judge.visibility, watch.judge.db, watch.judge.arch,
			   hazards_of(engine));
	if (!(engine->traits & ENGINE_SEES_ALL)) {
		filter = filter_make(live, &watch, arena);
		run.filter = filter.items;
		run.filter_count = filter.count;
	}
	engine->run(&run, result);
}

const struct engine *trace_live(const struct trace_live *live, struct arena *arena,
				struct engine_result *result)
{
	unsigned needed = live->argv ? 0 : ENGINE_ATTACHES;
	const struct engine *engine = live->engine ? live->engine : engine_next(NULL, needed);

	for (;;) {
		const struct engine *next = engine_next(engine, needed);

		run_with(live, engine, arena, result);
		if (live->engine || !next || result->end != ENGINE_FAILED ||
		    result->has_started)
			return engine;
		report_note(live->judge->report,
			    "the engine '%s' does not work here (cannot %s: %s); '%s' is used, "
			    "which is slower",
			    engine->name, result->step, strerror(result->error), next->name);
		engine = next;
	}
}
