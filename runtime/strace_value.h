/*
 * strace_value: a call as strace prints it becomes the call as the kernel received it. What the
 * text does not tell is unknown, never guessed: a register is marked in struct scml_call, a
 * byte of memory answers SCML_READ_UNKNOWN.
 *
 * One thing is concluded from what is not there: strace leaves out a pointer whose length
 * beside it is 0 (`msg_controllen=0`, no msg_control). Nothing lies behind such a pointer, so
 * it counts as NULL. Pointers that are printed count as printed, whatever their length.
 */
#ifndef SCML_STRACE_VALUE_H
#define SCML_STRACE_VALUE_H

#include "abi.h"
#include "scml.h"
#include "strace_line.h"

struct strace_decoder;

/** A decoder for calls on architecture ARCH of DB; NULL when memory runs out. */
struct strace_decoder *strace_decoder_new(const struct abi_db *db, unsigned arch);

void strace_decoder_free(struct strace_decoder *decoder);

/**
 * Fill in the registers and the return of CALL from PARTS.
 * @param abi  the call; NULL: it is not known, its arguments are plain numbers
 * The memory behind its pointers is strace_decoder_memory(), until the next call is decoded.
 */
void strace_decode(struct strace_decoder *decoder, const struct abi_call *abi,
		   const struct strace_parts *parts, struct scml_call *call);

/** The memory of the caller as the last decoded line tells it. */
const struct scml_memory *strace_decoder_memory(const struct strace_decoder *decoder);

#endif
