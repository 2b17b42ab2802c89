#include "json_read.h"

#include <string.h>

#include "utf8.h"

struct reader {
	struct arena *arena;
	struct diags *diags;
	const struct source_file *file;
	uint32_t at;
	size_t values;
	bool has_failed;
};

static const char *fail(struct reader *reader, uint32_t start, uint32_t end, const char *what)
{
	if (!reader->has_failed)
		diag_add(reader->diags, DIAG_NOT_JSON,
			 (struct span){reader->file->id, start, end}, "this is not JSON: %s",
			 what);
	reader->has_failed = true;
	return NULL;
}

/* The next byte; the NUL behind the text ends everything. */
static char peek(const struct reader *reader)
{
	return reader->file->text[reader->at];
}

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->file->size && peek(reader) &&
	       strchr(" \t\r\n", peek(reader)))
		reader->at++;
}

static bool take(struct reader *reader, char c)
{
	skip_blanks(reader);
	if (reader->at >= reader->file->size || peek(reader) != c)
		return false;
	reader->at++;
	return true;
}

static void fail_here(struct reader *reader, const char *what)
{
	uint32_t end = reader->at + (reader->at < reader->file->size);

	skip_blanks(reader);
	fail(reader, reader->at, end, what);
}

static bool take_hex(struct reader *reader, uint32_t *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		char c = peek(reader);

		if (c >= '0' && c <= '9')
			*unit = *unit << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*unit = *unit << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return false;
		reader->at++;
	}
	return true;
}

/* Behind `\u`: one character, which may take two of them. 0: none. */
static uint32_t take_point(struct reader *reader)
{
	uint32_t high, low;

	if (!take_hex(reader, &high))
		return 0;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || peek(reader) != '\\' || reader->file->text[reader->at + 1] != 'u')
		return 0;
	reader->at += 2;
	if (!take_hex(reader, &low) || low < 0xdc00 || low > 0xdfff)
		return 0;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static size_t put_point(char *out, uint32_t point)
{
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = len; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(len == 1 ? point : leads[len] | point);
	return len;
}

/* Behind a backslash, to OUT; 0: that is no escape. */
static size_t take_escape(struct reader *reader, char *out)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	char c = peek(reader);
	const char *name = c ? strchr(names, c) : NULL;
	uint32_t point;

	reader->at += c != '\0';
	if (name) {
		*out = values[name - names];
		return 1;
	}
	point = c == 'u' ? take_point(reader) : 0;
	return point ? put_point(out, point) : 0;
}

/* Behind the opening quote. What is written is never longer than what was read. */
static const char *take_string(struct reader *reader)
{
	const struct source_file *file = reader->file;
	uint32_t start = reader->at - 1;
	const char *quote = file->text + reader->at;
	size_t len = 0;
	char *text;

	while (*quote && *quote != '"')
		quote += *quote == '\\' && quote[1] ? 2 : 1;
	text = arena_alloc(reader->arena, (size_t)(quote - file->text) - reader->at + 1);
	while (peek(reader) != '"') {
		uint32_t before = reader->at, point;
		size_t step = utf8_decode(file->text + before, file->size - before, &point);

		if (before >= file->size || point < 0x20)
			return fail(reader, start, before, "a string does not end");
		if (point == UTF8_INVALID)
			return fail(reader, before, before + 1, "a byte is not UTF-8");
		reader->at += (uint32_t)step;
		if (point == '\\') {
			step = take_escape(reader, text + len);
			if (!step)
				return fail(reader, before, reader->at,
					    "a string has no such escape");
		} else {
			memcpy(text + len, file->text + before, step);
		}
		len += step;
	}
	reader->at++;
	return text;
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* 0 where there is no number. */
static uint32_t number_length(const char *text)
{
	const char *at = text + (*text == '-');
	size_t whole = digits(at);

	if (whole == 0 || (*at == '0' && whole > 1))
		return 0;
	at += whole;
	if (*at == '.') {
		if (!digits(at + 1))
			return 0;
		at += 1 + digits(at + 1);
	}
	if (*at == 'e' || *at == 'E') {
		at += 1 + (at[1] == '+' || at[1] == '-');
		if (!digits(at))
			return 0;
		at += digits(at);
	}
	return (uint32_t)(at - text);
}

static void take_number(struct reader *reader, struct json_value *value)
{
	const char *text = reader->file->text + reader->at;
	uint32_t len = number_length(text);

	if (len == 0) {
		fail_here(reader, "a value is wanted here");
		return;
	}
	value->kind = JSON_NUMBER;
	value->is_word = digits(text) == len;
	for (uint32_t i = 0; i < len && value->is_word; i++)
		if (__builtin_mul_overflow(value->word, 10, &value->word) ||
		    __builtin_add_overflow(value->word, (uint64_t)(text[i] - '0'),
					   &value->word))
			value->is_word = false;
	reader->at += len;
}

static bool take_word(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(reader->file->text + reader->at, word, len) != 0)
		return false;
	reader->at += (uint32_t)len;
	return true;
}

static struct json_value *take_value(struct reader *reader, unsigned depth);

static const char *take_key(struct reader *reader)
{
	const char *key;

	if (!take(reader, '"')) {
		fail_here(reader, "a name in quotes is wanted here");
		return NULL;
	}
	key = take_string(reader);
	if (key && !take(reader, ':'))
		fail_here(reader, "':' is wanted here");
	return key;
}

static void take_children(struct reader *reader, struct json_value *value, unsigned depth)
{
	bool is_object = value->kind == JSON_OBJECT;
	struct json_value **end = &value->first;
	char bracket = is_object ? '}' : ']';

	if (take(reader, bracket))
		return;
	do {
		const char *key = is_object ? take_key(reader) : NULL;

		*end = reader->has_failed ? NULL : take_value(reader, depth + 1);
		if (!*end)
			return;
		(*end)->key = key;
		end = &(*end)->next;
	} while (take(reader, ','));
	if (!take(reader, bracket))
		fail_here(reader, is_object ? "',' or '}' is wanted here"
					    : "',' or ']' is wanted here");
}

/* NULL after an error. */
static struct json_value *take_value(struct reader *reader, unsigned depth)
{
	struct json_value *value = ARENA_NEW(reader->arena, struct json_value);
	uint32_t start;

	skip_blanks(reader);
	start = reader->at;
	if (depth > JSON_MAX_DEPTH || ++reader->values > JSON_MAX_VALUES) {
		fail_here(reader, depth > JSON_MAX_DEPTH ? "brackets are nested too deeply"
							 : "it holds too many values");
	} else if (take(reader, '{')) {
		value->kind = JSON_OBJECT;
		take_children(reader, value, depth);
	} else if (take(reader, '[')) {
		value->kind = JSON_ARRAY;
		take_children(reader, value, depth);
	} else if (take(reader, '"')) {
		value->kind = JSON_STRING;
		value->text = take_string(reader);
	} else if (take_word(reader, "true")) {
		value->kind = JSON_BOOL;
		value->truth = true;
	} else if (take_word(reader, "false")) {
		value->kind = JSON_BOOL;
	} else if (!take_word(reader, "null")) {
		take_number(reader, value);
	}
	value->span = (struct span){reader->file->id, start, reader->at};
	return reader->has_failed ? NULL : value;
}

const struct json_value *json_read(struct arena *arena, struct diags *diags,
				   const struct source_file *file)
{
	struct reader reader = {.arena = arena, .diags = diags, .file = file};
	const struct json_value *value = take_value(&reader, 0);

	skip_blanks(&reader);
	if (value && reader.at < file->size)
		fail_here(&reader, "something follows behind its end");
	return reader.has_failed ? NULL : value;
}

const struct json_value *json_member(const struct json_value *object, const char *key)
{
	const struct json_value *found = NULL;

	if (!object || object->kind != JSON_OBJECT)
		return NULL;
	for (const struct json_value *one = object->first; one; one = one->next)
		if (strcmp(one->key, key) == 0)
			found = one;
	return found && found->kind != JSON_NULL ? found : NULL;
}

const char *json_kind_name(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",	    [JSON_BOOL] = "true or false",
		[JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
		[JSON_ARRAY] = "an array",  [JSON_OBJECT] = "an object",
	};

	return names[kind];
}
