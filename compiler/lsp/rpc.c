#include "rpc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { RPC_FIRST_CAPACITY = 64 * 1024 };

/* Move what is left to the front; give memory back after a message that was very large. */
static void rpc_compact(struct rpc_reader *reader)
{
	size_t left = reader->end - reader->start;

	if (reader->start == 0)
		return;
	memmove(reader->bytes, reader->bytes + reader->start, left);
	reader->start = 0;
	reader->end = left;
	if (reader->capacity > (size_t)16 * RPC_FIRST_CAPACITY && left < RPC_FIRST_CAPACITY) {
		char *smaller = realloc(reader->bytes, RPC_FIRST_CAPACITY);

		if (smaller) {
			reader->bytes = smaller;
			reader->capacity = RPC_FIRST_CAPACITY;
		}
	}
}

bool rpc_feed(struct rpc_reader *reader, const char *text, size_t len)
{
	size_t capacity = reader->capacity ? reader->capacity : RPC_FIRST_CAPACITY;

	rpc_compact(reader);
	if (len > SIZE_MAX / 4)
		return false;
	while (capacity - reader->end < len)
		capacity *= 2;
	if (capacity != reader->capacity) {
		char *larger = realloc(reader->bytes, capacity);

		if (!larger)
			return false;
		reader->bytes = larger;
		reader->capacity = capacity;
	}
	if (len)
		memcpy(reader->bytes + reader->end, text, len);
	reader->end += len;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The length in a header line that has one. Larger numbers than any size count as SIZE_MAX. */
static bool line_length(const char *line, size_t len, size_t *length)
{
	static const char name[] = "Content-Length:";
	size_t at = sizeof(name) - 1;
	size_t value = 0;

	if (len <= at || strncasecmp(line, name, at) != 0)
		return false;
	while (at < len && is_blank(line[at]))
		at++;
	if (at == len)
		return false;
	for (; at < len && line[at] >= '0' && line[at] <= '9'; at++) {
		size_t digit = (size_t)(line[at] - '0');

		value = value > (SIZE_MAX - digit) / 10 ? SIZE_MAX : value * 10 + digit;
	}
	while (at < len && is_blank(line[at]))
		at++;
	*length = value;
	return at == len;
}

/* Take one line of the header; false where its end has not come yet. */
static bool take_line(struct rpc_reader *reader, const char **line, size_t *len)
{
	size_t left = reader->end - reader->start;
	char *begin, *end;

	if (!left)
		return false; /* there may be no bytes at all yet */
	begin = reader->bytes + reader->start;
	end = memchr(begin, '\n', left);
	if (!end && left > RPC_MAX_LINE) {
		reader->is_in_long_line = true;
		reader->start = reader->end;
	}
	if (!end)
		return false;
	reader->start += (size_t)(end - begin) + 1;
	if (end > begin && end[-1] == '\r')
		end--;
	*line = begin;
	*len = (size_t)(end - begin);
	return true;
}

/* Read lines up to the empty one. */
static enum rpc_event read_header(struct rpc_reader *reader)
{
	const char *line;
	size_t len;

	while (take_line(reader, &line, &len)) {
		bool is_long = reader->is_in_long_line || len > RPC_MAX_LINE;

		reader->is_in_long_line = false;
		if (is_long || len > 0) {
			size_t length;

			reader->has_header = true;
			if (!is_long && line_length(line, len, &length)) {
				reader->length = length;
				reader->has_length = true;
			}
			continue;
		}
		if (!reader->has_header)
			continue; /* empty lines between messages do no harm */
		reader->has_header = false;
		if (!reader->has_length)
			return RPC_BAD_HEADER;
		reader->has_length = false;
		if (reader->length > RPC_MAX_BODY) {
			reader->skip = reader->length;
			return RPC_TOO_LARGE;
		}
		reader->is_in_body = true;
		return RPC_MESSAGE;
	}
	return RPC_NEED_MORE;
}

enum rpc_event rpc_next(struct rpc_reader *reader, const char **body, size_t *len)
{
	size_t left = reader->end - reader->start;

	if (reader->skip) {
		size_t step = reader->skip < left ? reader->skip : left;

		reader->skip -= step;
		reader->start += step;
		if (reader->skip)
			return RPC_NEED_MORE;
	}
	if (!reader->is_in_body) {
		enum rpc_event event = read_header(reader);

		if (event != RPC_MESSAGE)
			return event;
	}
	if (reader->end - reader->start < reader->length)
		return RPC_NEED_MORE;
	*body = reader->bytes + reader->start;
	*len = reader->length;
	reader->start += reader->length;
	reader->is_in_body = false;
	return RPC_MESSAGE;
}

void rpc_free(struct rpc_reader *reader)
{
	free(reader->bytes);
	*reader = (struct rpc_reader){0};
}
