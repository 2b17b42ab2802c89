/*
 * learn: a spec from a run. What calls were seen to ask for is gathered call by call and
 * written as the smallest rules that support all of it: flags and members of enums are listed,
 * in registers and in structs behind them; numbers are left open.
 */
#ifndef SCML_LEARN_H
#define SCML_LEARN_H

#include <stdio.h>

#include "abi.h"
#include "arena.h"
#include "report.h"

struct learn;

/** Nothing was seen yet. What calls are of is architecture ARCH of DB. */
struct learn *learn_new(struct arena *arena, const struct abi_db *db, unsigned arch);

/** Take in CALL, which happened COUNT times. Calls of other tables are left out. */
void learn_call(struct learn *learn, const struct report_call *call, uint64_t count);

/** What was seen as SCML, formatted, in the arena; its length goes to *SIZE. */
const char *learn_text(const struct learn *learn, size_t *size);

/** A sink that writes that to PATH (`-`: standard output) when the run is over. */
struct report_sink learn_sink(struct learn *learn, const char *path);

#endif
