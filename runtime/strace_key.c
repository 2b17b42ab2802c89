#include "strace_key.h"

#include <string.h>

#include "strace_marks.h"
#include "strace_span.h"

enum {
	MAX_LINE = 4096, /* what a longer line decodes to may be more than is kept of a line */
	ENDED = 0xffff,	 /* in place of a length: there are no more arguments */
};

/* A text on which one goes from mark to mark. */
struct walk {
	struct strace_text text;
	size_t slack;  /* bytes behind the text that may be read too */
	size_t base;   /* of the block whose marks are known */
	size_t before; /* up to here, it belongs to pieces that are done */
	struct strace_marks marks;
};

static void look_at(struct walk *walk, size_t base)
{
	size_t left = walk->text.len - base;
	char copy[STRACE_BLOCK] = {0};
	const char *at = walk->text.at + base;

	if (left + walk->slack < STRACE_BLOCK)
		at = memcpy(copy, at, left);
	walk->marks = strace_marks(at);
	if (left < STRACE_BLOCK) {
		walk->marks.quotes &= (UINT64_C(1) << left) - 1;
		walk->marks.others &= (UINT64_C(1) << left) - 1;
	}
	walk->base = base;
}

/* The next mark at AT or behind it; the length of the text where there is none. */
static inline size_t next_mark(struct walk *walk, size_t at, bool quotes_only)
{
	while (at < walk->text.len) {
		uint64_t marks;

		if (at - walk->base >= STRACE_BLOCK)
			look_at(walk, at);
		marks = walk->marks.quotes | (quotes_only ? 0 : walk->marks.others);
		marks >>= at - walk->base;
		if (marks)
			return at + (size_t)__builtin_ctzll(marks);
		at = walk->base + STRACE_BLOCK;
	}
	return walk->text.len;
}

/* Where the string that begins at AT ends: as strace_string_len(). */
static size_t string_end(struct walk *walk, size_t at)
{
	size_t from = at + 1;

	for (;;) {
		size_t quote = next_mark(walk, from, true), slashes = 0;

		if (quote >= walk->text.len)
			return walk->text.len;
		while (quote - slashes > from && walk->text.at[quote - slashes - 1] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return quote + 1;
		from = quote + 1;
	}
}

/* Where what the star at AT belongs to ends. */
static size_t star_end(const struct walk *walk, size_t at)
{
	size_t len = 0;

	if (at > walk->before && walk->text.at[at - 1] == '/')
		len = strace_comment_len(strace_skip(walk->text, at - 1));
	return len ? at - 1 + len : at + 1;
}

/* Where the value at AT ends: as strace_value_len(). */
static size_t value_end(struct walk *walk, size_t at)
{
	size_t depth = 0;

	walk->before = at;
	while ((at = next_mark(walk, at, false)) < walk->text.len) {
		switch (walk->text.at[at]) {
		case '"':
			at = string_end(walk, at);
			break;
		case ',':
			if (!depth)
				return at;
			at++;
			break;
		case '<':
			at += strace_angle_len(walk->text, at);
			break;
		case '*':
			at = star_end(walk, at);
			break;
		case '(':
		case '[':
		case '{':
			depth++;
			at++;
			break;
		default:
			if (!depth--)
				return at;
			at++;
			break;
		}
		walk->before = at;
	}
	return walk->text.len;
}

static bool put(struct strace_key *key, const void *bytes, size_t len)
{
	if (len > sizeof(key->bytes) - key->len)
		return false;
	memcpy(key->bytes + key->len, bytes, len);
	key->len += (uint32_t)len;
	return true;
}

static bool put_text(struct strace_key *key, struct strace_text text)
{
	uint16_t len = (uint16_t)text.len;

	return text.len < ENDED && put(key, &len, sizeof(len)) && put(key, text.at, text.len);
}

/* What the result text says, not how it is printed: a descriptor may have any path. */
static bool put_result(struct strace_key *key, struct strace_text text)
{
	struct strace_result result;
	uint64_t value;

	strace_line_result(text, &result);
	value = (uint64_t)result.value;
	return put(key, &result.is_known, 1) && put(key, &value, sizeof(value)) &&
	       put_text(key, result.error);
}

static bool has_name(struct strace_text text)
{
	size_t len = 0;

	while (len < text.len && strace_is_name_char(text.at[len]))
		len++;
	return len < text.len && text.at[len] == '=';
}

/* Can an argument begin so? Not with a bracket that closes, not with what strace puts in the
 * place of arguments. */
static bool is_argument(struct strace_text text)
{
	return text.len && text.at[0] != ',' && text.at[0] != '<' && text.at[0] != ')';
}

/* The argument at *AT, to KEY where it IS_WANTED; *AT is then at what ends it. */
static bool take_argument(struct walk *walk, size_t *at, bool is_wanted, struct strace_key *key)
{
	size_t end = value_end(walk, *at);
	struct strace_text text = {walk->text.at + *at, end - *at};

	if (end >= walk->text.len || (walk->text.at[end] != ',' && walk->text.at[end] != ')'))
		return false;
	*at = end;
	return !is_wanted || put_text(key, strace_trim(text));
}

/* There are COUNT arguments; TEXT is what stands behind them. */
static bool put_end(const struct strace_plan *plan, size_t count, struct strace_text text,
		    struct strace_key *key)
{
	const uint16_t end[] = {ENDED, (uint16_t)count};

	return put(key, end, sizeof(end)) && (!plan->wants_result || put_result(key, text));
}

static size_t skip_spaces(const struct walk *walk, size_t at)
{
	while (at < walk->text.len && walk->text.at[at] == ' ')
		at++;
	return at;
}

static bool put_arguments(const struct strace_plan *plan, struct walk *walk,
			  struct strace_key *key)
{
	bool wants_all = plan->wants_count || plan->wants_result;
	size_t at = skip_spaces(walk, 0);

	if (at < walk->text.len && walk->text.at[at] == ')')
		return put_end(plan, 0, strace_skip(walk->text, at + 1), key);
	if (has_name(strace_skip(walk->text, at)))
		return false;
	for (size_t i = 0; i < STRACE_MAX_ARGS; i++) {
		if (i >= plan->end && !wants_all)
			return true;
		if (!is_argument(strace_skip(walk->text, at)) ||
		    !take_argument(walk, &at, plan->positions >> i & 1, key))
			return false;
		if (walk->text.at[at] == ')')
			return put_end(plan, i + 1, strace_skip(walk->text, at + 1), key);
		at = skip_spaces(walk, at + 1);
	}
	return false;
}

static uint32_t hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = len, word = 0;

	for (; len >= sizeof(word); bytes += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	for (word = 0; len; len--)
		word = word << 8 | (unsigned char)bytes[len - 1];
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash >> 32);
}

bool strace_key_make(const struct strace_plan *plan, const struct strace_event *event,
		     struct strace_key *key)
{
	struct walk walk = {.text = event->rest, .slack = event->slack};

	key->len = 0;
	if (event->rest.len > MAX_LINE || !event->call ||
	    !put(key, &event->call->id, sizeof(event->call->id)))
		return false;
	if (plan->end || plan->wants_count || plan->wants_result) {
		if (!event->rest.len)
			return false;
		look_at(&walk, 0);
		if (!put_arguments(plan, &walk, key))
			return false;
	}
	key->hash = hash_bytes(key->bytes, key->len);
	return true;
}
