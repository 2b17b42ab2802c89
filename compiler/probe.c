#include "probe.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MAX_ARGS = 32,
	MAX_JOBS = 8,
	MAX_OUTPUT = 64 * 1024 * 1024,
	FAILURE_BYTES = 400,
};

/* One run of the compiler; its input and outputs are unnamed files, which cannot block. */
struct job {
	pid_t pid; /* 0: not running */
	FILE *in, *out, *err;
	struct probe_unit *unit;
};

static bool job_start(struct job *job, const char *const *command, const char *const *options)
{
	const char *args[MAX_ARGS + 1];
	posix_spawn_file_actions_t actions;
	size_t count = 0;
	int error;

	while (*command && count < MAX_ARGS)
		args[count++] = *command++;
	while (*options && count < MAX_ARGS)
		args[count++] = *options++;
	args[count] = NULL;
	rewind(job->in);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fileno(job->in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(job->out), STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, fileno(job->err), STDERR_FILENO);
	error = posix_spawnp(&job->pid, args[0], &actions, NULL, (char *const *)args, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		job->pid = 0;
	return !error;
}

static bool job_open(struct job *job)
{
	job->in = tmpfile();
	job->out = tmpfile();
	job->err = tmpfile();
	if (job->in && job->out && job->err)
		return true;
	perror("abiprobe: temporary file");
	exit(3);
}

static void job_close(struct job *job)
{
	fclose(job->in);
	fclose(job->out);
	fclose(job->err);
	job->pid = 0;
}

static char *read_all(struct arena *arena, FILE *file)
{
	long size;
	char *text;

	fseek(file, 0, SEEK_END);
	size = ftell(file);
	if (size < 0 || size > MAX_OUTPUT)
		size = 0;
	text = arena_alloc(arena, (size_t)size + 1);
	rewind(file);
	text[fread(text, 1, (size_t)size, file)] = '\0';
	return text;
}

static const char *const compile_options[] = {"-w", "-S", "-o", "-", "-x", "c", "-", NULL};

static void write_includes(FILE *out, const char *headers)
{
	fputs("#define _GNU_SOURCE 1\n#include <stddef.h>\n#include <stdint.h>\n"
	      "#include <linux/types.h>\n",
	      out);
	while (*headers) {
		size_t length = strcspn(headers, " ");

		fprintf(out, "#include <%.*s>\n", (int)length, headers);
		headers += length;
		headers += strspn(headers, " ");
	}
}

/* Each question claims to be a file of its own, so that an error names it. */
static void write_unit(FILE *out, const struct probe_unit *unit)
{
	write_includes(out, unit->headers);
	for (size_t i = 0; i < unit->count; i++)
		if (unit->questions[i]->state == PROBE_OPEN)
			fprintf(out,
				"# 1 \"question%zu\"\n"
				"void probe%zu(void) { __asm__ volatile(\"\\n.ascii "
				"\\\"->%zu %%0\\\"\" :: \"i\"((long long)(%s))); }\n",
				i, i, i, unit->questions[i]->expr);
}

static void set_open(struct probe_unit *unit, enum probe_state state)
{
	for (size_t i = 0; i < unit->count; i++)
		if (unit->questions[i]->state == PROBE_OPEN)
			unit->questions[i]->state = state;
}

/* Lines such as `.ascii "->17 $4096"`; the sign before the number is the target's. */
static void read_answers(struct probe_unit *unit, const char *text)
{
	for (const char *at = strstr(text, "\"->"); at; at = strstr(at + 1, "\"->")) {
		char *end;
		unsigned long index = strtoul(at + 3, &end, 10);

		while (*end == ' ' || *end == '$' || *end == '#')
			end++;
		if (index >= unit->count || unit->questions[index]->state != PROBE_OPEN)
			continue;
		unit->questions[index]->value = (int64_t)strtoll(end, NULL, 10);
		unit->questions[index]->state = PROBE_KNOWN;
	}
	set_open(unit, PROBE_UNKNOWN);
}

/* Drops the questions that the compiler complained about; false where it named none. */
static bool drop_unknown(struct probe_unit *unit, const char *errors)
{
	static const char mark[] = "question";
	bool found = false;

	for (const char *at = strstr(errors, mark); at; at = strstr(at + 1, mark)) {
		char *end;
		unsigned long index;

		if (at != errors && at[-1] != '\n')
			continue;
		index = strtoul(at + sizeof(mark) - 1, &end, 10);
		if (*end != ':' || index >= unit->count || !strncmp(end, ": In function", 13) ||
		    unit->questions[index]->state != PROBE_OPEN)
			continue;
		unit->questions[index]->state = PROBE_UNKNOWN;
		found = true;
	}
	return found;
}

static void finish(struct arena *arena, struct probe_unit *unit, const char *errors)
{
	const char *first = strstr(errors, "error:");

	if (first && strstr(first, "o such file")) {
		set_open(unit, PROBE_NO_HEADER);
		return;
	}
	if (first && strstr(first, "file not found")) {
		set_open(unit, PROBE_NO_HEADER);
		return;
	}
	unit->failure = arena_strndup(arena, errors, strnlen(errors, FAILURE_BYTES));
	set_open(unit, PROBE_FAILED);
}

/* True where the unit has to be compiled once more, without what it complained about. */
static bool job_end(struct arena *arena, struct job *job)
{
	int status;
	bool again = false;

	while (waitpid(job->pid, &status, 0) < 0)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		read_answers(job->unit, read_all(arena, job->out));
	} else {
		const char *errors = read_all(arena, job->err);

		again = drop_unknown(job->unit, errors);
		if (!again)
			finish(arena, job->unit, errors);
	}
	job_close(job);
	return again;
}

static void start_unit(struct job *job, const char *const *command, struct probe_unit *unit)
{
	job->unit = unit;
	job_open(job);
	write_unit(job->in, unit);
	fflush(job->in);
	if (!job_start(job, command, compile_options)) {
		set_open(unit, PROBE_FAILED);
		unit->failure = "the compiler cannot be started";
		job_close(job);
	}
}

/* The compilers run side by side and are waited for in the order of their start. */
void probe_ask(struct arena *arena, const char *const *command, struct probe_unit *units,
	       size_t count)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t width = processors > 0 && processors < MAX_JOBS ? (size_t)processors : MAX_JOBS;
	struct job jobs[MAX_JOBS] = {{.pid = 0}};
	size_t next = 0, running;

	do {
		running = 0;
		for (size_t i = 0; i < width; i++) {
			struct probe_unit *unit = jobs[i].unit;
			bool again = jobs[i].pid && job_end(arena, &jobs[i]);

			if (!again)
				unit = next < count ? &units[next++] : NULL;
			if (unit)
				start_unit(&jobs[i], command, unit);
			running += unit != NULL;
		}
	} while (running);
}

bool probe_compiler_works(struct arena *arena, const char *const *command)
{
	struct probe_question question = {.expr = "sizeof(__u32)", .state = PROBE_OPEN};
	struct probe_question *questions[] = {&question};
	struct probe_unit unit = {
		.headers = "asm/unistd.h",
		.questions = questions,
		.count = 1,
	};

	probe_ask(arena, command, &unit, 1);
	return question.state == PROBE_KNOWN && question.value == 4;
}

const char *probe_macros(struct arena *arena, const char *const *command, const char *header)
{
	static const char *const options[] = {"-E", "-dM", "-x", "c", "-", NULL};
	struct job job = {.pid = 0};
	const char *text = NULL;
	int status = 1;

	job_open(&job);
	fprintf(job.in, "#include <%s>\n", header);
	fflush(job.in);
	if (job_start(&job, command, options)) {
		while (waitpid(job.pid, &status, 0) < 0)
			;
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			text = read_all(arena, job.out);
	}
	job_close(&job);
	return text;
}
