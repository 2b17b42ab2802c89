#include "bpf/profile.h"

#include <ctype.h>
#include <string.h>

enum { MAX_NAME = 64, NO_DIGIT = 16 };

struct reader {
	struct arena *arena;
	struct diags *diags;
	const struct abi_db *db;
	const struct source_file *file;
	uint64_t *counts;
	struct bpf_habits *habits;
	uint64_t total;
	size_t faults;
};

/* A piece of a line, which is a piece of the file. */
struct piece {
	const char *at, *end;
};

/* How often a call was made with some arguments. */
struct counted {
	uint64_t count;
	bool has_args;
	uint64_t args[BPF_HABIT_ARGS];
};

static void skip_blanks(struct piece *line)
{
	while (line->at < line->end &&
	       (*line->at == ' ' || *line->at == '\t' || *line->at == '\r'))
		line->at++;
}

static bool starts_with(struct piece line, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(line.end - line.at) >= len && memcmp(line.at, text, len) == 0;
}

static bool contains(struct piece line, const char *text)
{
	return memmem(line.at, (size_t)(line.end - line.at), text, strlen(text)) != NULL;
}

/* Take a name off the start of LINE; empty where there is none. */
static struct piece take_name(struct piece *line)
{
	struct piece name = {line->at, line->at};

	if (name.at < line->end && !isdigit((unsigned char)*name.at))
		while (name.end < line->end &&
		       (isalnum((unsigned char)*name.end) || *name.end == '_'))
			name.end++;
	line->at = name.end;
	return name;
}

/* Is there one more fault to be reported? */
static bool count_fault(struct reader *reader)
{
	return ++reader->faults <= BPF_PROFILE_MAX_FAULTS;
}

static struct span span_of(const struct reader *reader, struct piece piece)
{
	return (struct span){reader->file->id, (uint32_t)(piece.at - reader->file->text),
			     (uint32_t)(piece.end - reader->file->text)};
}

static void report_unknown(struct reader *reader, struct piece piece, const char *name)
{
	const char *near = abi_suggest(reader->db, ABI_NAME_CALL, name);
	struct diag *diag;

	if (!count_fault(reader))
		return;
	diag = diag_add(reader->diags, DIAG_PROFILE, span_of(reader, piece),
			"'%s' is no system call", name);
	if (near)
		diag_remark(reader->diags, diag, SPAN_NONE, "did you mean '%s'?", near);
}

/* Add COUNTED to the call NAME. IS_SURE: it must be one. */
static void count_call(struct reader *reader, struct piece piece, struct counted counted,
		       bool is_sure)
{
	char name[MAX_NAME];
	size_t len = (size_t)(piece.end - piece.at);
	const struct abi_call *call = NULL;
	uint64_t *own;

	if (len < sizeof(name)) {
		memcpy(name, piece.at, len);
		name[len] = '\0';
		call = abi_call_find(reader->db, name);
	}
	if (!call) {
		if (is_sure)
			report_unknown(reader, piece,
				       arena_strndup(reader->arena, piece.at,
						     len < MAX_NAME ? len : MAX_NAME));
		return;
	}
	own = &reader->counts[call - reader->db->calls];
	*own = *own > UINT32_MAX - counted.count ? UINT32_MAX : *own + counted.count;
	reader->total += counted.count;
	if (counted.has_args)
		bpf_habits_add(reader->habits, (size_t)(call - reader->db->calls), counted.args,
			       counted.count);
}

static unsigned digit_of(char at)
{
	if (at >= '0' && at <= '9')
		return (unsigned)(at - '0');
	if (at >= 'a' && at <= 'f')
		return (unsigned)(at - 'a') + 10;
	if (at >= 'A' && at <= 'F')
		return (unsigned)(at - 'A') + 10;
	return NO_DIGIT;
}

/* Take a number off the start of LINE, decimal or behind 0x; what is greater than MOST is as
 * good as that. */
static bool take_number(struct piece *line, uint64_t most, uint64_t *number)
{
	unsigned base = starts_with(*line, "0x") ? 16 : 10;
	const char *first = line->at += base == 16 ? 2 : 0;
	bool is_more = false;

	*number = 0;
	for (; line->at < line->end; line->at++) {
		unsigned digit = digit_of(*line->at);

		if (digit == NO_DIGIT)
			break;
		if (digit >= base)
			return false;
		is_more |= __builtin_mul_overflow(*number, base, number) ||
			   __builtin_add_overflow(*number, digit, number) || *number > most;
	}
	if (is_more)
		*number = most;
	return line->at > first;
}

/* `COUNT`, and arguments, to the end of LINE. */
static bool read_count(struct piece line, struct counted *counted)
{
	*counted = (struct counted){.count = 0};
	skip_blanks(&line);
	if (!take_number(&line, UINT32_MAX, &counted->count))
		return false;
	skip_blanks(&line);
	counted->has_args = line.at < line.end;
	for (size_t i = 0; i < BPF_HABIT_ARGS && line.at < line.end; i++) {
		if (!take_number(&line, UINT64_MAX, &counted->args[i]))
			return false;
		skip_blanks(&line);
	}
	return line.at == line.end;
}

/* The value of the string KEY in a line that scmltrace wrote; no such name holds a backslash.
 */
static struct piece json_string(struct piece line, const char *key)
{
	size_t len = strlen(key);
	const char *at = memmem(line.at, (size_t)(line.end - line.at), key, len), *end;

	if (!at)
		return (struct piece){line.at, line.at};
	at += len;
	end = memchr(at, '"', (size_t)(line.end - at));
	return (struct piece){at, end ? end : at};
}

/* The registers in a line that scmltrace wrote: `"args":["0x1",…]`. */
static bool json_args(struct piece line, uint64_t args[BPF_HABIT_ARGS])
{
	static const char key[] = ",\"args\":[\"";
	const char *at = memmem(line.at, (size_t)(line.end - line.at), key, strlen(key));

	if (!at)
		return false;
	line.at = at + strlen(key);
	for (size_t i = 0; i < BPF_HABIT_ARGS; i++) {
		if (i && !starts_with(line, "\",\""))
			return false;
		line.at += i ? 3 : 0;
		if (!take_number(&line, UINT64_MAX, &args[i]))
			return false;
	}
	return true;
}

/* Everything but calls (causes, notes, the summary) would count a second time. */
static bool take_json(struct reader *reader, struct piece line)
{
	struct counted counted = {.count = 1};
	struct piece name;

	if (!starts_with(line, "{\"type\":\"call\""))
		return starts_with(line, "{\"type\":\"");
	name = json_string(line, ",\"name\":\"");
	counted.has_args = json_args(line, counted.args);
	count_call(reader, name, counted, false);
	return name.at < name.end;
}

/* What strace prints beside calls, and the second halves of calls. */
static bool is_beside(struct piece line)
{
	return starts_with(line, "strace:") || starts_with(line, "+++") ||
	       starts_with(line, "---") || starts_with(line, "<...") || *line.at == '[' ||
	       starts_with(line, "Process ") || contains(line, "<unfinished") ||
	       contains(line, "resumed>");
}

/* Leave out `[pid 12]`, `12` and the time that may stand before a call. */
static void skip_prefix(struct piece *line)
{
	while (line->at < line->end &&
	       (isdigit((unsigned char)*line->at) || starts_with(*line, "[pid"))) {
		char end = ' ';

		if (*line->at == '[')
			end = ']';
		while (line->at < line->end && *line->at != end)
			line->at++;
		line->at += line->at < line->end;
		skip_blanks(line);
	}
}

static bool take_line(struct reader *reader, struct piece line)
{
	struct piece name;
	struct counted counted = {.count = 1};

	skip_blanks(&line);
	if (line.at == line.end || *line.at == '#')
		return true;
	if (*line.at == '{')
		return take_json(reader, line);
	skip_prefix(&line);
	if (line.at == line.end)
		return false;
	name = take_name(&line);
	if (name.at < name.end && line.at < line.end && *line.at == '(') {
		count_call(reader, name, counted, false);
		return true;
	}
	if (name.at < name.end && read_count(line, &counted)) {
		count_call(reader, name, counted, true);
		return true;
	}
	line.at = name.at;
	return is_beside(line);
}

static void report_line(struct reader *reader, struct piece line)
{
	if (count_fault(reader))
		diag_add(reader->diags, DIAG_PROFILE, span_of(reader, line),
			 "this is neither 'NAME COUNT ARGUMENT...' nor a line of strace or of "
			 "scmltrace "
			 "--json");
}

const struct bpf_profile *bpf_profile_read(struct arena *arena, struct diags *diags,
					   const struct abi_db *db,
					   const struct source_file *file)
{
	struct bpf_profile *profile = ARENA_NEW(arena, struct bpf_profile);
	struct reader reader = {.arena = arena,
				.diags = diags,
				.db = db,
				.file = file,
				.counts = ARENA_ARRAY(arena, uint64_t, db->call_count),
				.habits = bpf_habits_new(arena, db->call_count)};

	for (uint32_t i = 1; i <= file->line_count; i++) {
		size_t len;
		const char *text = source_line(file, i, &len);
		struct piece line = {text, text + len};

		if (!take_line(&reader, line))
			report_line(&reader, line);
	}
	if (reader.faults > BPF_PROFILE_MAX_FAULTS)
		diag_add(diags, DIAG_PROFILE, SPAN_NONE, "'%s' has %zu more such lines",
			 file->path, reader.faults - BPF_PROFILE_MAX_FAULTS);
	if (!reader.faults && !reader.total)
		diag_add(diags, DIAG_PROFILE, SPAN_NONE, "'%s' counts no system call",
			 file->path);
	*profile = (struct bpf_profile){reader.counts, reader.habits};
	return reader.faults || !reader.total ? NULL : profile;
}
