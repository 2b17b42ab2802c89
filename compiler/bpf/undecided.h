/* undecided: say which rules a filter cannot decide. */
#ifndef SCML_BPF_UNDECIDED_H
#define SCML_BPF_UNDECIDED_H

#include <stdint.h>

#include "diag.h"
#include "rules.h"

/** One warning per rule of RULES that lies in memory: where, and what ACTION is taken. */
void bpf_report_undecided(struct diags *diags, const struct rules *rules, uint32_t action);

#endif
