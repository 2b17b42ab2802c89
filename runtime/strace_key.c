#include "strace_key.h"

#include <string.h>

#include "strace_span.h"
#include "strace_walk.h"

enum {
	MAX_LINE = 4096, /* what a longer line decodes to may be more than is kept of a line */
	ENDED = 0xffff,	 /* in place of a length: there are no more arguments */
};

static bool put(struct strace_key *key, const void *bytes, size_t len)
{
	if (len > STRACE_MAX_KEY - key->len)
		return false;
	if (len)
		memcpy(key->bytes + key->len, bytes, len);
	key->len += (uint32_t)len;
	return true;
}

static bool put_text(struct strace_key *key, struct strace_text text)
{
	const uint16_t len = (uint16_t)text.len;

	if (text.len >= ENDED || sizeof(len) + text.len > STRACE_MAX_KEY - key->len)
		return false;
	memcpy(key->bytes + key->len, &len, sizeof(len));
	if (text.len)
		memcpy(key->bytes + key->len + sizeof(len), text.at, text.len);
	key->len += (uint32_t)(sizeof(len) + text.len);
	return true;
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

/* Does TEXT begin with `name=`? */
static bool has_name(struct strace_text text)
{
	size_t len = 0;

	if (!text.len || !((text.at[0] >= 'a' && text.at[0] <= 'z') || text.at[0] == '_'))
		return false;
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

static size_t skip_spaces(const struct strace_walk *walk, size_t at)
{
	while (at < walk->text.len && walk->text.at[at] == ' ')
		at++;
	return at;
}

/* Does TEXT, a member of the struct at POSITION, decide? What has no name may. */
static bool is_wanted_member(const struct strace_plan *plan, size_t position,
			     struct strace_text text)
{
	size_t len = strace_name_len(text);

	if (!len || len == text.len || text.at[len] != '=')
		return true;
	for (size_t i = 0; i < plan->members.count; i++) {
		const struct strace_member *member = &plan->members.members[i];

		if (member->position == position && member->len == len &&
		    !memcmp(member->name, text.at, len))
			return true;
	}
	return false;
}

/* The struct at *AT, an opening brace, of which PLAN wants only some members. */
static bool take_members(const struct strace_plan *plan, struct strace_walk *walk, size_t *at,
			 size_t position, struct strace_key *key)
{
	static const uint16_t end = ENDED;

	do {
		size_t from = skip_spaces(walk, *at + 1);
		struct strace_text text = {walk->text.at + from, 0};

		*at = strace_walk_value(walk, from);
		text.len = *at - from;
		if (*at >= walk->text.len ||
		    (is_wanted_member(plan, position, text) && !put_text(key, text)))
			return false;
	} while (walk->text.at[*at] == ',');
	if (walk->text.at[*at] != '}')
		return false;
	*at = skip_spaces(walk, *at + 1);
	return *at < walk->text.len &&
	       (walk->text.at[*at] == ',' || walk->text.at[*at] == ')') &&
	       put(key, &end, sizeof(end));
}

/* The argument at *AT, to KEY where PLAN wants it; *AT is then at what ends it. */
static bool take_argument(const struct strace_plan *plan, struct strace_walk *walk, size_t *at,
			  size_t position, struct strace_key *key)
{
	struct strace_text text = {walk->text.at + *at, 0};

	if (plan->members.positions >> position & 1 && text.at[0] == '{')
		return take_members(plan, walk, at, position, key);
	*at = strace_walk_value(walk, *at);
	if (*at >= walk->text.len || (walk->text.at[*at] != ',' && walk->text.at[*at] != ')'))
		return false;
	text.len = (size_t)(walk->text.at + *at - text.at);
	return !(plan->positions >> position & 1) || put_text(key, strace_trim(text));
}

/* There are COUNT arguments; TEXT is what stands behind them. */
static bool put_end(const struct strace_plan *plan, size_t count, struct strace_text text,
		    struct strace_key *key)
{
	const uint16_t end[] = {ENDED, (uint16_t)count};

	return put(key, end, sizeof(end)) && (!plan->wants_result || put_result(key, text));
}

static bool put_arguments(const struct strace_plan *plan, struct strace_walk *walk,
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
		    !take_argument(plan, walk, &at, i, key))
			return false;
		if (walk->text.at[at] == ')')
			return put_end(plan, i + 1, strace_skip(walk->text, at + 1), key);
		at = skip_spaces(walk, at + 1);
	}
	return false;
}

static uint32_t hash_bytes(const char *bytes, size_t len)
{
	uint64_t hash = len, word;

	/* The key has room for the zeros behind it. */
	for (size_t at = 0; at < len; at += sizeof(word)) {
		memcpy(&word, bytes + at, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	return (uint32_t)(hash >> 16);
}

bool strace_key_make(const struct strace_plan *plan, const struct strace_event *event,
		     struct strace_key *key)
{
	struct strace_walk walk;

	key->len = 0;
	if (event->rest.len > MAX_LINE || !event->call ||
	    !put(key, &event->call->id, sizeof(event->call->id)))
		return false;
	if (plan->end || plan->wants_count || plan->wants_result) {
		if (!event->rest.len)
			return false;
		walk = strace_walk_start(event->rest, event->slack);
		if (!put_arguments(plan, &walk, key))
			return false;
	}
	memset(key->bytes + key->len, 0, sizeof(uint64_t));
	key->hash = hash_bytes(key->bytes, key->len);
	return true;
}
