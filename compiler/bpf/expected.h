/*
 * expected: what a filter has to answer, taken from the typed rules and the options alone.
 * Nothing here knows how filters are made.
 */
#ifndef SCML_BPF_EXPECTED_H
#define SCML_BPF_EXPECTED_H

#include "bpf/bdd.h"
#include "bpf/codegen.h"
#include "rules.h"

/** The answer, a function of the variables of space.h, to the calls of COUNT architectures. */
bdd_node bpf_expected(struct bdd *bdd, const struct rules *const *rules, size_t count,
		      const struct bpf_options *options);

#endif
