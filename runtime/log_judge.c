#include "log_judge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strace_key.h"
#include "strace_memo.h"
#include "strace_plan.h"

enum {
	MAX_NAME = 64,
	MAX_IDS = 1024, /* of calls; those beyond are looked at as a whole */
};

/* What is to be done about the lines of a call. */
enum way {
	WAY_UNSEEN,
	WAY_IGNORE, /* no rule is for it, and that is none of our business */
	WAY_COUNT,  /* supported, whatever its arguments */
	WAY_KEY,    /* what its plan gathers decides */
	WAY_WHOLE,  /* the whole line is to be judged */
};

struct log_judge {
	const struct judge *judge;
	struct strace_reader *reader;
	struct strace_memo *memo;
	bool is_careful;
	char *text; /* of the call that is being judged, as a string */
	size_t capacity;
	int error;
	uint64_t supported; /* not reported yet */
	uint32_t first_pid;
	bool has_many_pids;    /* the report knows that */
	uint8_t ways[MAX_IDS]; /* enum way */
	struct strace_plan plans[MAX_IDS];
};

/* TEXT as a string; NUL bytes, which strace never writes, become question marks. */
static const char *as_string(struct log_judge *log, struct strace_text text)
{
	char *nul;

	if (text.len >= log->capacity) {
		size_t capacity = text.len + text.len / 8 + MAX_NAME;
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
	const struct scml_call_rules *rules = &table->calls[table->by_nr[nr] - 1];

	for (uint32_t i = 0; i < rules->rule_count; i++) {
		if (!table->rules[rules->first_rule + i].cond_count)
			return true;
	}
	return false;
}

static enum way find_way(struct log_judge *log, const struct strace_call *call)
{
	const struct judge *judge = log->judge;

	if (log->is_careful || report_wants_each(judge->report) ||
	    visibility_cares(&judge->visibility, call->nr))
		return WAY_WHOLE;
	if (!scml_has_rules(judge->table, call->nr))
		return judge->only_listed ? WAY_IGNORE : WAY_KEY;
	if (has_unconditional_rule(judge->table, call->nr))
		return WAY_COUNT;
	log->plans[call->id] =
		strace_plan_make(judge->table, judge->db, judge->arch, call->abi, call->nr);
	return WAY_KEY;
}

static enum way way_of(struct log_judge *log, const struct strace_event *event)
{
	uint8_t *way;

	if (!event->call || event->call->id >= MAX_IDS || event->is_foreign ||
	    !event->has_beginning)
		return WAY_WHOLE;
	way = &log->ways[event->call->id];
	if (*way == WAY_UNSEEN)
		*way = (uint8_t)find_way(log, event->call);
	return (enum way) * way;
}

static void report_supported(struct log_judge *log, uint32_t pid, uint64_t count)
{
	const struct report_call entry = {
		.kind = REPORT_SUPPORTED,
		.tid = (pid_t)pid,
		.name = "",
		.text = "",
		.cause = "",
	};

	report_add_many(log->judge->report, &entry, count);
}

/* Count a supported call. The report wants to know the first processes that there are, and of
 * the rest only how many calls there were. */
static void count_supported(struct log_judge *log, uint32_t pid)
{
	if (log->has_many_pids || !pid || pid == log->first_pid) {
		log->supported++;
		return;
	}
	log->has_many_pids = log->first_pid;
	log->first_pid = log->first_pid ? log->first_pid : pid;
	report_supported(log, pid, 1);
}

static const char *name_of(const struct strace_event *event, char name[static MAX_NAME])
{
	size_t len = event->name.len < MAX_NAME - 1 ? event->name.len : MAX_NAME - 1;

	if (event->call)
		return event->call->name;
	memcpy(name, event->name.at, len);
	name[len] = 0;
	return name;
}

static void judge_whole(struct log_judge *log, const struct strace_event *event)
{
	char name[MAX_NAME];
	struct scml_call call;
	struct judge_case subject = {
		.call = &call,
		.tid = (pid_t)event->pid,
		.log_line = event->line,
		.name = name_of(event, name),
	};

	subject.memory = strace_reader_decode(log->reader, event, &call);
	subject.text = as_string(log, event->text);
	judge_call(log->judge, &subject);
}

/* Judge a line whose like was not seen yet, and remember what was found under KEY. */
static void judge_new(struct log_judge *log, const struct strace_event *event,
		      const struct strace_key *key)
{
	struct scml_call call;
	struct judge_case subject = {.call = &call, .name = event->call->name};
	struct cause_text words;
	struct report_call entry = {0};

	subject.memory = strace_reader_decode(log->reader, event, &call);
	judge_describe(log->judge, &subject, &words, &entry);
	strace_memo_add(log->memo, key, &entry);
	if (entry.kind == REPORT_SUPPORTED) {
		count_supported(log, event->pid);
		return;
	}
	entry.tid = (pid_t)event->pid;
	entry.log_line = event->line;
	entry.name = subject.name;
	entry.text = as_string(log, event->text);
	entry.call = &call;
	entry.memory = subject.memory;
	report_add(log->judge->report, &entry);
}

/* The report of a call that is not supported, of which all but its own text is known. */
static void report_known(struct log_judge *log, const struct strace_event *event,
			 const struct report_call *found)
{
	const struct report *report = log->judge->report;
	struct report_call entry = *found;
	struct scml_call call;

	entry.tid = (pid_t)event->pid;
	entry.log_line = event->line;
	entry.name = event->call->name;
	entry.call = &call;
	entry.text = "";
	if (report_wants_values(report, found->kind))
		entry.memory = strace_reader_decode(log->reader, event, &call);
	else
		strace_reader_decode_error(log->reader, event, &call);
	if (report_wants_text(report, found->kind) || entry.memory)
		entry.text = as_string(log, event->text);
	report_add(log->judge->report, &entry);
}

static void judge_by_key(struct log_judge *log, const struct strace_event *event)
{
	const struct strace_plan *plan = &log->plans[event->call->id];
	const struct report_call *found;
	struct strace_key key;

	if (!strace_key_make(plan, event, &key)) {
		judge_whole(log, event);
		return;
	}
	found = strace_memo_find(log->memo, &key);
	if (!found)
		judge_new(log, event, &key);
	else if (found->kind == REPORT_SUPPORTED)
		count_supported(log, event->pid);
	else
		report_known(log, event, found);
}

static void on_event(void *context, const struct strace_event *event)
{
	struct log_judge *log = context;

	switch (way_of(log, event)) {
	case WAY_IGNORE:
		return;
	case WAY_COUNT:
		count_supported(log, event->pid);
		return;
	case WAY_KEY:
		judge_by_key(log, event);
		return;
	case WAY_UNSEEN:
	case WAY_WHOLE:
		judge_whole(log, event);
		return;
	}
}

struct log_judge *log_judge_new(const struct judge *judge, bool is_careful)
{
	struct log_judge *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->judge = judge;
	log->is_careful = is_careful;
	log->reader = strace_reader_new(judge->db, judge->arch, on_event, log);
	log->memo = strace_memo_new();
	if (!log->reader || !log->memo) {
		log_judge_free(log);
		return NULL;
	}
	if (is_careful)
		strace_reader_be_careful(log->reader);
	return log;
}

void log_judge_free(struct log_judge *log)
{
	if (!log)
		return;
	strace_reader_free(log->reader);
	strace_memo_free(log->memo);
	free(log->text);
	free(log);
}

int log_judge_feed(struct log_judge *log, const char *bytes, size_t size)
{
	int error = strace_reader_feed(log->reader, bytes, size);

	return error ? error : log->error;
}

/* The beginning of a line that may be anything: what does not show is escaped. */
static void note_unreadable(const struct judge *judge, const struct strace_unreadable *shown)
{
	char text[4 * STRACE_SHOWN_BYTES + 1];
	size_t len = 0;

	for (uint32_t i = 0; i < shown->len; i++) {
		unsigned char byte = (unsigned char)shown->text[i];
		bool is_plain = byte >= ' ' && byte < 0x7f && byte != '\\';

		len += (size_t)snprintf(text + len, sizeof(text) - len,
					is_plain ? "%c" : "\\x%02x", byte);
	}
	text[len] = '\0';
	if (len)
		report_note(judge->report, "line %" PRIu64 " cannot be read: '%s'%s",
			    shown->line, text, shown->is_cut ? "..." : "");
	else
		report_note(judge->report,
			    "line %" PRIu64 " cannot be read: it is longer than %d MiB",
			    shown->line, STRACE_MAX_LINE >> 20);
}

static void note_number(const struct judge *judge, uint64_t number, const char *one,
			const char *many)
{
	if (number == 1)
		report_note(judge->report, "%s", one);
	else if (number)
		report_note(judge->report, "%" PRIu64 " %s", number, many);
}

static void note_counts(const struct judge *judge, const struct strace_counts *counts)
{
	for (uint64_t i = 0; i < counts->unreadable && i < STRACE_SHOWN_LINES; i++)
		note_unreadable(judge, &counts->unreadable_lines[i]);
	note_number(judge,
		    counts->unreadable > STRACE_SHOWN_LINES
			    ? counts->unreadable - STRACE_SHOWN_LINES
			    : 0,
		    "1 more line cannot be read", "more lines cannot be read");
	note_number(judge, counts->lost_beginnings,
		    "1 call began before the log; its arguments are not known",
		    "calls began before the log; their arguments are not known");
	note_number(judge, counts->forgotten,
		    "1 call was begun while too many others were, and is forgotten",
		    "calls were begun while too many others were, and are forgotten");
}

int log_judge_end(struct log_judge *log, struct report_totals *totals)
{
	const struct strace_counts *counts = strace_reader_counts(log->reader);
	int error = strace_reader_end(log->reader);

	if (log->supported)
		report_supported(log, 0, log->supported);
	log->supported = 0;
	note_counts(log->judge, counts);
	totals->lost += counts->unreadable + counts->forgotten;
	return error ? error : log->error;
}

const struct strace_counts *log_judge_counts(const struct log_judge *log)
{
	return strace_reader_counts(log->reader);
}
