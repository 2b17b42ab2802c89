/*
 * strace_scalar: the number that a text of strace's stands for. Names become values through
 * the ABI database; what it does not know is not guessed at.
 */
#ifndef SCML_STRACE_SCALAR_H
#define SCML_STRACE_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "strace_line.h"

/** What texts are read by. */
struct strace_names {
	const struct abi_db *db;
	unsigned arch;
	const struct abi_set *set; /* of the parameter or field; NULL: it has none */
};

struct strace_scalar {
	uint64_t value;
	unsigned network_bits; /* 16, 32: in the network's byte order, as by htons(), htonl();
				  0: in the machine's */
};

/**
 * The number that TEXT stands for: `-1`, `0x8000`, `3</a path>`, `A|B|0x10`, `21<<SHIFT`,
 * `htons(80)`, `_IOC(…)`, `A or B`, `0x5 // X_???` with a C comment; fused names
 * (`FUTEX_WAIT_PRIVATE`) where the set has both parts.
 * @return false: TEXT has another form or a name that is not known
 */
bool strace_scalar_read(const struct strace_names *names, struct strace_text text,
			struct strace_scalar *scalar);

/** The word of the machine that SCALAR is. */
uint64_t strace_scalar_word(const struct strace_names *names,
			    const struct strace_scalar *scalar);

/** The constant called NAME, or NULL. */
const struct abi_const *strace_const_find(const struct abi_db *db, struct strace_text name);

/**
 * Is CONSTANT, a member of SLOT's set if it has one, the value of WORD, in the field of the set
 * that it is of?
 */
bool strace_const_selects(const struct abi_db *db, unsigned arch, const struct abi_slot *slot,
			  const struct abi_const *constant, uint64_t word);

#endif
