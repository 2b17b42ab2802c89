#include "strace_walk.h"

#include <string.h>

#include "strace_span.h"

static void look_at(struct strace_walk *walk, size_t base)
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
static inline size_t next_mark(struct strace_walk *walk, size_t at, bool quotes_only)
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
static size_t string_end(struct strace_walk *walk, size_t at)
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
static size_t star_end(const struct strace_walk *walk, size_t at)
{
	size_t len = 0;

	if (at > walk->before && walk->text.at[at - 1] == '/')
		len = strace_comment_len(strace_skip(walk->text, at - 1));
	return len ? at - 1 + len : at + 1;
}

size_t strace_walk_value(struct strace_walk *walk, size_t at)
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

struct strace_walk strace_walk_start(struct strace_text text, size_t slack)
{
	struct strace_walk walk = {.text = text, .slack = slack};

	if (text.len)
		look_at(&walk, 0);
	return walk;
}
