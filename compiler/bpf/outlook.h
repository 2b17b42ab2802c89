/* outlook: tests of typed rules as conditions on the bits of a call. */
#ifndef SCML_BPF_OUTLOOK_H
#define SCML_BPF_OUTLOOK_H

#include "bpf/bdd.h"
#include "bpf/behind.h"
#include "rules.h"

/** What can be said of a test or a call; both are conditions. */
struct bpf_outlook {
	bdd_node surely; /* it holds */
	bdd_node maybe;	 /* it holds or is open */
};

/**
 * What CALL of RULES asks for. Without BEHIND (NULL) only registers can be seen, and tests of
 * memory are open; with it, memory has variables too, and nothing is open.
 */
struct bpf_outlook bpf_call_outlook(struct bdd *bdd, struct bpf_behind *behind,
				    const struct rules *rules, const struct rule_call *call);

#endif
