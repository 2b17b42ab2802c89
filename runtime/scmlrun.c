#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/sim.h"
#include "cause.h"
#include "engine.h"
#include "program_path.h"
#include "program_status.h"
#include "render.h"
#include "run_filter.h"
#include "run_options.h"
#include "scml_filter.h"

enum { MAX_CALL_TEXT = 2048 };

/* A program under watch. */
struct watch {
	const struct run_options *options;
	const struct run_filter *filter;
	FILE *out;
	uint64_t stopped;
	bool has_killed; /* a thread of the program, by the filter's word; or may have */
};

static int system_error(const char *what, int error)
{
	fprintf(stderr, "scmlrun: cannot %s: %s\n", what, strerror(error));
	return RUN_SYSTEM;
}

static int no_program(const struct run_options *options, const char *step, int error)
{
	fprintf(stderr, "scmlrun: cannot %s '%s': %s\n", step, options->program[0],
		strerror(error));
	return error == ENOENT ? RUN_NOT_FOUND : RUN_NOT_EXECUTABLE;
}

/* What the filter answers, as the kernel would have it. */
static uint32_t filter_action(const struct watch *watch, const struct engine_event *event)
{
	struct seccomp_data data = {
		.nr = (int)event->call.nr,
		.arch = event->call.arch,
		.instruction_pointer = event->instruction_pointer,
	};
	struct bpf_result result;

	for (size_t i = 0; i < SCML_REGISTERS; i++)
		data.args[i] = event->call.args[i];
	if (!bpf_sim(watch->filter->code.items, watch->filter->code.count, &data, &result))
		return SECCOMP_RET_KILL_PROCESS;
	return result.action;
}

/* Behind the call: why no rule lets it through. */
static void print_reason(const struct watch *watch, const struct scml_call *call, unsigned arch)
{
	const struct scml_table *table = watch->filter->table;
	struct report_call entry = {0};
	struct scml_reason reason;
	struct cause_text text;

	if (!table || call->arch != table->arch)
		return;
	/* As the filter does, without a look at the memory. */
	cause_describe(table, watch->options->compilation->db, arch, call,
		       scml_match(table, call, NULL, &reason), &reason, &text, &entry);
	fprintf(watch->out, " (%s", entry.cause);
	if (entry.file)
		fprintf(watch->out, "; the nearest rule is %s:%u", entry.file, entry.line);
	putc(')', watch->out);
}

static void print_call(const struct watch *watch, const struct engine_event *event,
		       uint32_t action)
{
	const struct abi_db *db = watch->options->compilation->db;
	int arch = abi_arch_by_audit(db, event->call.arch);
	struct render render = {.db = db, .arch = (unsigned)arch};
	char text[MAX_CALL_TEXT], name[BPF_ACTION_NAME_MAX];

	if (arch < 0)
		snprintf(text, sizeof(text), "call %u of architecture 0x%x", event->call.nr,
			 event->call.arch);
	else
		render_call(&render, &event->call, event->memory, text, sizeof(text));
	fprintf(watch->out, "scmlrun: %d: %s is answered %s", (int)event->tid, text,
		bpf_action_name(action, name));
	if (arch >= 0)
		print_reason(watch, &event->call, (unsigned)arch);
	putc('\n', watch->out);
	fflush(watch->out);
}

static void on_call(void *context, const struct engine_event *event)
{
	struct watch *watch = context;
	uint32_t action = filter_action(watch, event);

	watch->stopped++;
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_LOG:
		watch->stopped--; /* it is named, and happens */
		break;
	case SECCOMP_RET_TRAP:
		*event->answer = (struct engine_answer){
			.kind = ENGINE_TRAP, .error = (int)(action & SECCOMP_RET_DATA)};
		watch->has_killed = true;
		break;
	case SECCOMP_RET_ERRNO:
		/* Errno 0 is an answer too: the call seems to succeed. */
		*event->answer = (struct engine_answer){
			.kind = ENGINE_REFUSE, .error = (int)(action & SECCOMP_RET_DATA)};
		break;
	case SECCOMP_RET_USER_NOTIF:
		*event->answer = (struct engine_answer){.kind = ENGINE_REFUSE, .error = ENOSYS};
		break;
	default:
		*event->answer = (struct engine_answer){.kind = ENGINE_KILL};
		watch->has_killed = true;
		break;
	}
	if (!watch->options->is_quiet && engine_event_holds(event))
		print_call(watch, event, action);
}

/* What the program came to; one that was killed by the filter's word died of SIGSYS, even
 * where the supervisor had to use a stronger signal. */
static int end_status(const struct watch *watch, int status)
{
	if (watch->has_killed && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return SIGSYS;
	return status;
}

static int watch_program(const struct run_options *options, const struct run_filter *filter,
			 const struct bpf_code *watched, FILE *out)
{
	struct watch watch = {.options = options, .filter = filter, .out = out};
	const struct engine_run run = {
		.argv = options->program,
		.filter = watched->items,
		.filter_count = watched->count,
		.on_call = on_call,
		.context = &watch,
	};
	struct engine_result result;

	engine_notify_run(&run, &result);
	signal(SIGPIPE, SIG_IGN);
	if (result.end == ENGINE_FAILED)
		return system_error(result.step, result.error);
	if (result.end == ENGINE_NO_PROGRAM)
		return no_program(options, result.step, result.error);
	if (!options->is_quiet && !watch.has_killed && WIFSIGNALED(result.status) &&
	    WTERMSIG(result.status) == SIGSYS)
		fputs("scmlrun: the program ended by SIGSYS: a call was trapped\n", out);
	if (options->is_verbose)
		fprintf(out, "scmlrun: %llu calls were stopped\n",
			(unsigned long long)watch.stopped);
	fflush(out);
	return program_pass_on(end_status(&watch, result.status));
}

/* Without a watcher: what follows is the kernel's business alone. */
static int execute(const struct run_options *options, const struct run_filter *filter)
{
	char path[PATH_MAX];
	int error = program_path(options->program[0], path, sizeof(path));

	if (error)
		return no_program(options, "find the program", error);
	error = scml_filter_load(filter->code.items, filter->code.count * SCML_FILTER_SIZE, 0);
	if (error)
		return system_error("put the filter on", -error);
	execve(path, options->program, environ);
	return no_program(options, "execute the program", errno);
}

static int run(const struct run_options *options)
{
	struct run_filter filter;
	struct bpf_code watched;
	FILE *out = stderr;
	int status = run_filter_make(options, &filter);

	if (status != RUN_DONE)
		return status;
	watched = run_filter_watched(options->compilation->arena, &filter.code);
	if (!watched.count && !options->is_plain && !options->is_quiet)
		fputs("scmlrun: the filter computes its answers, so stopped calls are not "
		      "named\n",
		      stderr);
	if (!watched.count || options->is_plain)
		return execute(options, &filter);
	if (options->output && strcmp(options->output, "-") == 0)
		out = stdout;
	else if (options->output)
		out = fopen(options->output, "we");
	if (!out)
		return system_error(options->output, errno);
	status = watch_program(options, &filter, &watched, out);
	if (out != stderr && fclose(out))
		return system_error(options->output, errno);
	return status;
}

int main(int argc, char **argv)
{
	struct run_options options = {0};
	int status;
	bool stop;

	program_fill_descriptors();
	options.compilation = compile_new();
	status = run_options_parse(&options, argc, argv, &stop);
	if (status == RUN_DONE && !stop)
		status = run(&options);
	compile_free(options.compilation);
	return status;
}
