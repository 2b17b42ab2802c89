#include "tracer_tasks.h"

#include <stdlib.h>

static size_t bucket_of(pid_t tid)
{
	return (size_t)tid % TRACER_BUCKETS;
}

struct tracer_task *tracer_tasks_find(const struct tracer_tasks *tasks, pid_t tid)
{
	struct tracer_task *task = tasks->buckets[bucket_of(tid)];

	while (task && task->tid != tid)
		task = task->next;
	return task;
}

struct tracer_task *tracer_tasks_add(struct tracer_tasks *tasks, pid_t tid)
{
	struct tracer_task *task = tracer_tasks_find(tasks, tid);
	struct tracer_task **bucket = &tasks->buckets[bucket_of(tid)];

	if (task)
		return task;
	task = calloc(1, sizeof(*task));
	if (!task)
		return NULL;
	task->tid = tid;
	task->next = *bucket;
	*bucket = task;
	tasks->count++;
	return task;
}

void tracer_tasks_remove(struct tracer_tasks *tasks, struct tracer_task *task)
{
	struct tracer_task **at = &tasks->buckets[bucket_of(task->tid)];

	while (*at != task)
		at = &(*at)->next;
	*at = task->next;
	tasks->count--;
	free(task);
}

void tracer_tasks_each(struct tracer_tasks *tasks,
		       void (*visit)(void *context, struct tracer_task *task), void *context)
{
	for (size_t i = 0; i < TRACER_BUCKETS; i++) {
		struct tracer_task *next;

		for (struct tracer_task *task = tasks->buckets[i]; task; task = next) {
			next = task->next;
			visit(context, task);
		}
	}
}
