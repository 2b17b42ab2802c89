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

/** A sink that takes in calls, but those of other tables, and writes what supports them all as
 * SCML to PATH (`-`: standard output) when the run is over. */
struct report_sink learn_sink(struct learn *learn, const char *path);

#endif
