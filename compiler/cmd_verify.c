#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bpf/action.h"
#include "cli.h"
#include "proof.h"

/* `# instruction pointer 0x…` and the like: what CALLS has no place for. */
static void print_beside(const struct bpf_difference *difference)
{
	const struct seccomp_data *call = &difference->call;

	if (difference->last_nr != (uint32_t)call->nr)
		printf(difference->last_nr > INT16_MAX
			       ? "; the same for the numbers up to 0x%" PRIx32
			       : "; the same for the numbers up to %" PRIu32,
		       difference->last_nr);
	if (call->instruction_pointer)
		printf("; with the instruction pointer 0x%llx",
		       (unsigned long long)call->instruction_pointer);
}

static void print_difference(const struct cli *cli, const struct bpf_difference *difference)
{
	const struct compilation *compilation = cli->compilation;
	const char *call = proof_call(compilation->arena, compilation->db, difference);
	char is[BPF_ACTION_NAME_MAX], wanted[BPF_ACTION_NAME_MAX];

	if (call)
		fputs(call, stdout);
	else
		printf("# architecture 0x%08" PRIx32 ", number %" PRIu32, difference->call.arch,
		       (uint32_t)difference->call.nr);
	printf("  # filter: %s, rules: %s (%s", bpf_action_name(difference->is, is),
	       bpf_action_name(difference->wanted, wanted),
	       proof_reason(compilation, difference));
	print_beside(difference);
	puts(")");
}

static int print_proof(const struct cli *cli, const char *name, const struct bpf_proof *proof)
{
	const struct bpf_differences *found = &proof->differences;

	switch (proof->verdict) {
	case BPF_SAME:
		printf("same: %s answers every call as the rules do\n", name);
		return CLI_DONE;
	case BPF_DIFFERENT:
		printf("# different: %s does not answer these calls as the rules do\n", name);
		for (size_t i = 0; i < found->count && i < PROOF_MAX_LISTED; i++)
			print_difference(cli, &found->items[i]);
		if (found->count > PROOF_MAX_LISTED)
			printf("# and %zu more%s\n", found->count - PROOF_MAX_LISTED,
			       found->is_cut ? " at least" : "");
		return CLI_DIFFERENT;
	case BPF_UNCLEAR:
		break;
	}
	fprintf(stderr, "scmlc: %s: it cannot be decided what this filter answers: %s\n", name,
		proof_unclear(cli->compilation->arena, &proof->unclear));
	return CLI_SYSTEM;
}

int cmd_verify(struct cli *cli)
{
	const struct compilation *compilation = cli->compilation;
	const char *name = cli->inputs.items[0];
	struct bpf_options options;
	struct bpf_proof proof;
	struct bpf_code code;
	int status;

	if (cli->inputs.count < 2) {
		fputs("scmlc: a filter and rules are needed: scmlc verify FILTER.bpf "
		      "INPUT...\n",
		      stderr);
		return CLI_USAGE;
	}
	status = cli_load_filter(cli, name, &code);
	if (status != CLI_DONE)
		return status;
	cli->inputs.items++;
	cli->inputs.count--;
	if (!cli_compile(cli) || !cli_filter_options(cli, &options))
		return cli_finish(cli);
	status = cli_finish(cli);
	if (status != CLI_DONE)
		return status;
	proof = bpf_verify(compilation->arena, &code, compilation->rules,
			   compilation->rules_count, &options);
	return print_proof(cli, name, &proof);
}
