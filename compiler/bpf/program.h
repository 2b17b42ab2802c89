/*
 * program: a filter as the kernel takes it, and the assembler that writes one. The assembler
 * works from the last instruction to the first, so that the target of every jump is already in
 * its place and a distance, once written, stays true.
 */
#ifndef SCML_BPF_PROGRAM_H
#define SCML_BPF_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>

#include "arena.h"

enum {
	BPF_MAX_LENGTH = 4096, /* instructions that the kernel takes */
	BPF_FIELD_NR = 0,      /* offsets into struct seccomp_data */
	BPF_FIELD_ARCH = 4,
	BPF_FIELD_IP = 8,
	BPF_FIELD_ARGS = 16, /* six of 8 bytes */
};

/** A raw filter, from a file or from the assembler. */
struct bpf_code {
	const struct sock_filter *items;
	size_t count;
	size_t trailing; /* bytes at the end of the file that are no whole instruction */
};

/** A place that jumps can lead to. */
typedef uint32_t bpf_label;

struct bpf_assembler;

/** An assembler with no instructions, in ARENA. Never NULL. */
struct bpf_assembler *bpf_assembler_new(struct arena *arena);

/** The label of a RET of ACTION; it is written where it is needed, more than once if need be.
 */
bpf_label bpf_write_ret(struct bpf_assembler *assembler, uint32_t action);

/** Write `A = word at OFFSET` before everything written so far; its label. */
bpf_label bpf_write_load(struct bpf_assembler *assembler, uint32_t offset);

/** Write `A &= MASK`; its label. */
bpf_label bpf_write_and(struct bpf_assembler *assembler, uint32_t mask);

/**
 * Write `if (A OP K) goto YES; else goto NO` with OP one of BPF_JEQ, BPF_JGE, BPF_JGT,
 * BPF_JSET; its label. What is too far for the 8 bits of a distance is reached by way of an
 * unconditional jump, or a further RET.
 */
bpf_label bpf_write_jump(struct bpf_assembler *assembler, uint16_t op, uint32_t k,
			 bpf_label yes, bpf_label no);

/** Make LABEL one that the next jump written can reach without help. */
void bpf_write_near(struct bpf_assembler *assembler, bpf_label label);

/** The program that begins at ENTRY, which may be longer than BPF_MAX_LENGTH, in ARENA. */
struct bpf_code bpf_assembler_finish(struct bpf_assembler *assembler, struct arena *arena,
				     bpf_label entry);

#endif
