/* usual: calls with the arguments that most programs make them with. */
#ifndef SCML_BPF_USUAL_H
#define SCML_BPF_USUAL_H

#include <stddef.h>
#include <stdint.h>

#include "abi.h"

enum {
	BPF_USUAL_ALL = 100, /* what the shares of all calls of one name would add up to */
};

/** Arguments of a call; those that no filter asks for are 0. */
struct bpf_usual {
	const char *call;
	uint32_t share; /* of the calls of that name */
	uint64_t args[6];
};

/** The usual arguments of CALL; *COUNT of them, whose shares add up to less than all. */
const struct bpf_usual *bpf_usual_of(const struct abi_db *db, const struct abi_call *call,
				     size_t *count);

#endif
