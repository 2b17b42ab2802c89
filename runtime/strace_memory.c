#include "strace_memory.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_BYTES = 4 << 20, /* of one line's memory; what does not fit stays unknown */
	MAX_BLOCKS = 16384,
	WIDE_SHIFT = 32,
	NARROW_SHIFT = 16,
};

/* Not canonical on any 64-bit architecture, the kernel's on those of 32 bits: no program passes
 * such a pointer. */
#define WIDE_BASE   UINT64_C(0xfeed000000000000)
#define NARROW_BASE UINT64_C(0xc0000000)

void strace_memory_init(struct strace_memory *memory, unsigned word_bits)
{
	memset(memory, 0, sizeof(*memory));
	memory->shift = word_bits > 32 ? WIDE_SHIFT : NARROW_SHIFT;
	memory->base = word_bits > 32 ? WIDE_BASE : NARROW_BASE;
}

void strace_memory_free(struct strace_memory *memory)
{
	free(memory->bytes);
	free(memory->known);
	free(memory->blocks);
	memset(memory, 0, sizeof(*memory));
}

void strace_memory_clear(struct strace_memory *memory)
{
	memory->used = 0;
	memory->block_count = 0;
}

static bool grow_bytes(struct strace_memory *memory, size_t size)
{
	size_t capacity = memory->capacity ? memory->capacity : 4096;
	unsigned char *bytes, *known;

	if (size > MAX_BYTES || memory->used > MAX_BYTES - size)
		return false;
	while (capacity < memory->used + size)
		capacity *= 2;
	if (capacity == memory->capacity)
		return true;
	bytes = realloc(memory->bytes, capacity);
	if (bytes)
		memory->bytes = bytes;
	known = realloc(memory->known, capacity);
	if (known)
		memory->known = known;
	if (!bytes || !known)
		return false;
	memory->capacity = capacity;
	return true;
}

static bool grow_blocks(struct strace_memory *memory)
{
	size_t capacity = memory->block_capacity ? memory->block_capacity * 2 : 64;
	struct strace_block *blocks;

	if (memory->block_count < memory->block_capacity)
		return true;
	if (capacity > MAX_BLOCKS)
		return false;
	blocks = realloc(memory->blocks, capacity * sizeof(*blocks));
	if (!blocks)
		return false;
	memory->blocks = blocks;
	memory->block_capacity = capacity;
	return true;
}

uint64_t strace_memory_add(struct strace_memory *memory, size_t size)
{
	struct strace_block *block;

	if (!grow_blocks(memory))
		return memory->base + ((uint64_t)MAX_BLOCKS << memory->shift);
	if (size >> memory->shift || !grow_bytes(memory, size))
		size = 0;
	block = &memory->blocks[memory->block_count];
	*block = (struct strace_block){memory->used, size};
	if (size)
		memset(memory->known + memory->used, 0, size);
	memory->used += size;
	return memory->base + ((uint64_t)memory->block_count++ << memory->shift);
}

/* The block of ADDRESS, *OFFSET into it; NULL: there are no bytes of ours. */
static const struct strace_block *find(const struct strace_memory *memory, uint64_t address,
				       size_t *offset)
{
	uint64_t index = (address - memory->base) >> memory->shift;

	if (address < memory->base || index >= memory->block_count)
		return NULL;
	*offset = (size_t)((address - memory->base) & ((UINT64_C(1) << memory->shift) - 1));
	return *offset < memory->blocks[index].size ? &memory->blocks[index] : NULL;
}

void strace_memory_write(struct strace_memory *memory, uint64_t address, const void *bytes,
			 size_t size)
{
	const struct strace_block *block;
	size_t offset;

	block = find(memory, address, &offset);
	if (!block || !size)
		return;
	if (size > block->size - offset)
		size = block->size - offset;
	memcpy(memory->bytes + block->start + offset, bytes, size);
	memset(memory->known + block->start + offset, 1, size);
}

enum scml_read strace_memory_read(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done)
{
	const struct strace_memory *memory = context;
	const struct strace_block *block;
	size_t offset, have = 0, room;

	block = find(memory, address, &offset);
	if (!block)
		return SCML_READ_UNKNOWN;
	room = block->size - offset < size ? block->size - offset : size;
	while (have < room && memory->known[block->start + offset + have])
		have++;
	if (!have || (size <= sizeof(uint64_t) && have < size))
		return SCML_READ_UNKNOWN;
	memcpy(buffer, memory->bytes + block->start + offset, have);
	*done = have;
	return SCML_READ_OK;
}
