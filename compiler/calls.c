#include "calls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool report(struct calls *calls, const char *line, const char *at, const char *what,
		   const char *word)
{
	fprintf(stderr, "%s:%lu:%zu: error: '%s' %s\n", calls->name, calls->line,
		(size_t)(at - line) + 1, word, what);
	calls->errors++;
	return false;
}

/* Decimal, 0x or octal, with an optional minus, within 64 bits. */
static bool read_number(const char *word, uint64_t *number)
{
	bool is_negative = word[0] == '-';
	const char *digits = word + is_negative;
	int base = strncmp(digits, "0o", 2) == 0 ? 8 : 0;
	char *end;
	unsigned long long value;

	if (digits[0] < '0' || digits[0] > '9')
		return false;
	errno = 0;
	value = strtoull(base == 8 ? digits + 2 : digits, &end, base);
	if (errno || *end || (base == 8 && digits[2] == '\0'))
		return false;
	if (is_negative && value > UINT64_C(1) << 63)
		return false;
	*number = is_negative ? 0 - (uint64_t)value : value;
	return true;
}

static bool read_name(struct calls *calls, const char *line, const char *at, char *word,
		      struct scml_call *call, unsigned *arch)
{
	char *colon = strchr(word, ':');
	char *name = word;
	const struct abi_call *known;
	const char *best;
	uint64_t nr;

	*arch = calls->default_arch;
	if (colon) {
		int found;

		*colon = '\0';
		found = abi_arch_find(calls->db, word);
		if (found < 0)
			return report(calls, line, at,
				      "is no architecture that the database knows", word);
		*arch = (unsigned)found;
		name = colon + 1;
		at += name - word;
	}
	if (read_number(name, &nr)) {
		if (nr > UINT32_MAX && nr < UINT64_MAX - INT32_MAX)
			return report(calls, line, at, "is no 32-bit number", name);
	} else {
		known = abi_call_find(calls->db, name);
		if (!known) {
			best = abi_suggest(calls->db, ABI_NAME_CALL, name);
			fprintf(stderr,
				"%s:%lu:%zu: error: Linux has no system call '%s'%s%s%s\n",
				calls->name, calls->line, (size_t)(at - line) + 1, name,
				best ? "; did you mean '" : "", best ? best : "",
				best ? "'?" : "");
			calls->errors++;
			return false;
		}
		if (!abi_num(calls->db, known->nr, *arch, &nr))
			return report(calls, line, at, "is no system call of this architecture",
				      name);
	}
	call->arch = calls->db->archs[*arch].audit;
	call->nr = (uint32_t)nr;
	return true;
}

static bool read_line(struct calls *calls, char *line, struct scml_call *call, unsigned *arch)
{
	static const char blanks[] = " \t\r\n\v\f";
	char *save = NULL, *word;
	size_t arg = 0;

	word = strtok_r(line, blanks, &save);
	if (!read_name(calls, line, word, word, call, arch))
		return false;
	while ((word = strtok_r(NULL, blanks, &save))) {
		if (arg == SCML_REGISTERS)
			return report(calls, line, word,
				      "is one argument too many: a call has six registers",
				      word);
		if (!read_number(word, &call->args[arg]))
			return report(calls, line, word,
				      "is no number of 64 bits: write it decimal, 0x or octal",
				      word);
		arg++;
	}
	return true;
}

/* False at the end; a line that is too long is reported and passed over. */
static bool get_line(struct calls *calls, char line[static CALLS_MAX_LINE])
{
	for (;;) {
		size_t len = 0;
		int c;

		while ((c = getc(calls->stream)) != EOF && c != '\n') {
			if (len + 1 < CALLS_MAX_LINE)
				line[len] = (char)(c ? c : ' ');
			len++;
		}
		if (c == EOF && len == 0)
			return false;
		calls->line++;
		if (len + 1 < CALLS_MAX_LINE) {
			line[len] = '\0';
			return true;
		}
		fprintf(stderr, "%s:%lu:1: error: a line of more than %d bytes is no call\n",
			calls->name, calls->line, CALLS_MAX_LINE - 1);
		calls->errors++;
	}
}

bool calls_next(struct calls *calls, struct scml_call *call, unsigned *arch)
{
	char line[CALLS_MAX_LINE];

	while (get_line(calls, line)) {
		char *comment = strchr(line, '#');

		if (comment)
			*comment = '\0';
		if (line[strspn(line, " \t\r\v\f")] == '\0')
			continue;
		*call = (struct scml_call){0};
		if (read_line(calls, line, call, arch))
			return true;
	}
	return false;
}
