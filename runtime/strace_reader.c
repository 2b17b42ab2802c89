#include "strace_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "strace_reader_state.h"

#define ATTACHED "strace: Process "

struct strace_reader *strace_reader_new(const struct abi_db *db, unsigned arch,
					strace_event_fn *fn, void *context)
{
	struct strace_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return NULL;
	reader->db = db;
	reader->arch = arch;
	reader->fn = fn;
	reader->context = context;
	reader->calls = strace_calls_new(db, arch);
	reader->decoder = strace_decoder_new(db, arch);
	reader->pending = strace_pending_new();
	if (reader->calls && reader->decoder && reader->pending)
		return reader;
	strace_reader_free(reader);
	return NULL;
}

void strace_reader_free(struct strace_reader *reader)
{
	if (!reader)
		return;
	strace_calls_free(reader->calls);
	strace_decoder_free(reader->decoder);
	strace_pending_free(reader->pending);
	free(reader->line);
	free(reader);
}

void strace_reader_be_careful(struct strace_reader *reader)
{
	reader->is_careful = true;
}

const struct strace_counts *strace_reader_counts(const struct strace_reader *reader)
{
	return &reader->counts;
}

/* On a terminal strace writes `strace: Process 7 attached` into the middle of a line, and goes
 * on with it on the next one. How much of TEXT is before that message; 0: there is none. */
static size_t before_message(const char *text, size_t len)
{
	static const char end[] = " attached";
	const char *at = text, *found = NULL;

	if (len < sizeof(end) - 1 ||
	    memcmp(text + len - (sizeof(end) - 1), end, sizeof(end) - 1) != 0)
		return 0;
	while ((at = memmem(at, len - (size_t)(at - text), ATTACHED, sizeof(ATTACHED) - 1)))
		found = at++;
	return found ? (size_t)(found - text) : 0;
}

static int grow_line(struct strace_reader *reader, size_t size)
{
	size_t capacity = reader->capacity ? reader->capacity : 4096;
	char *line;

	while (capacity < size)
		capacity *= 2;
	if (capacity == reader->capacity)
		return 0;
	line = realloc(reader->line, capacity);
	if (!line)
		return -ENOMEM;
	reader->line = line;
	reader->capacity = capacity;
	return 0;
}

/* Put SIZE bytes behind the line that is being read, or drop them if it becomes too long. */
static int append_line(struct strace_reader *reader, const char *bytes, size_t size)
{
	int error;

	if (reader->is_too_long || size > STRACE_MAX_LINE - reader->len) {
		reader->is_too_long = true;
		reader->len = 0;
		reader->head = 0;
		return 0;
	}
	error = grow_line(reader, reader->len + size);
	if (!error && size)
		memcpy(reader->line + reader->len, bytes, size);
	reader->len += error ? 0 : size;
	return error;
}

/* A line is complete: SIZE bytes at BYTES behind what is there of it already. SLACK bytes
 * behind them may be read too. */
static int end_line(struct strace_reader *reader, const char *bytes, size_t size, size_t slack)
{
	size_t before;
	int error = 0;

	reader->counts.lines++;
	if (reader->len || reader->is_too_long || size > STRACE_MAX_LINE) {
		error = append_line(reader, bytes, size);
		bytes = reader->line;
		size = reader->len;
		slack = 0;
	}
	if (error)
		return error;
	if (reader->is_too_long) {
		reader->is_too_long = false;
		strace_join_unreadable(reader, (struct strace_text){NULL, 0});
		return 0;
	}
	before = before_message(bytes, size);
	if (before) {
		size_t had = reader->len;

		reader->len = 0;
		reader->head = 0;
		error = had ? 0 : append_line(reader, bytes, before);
		reader->len = reader->head = before;
		return error;
	}
	reader->len = 0;
	reader->head = 0;
	strace_join_line(reader, bytes, size, slack);
	return 0;
}

int strace_reader_feed(struct strace_reader *reader, const char *bytes, size_t size)
{
	while (size) {
		const char *newline = memchr(bytes, '\n', size);
		size_t len = newline ? (size_t)(newline - bytes) : size;
		int error;

		if (!newline)
			return append_line(reader, bytes, len);
		error = end_line(reader, bytes, len, size - len);
		if (error)
			return error;
		bytes += len + 1;
		size -= len + 1;
	}
	return 0;
}

int strace_reader_end(struct strace_reader *reader)
{
	int error = 0;

	if (reader->len > reader->head || reader->is_too_long)
		error = end_line(reader, "", 0, 0);
	if (!error && reader->head) {
		/* The message was the last that there is: its line goes on no more. */
		size_t len = reader->len;

		reader->len = reader->head = 0;
		strace_join_line(reader, reader->line, len, 0);
	}
	if (!error)
		strace_join_end(reader);
	return error;
}

static void set_number(const struct strace_reader *reader, const struct strace_event *event,
		       struct scml_call *call)
{
	call->arch = reader->db->archs[reader->arch].audit;
	call->nr = event->nr;
	if (!event->is_foreign)
		return;
	call->nr |= reader->db->archs[reader->arch].foreign_nr_bit;
	call->arch = call->nr == event->nr ? 0 : call->arch;
	call->unknown = (1 << SCML_REGISTERS) - 1;
}

const struct scml_memory *strace_reader_decode(struct strace_reader *reader,
					       const struct strace_event *event,
					       struct scml_call *call)
{
	struct strace_parts parts = {.count = 0};

	if (event->has_beginning)
		strace_line_split(event->rest, event->slack, &parts);
	strace_decode(reader->decoder, event->abi, &parts, call);
	set_number(reader, event, call);
	return strace_decoder_memory(reader->decoder);
}

/* Is there an equals sign in REST with a word behind it and then an E, as in `= -1 ENOENT`? */
static bool may_have_failed(struct strace_text rest)
{
	while (rest.len) {
		const char *sign = memrchr(rest.at, '=', rest.len);
		const char *at = sign ? sign + 1 : NULL, *end = rest.at + rest.len;

		if (!sign)
			return false;
		while (at < end && *at == ' ')
			at++;
		while (at < end && *at != ' ' && *at != '<')
			at++;
		if (at < end && *at == '<')
			return true;
		while (at < end && *at == ' ')
			at++;
		if (at < end && *at == 'E')
			return true;
		rest.len = (size_t)(sign - rest.at);
	}
	return false;
}

void strace_reader_decode_error(struct strace_reader *reader, const struct strace_event *event,
				struct scml_call *call)
{
	struct strace_parts parts;

	*call = (struct scml_call){.unknown = (1 << SCML_REGISTERS) - 1};
	/* Most calls succeed, and then nobody asks with what. */
	if (event->has_beginning && may_have_failed(event->rest)) {
		strace_line_split(event->rest, event->slack, &parts);
		parts.count = 0;
		strace_decode(reader->decoder, NULL, &parts, call);
	}
	set_number(reader, event, call);
}
