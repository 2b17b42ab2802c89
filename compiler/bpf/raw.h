/* raw: filters as files, an array of struct sock_filter. */
#ifndef SCML_BPF_RAW_H
#define SCML_BPF_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bpf/program.h"

enum {
	BPF_RAW_SIZE = 8,	       /* bytes of an instruction in a file */
	BPF_RAW_MAX_BYTES = 64 * 4096, /* that are read of a file; more is no filter */
};

/** The order of the bytes in a file: that of the machine that will load it. */
enum bpf_order { BPF_NATIVE, BPF_LITTLE, BPF_BIG };

/** The SIZE bytes at BYTES as instructions, in ARENA. Never fails: see bpf_code.trailing. */
struct bpf_code bpf_decode(struct arena *arena, const void *bytes, size_t size,
			   enum bpf_order order);

/** CODE as bytes in ARENA, CODE->count * BPF_RAW_SIZE of them. */
uint8_t *bpf_encode(struct arena *arena, const struct bpf_code *code, enum bpf_order order);

/**
 * Read the file PATH (`-`: standard input) to *CODE. False where it cannot be read or is too
 * large; then *ERROR says why, in ARENA, without the path.
 */
bool bpf_read(struct arena *arena, const char *path, struct bpf_code *code, const char **error);

#endif
