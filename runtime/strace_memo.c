#include "strace_memo.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_ENTRIES = 1 << 16,
	SLOTS = 2 * MAX_ENTRIES,
	MAX_BYTES = 4 << 20, /* of keys and words */
};

struct entry {
	struct report_call found;
	const char *key; /* in BYTES */
	uint32_t key_len;
	uint32_t hash;
};

/* Pages that nothing was written to take no memory. */
struct strace_memo {
	struct entry *entries;
	uint32_t *slots; /* index of ENTRIES and 1; 0: empty */
	char *bytes;
	uint32_t count, used;
};

struct strace_memo *strace_memo_new(void)
{
	struct strace_memo *memo = calloc(1, sizeof(*memo));

	if (!memo)
		return NULL;
	memo->entries = malloc(MAX_ENTRIES * sizeof(*memo->entries));
	memo->slots = calloc(SLOTS, sizeof(*memo->slots));
	memo->bytes = malloc(MAX_BYTES);
	if (memo->entries && memo->slots && memo->bytes)
		return memo;
	strace_memo_free(memo);
	return NULL;
}

void strace_memo_free(struct strace_memo *memo)
{
	if (memo) {
		free(memo->entries);
		free(memo->slots);
		free(memo->bytes);
	}
	free(memo);
}

static bool has_key(const struct entry *entry, const struct strace_key *key)
{
	return entry->hash == key->hash && entry->key_len == key->len &&
	       !memcmp(entry->key, key->bytes, key->len);
}

static uint32_t *find_slot(const struct strace_memo *memo, const struct strace_key *key)
{
	uint32_t slot = key->hash % SLOTS;

	while (memo->slots[slot] && !has_key(&memo->entries[memo->slots[slot] - 1], key))
		slot = (slot + 1) % SLOTS;
	return &memo->slots[slot];
}

const struct report_call *strace_memo_find(const struct strace_memo *memo,
					   const struct strace_key *key)
{
	uint32_t index = *find_slot(memo, key);

	return index ? &memo->entries[index - 1].found : NULL;
}

static const char *add_bytes(struct strace_memo *memo, const char *bytes, size_t len)
{
	char *at = memo->bytes + memo->used;

	memcpy(at, bytes, len);
	memo->used += (uint32_t)len;
	return at;
}

void strace_memo_add(struct strace_memo *memo, const struct strace_key *key,
		     const struct report_call *found)
{
	size_t cause_len = strlen(found->cause) + 1;
	size_t what_len = found->what ? strlen(found->what) + 1 : 0;
	size_t size = key->len + cause_len + what_len;
	struct entry *entry;

	if (memo->count == MAX_ENTRIES || size > MAX_BYTES - memo->used) {
		memset(memo->slots, 0, SLOTS * sizeof(*memo->slots));
		memo->count = memo->used = 0;
	}
	if (size > MAX_BYTES)
		return;
	entry = &memo->entries[memo->count++];
	*find_slot(memo, key) = memo->count;
	*entry = (struct entry){.found = *found, .hash = key->hash, .key_len = key->len};
	entry->key = add_bytes(memo, key->bytes, key->len);
	entry->found.cause = add_bytes(memo, found->cause, cause_len);
	if (what_len)
		entry->found.what = add_bytes(memo, found->what, what_len);
}
