/* symbolic: run a filter for all calls at once. */
#ifndef SCML_BPF_SYMBOLIC_H
#define SCML_BPF_SYMBOLIC_H

#include "bpf/bdd.h"
#include "bpf/check.h"
#include "bpf/program.h"

/**
 * What CODE, which must be good by bpf_check(), answers, as a function of the variables of
 * space.h, to *ANSWER. All functions of BDD that are not kept are forgotten. False where this
 * cannot be found out within the limits; then *FAULT says at which instruction, and why.
 */
bool bpf_symbolic(struct bdd *bdd, const struct bpf_code *code, bdd_node *answer,
		  struct bpf_fault *fault);

#endif
