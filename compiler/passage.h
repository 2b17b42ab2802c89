/* passage: which rules' calls come by an instruction of a filter. */
#ifndef SCML_PASSAGE_H
#define SCML_PASSAGE_H

#include "bpf/program.h"
#include "compile.h"

/**
 * A note per instruction of CODE, which is the filter of COMPILATION: the rules whose calls
 * come by it, `FILE:LINE CALL`. A call comes by an instruction if that cannot be ruled out from
 * what its rule asks of registers. NULL where the note would be that of the instruction before.
 * In the compilation's arena.
 */
const char *const *passage_notes(const struct compilation *compilation,
				 const struct bpf_code *code);

#endif
