#include "strace_span.h"

#include <string.h>

#include "strace_marks.h"

enum char_class {
	CLASS_PLAIN = 0,
	CLASS_STRING,
	CLASS_OPEN,
	CLASS_CLOSE,
	CLASS_COMMA,
	CLASS_ANGLE,
	CLASS_SLASH,
};

static const uint8_t char_classes[256] = {
	['"'] = CLASS_STRING, ['('] = CLASS_OPEN,  ['['] = CLASS_OPEN,	['{'] = CLASS_OPEN,
	[')'] = CLASS_CLOSE,  [']'] = CLASS_CLOSE, ['}'] = CLASS_CLOSE, [','] = CLASS_COMMA,
	['<'] = CLASS_ANGLE,  ['/'] = CLASS_SLASH,
};

size_t strace_string_len(struct strace_text text)
{
	size_t at = 1;

	while (at < text.len) {
		const char *quote = memchr(text.at + at, '"', text.len - at);
		size_t slashes = 0, end;

		if (!quote)
			break;
		end = (size_t)(quote - text.at);
		while (end - slashes > at && text.at[end - slashes - 1] == '\\')
			slashes++;
		if (slashes % 2 == 0)
			return end + 1;
		at = end + 1;
	}
	return text.len;
}

size_t strace_comment_len(struct strace_text text)
{
	const char *end;

	if (text.len < 4 || text.at[1] != '*')
		return 0;
	end = memmem(text.at + 2, text.len - 2, "*/", 2);
	return end ? (size_t)(end - text.at) + 2 : text.len;
}

/* Length of `TCP:[…]` at TEXT, 0 if something else stands there. */
static size_t bracketed_len(struct strace_text text)
{
	size_t at = 0, depth = 0;

	while (at < text.len && (strace_is_name_char(text.at[at]) || text.at[at] == '-'))
		at++;
	if (at + 1 >= text.len || text.at[at] != ':' || text.at[at + 1] != '[')
		return 0;
	for (at++; at < text.len && text.at[at] != '<'; at++) {
		if (text.at[at] == '"')
			at += strace_string_len(strace_skip(text, at)) - 1;
		else if (text.at[at] == '[')
			depth++;
		else if (text.at[at] == ']' && !--depth)
			return at + 1;
	}
	return 0;
}

static bool is_after_annotation(struct strace_text text, size_t at)
{
	return at >= text.len || (text.at[at] && strchr(" ,)]}|(>=", text.at[at]));
}

static bool is_device(struct strace_text text)
{
	return strace_starts_with(text, "<char ") || strace_starts_with(text, "<block ");
}

/* Where the annotation at TEXT ends, 0 if it is none. strace 6 escapes < and > in paths, older
 * ones do not: a > ends the annotation only where something else can follow. The search stops
 * at the next <, but for the one of a device, so that all searches of a line together are no
 * longer than the line. */
static size_t annotation_end(struct strace_text text)
{
	size_t at = 1 + bracketed_len(strace_skip(text, 1));
	unsigned depth = 0, devices = 0;

	if (at > 1 && at < text.len && text.at[at] == '>')
		return at + 1;
	for (at = 1; (at = strace_next_angle(text.at, at, text.len)) < text.len; at++) {
		if (text.at[at] == '<') {
			if (devices++ || !is_device(strace_skip(text, at)))
				return 0;
			depth++;
		} else if (text.at[at] == '>' && depth) {
			depth--;
		} else if (text.at[at] == '>' && is_after_annotation(text, at + 1)) {
			return at + 1;
		}
	}
	return 0;
}

size_t strace_annotation_len(struct strace_text text)
{
	size_t len;

	if (!text.len || text.at[0] != '<')
		return 0;
	len = annotation_end(text);
	if (len && strace_starts_with(strace_skip(text, len), "(deleted)"))
		len += strlen("(deleted)");
	return len;
}

size_t strace_angle_len(struct strace_text text, size_t at)
{
	size_t len;

	if (at + 1 < text.len && text.at[at + 1] == '<')
		return 2;
	if (!at || !strace_is_name_char(text.at[at - 1]))
		return 1;
	len = strace_annotation_len(strace_skip(text, at));
	return len ? len : 1;
}

size_t strace_value_len(struct strace_text text)
{
	size_t at = 0, depth = 0, len;

	while (at < text.len) {
		switch ((enum char_class)char_classes[(unsigned char)text.at[at]]) {
		case CLASS_PLAIN:
			at++;
			break;
		case CLASS_STRING:
			at += strace_string_len(strace_skip(text, at));
			break;
		case CLASS_OPEN:
			depth++;
			at++;
			break;
		case CLASS_CLOSE:
			if (!depth)
				return at;
			depth--;
			at++;
			break;
		case CLASS_COMMA:
			if (!depth)
				return at;
			at++;
			break;
		case CLASS_ANGLE:
			at += strace_angle_len(text, at);
			break;
		case CLASS_SLASH:
			len = strace_comment_len(strace_skip(text, at));
			at += len ? len : 1;
			break;
		}
	}
	return text.len;
}
