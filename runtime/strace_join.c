#include <stdio.h>
#include <string.h>

#include "strace_reader_state.h"

enum { MAX_NAME = 64 };

void strace_join_unreadable(struct strace_reader *reader, struct strace_text text)
{
	struct strace_counts *counts = &reader->counts;

	if (counts->unreadable < STRACE_SHOWN_LINES) {
		struct strace_unreadable *shown = &counts->unreadable_lines[counts->unreadable];

		shown->line = counts->lines;
		shown->is_cut = text.len > STRACE_SHOWN_BYTES;
		shown->len = (uint32_t)(shown->is_cut ? STRACE_SHOWN_BYTES : text.len);
		if (shown->len)
			memcpy(shown->text, text.at, shown->len);
	}
	counts->unreadable++;
}

/* The number in `syscall_0x3e7`, how strace calls what it does not know. */
static bool number_in_name(struct strace_text name, uint32_t *nr)
{
	static const char prefix[] = "syscall_";
	struct strace_text number;
	uint64_t value;

	if (!strace_starts_with(name, prefix))
		return false;
	number = strace_skip(name, sizeof(prefix) - 1);
	if (strace_number(number, &value) != number.len || !number.len || value > UINT32_MAX)
		return false;
	*nr = (uint32_t)value;
	return true;
}

/* A call that strace calls by another name than the database, or by its number. */
static void find_unusual_call(const struct strace_reader *reader, struct strace_event *event)
{
	const struct abi_call *abi = NULL;
	char name[MAX_NAME];
	uint64_t nr;

	if (event->name.len < sizeof(name)) {
		memcpy(name, event->name.at, event->name.len);
		name[event->name.len] = 0;
		abi = abi_call_find(reader->db, name);
	}
	event->nr = STRACE_NO_NR;
	if (abi && abi_num(reader->db, abi->nr, reader->arch, &nr)) {
		event->abi = abi;
		event->nr = (uint32_t)nr;
	} else if (number_in_name(event->name, &event->nr)) {
		event->abi = abi_call_by_nr(reader->db, reader->arch, event->nr);
	}
}

static void find_call(const struct strace_reader *reader, struct strace_event *event)
{
	event->call = strace_calls_find(reader->calls, event->name, event->name.len);
	if (!event->call) {
		find_unusual_call(reader, event);
		return;
	}
	event->abi = event->call->abi;
	event->nr = event->call->nr;
}

static void deliver(struct strace_reader *reader, struct strace_event *event)
{
	event->line = reader->counts.lines;
	if (event->has_beginning)
		event->rest = strace_skip(event->text, event->name.len + 1);
	if (event->call) {
		event->abi = event->call->abi;
		event->nr = event->call->nr;
	} else {
		find_call(reader, event);
	}
	reader->counts.calls++;
	reader->fn(reader->context, event);
}

/* Deliver the call that PROCESS is in, which is complete or never will be. */
static void deliver_pending(struct strace_reader *reader, struct strace_process *process)
{
	struct strace_event event = {
		.pid = process->pid,
		.text = {process->text, process->len},
		.name = {process->text, process->name_len},
		.slack = process->capacity - process->len,
		.call = process->call,
		.is_foreign = process->is_foreign,
		.has_beginning = true,
	};

	deliver(reader, &event);
	strace_pending_drop(reader->pending, process);
}

static void give_up(struct strace_reader *reader, struct strace_process *process)
{
	if (!process || !process->len)
		return;
	reader->counts.never_returned++;
	deliver_pending(reader, process);
}

/* How many spaces stand in front of AT, not before START. strace pads with many. */
static size_t spaces_before(const char *start, const char *at)
{
	static const char eight[] = "        ";
	const char *from = at;

	while (at - start >= 8 && !memcmp(at - 8, eight, 8))
		at -= 8;
	while (at > start && at[-1] == ' ')
		at--;
	return (size_t)(from - at);
}

/* Is there a result behind the arguments, or a remark in its place (`<detached ...>`)? A line
 * that was cut off has none. */
static bool has_result(struct strace_text rest)
{
	const char *at = rest.len ? memrchr(rest.at, '=', rest.len) : NULL;

	for (; at; at = memrchr(rest.at, '=', (size_t)(at - rest.at))) {
		size_t spaces;

		if (at + 1 >= rest.at + rest.len || at[1] != ' ')
			continue;
		spaces = spaces_before(rest.at, at);
		if (spaces && at - spaces > rest.at && at[-(ptrdiff_t)spaces - 1] == ')')
			return true;
	}
	return rest.len && rest.at[rest.len - 1] == '>' && memmem(rest.at, rest.len, " <", 2);
}

static void on_call(struct strace_reader *reader, const struct strace_line *line)
{
	struct strace_process *process = strace_pending_find(reader->pending, line->pid);
	struct strace_event event = {
		.pid = line->pid,
		.text = line->start,
		.name = line->name,
		.is_foreign = process && process->is_foreign,
		.has_beginning = true,
	};

	give_up(reader, process);
	if (has_result(line->rest))
		deliver(reader, &event);
	else
		strace_join_unreadable(reader, line->start);
}

/* Remember TEXT, the beginning of a call whose name has NAME_LEN bytes. */
static void begin_call(struct strace_reader *reader, uint32_t pid, struct strace_text text,
		       size_t name_len, const struct strace_call *call)
{
	struct strace_process *process = strace_pending_make(reader->pending, pid);

	if (!process) {
		reader->counts.forgotten++;
		return;
	}
	process->line = reader->counts.lines;
	process->name_len = name_len;
	process->call = call;
	if (!strace_pending_append(reader->pending, process, text))
		reader->counts.forgotten++;
}

static void on_unfinished(struct strace_reader *reader, const struct strace_line *line)
{
	size_t len = (size_t)(line->rest.at - line->start.at) + line->rest.len;

	give_up(reader, strace_pending_find(reader->pending, line->pid));
	begin_call(reader, line->pid, (struct strace_text){line->start.at, len}, line->name.len,
		   strace_calls_find(reader->calls, line->start, line->name.len));
}

static bool is_in_call(const struct strace_process *process, struct strace_text name)
{
	return process && process->len && process->name_len == name.len &&
	       memcmp(process->text, name.at, name.len) == 0;
}

/* The process whose call LINE goes on with. On a terminal strace names the process only while
 * there are several, so one half of a call may have a number and the other none. */
static struct strace_process *find_resumed(struct strace_reader *reader,
					   const struct strace_line *line)
{
	struct strace_process *process = strace_pending_find(reader->pending, line->pid);

	if (is_in_call(process, line->name))
		return process;
	if (!line->pid)
		return strace_pending_only(
			reader->pending,
			strace_calls_find(reader->calls, line->name, line->name.len),
			line->name);
	process = strace_pending_find(reader->pending, 0);
	return is_in_call(process, line->name) ? process : NULL;
}

static void on_resumed(struct strace_reader *reader, const struct strace_line *line)
{
	struct strace_process *process = find_resumed(reader, line);
	struct strace_event event = {
		.pid = line->pid,
		.text = line->start,
		.name = line->name,
	};

	if (process && strace_pending_append(reader->pending, process, line->rest)) {
		deliver_pending(reader, process);
		return;
	}
	process = strace_pending_find(reader->pending, line->pid);
	event.is_foreign = process && process->is_foreign;
	reader->counts.lost_beginnings++;
	deliver(reader, &event);
}

/* `+++ superseded by execve in pid 7 +++`: that thread goes on under this process's number. */
static void take_over(struct strace_reader *reader, const struct strace_line *line)
{
	static const char by[] = "superseded by execve in pid ";
	const char *found = memmem(line->start.at, line->start.len, by, sizeof(by) - 1);
	struct strace_process *from, *to;
	struct strace_text number;
	uint64_t pid;

	if (!found)
		return;
	number = strace_skip(line->start, (size_t)(found - line->start.at) + sizeof(by) - 1);
	if (!strace_number(number, &pid) || pid == line->pid || pid > UINT32_MAX ||
	    !strace_pending_make(reader->pending, line->pid))
		return;
	from = strace_pending_find(reader->pending, (uint32_t)pid);
	to = strace_pending_find(reader->pending, line->pid);
	if (!from) {
		strace_pending_drop(reader->pending, to);
		return;
	}
	to->line = from->line;
	to->name_len = from->name_len;
	to->call = from->call;
	to->is_foreign = from->is_foreign;
	if (strace_pending_append(reader->pending, to,
				  (struct strace_text){from->text, from->len}))
		strace_pending_drop(reader->pending, from);
}

static void on_process_end(struct strace_reader *reader, const struct strace_line *line)
{
	struct strace_process *process = strace_pending_find(reader->pending, line->pid);

	give_up(reader, process);
	process = strace_pending_find(reader->pending, line->pid);
	if (process) {
		process->is_foreign = false;
		strace_pending_drop(reader->pending, process);
	}
	take_over(reader, line);
}

/* `[ Process PID=1 runs in 32 bit mode. ]`: whose calls are those of this table. */
static void on_mode(struct strace_reader *reader, const struct strace_line *line)
{
	struct strace_process *process;
	char native[16];

	snprintf(native, sizeof(native), "%u bit", reader->db->archs[reader->arch].word);
	process = strace_pending_make(reader->pending, line->pid);
	if (!process)
		return;
	process->is_foreign = !strace_is(line->name, native);
	if (!process->len)
		strace_pending_drop(reader->pending, process);
}

/* The second half of a call that process PID is in; TEXT is what stands behind the number. */
static bool on_usual_resumed(struct strace_reader *reader, uint32_t pid,
			     struct strace_text text)
{
	static const char start[] = "<... ", end[] = " resumed>";
	const size_t start_len = sizeof(start) - 1, end_len = sizeof(end) - 1;
	struct strace_process *process = strace_pending_find(reader->pending, pid);
	size_t name_len;

	if (!process || !process->len)
		return false;
	name_len = process->name_len;
	if (text.len < start_len + name_len + end_len ||
	    memcmp(text.at, start, start_len) != 0 ||
	    memcmp(text.at + start_len, process->text, name_len) != 0 ||
	    memcmp(text.at + start_len + name_len, end, end_len) != 0)
		return false;
	text = strace_skip(text, start_len + name_len + end_len);
	if (!strace_pending_append(reader->pending, process, text))
		return false;
	deliver_pending(reader, process);
	return true;
}

/* The usual line behind a process number: the whole of a call, or its first half, of a process
 * that is in none. SLACK bytes behind TEXT may be read too. */
static bool on_usual_call(struct strace_reader *reader, uint32_t pid, struct strace_text text,
			  size_t slack)
{
	size_t name_len = strace_call_len(text);
	const struct strace_call *call =
		name_len ? strace_calls_find(reader->calls, text, name_len) : NULL;
	struct strace_text rest;

	if (!call || strace_pending_find(reader->pending, pid))
		return false;
	rest = strace_skip(text, name_len + 1);
	if (strace_line_is_unfinished(rest)) {
		text.len -= STRACE_UNFINISHED_LEN;
		begin_call(reader, pid, text, name_len, call);
	} else if (has_result(rest)) {
		struct strace_event event = {
			.pid = pid,
			.text = text,
			.name = {text.at, name_len},
			.slack = slack,
			.call = call,
			.has_beginning = true,
		};

		deliver(reader, &event);
	} else {
		return false;
	}
	return true;
}

/* The usual lines, of which most logs consist: nothing is to be searched for in them. False: it
 * is another one, for on_line(). SLACK bytes behind it may be read too. */
static bool on_usual_line(struct strace_reader *reader, const char *text, size_t len,
			  size_t slack)
{
	uint32_t pid;
	size_t at = strace_pid_len((struct strace_text){text, len}, slack, &pid);

	if (at == len || (at && text[at] != ' '))
		return false;
	while (at < len && text[at] == ' ')
		at++;
	if (at < len && text[at] == '<')
		return on_usual_resumed(reader, pid, (struct strace_text){text + at, len - at});
	return on_usual_call(reader, pid, (struct strace_text){text + at, len - at}, slack);
}

static void on_line(struct strace_reader *reader, const char *text, size_t len)
{
	struct strace_line line;

	strace_line_read(text, len, &line);
	switch (line.kind) {
	case STRACE_CALL:
		on_call(reader, &line);
		return;
	case STRACE_UNFINISHED:
		on_unfinished(reader, &line);
		return;
	case STRACE_RESUMED:
		on_resumed(reader, &line);
		return;
	case STRACE_EXIT:
		on_process_end(reader, &line);
		return;
	case STRACE_MODE:
		on_mode(reader, &line);
		return;
	case STRACE_SIGNAL:
	case STRACE_NOISE:
		return;
	case STRACE_STATISTICS:
		/* By itself (-c) it is no log: nothing would be judged, and nothing missed. */
		if (!reader->counts.calls)
			strace_join_unreadable(reader, (struct strace_text){text, len});
		return;
	case STRACE_UNREADABLE:
		strace_join_unreadable(reader, (struct strace_text){text, len});
		return;
	}
}

void strace_join_line(struct strace_reader *reader, const char *text, size_t len, size_t slack)
{
	if (reader->is_careful || !on_usual_line(reader, text, len, slack))
		on_line(reader, text, len);
}

static void never_return(void *context, struct strace_process *process)
{
	give_up(context, process);
}

void strace_join_end(struct strace_reader *reader)
{
	strace_pending_each(reader->pending, never_return, reader);
}
