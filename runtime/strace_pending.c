#include "strace_pending.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_PROCESSES = 16384,
	MAX_BYTES = 16 << 20, /* of all texts together */
	KEPT_BYTES = 4096,    /* of a text that is not in use */
	SLACK = 64,	      /* behind a text, for those who read many bytes at once */
	BUCKETS = 1024,
	CALLS = 1024, /* that are told apart by their number; more are taken for one another */
	NONE = UINT32_MAX,
};

/* The processes that are in a call: how many, and where there is one, its index. */
struct open_calls {
	uint32_t count;
	uint32_t indices; /* of all of them, by exclusive or */
};

struct strace_pending {
	struct strace_process *processes;
	size_t count, capacity;
	size_t bytes;
	uint32_t free; /* list */
	uint32_t buckets[BUCKETS];
	struct open_calls open[CALLS]; /* by the call's id; 0: those that have none */
};

struct strace_pending *strace_pending_new(void)
{
	struct strace_pending *pending = calloc(1, sizeof(*pending));

	if (!pending)
		return NULL;
	pending->free = NONE;
	memset(pending->buckets, 0xff, sizeof(pending->buckets));
	return pending;
}

void strace_pending_free(struct strace_pending *pending)
{
	if (!pending)
		return;
	for (size_t i = 0; i < pending->count; i++)
		free(pending->processes[i].text);
	free(pending->processes);
	free(pending);
}

static uint32_t *bucket_of(struct strace_pending *pending, uint32_t pid)
{
	return &pending->buckets[pid % BUCKETS];
}

struct strace_process *strace_pending_find(struct strace_pending *pending, uint32_t pid)
{
	uint32_t index = *bucket_of(pending, pid);

	while (index != NONE) {
		if (pending->processes[index].pid == pid)
			return &pending->processes[index];
		index = pending->processes[index].next;
	}
	return NULL;
}

static uint32_t new_process(struct strace_pending *pending)
{
	size_t capacity = pending->capacity ? pending->capacity * 2 : 64;
	struct strace_process *processes;

	if (pending->count < pending->capacity)
		return (uint32_t)pending->count++;
	if (capacity > MAX_PROCESSES)
		return NONE;
	processes = realloc(pending->processes, capacity * sizeof(*processes));
	if (!processes)
		return NONE;
	memset(processes + pending->capacity, 0,
	       (capacity - pending->capacity) * sizeof(*processes));
	pending->processes = processes;
	pending->capacity = capacity;
	return (uint32_t)pending->count++;
}

struct strace_process *strace_pending_make(struct strace_pending *pending, uint32_t pid)
{
	struct strace_process *process = strace_pending_find(pending, pid);
	uint32_t index = pending->free;

	if (process)
		return process;
	if (index == NONE)
		index = new_process(pending);
	else
		pending->free = pending->processes[index].next;
	if (index == NONE)
		return NULL;
	process = &pending->processes[index];
	process->pid = pid;
	process->is_foreign = false;
	process->len = 0;
	process->next = *bucket_of(pending, pid);
	*bucket_of(pending, pid) = index;
	return process;
}

static struct open_calls *open_calls(struct strace_pending *pending,
				     const struct strace_call *call)
{
	return &pending->open[call ? call->id % CALLS : 0];
}

struct strace_process *strace_pending_only(struct strace_pending *pending,
					   const struct strace_call *call,
					   struct strace_text name)
{
	const struct open_calls *open = open_calls(pending, call);
	struct strace_process *process;

	if (open->count != 1)
		return NULL;
	process = &pending->processes[open->indices];
	if (process->name_len != name.len || memcmp(process->text, name.at, name.len) != 0)
		return NULL;
	return process;
}

bool strace_pending_append(struct strace_pending *pending, struct strace_process *process,
			   struct strace_text text)
{
	size_t capacity = process->capacity ? process->capacity : 256;
	char *bigger;

	while (capacity < process->len + text.len + SLACK)
		capacity *= 2;
	if (capacity > process->capacity) {
		bool has_room = pending->bytes + capacity - process->capacity <= MAX_BYTES;

		bigger = has_room ? realloc(process->text, capacity) : NULL;
		if (!bigger) {
			strace_pending_drop(pending, process);
			return false;
		}
		pending->bytes += capacity - process->capacity;
		process->text = bigger;
		process->capacity = capacity;
	}
	if (text.len)
		memcpy(process->text + process->len, text.at, text.len);
	if (!process->len && text.len) {
		struct open_calls *open = open_calls(pending, process->call);

		open->count++;
		open->indices ^= (uint32_t)(process - pending->processes);
	}
	process->len += text.len;
	return true;
}

void strace_pending_drop(struct strace_pending *pending, struct strace_process *process)
{
	uint32_t *link = bucket_of(pending, process->pid);
	uint32_t index = (uint32_t)(process - pending->processes);
	struct open_calls *open = open_calls(pending, process->call);

	if (process->len) {
		open->count--;
		open->indices ^= index;
	}
	process->len = 0;
	if (process->capacity > KEPT_BYTES) {
		pending->bytes -= process->capacity;
		free(process->text);
		process->text = NULL;
		process->capacity = 0;
	}
	if (process->is_foreign)
		return;
	while (*link != index)
		link = &pending->processes[*link].next;
	*link = process->next;
	process->next = pending->free;
	pending->free = index;
}

static int by_line(const void *left, const void *right)
{
	const struct strace_process *const *a = left, *const *b = right;

	return ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

void strace_pending_each(struct strace_pending *pending,
			 void (*visit)(void *context, struct strace_process *process),
			 void *context)
{
	struct strace_process **all =
		calloc(pending->count + 1, sizeof(struct strace_process *));
	size_t count = 0;

	for (size_t i = 0; i < pending->count; i++) {
		if (!pending->processes[i].len)
			continue;
		if (all)
			all[count++] = &pending->processes[i];
		else
			visit(context, &pending->processes[i]);
	}
	if (count)
		qsort(all, count, sizeof(struct strace_process *), by_line);
	for (size_t i = 0; i < count; i++)
		visit(context, all[i]);
	free(all);
}
