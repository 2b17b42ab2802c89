/*
 * strace_memory: the memory of the caller, as far as one line of strace's text tells it. Blocks
 * lie at addresses that no program uses, far from each other; each byte is known or not.
 */
#ifndef SCML_STRACE_MEMORY_H
#define SCML_STRACE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scml.h"

struct strace_block {
	size_t start; /* of its bytes */
	size_t size;
};

struct strace_memory {
	unsigned shift; /* each block has 1 << shift addresses */
	uint64_t base;
	unsigned char *bytes;
	unsigned char *known; /* 1 where the byte is known */
	size_t used, capacity;
	struct strace_block *blocks;
	size_t block_count, block_capacity;
};

/** Empty memory of an architecture with pointers of WORD_BITS. */
void strace_memory_init(struct strace_memory *memory, unsigned word_bits);

/** Free what MEMORY holds. */
void strace_memory_free(struct strace_memory *memory);

/** Forget all blocks, for the next line. */
void strace_memory_clear(struct strace_memory *memory);

/**
 * A new block of SIZE unknown bytes.
 * @return its address; where there is no room, that of a block without bytes
 */
uint64_t strace_memory_add(struct strace_memory *memory, size_t size);

/** Write SIZE known bytes; what falls outside of the block of ADDRESS is dropped. */
void strace_memory_write(struct strace_memory *memory, uint64_t address, const void *bytes,
			 size_t size);

/** A scml_read_fn; CONTEXT is the memory. What is not known is SCML_READ_UNKNOWN. */
enum scml_read strace_memory_read(void *context, uint64_t address, void *buffer, size_t size,
				  size_t *done);

#endif
