#include "trace_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "strace_reader.h"

enum {
	CHUNK = 256 << 10,
	MAX_NAME = 64,
	PLAIN_NRS = 1024,
};

/* What is known of a call's number. */
enum plainness { UNSEEN, PLAIN, NOT_PLAIN };

struct trace_log {
	const struct judge *judge;
	struct strace_reader *reader;
	char *text; /* of the call that is being judged, as a string */
	size_t capacity;
	int error;
	uint8_t plainness[PLAIN_NRS]; /* enum plainness */
};

/* TEXT as a string; NUL bytes, which strace never writes, become question marks. */
static const char *as_string(struct trace_log *log, struct strace_text text)
{
	char *nul;

	if (text.len >= log->capacity) {
		size_t capacity = (text.len + 1) * 2;
		char *bigger = realloc(log->text, capacity);

		if (!bigger) {
			log->error = -ENOMEM;
			return "";
		}
		log->text = bigger;
		log->capacity = capacity;
	}
	memcpy(log->text, text.at, text.len);
	log->text[text.len] = 0;
	while ((nul = memchr(log->text, 0, text.len)))
		*nul = '?';
	return log->text;
}

/* Does TABLE support every call with number NR, whatever its arguments? */
static bool has_unconditional_rule(const struct scml_table *table, uint32_t nr)
{
	const struct scml_call_rules *rules;

	if (!scml_has_rules(table, nr))
		return false;
	rules = &table->calls[table->by_nr[nr] - 1];
	for (uint32_t i = 0; i < rules->rule_count; i++) {
		if (!table->rules[rules->first_rule + i].cond_count)
			return true;
	}
	return false;
}

/* Is it plain from the number of EVENT alone that nothing is to be said about it? */
static bool is_plain(struct trace_log *log, const struct strace_event *event)
{
	const struct judge *judge = log->judge;
	uint8_t *plainness = event->nr < PLAIN_NRS ? &log->plainness[event->nr] : NULL;
	bool is_plain = false;

	if (event->is_foreign || !plainness)
		return false;
	if (*plainness)
		return *plainness == PLAIN;
	if (!scml_has_rules(judge->table, event->nr))
		is_plain = judge->only_listed;
	else
		is_plain = has_unconditional_rule(judge->table, event->nr) &&
			   !report_wants_each(judge->report);
	is_plain &= !visibility_cares(&judge->visibility, event->nr);
	*plainness = is_plain ? PLAIN : NOT_PLAIN;
	return is_plain;
}

static void count_plain(const struct judge *judge, const struct strace_event *event)
{
	const struct report_call entry = {
		.kind = REPORT_SUPPORTED,
		.tid = (pid_t)event->pid,
		.name = "",
		.text = "",
		.cause = "",
	};

	if (scml_has_rules(judge->table, event->nr))
		report_add(judge->report, &entry);
}

static void on_event(void *context, const struct strace_event *event)
{
	struct trace_log *log = context;
	char name[MAX_NAME];
	size_t len = event->name.len < sizeof(name) - 1 ? event->name.len : sizeof(name) - 1;
	struct scml_call call;
	struct judge_case subject = {
		.call = &call,
		.tid = (pid_t)event->pid,
		.log_line = event->line,
		.name = name,
	};

	if (is_plain(log, event)) {
		count_plain(log->judge, event);
		return;
	}
	memcpy(name, event->name.at, len);
	name[len] = 0;
	subject.memory = strace_reader_decode(log->reader, event, &call);
	subject.text = as_string(log, event->text);
	judge_call(log->judge, &subject);
}

static int read_all(struct trace_log *log, int fd)
{
	char *chunk = malloc(CHUNK);
	ssize_t size;
	int error = chunk ? 0 : -ENOMEM;

	while (!error) {
		size = read(fd, chunk, CHUNK);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			error = -errno;
		if (size <= 0)
			break;
		error = strace_reader_feed(log->reader, chunk, (size_t)size);
	}
	free(chunk);
	if (!error)
		error = strace_reader_end(log->reader);
	return error ? error : log->error;
}

static void note_counts(const struct judge *judge, const struct strace_counts *counts)
{
	for (uint64_t i = 0; i < counts->unreadable && i < STRACE_SHOWN_LINES; i++)
		report_note(judge->report, "line %" PRIu64 " cannot be read",
			    counts->unreadable_lines[i]);
	if (counts->unreadable > STRACE_SHOWN_LINES)
		report_note(judge->report, "%" PRIu64 " more lines cannot be read",
			    counts->unreadable - STRACE_SHOWN_LINES);
	if (counts->lost_beginnings)
		report_note(judge->report,
			    "%" PRIu64 " calls began before the log; their arguments are not "
			    "known",
			    counts->lost_beginnings);
}

int trace_log(const struct judge *judge, const char *path, struct report_totals *totals)
{
	struct trace_log log = {.judge = judge};
	int fd = STDIN_FILENO, error = -ENOMEM;

	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	log.reader = strace_reader_new(judge->db, judge->arch, on_event, &log);
	if (log.reader) {
		error = read_all(&log, fd);
		note_counts(judge, strace_reader_counts(log.reader));
		totals->lost += strace_reader_counts(log.reader)->unreadable;
	}
	strace_reader_free(log.reader);
	free(log.text);
	if (fd != STDIN_FILENO)
		close(fd);
	return error;
}
