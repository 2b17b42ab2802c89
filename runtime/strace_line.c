#include "strace_line.h"

#include <string.h>

#include "strace_marks.h"
#include "strace_span.h"
#include "strace_walk.h"

/* Literals that the reader searches for. */
#define REMARK	   "<unfinished ...>"
#define UNFINISHED " " REMARK
#define RESUMED	   " resumed>"

_Static_assert(sizeof(UNFINISHED) - 1 == STRACE_UNFINISHED_LEN, "the header is right");

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool strace_is(struct strace_text text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.at, word, text.len);
}

bool strace_starts_with(struct strace_text text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && !memcmp(text.at, word, len);
}

static bool ends_with(struct strace_text text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && !memcmp(text.at + text.len - len, word, len);
}

struct strace_text strace_trim(struct strace_text text)
{
	while (text.len && text.at[0] == ' ')
		text = strace_skip(text, 1);
	while (text.len && text.at[text.len - 1] == ' ')
		text.len--;
	return text;
}

/* The value of C as a digit, 16 or more if it is none. */
static unsigned digit_value(char c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

static size_t digits(struct strace_text text, size_t at, unsigned base, uint64_t *value)
{
	size_t start = at;

	*value = 0;
	for (; at < text.len && digit_value(text.at[at]) < base; at++) {
		uint64_t more;

		if (__builtin_mul_overflow(*value, base, value))
			return 0;
		more = digit_value(text.at[at]);
		if (__builtin_add_overflow(*value, more, value))
			return 0;
	}
	return at - start;
}

/* `%08x` without a prefix: more leading zeros than an octal number has. */
static bool is_padded_hex(struct strace_text text, size_t at)
{
	size_t len = 0;

	while (at + len < text.len && digit_value(text.at[at + len]) < 16)
		len++;
	return len >= 6 && text.at[at + 1] == '0';
}

size_t strace_number(struct strace_text text, uint64_t *value)
{
	bool is_negative = text.len && text.at[0] == '-';
	size_t at = is_negative, len;
	unsigned base = 10;

	if (at >= text.len || !is_digit(text.at[at]))
		return 0;
	if (text.at[at] == '0' && at + 1 < text.len) {
		if (text.at[at + 1] == 'x') {
			at += 2;
			base = 16;
		} else if (is_digit(text.at[at + 1])) {
			base = is_padded_hex(text, at) ? 16 : 8;
		}
	}
	len = digits(text, at, base, value);
	if (!len)
		return 0;
	if (is_negative)
		*value = -*value;
	return at + len;
}

size_t strace_name_len(struct strace_text text)
{
	size_t len = 0;

	while (len < text.len && strace_is_name_char(text.at[len]))
		len++;
	return len;
}

size_t strace_pid_len(struct strace_text text, size_t slack, uint32_t *pid)
{
	enum { MAX_DIGITS = 9 };
	size_t len = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (text.len + slack >= sizeof(uint64_t)) {
		uint64_t word, others;

		/* All digits at once: bytes that are none get their highest bit. */
		memcpy(&word, text.at, sizeof(word));
		word ^= UINT64_C(0x3030303030303030);
		others = ((word + UINT64_C(0x7676767676767676)) | word) &
			 UINT64_C(0x8080808080808080);
		len = others ? (size_t)__builtin_ctzll(others) / 8 : 0;
		if (len && len <= text.len) {
			/* Pairs, then fours, then all eight, with zeros in front. */
			word <<= 64 - 8 * len;
			word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
			word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
			*pid = (uint32_t)(word * 10000 + (word >> 32));
			return len;
		}
	}
#endif
	*pid = 0;
	for (len = 0; len < text.len && len < MAX_DIGITS && is_digit(text.at[len]); len++)
		*pid = *pid * 10 + (uint32_t)(text.at[len] - '0');
	return len;
}

size_t strace_call_len(struct strace_text text)
{
	size_t len = text.len < 64 ? text.len : 64, at = strace_find_parenthesis(text.at, len);

	return at < len ? at : 0;
}

static bool is_seconds(struct strace_text text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_digit(text.at[i]) && text.at[i] != '.')
			return false;
	}
	return text.len > 0;
}

/* The `<0.000012>` that -T puts at the end of a line, cut from *TEXT. */
static struct strace_text cut_time(struct strace_text *text)
{
	const char *angle = text->len ? memrchr(text->at, '<', text->len) : NULL;
	struct strace_text time = {NULL, 0};

	if (!angle || angle == text->at || angle[-1] != ' ' || text->at[text->len - 1] != '>')
		return time;
	time.at = angle + 1;
	time.len = (size_t)(text->at + text->len - 1 - time.at);
	if (!is_seconds(time))
		return (struct strace_text){NULL, 0};
	text->len = (size_t)(angle - text->at);
	*text = strace_trim(*text);
	return time;
}

void strace_line_result(struct strace_text text, struct strace_result *result)
{
	uint64_t value;
	size_t len;

	*result = (struct strace_result){.is_known = false};
	text = strace_trim(text);
	if (!text.len || text.at[0] != '=')
		return;
	text = strace_trim(strace_skip(text, 1));
	result->time = cut_time(&text);
	len = strace_number(text, &value);
	if (len) {
		result->is_known = true;
		result->value = (int64_t)value;
		text = strace_skip(text, len);
		text = strace_skip(text, strace_annotation_len(text));
	} else if (strace_starts_with(text, "?")) {
		text = strace_skip(text, 1);
	} else {
		return;
	}
	text = strace_trim(text);
	if (text.len > 1 && text.at[0] == 'E' && strace_is_name_char(text.at[1])) {
		result->error = (struct strace_text){text.at, strace_name_len(text)};
		text = strace_trim(strace_skip(text, result->error.len));
	}
	if (text.len > 2 && text.at[0] == '(')
		result->note = (struct strace_text){text.at + 1,
						    strace_value_len(strace_skip(text, 1))};
}

void strace_line_split(struct strace_text rest, size_t slack, struct strace_parts *parts)
{
	struct strace_walk walk = strace_walk_start(rest, slack);
	bool is_cut = false;
	size_t at = 0;

	parts->count = 0;
	parts->is_closed = false;
	parts->result = (struct strace_result){.is_known = false};
	for (;;) {
		size_t end = strace_walk_value(&walk, at);
		struct strace_text arg =
			strace_trim((struct strace_text){rest.at + at, end - at});

		if (ends_with(arg, REMARK)) {
			arg.len -= strlen(REMARK);
			arg = strace_trim(arg);
			is_cut = true;
		}
		if (arg.len && parts->count < STRACE_MAX_ARGS)
			parts->args[parts->count++] = arg;
		if (end == rest.len)
			return;
		at = end + 1;
		if (rest.at[end] == ')')
			break;
	}
	parts->is_closed = !is_cut;
	strace_line_result(strace_skip(rest, at), &parts->result);
}

/* Cut a process number, with the name of the command that -Y adds, from the start of *TEXT. */
static bool cut_pid(struct strace_text *text, uint32_t *pid)
{
	uint64_t value;
	size_t len = digits(*text, 0, 10, &value);
	struct strace_text after;

	if (!len || value > UINT32_MAX)
		return false;
	after = strace_skip(*text, len);
	after = strace_skip(after, strace_annotation_len(after));
	if (after.len && after.at[0] != ' ' && after.at[0] != ']')
		return false;
	*pid = (uint32_t)value;
	*text = after;
	return true;
}

/* Cut a time from the start of *TEXT: 15:59:16, 15:59:16.096455, 1795363156.111371. */
static bool cut_clock(struct strace_text *text, struct strace_text *time)
{
	size_t len = 0;

	while (len < text->len &&
	       (is_digit(text->at[len]) || text->at[len] == ':' || text->at[len] == '.'))
		len++;
	if (!len || len >= text->len || text->at[len] != ' ')
		return false;
	*time = (struct strace_text){text->at, len};
	*text = strace_skip(*text, len);
	return true;
}

/* Cut what stands in brackets before the call: a process, a call number (-n), an instruction
 * pointer (-i). */
static bool cut_bracket(struct strace_text *text, struct strace_line *line)
{
	const char *end = memchr(text->at, ']', text->len);
	struct strace_text inside = strace_skip(*text, 1);
	uint32_t pid;

	if (strace_starts_with(inside, "pid ")) {
		inside = strace_trim(strace_skip(inside, 4));
		if (!cut_pid(&inside, &pid) || !inside.len || inside.at[0] != ']')
			return false;
		line->pid = pid;
		*text = strace_skip(inside, 1);
		return true;
	}
	for (const char *c = text->at + 1; c < end; c++) {
		if (digit_value(*c) >= 16 && *c != ' ' && *c != '?')
			return false;
	}
	if (end)
		*text = strace_skip(*text, (size_t)(end + 1 - text->at));
	return end;
}

/* Cut all that may stand before a call; what is left is the call or no line of strace's. */
static struct strace_text cut_prefix(struct strace_text text, struct strace_line *line)
{
	bool is_more = true;

	while (is_more && text.len) {
		char c = text.at[0];

		if (c == ' ') {
			text = strace_skip(text, 1);
		} else if (is_digit(c)) {
			is_more =
				(!line->pid && !line->time.len && cut_pid(&text, &line->pid)) ||
				cut_clock(&text, &line->time);
		} else if (c == '[') {
			is_more = cut_bracket(&text, line);
		} else if (c == '(' && text.len > 1 && text.at[1] == '+') {
			const char *end = memchr(text.at, ')', text.len);

			is_more = end;
			text = strace_skip(text, end ? (size_t)(end + 1 - text.at) : 0);
		} else {
			is_more = false;
		}
	}
	return text;
}

static void read_resumed(struct strace_text text, struct strace_line *line)
{
	struct strace_text name = strace_skip(text, strlen("<... "));

	name.len = strace_name_len(name);
	text = strace_skip(text, (size_t)(name.at - text.at) + name.len);
	if (!name.len || !strace_starts_with(text, RESUMED))
		return;
	line->kind = STRACE_RESUMED;
	line->name = name;
	line->rest = strace_skip(text, strlen(RESUMED));
}

/* TEXT starts with `[`, but with nothing that stands before a call. */
static void read_mode(struct strace_text text, struct strace_line *line)
{
	const char *runs = memmem(text.at, text.len, " runs in ", 9);
	const char *mode = memmem(text.at, text.len, " mode", 5);
	struct strace_text pid = strace_skip(text, 1);
	uint64_t value;

	pid = strace_trim(pid);
	if (!strace_starts_with(pid, "Process PID=") || !runs || !mode || mode < runs + 9)
		return;
	line->kind = STRACE_MODE;
	line->name = (struct strace_text){runs + 9, (size_t)(mode - runs) - 9};
	if (digits(pid, strlen("Process PID="), 10, &value) && value <= UINT32_MAX)
		line->pid = (uint32_t)value;
}

/* A row of what a buffer held, ` | 00010  7f 45 …`, or a heading, ` * 12 bytes in buffer 0`. */
static bool is_dump(struct strace_text text)
{
	struct strace_text rest = strace_skip(text, text.len < 2 ? text.len : 2);
	uint64_t value;

	if (strace_starts_with(text, "| "))
		return rest.len > 7 && digits(rest, 0, 16, &value) >= 5;
	return strace_starts_with(text, "* ") && strace_number(rest, &value) &&
	       memmem(rest.at, rest.len, " bytes in buffer ", 17);
}

static bool is_noise(struct strace_text text)
{
	return !text.len || strace_starts_with(text, "strace: ") ||
	       strace_starts_with(text, "> ") || strace_starts_with(text, "<detached") ||
	       is_dump(text);
}

/* ` 24.34    0.001228         614         2           wait4`, the heading or a rule. */
static bool is_statistics(struct strace_text text)
{
	enum { COLUMNS = 4 /* before the errors and the name */ };
	struct strace_text word = {NULL, 0};
	size_t numbers = 0;

	if (strace_starts_with(text, "% time ") || strace_starts_with(text, "------ ----"))
		return true;
	for (text = strace_trim(text); text.len;
	     text = strace_trim(strace_skip(text, word.len))) {
		const char *space = memchr(text.at, ' ', text.len);

		word = (struct strace_text){text.at,
					    space ? (size_t)(space - text.at) : text.len};
		if (!is_seconds(word))
			break;
		numbers++;
	}
	return numbers >= COLUMNS && word.len && word.len == text.len &&
	       strace_name_len(word) == word.len;
}

bool strace_line_is_unfinished(struct strace_text rest)
{
	const size_t len = sizeof(UNFINISHED) - 1;

	/* The last byte says no of most lines; the others are two words. */
	return rest.len >= len && rest.at[rest.len - 1] == '>' &&
	       !memcmp(rest.at + rest.len - len, UNFINISHED, len - 1);
}

void strace_line_read(const char *text, size_t len, struct strace_line *line)
{
	struct strace_text rest;

	memset(line, 0, sizeof(*line));
	rest = cut_prefix((struct strace_text){text, len}, line);
	line->kind = STRACE_UNREADABLE;
	line->start = rest;
	line->name = (struct strace_text){rest.at, strace_name_len(rest)};
	if (line->name.len && line->name.len < rest.len && rest.at[line->name.len] == '(') {
		line->rest = strace_skip(rest, line->name.len + 1);
		line->kind = STRACE_CALL;
		if (strace_line_is_unfinished(line->rest)) {
			line->kind = STRACE_UNFINISHED;
			line->rest.len -= strlen(UNFINISHED);
		}
		return;
	}
	line->name.len = 0;
	if (is_noise(rest))
		line->kind = STRACE_NOISE;
	else if (strace_starts_with(rest, "<... "))
		read_resumed(rest, line);
	else if (strace_starts_with(rest, "--- "))
		line->kind = STRACE_SIGNAL;
	else if (strace_starts_with(rest, "+++ "))
		line->kind = STRACE_EXIT;
	else if (rest.at[0] == '[')
		read_mode(rest, line);
	else if (is_statistics((struct strace_text){text, len}))
		*line = (struct strace_line){.kind = STRACE_STATISTICS};
}
