#include "strace_walk.h"

#include <stdbool.h>
#include <string.h>

#include "strace_span.h"

/* The marks of a block that is not to be read to its end. */
static struct strace_marks marks_of_end(const char *at, size_t len)
{
	char copy[STRACE_BLOCK] = {0};

	memcpy(copy, at, len);
	return strace_marks(copy);
}

static void look_at(struct strace_walk *walk, size_t base)
{
	size_t left = walk->text.len - base;
	const char *at = walk->text.at + base;
	struct strace_marks marks;

	if (left + walk->slack >= STRACE_BLOCK)
		marks = strace_marks(at);
	else
		marks = marks_of_end(at, left);
	walk->quotes = marks.quotes;
	walk->marks = marks.quotes | marks.others;
	if (left < STRACE_BLOCK)
		walk->marks &= (UINT64_C(1) << left) - 1;
	walk->base = base;
}

/* Go on at AT: what is before it is done. */
static inline void go_to(struct strace_walk *walk, size_t at)
{
	if (at - walk->base < STRACE_BLOCK) {
		walk->marks &= UINT64_MAX << (at - walk->base);
	} else if (at < walk->text.len) {
		look_at(walk, at);
	} else {
		walk->base = walk->text.len;
		walk->marks = 0;
	}
}

/* The next block that has a mark; false: there is none. */
static bool next_block(struct strace_walk *walk)
{
	do {
		if (walk->text.len - walk->base <= STRACE_BLOCK)
			return false;
		look_at(walk, walk->base + STRACE_BLOCK);
	} while (!walk->marks);
	return true;
}

/* Come to the first of MARKS, which are some of the block's. */
static inline size_t take(struct strace_walk *walk, uint64_t marks)
{
	walk->marks &= ~(marks ^ (marks - 1));
	return walk->base + (size_t)__builtin_ctzll(marks);
}

/* The next mark, which has then been come to; the length of the text where there is none. */
static inline size_t next_mark(struct strace_walk *walk)
{
	if (!walk->marks && !next_block(walk))
		return walk->text.len;
	return take(walk, walk->marks);
}

static inline size_t next_quote(struct strace_walk *walk)
{
	while (!(walk->marks & walk->quotes)) {
		walk->marks = 0;
		if (!next_block(walk))
			return walk->text.len;
	}
	return take(walk, walk->marks & walk->quotes);
}

/* Where the string that begins at AT ends: as strace_string_len(). */
static size_t string_end(struct strace_walk *walk, size_t at)
{
	size_t from = at + 1;

	for (;;) {
		size_t quote = next_quote(walk), slashes = 0;

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

size_t strace_walk_any_value(struct strace_walk *walk, size_t at)
{
	size_t depth = 0;

	walk->before = at;
	go_to(walk, at);
	while ((at = next_mark(walk)) < walk->text.len) {
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
			go_to(walk, at);
			break;
		case '*':
			at = star_end(walk, at);
			go_to(walk, at);
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
