#include "strace_calls.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORD = sizeof(uint64_t),
	HASH_SHIFT = 40,
};

/* A name's length, beginning and end tell most names apart from all others. */
struct name {
	uint64_t head, tail;
	size_t len;
};

struct strace_calls {
	struct strace_call *calls;
	struct name *names; /* of CALLS */
	size_t count;
	size_t mask;	 /* of SLOTS; a power of two less one */
	uint16_t *slots; /* index of CALLS and 1; 0: empty */
};

/* Up to eight bytes of TEXT as a word; those behind LEN count as 0. */
static uint64_t word_at(struct strace_text text, size_t len)
{
	uint64_t word = 0;

	if (text.len >= WORD && len) {
		memcpy(&word, text.at, WORD);
		if (len >= WORD)
			return word;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		return word & ((UINT64_C(1) << 8 * len) - 1);
#endif
	}
	word = 0;
	for (size_t i = 0; i < len; i++)
		word |= (uint64_t)(unsigned char)text.at[i] << 8 * i;
	return word;
}

static struct name name_at(struct strace_text text, size_t len)
{
	struct name name = {word_at(text, len), 0, len};

	if (len > WORD)
		name.tail = word_at(strace_skip(text, len - WORD), WORD);
	return name;
}

static size_t hash_name(const struct name *name)
{
	uint64_t word = name->head ^ name->tail * 3;

	return (size_t)((word + name->len) * UINT64_C(0x9e3779b97f4a7c15) >> HASH_SHIFT);
}

static void add_name(struct strace_calls *calls, uint16_t index)
{
	const struct strace_call *call = &calls->calls[index];
	struct name *name = &calls->names[index];
	size_t slot;

	*name = name_at((struct strace_text){call->name, call->name_len}, call->name_len);
	slot = hash_name(name) & calls->mask;
	while (calls->slots[slot])
		slot = (slot + 1) & calls->mask;
	calls->slots[slot] = (uint16_t)(index + 1);
}

struct strace_calls *strace_calls_new(const struct abi_db *db, unsigned arch)
{
	struct strace_calls *calls = calloc(1, sizeof(*calls));
	size_t slots = 1024;

	while (slots < 4 * (size_t)db->call_count)
		slots *= 2;
	if (!calls)
		return NULL;
	calls->mask = slots - 1;
	calls->slots = calloc(slots, sizeof(*calls->slots));
	calls->calls = calloc(db->call_count, sizeof(*calls->calls));
	calls->names = calloc(db->call_count, sizeof(*calls->names));
	if (!calls->slots || !calls->calls || !calls->names) {
		strace_calls_free(calls);
		return NULL;
	}
	for (uint32_t i = 1; i < db->call_count && calls->count < UINT16_MAX; i++) {
		struct strace_call *call = &calls->calls[calls->count];
		uint64_t nr;

		if (!abi_num(db, db->calls[i].nr, arch, &nr))
			continue;
		*call = (struct strace_call){.abi = &db->calls[i], .nr = (uint32_t)nr};
		call->name = abi_string(db, db->calls[i].name);
		call->name_len = strlen(call->name);
		call->id = (uint32_t)calls->count + 1;
		add_name(calls, (uint16_t)calls->count++);
	}
	return calls;
}

void strace_calls_free(struct strace_calls *calls)
{
	if (calls) {
		free(calls->slots);
		free(calls->calls);
		free(calls->names);
	}
	free(calls);
}

const struct strace_call *strace_calls_find(const struct strace_calls *calls,
					    struct strace_text text, size_t name_len)
{
	const struct name name = name_at(text, name_len);
	size_t slot = hash_name(&name) & calls->mask;

	for (; calls->slots[slot]; slot = (slot + 1) & calls->mask) {
		const struct strace_call *call = &calls->calls[calls->slots[slot] - 1];
		const struct name *one = &calls->names[calls->slots[slot] - 1];

		if (one->len == name_len && one->head == name.head && one->tail == name.tail &&
		    (name_len <= 2 * (size_t)WORD || !memcmp(call->name, text.at, name_len)))
			return call;
	}
	return NULL;
}
