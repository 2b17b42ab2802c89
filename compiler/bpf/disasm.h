/* disasm: a listing of any raw filter that people can read. */
#ifndef SCML_BPF_DISASM_H
#define SCML_BPF_DISASM_H

#include <stdio.h>

#include "abi.h"
#include "arena.h"
#include "bpf/program.h"

/** What a listing is made with. */
struct bpf_listing {
	const struct abi_db *db; /* names calls and architectures; NULL: numbers */
	int arch; /* index into db->archs to assume where the filter does not ask;
		     -1: none */
	const char *const *notes; /* per instruction, what to print behind it or NULL; NULL: no
				     notes */
};

/**
 * Write CODE to OUT: a line per instruction with its number, its raw fields and its meaning,
 * with the names of fields, architectures, calls and actions. Malformed code is listed too:
 * instructions that the kernel does not take as raw words, and what is wrong at the end.
 * ARENA is for working memory.
 */
void bpf_disasm(struct arena *arena, const struct bpf_code *code,
		const struct bpf_listing *listing, FILE *out);

#endif
