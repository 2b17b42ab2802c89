#include <stdio.h>
#include <string.h>

#include "witness.h"
#include "words.h"

void witness_differ(struct witness *witness, struct strace_text text, const char *database)
{
	struct difference one = {.count = 0};

	snprintf(one.call, sizeof(one.call), "%s", witness->call);
	snprintf(one.param, sizeof(one.param), "%s", witness->param);
	snprintf(one.strace, sizeof(one.strace), "%.*s", (int)text.len, text.at);
	snprintf(one.database, sizeof(one.database), "%s", database);
	snprintf(one.example, sizeof(one.example), "%.*s", (int)witness->line.len,
		 witness->line.at);
	differences_add(witness->differences, &one);
}

static struct strace_text text_of(const char *string)
{
	return (struct strace_text){string, strlen(string)};
}

static const struct abi_const *find_const(const struct witness *witness,
					  struct strace_text name, uint64_t *value)
{
	char word[128];
	const struct abi_const *constant;

	if (name.len >= sizeof(word))
		return NULL;
	memcpy(word, name.at, name.len);
	word[name.len] = '\0';
	constant = abi_const_find(witness->db, word);
	return constant && abi_num(witness->db, constant->value, witness->arch, value)
		       ? constant
		       : NULL;
}

static bool is_member(const struct witness *witness, const struct abi_const *constant)
{
	return witness->set && constant &&
	       abi_set_field_of(witness->db, witness->set, constant);
}

static bool is_of_some_set(const struct witness *witness, const struct abi_const *constant)
{
	for (uint32_t i = 1; i < witness->db->set_count; i++)
		if (abi_set_field_of(witness->db, &witness->db->sets[i], constant))
			return true;
	return false;
}

/* All values of WORDS together. */
static uint64_t names_value(const struct witness *witness, const struct words *words)
{
	uint64_t all = 0, value;

	for (size_t i = 0; i < words->count; i++)
		if (find_const(witness, words->names[i], &value))
			all |= value;
	return all;
}

/* Is NAME among WORDS, by this spelling or another, or as a part of what they are? */
static bool is_among(const struct witness *witness, struct strace_text name,
		     const struct words *words)
{
	uint64_t value, other;
	const struct abi_const *constant = find_const(witness, name, &value);

	if (words_have(words, name))
		return true;
	if (!constant)
		return false;
	for (size_t i = 0; i < words->count; i++)
		if (find_const(witness, words->names[i], &other) == constant)
			return true;
	other = names_value(witness, words);
	if (is_member(witness, constant))
		return words->count && (value ? (value & other) == value : !other);
	/* FUTEX_WAIT_PRIVATE is two names in one. */
	return words->count && value == other && !is_of_some_set(witness, constant);
}

/* Every name of strace's is one of the database's. */
static void check_printed(struct witness *witness, const struct words *printed,
			  const struct words *ours)
{
	uint64_t value;
	size_t found = 0;

	for (size_t i = 0; i < printed->count; i++) {
		const struct abi_const *constant =
			find_const(witness, printed->names[i], &value);

		if (!is_among(witness, printed->names[i], ours))
			continue;
		found++;
		if (constant)
			witness->is_confirmed[constant - witness->db->consts] = true;
	}
	if (printed->are_alternative && found)
		return;
	for (size_t i = 0; i < printed->count; i++) {
		/* What the database has no name for has been read as two names in one. */
		if (!is_among(witness, printed->names[i], ours) &&
		    find_const(witness, printed->names[i], &value))
			witness_differ(witness, printed->names[i], "-");
	}
}

/* Every name of the database's is one of strace's, or too new for it. */
static void check_ours(struct witness *witness, const struct words *printed,
		       const struct words *ours)
{
	for (size_t i = 0; i < ours->count; i++) {
		char name[DIFFERENCE_TEXT];
		const struct abi_const *constant;
		uint64_t value = 0, known;

		if (is_among(witness, ours->names[i], printed))
			continue;
		constant = find_const(witness, ours->names[i], &value);
		if (constant && constant->since.release > STRACE_VERSION) {
			witness->newer++;
			continue;
		}
		/* A zero needs no name; a part of two names in one. */
		if (constant && !value)
			continue;
		if (printed->count == 1 && (!find_const(witness, printed->names[0], &known) ||
					    (value & known) == value))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)ours->names[i].len,
			 ours->names[i].at);
		witness_differ(witness, text_of("-"), name);
	}
}

void witness_compare_names(struct witness *witness, struct strace_text text,
			   const char *rendered, const struct abi_slot *slot)
{
	struct words printed, ours;

	witness->set = slot->set ? &witness->db->sets[slot->set] : NULL;
	if (!words_read(text, &printed) || !words_read(text_of(rendered), &ours)) {
		witness->other++;
		return;
	}
	if (printed.count)
		witness->named++;
	else
		witness->plain++;
	check_printed(witness, &printed, &ours);
	check_ours(witness, &printed, &ours);
}

/* Which names of TEXT the database lacks. */
void witness_blame_names(struct witness *witness, struct strace_text text)
{
	struct words words;
	uint64_t value;
	size_t count = 0;

	if (words_read(text, &words))
		for (size_t i = 0; i < words.count; i++)
			if (!find_const(witness, words.names[i], &value)) {
				witness_differ(witness, words.names[i], "unknown");
				count++;
			}
	if (!count)
		witness_differ(witness, text, "unreadable");
}
