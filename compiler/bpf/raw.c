#include "bpf/raw.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool is_big(enum bpf_order order)
{
	if (order == BPF_NATIVE)
		return __BYTE_ORDER == __BIG_ENDIAN;
	return order == BPF_BIG;
}

static struct sock_filter decode_one(const uint8_t *bytes, bool big)
{
	struct sock_filter instruction;

	memcpy(&instruction, bytes, sizeof(instruction));
	instruction.code = big ? be16toh(instruction.code) : le16toh(instruction.code);
	instruction.k = big ? be32toh(instruction.k) : le32toh(instruction.k);
	return instruction;
}

struct bpf_code bpf_decode(struct arena *arena, const void *bytes, size_t size,
			   enum bpf_order order)
{
	size_t count = size / BPF_RAW_SIZE;
	struct sock_filter *items = ARENA_ARRAY(arena, struct sock_filter, count);
	const uint8_t *from = bytes;

	for (size_t i = 0; i < count; i++)
		items[i] = decode_one(from + i * BPF_RAW_SIZE, is_big(order));
	return (struct bpf_code){
		.items = items, .count = count, .trailing = size % BPF_RAW_SIZE};
}

uint8_t *bpf_encode(struct arena *arena, const struct bpf_code *code, enum bpf_order order)
{
	uint8_t *bytes = ARENA_ARRAY(arena, uint8_t, code->count * BPF_RAW_SIZE);
	bool big = is_big(order);

	for (size_t i = 0; i < code->count; i++) {
		struct sock_filter out = code->items[i];

		out.code = big ? htobe16(out.code) : htole16(out.code);
		out.k = big ? htobe32(out.k) : htole32(out.k);
		memcpy(bytes + i * BPF_RAW_SIZE, &out, sizeof(out));
	}
	return bytes;
}

bool bpf_read(struct arena *arena, const char *path, struct bpf_code *code, const char **error)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	uint8_t *bytes;
	size_t size;
	bool failed;

	if (!file) {
		*error = arena_strdup(arena, strerror(errno));
		return false;
	}
	/* One byte more than allowed tells a file that is too large. */
	bytes = ARENA_ARRAY(arena, uint8_t, BPF_RAW_MAX_BYTES + 1);
	errno = 0;
	size = fread(bytes, 1, BPF_RAW_MAX_BYTES + 1, file);
	failed = ferror(file);
	if (failed)
		*error = arena_strdup(arena, strerror(errno ? errno : EIO));
	else if (size > BPF_RAW_MAX_BYTES)
		*error = "too large for a filter";
	if (file != stdin)
		fclose(file);
	if (failed || size > BPF_RAW_MAX_BYTES)
		return false;
	*code = bpf_decode(arena, bytes, size, BPF_NATIVE);
	return true;
}
