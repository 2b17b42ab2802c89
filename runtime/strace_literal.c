#include "strace_literal.h"

#include <string.h>

#include "strace_span.h"

enum { SIGNAL_BITS = 64 };

bool strace_list_next(struct strace_text *rest, struct strace_text *element)
{
	size_t len;

	if (!rest->len)
		return false;
	len = strace_value_len(*rest);
	*element = strace_trim((struct strace_text){rest->at, len});
	if (len < rest->len && rest->at[len] == ',')
		len++;
	else
		len = rest->len;
	*rest = strace_skip(*rest, len);
	return true;
}

/* Length of what stands in brackets at TEXT, the brackets included; 0: they are not closed. */
static size_t group_len(struct strace_text text)
{
	size_t at = 1;

	while (at < text.len) {
		at += strace_value_len(strace_skip(text, at));
		if (at < text.len && text.at[at] != ',')
			return at + 1;
		at++;
	}
	return 0;
}

struct strace_text strace_side(struct strace_text text, bool is_new)
{
	static const char sign[] = " => ";
	size_t at = 0;

	if (!text.len || !memmem(text.at, text.len, sign, sizeof(sign) - 1))
		return text;
	while (at < text.len) {
		struct strace_text rest = strace_skip(text, at);
		size_t len = 0;

		if (strace_starts_with(rest, sign))
			return is_new ? strace_trim(strace_skip(rest, sizeof(sign) - 1))
				      : (struct strace_text){text.at, at};
		if (rest.at[0] == '{' || rest.at[0] == '[' || rest.at[0] == '(')
			len = group_len(rest);
		else
			len = rest.at[0] == '"' ? strace_value_len(rest) : 1;
		if (!len)
			break;
		at += len;
	}
	return text;
}

bool strace_unwrap(struct strace_text *text, char open, char close)
{
	size_t len;

	if (text->len < 2 || text->at[0] != open)
		return false;
	len = group_len(*text);
	if (!len || text->at[len - 1] != close)
		return false;
	*text = (struct strace_text){text->at + 1, len - 2};
	return true;
}

static size_t escape_len(struct strace_text text, unsigned char *byte)
{
	static const char names[] = "ntrvfabe";
	static const char values[] = "\n\t\r\v\f\a\b\033";
	const char *name;
	uint64_t value = 0;
	size_t len = 1;

	if (text.at[0] == 'x') {
		while (len < text.len && len < 3) {
			static const char digits[] = "0123456789abcdef";
			const char *digit = text.at[len] ? strchr(digits, text.at[len]) : NULL;

			if (!digit)
				break;
			value = value * 16 + (uint64_t)(digit - digits);
			len++;
		}
		*byte = (unsigned char)value;
		return len;
	}
	if (text.at[0] >= '0' && text.at[0] <= '7') {
		for (len = 0;
		     len < text.len && len < 3 && text.at[len] >= '0' && text.at[len] <= '7';
		     len++)
			value = value * 8 + (uint64_t)(text.at[len] - '0');
		*byte = (unsigned char)value;
		return len;
	}
	name = memchr(names, text.at[0], sizeof(names) - 1);
	*byte = (unsigned char)(name ? values[name - names] : text.at[0]);
	return 1;
}

bool strace_is_string(struct strace_text text)
{
	return strace_starts_with(text, "\"") || strace_starts_with(text, "@\"");
}

void strace_string_write(struct strace_memory *memory, uint64_t address,
			 struct strace_text text, bool wants_nul)
{
	unsigned char piece[256];
	size_t used = 0;

	if (text.len && text.at[0] == '@') {
		piece[used++] = 0;
		text = strace_skip(text, 1);
	}
	text = strace_skip(text, text.len > 0);
	while (text.len && text.at[0] != '"') {
		size_t len = 1;

		piece[used] = (unsigned char)text.at[0];
		if (text.at[0] == '\\' && text.len > 1)
			len += escape_len(strace_skip(text, 1), &piece[used]);
		text = strace_skip(text, len);
		if (++used == sizeof(piece)) {
			strace_memory_write(memory, address, piece, used);
			address += used;
			used = 0;
		}
	}
	if (wants_nul && text.len == 1)
		piece[used++] = 0;
	strace_memory_write(memory, address, piece, used);
}

bool strace_signals_read(const struct strace_names *names, struct strace_text text,
			 uint64_t *word)
{
	const struct strace_names plain = {names->db, names->arch, NULL};
	bool is_inverted = strace_starts_with(text, "~");

	text = strace_skip(text, is_inverted);
	if (!strace_unwrap(&text, '[', ']'))
		return false;
	*word = 0;
	while ((text = strace_trim(text)).len) {
		char name[32] = "SIG";
		struct strace_scalar scalar;
		size_t len = strace_name_len(text);

		if (!len || len > sizeof(name) - 4)
			return false;
		memcpy(name + 3, text.at, len);
		if (!strace_scalar_read(&plain, (struct strace_text){name, len + 3}, &scalar) &&
		    !strace_scalar_read(&plain, (struct strace_text){text.at, len}, &scalar))
			return false;
		if (!scalar.value || scalar.value > SIGNAL_BITS)
			return false;
		*word |= UINT64_C(1) << (scalar.value - 1);
		text = strace_trim(strace_skip(text, len));
		if (strace_starts_with(text, "/*")) {
			const char *end = memmem(text.at, text.len, "*/", 2);

			text = strace_skip(text, end ? (size_t)(end - text.at) + 2 : text.len);
		}
	}
	if (is_inverted)
		*word = ~*word;
	return true;
}
