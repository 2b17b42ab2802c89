#include "report_read.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "report_state.h"

struct reading {
	const struct report_reader *reader;
	const char *name;
	uint64_t line;
	uint64_t errors;
	uint64_t summaries;
	bool is_broken; /* the line that is being read has an error */
};

static void fail(struct reading *reading, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct reading *reading, int column, const char *format, ...)
{
	va_list args;

	reading->is_broken = true;
	if (reading->errors++ >= REPORT_SHOWN_ERRORS)
		return;
	fprintf(reading->reader->errors, "%s:%" PRIu64 ":%d: error: ", reading->name,
		reading->line, column > 0 ? column : 1);
	va_start(args, format);
	vfprintf(reading->reader->errors, format, args);
	va_end(args);
	putc('\n', reading->reader->errors);
}

/* ---- members ---- */

enum presence { OPTIONAL, REQUIRED };

static const char *string_of(struct reading *reading, const json_t *object, const char *key,
			     enum presence presence)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_string(value))
		return json_string_value(value);
	if (value || presence == REQUIRED)
		fail(reading, 1, "'%s' must be a string%s", key,
		     value ? "" : ", but is missing");
	return NULL;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS	"0123456789"

/* A number as it is written here: 7 or 0x1f, of at most 64 bits. */
static bool is_number(const char *text)
{
	bool is_hex = strncmp(text, "0x", 2) == 0;
	const char *digits = is_hex ? text + 2 : text;
	size_t len = strspn(digits, is_hex ? DIGITS "abcdef" : DIGITS);

	return len && !digits[len] && len <= (is_hex ? 16 : 18) &&
	       (is_hex || *text != '0' || len == 1);
}

/* What becomes SCML may be nothing but a name, a number, or (MORE is ".[]") a place. */
static const char *word_of(struct reading *reading, const json_t *object, const char *key,
			   enum presence presence, const char *more)
{
	const char *text = string_of(reading, object, key, presence);
	size_t at = text ? strspn(text, LETTERS) : 0;

	if (!text)
		return NULL;
	while (at && text[at] && strchr(LETTERS DIGITS, text[at]))
		at++;
	while (at && text[at] && (strchr(LETTERS DIGITS, text[at]) || strchr(more, text[at])))
		at++;
	if ((!at || text[at]) && (*more || !is_number(text)))
		fail(reading, 1, "'%s' must be a name%s", key, *more ? "" : " or a number");
	return text;
}

static uint64_t count_of(struct reading *reading, const json_t *object, const char *key,
			 enum presence presence)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_integer(value) && json_integer_value(value) >= 0)
		return (uint64_t)json_integer_value(value);
	if (value || presence == REQUIRED)
		fail(reading, 1, "'%s' must be a number from 0 on%s", key,
		     value ? "" : ", but is missing");
	return 0;
}

/* `file` and `line` come together or not at all. */
static void place_of(struct reading *reading, const json_t *object, enum presence presence,
		     const char **file, uint32_t *line)
{
	uint64_t number;

	*file = string_of(reading, object, "file", presence);
	number = count_of(reading, object, "line", *file ? REQUIRED : OPTIONAL);
	if (number > UINT32_MAX || (*file && !number && !reading->is_broken))
		fail(reading, 1, "'line' must be a number from 1 on");
	*line = *file ? (uint32_t)number : 0;
}

static enum report_kind kind_of(struct reading *reading, const json_t *object)
{
	const char *name = string_of(reading, object, "verdict", REQUIRED);

	for (int i = 0; name && i < REPORT_KINDS; i++)
		if (i != REPORT_SUPPORTED && strcmp(report_kinds[i].name, name) == 0)
			return (enum report_kind)i;
	if (name)
		fail(reading, 1, "'%.40s' is no verdict of a cause", name);
	return REPORT_UNSUPPORTED;
}

static int errno_of(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	if (*name >= '0' && *name <= '9' && !*end && number > 0 && number <= 4095)
		return (int)number;
	for (int i = 1; i < 256; i++) {
		const char *known = strerrorname_np(i);

		if (known && strcmp(known, name) == 0)
			return i;
	}
	return 0;
}

/* The errnos of a cause, in an array that is the caller's to free. */
static void errnos_of(struct reading *reading, json_t *object, struct report_cause *cause)
{
	json_t *errnos = json_object_get(object, "errnos"), *value;
	const char *key;

	if (errnos && !json_is_object(errnos))
		fail(reading, 1, "'errnos' must be an object");
	if (!json_is_object(errnos) || !json_object_size(errnos))
		return;
	cause->errnos.items = calloc(json_object_size(errnos), sizeof(*cause->errnos.items));
	if (!cause->errnos.items)
		arena_out_of_memory();
	json_object_foreach(errnos, key, value)
	{
		int error = errno_of(key);

		if (!error)
			fail(reading, 1, "'%.40s' is no errno", key);
		cause->errnos.items[cause->errnos.count++] =
			(struct report_errno){error, count_of(reading, errnos, key, REQUIRED)};
	}
}

/* ---- lines ---- */

static void read_cause(struct reading *reading, json_t *object)
{
	struct report_cause cause = {
		.kind = kind_of(reading, object),
		.name = string_of(reading, object, "name", REQUIRED),
		.text = string_of(reading, object, "cause", REQUIRED),
		.param = string_of(reading, object, "param", OPTIONAL),
		.what = string_of(reading, object, "what", OPTIONAL),
		.count = count_of(reading, object, "count", REQUIRED),
	};

	place_of(reading, object, OPTIONAL, &cause.file, &cause.line);
	errnos_of(reading, object, &cause);
	if (!reading->is_broken)
		reading->reader->cause(reading->reader->context, &cause);
	free(cause.errnos.items);
}

static void read_need(struct reading *reading, json_t *object)
{
	struct report_cause need = {
		.name = word_of(reading, object, "name", REQUIRED, ""),
		.param = word_of(reading, object, "param", OPTIONAL, ".[]"),
		.what = word_of(reading, object, "what", OPTIONAL, ""),
		.count = count_of(reading, object, "count", REQUIRED),
	};

	place_of(reading, object, OPTIONAL, &need.file, &need.line);
	if (!reading->is_broken)
		reading->reader->need(reading->reader->context, &need);
}

static void read_rule(struct reading *reading, json_t *object)
{
	struct report_rule rule = {
		.name = string_of(reading, object, "name", REQUIRED),
		.count = count_of(reading, object, "count", REQUIRED),
		.open = count_of(reading, object, "open", REQUIRED),
	};
	uint64_t column;

	place_of(reading, object, REQUIRED, &rule.file, &rule.line);
	column = count_of(reading, object, "column", OPTIONAL);
	if (column > UINT32_MAX)
		fail(reading, 1, "'column' must be a number from 1 on");
	rule.column = (uint32_t)column;
	if (!reading->is_broken)
		reading->reader->rule(reading->reader->context, &rule);
}

static void read_sums(struct reading *reading, json_t *object)
{
	struct report_sums sums = {
		.left_out = count_of(reading, object, "left_out", REQUIRED),
		.losses = count_of(reading, object, "losses", REQUIRED),
		.lost = count_of(reading, object, "lost", REQUIRED),
		.withdrawn = count_of(reading, object, "withdrawn", REQUIRED),
		.interrupted = count_of(reading, object, "interrupted", REQUIRED),
	};
	uint64_t version = count_of(reading, object, "version", REQUIRED);

	for (size_t i = 0; i < REPORT_KINDS; i++)
		sums.counts[i] = count_of(reading, object, report_kinds[i].name, REQUIRED);
	if (!reading->is_broken && version != REPORT_VERSION)
		fail(reading, 1,
		     "this is version %" PRIu64 " of reports, and only %d is known; read it "
		     "with a newer scmltrace",
		     version, REPORT_VERSION);
	reading->summaries++;
	if (!reading->is_broken)
		reading->reader->sums(reading->reader->context, &sums);
}

/* A kind of line is a row; those without a function add nothing to a sum. */
static const struct {
	const char *type;
	void (*read)(struct reading *reading, json_t *object);
} lines[] = {
	{"call", NULL}, {"cause", read_cause}, {"loss", NULL},	       {"need", read_need},
	{"note", NULL}, {"rule", read_rule},   {"summary", read_sums},
};

static void read_object(struct reading *reading, json_t *object)
{
	const char *type =
		json_is_object(object) ? string_of(reading, object, "type", REQUIRED) : NULL;

	if (!json_is_object(object))
		fail(reading, 1,
		     "a line of a report is an object, as 'scmltrace --json' writes "
		     "it");
	for (size_t i = 0; type && i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(lines[i].type, type) != 0)
			continue;
		if (lines[i].read)
			lines[i].read(reading, object);
		return;
	}
	if (type)
		fail(reading, 1, "'%.40s' is no type of line in a report", type);
}

static void read_line(struct reading *reading, const char *text, size_t size)
{
	json_error_t error;
	json_t *object;

	reading->line++;
	reading->is_broken = false;
	while (size && strchr(" \t\r", text[size - 1]) && text[size - 1])
		size--;
	if (!size)
		return;
	object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (object)
		read_object(reading, object);
	else
		fail(reading, error.position, "this is no JSON: %s", error.text);
	json_decref(object);
}

/* ---- files ---- */

/* The next line into BUFFER, without its end. False: there is none. *IS_LONG: it was cut. */
static bool next_line(FILE *in, char *buffer, size_t *size, bool *is_long)
{
	int c = getc_unlocked(in);

	*size = 0;
	*is_long = false;
	if (c == EOF)
		return false;
	for (; c != EOF && c != '\n'; c = getc_unlocked(in)) {
		if (*size < REPORT_MAX_LINE)
			buffer[(*size)++] = (char)c;
		else
			*is_long = true;
	}
	return true;
}

static void read_lines(struct reading *reading, FILE *in, char *buffer)
{
	bool is_long;
	size_t size;

	while (next_line(in, buffer, &size, &is_long)) {
		if (!is_long) {
			read_line(reading, buffer, size);
			continue;
		}
		reading->line++;
		fail(reading, 1, "the line has more than %d bytes", REPORT_MAX_LINE);
	}
	reading->line += !reading->line;
	if (ferror(in))
		fail(reading, 1, "cannot read on: %s", strerror(errno));
	else if (!reading->summaries)
		fail(reading, 1,
		     "the report has no summary; it was cut, or written with --quiet");
}

uint64_t report_read(const struct report_reader *reader, FILE *in, const char *name)
{
	struct reading reading = {.reader = reader, .name = name};
	char *buffer = malloc(REPORT_MAX_LINE);

	if (!buffer)
		arena_out_of_memory();
	read_lines(&reading, in, buffer);
	free(buffer);
	if (reading.errors > REPORT_SHOWN_ERRORS)
		fprintf(reader->errors, "%s: %" PRIu64 " more errors\n", name,
			reading.errors - REPORT_SHOWN_ERRORS);
	return reading.errors;
}
