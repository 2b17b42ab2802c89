#include "words.h"

#include <string.h>

#include "strace_span.h"

/* Length of the term at the start of TEXT: up to a bar, or to ` or `. */
static size_t term_len(struct strace_text text)
{
	size_t len = 0;
	unsigned depth = 0;

	for (; len < text.len; len++) {
		char c = text.at[len];

		depth += c == '(';
		depth -= c == ')' && depth;
		if (!depth && (c == '|' || strace_starts_with(strace_skip(text, len), " or ")))
			break;
	}
	return len;
}

static bool add_name(struct words *words, struct strace_text name)
{
	if (words->count == MAX_WORDS)
		return false;
	words->names[words->count++] = name;
	return true;
}

/* The operands of NAME, when they are names and numbers too. */
static bool read_operands(struct words *words, struct strace_text text)
{
	while (text.len && *text.at != ')') {
		struct strace_text operand = text;

		operand.len = strace_value_len(text);
		text = strace_skip(text, operand.len);
		if (text.len && *text.at == ',')
			text = strace_skip(text, 1);
		operand = strace_trim(operand);
		if (operand.len && strace_name_len(operand) == operand.len &&
		    *operand.at >= 'A' && !add_name(words, operand))
			return false;
	}
	return true;
}

static bool read_term(struct words *words, struct strace_text term)
{
	const char *comment = memmem(term.at, term.len, "/*", 2);
	struct strace_text name = term;
	uint64_t number;
	size_t len;

	if (comment) {
		struct strace_text remark = strace_skip(term, (size_t)(comment - term.at) + 2);

		term.len = (size_t)(comment - term.at);
		remark = strace_trim(remark);
		remark.len = strace_name_len(remark);
		/* The name of a number, but no `O_???`. */
		if (remark.len && remark.at[remark.len] == ' ' && !add_name(words, remark))
			return false;
	}
	term = strace_trim(term);
	len = strace_number(term, &number);
	if (len && len == term.len) {
		words->number |= number;
		return true;
	}
	if (len)
		return strace_starts_with(strace_skip(term, len), "<<");
	name = term;
	name.len = strace_name_len(term);
	if (!name.len)
		return false;
	if (name.len == term.len)
		return strace_is(name, "NULL") || add_name(words, name);
	if (term.at[name.len] != '(')
		return false;
	if (strace_is(name, "QCMD"))
		return read_operands(words, strace_skip(term, name.len + 1));
	return strace_is(name, "_IOC") || strace_is(name, "makedev") || add_name(words, name);
}

bool words_read(struct strace_text text, struct words *words)
{
	words->count = 0;
	words->number = 0;
	words->are_alternative = false;
	if (!text.len)
		return false;
	while (text.len) {
		struct strace_text term = text;

		term.len = term_len(text);
		if (!read_term(words, term))
			return false;
		text = strace_skip(text, term.len);
		if (!text.len)
			break;
		words->are_alternative |= *text.at == ' ';
		text = strace_skip(text, *text.at == ' ' ? 4 : 1);
	}
	return true;
}

bool words_have(const struct words *words, struct strace_text name)
{
	for (size_t i = 0; i < words->count; i++)
		if (words->names[i].len == name.len &&
		    memcmp(words->names[i].at, name.at, name.len) == 0)
			return true;
	return false;
}
