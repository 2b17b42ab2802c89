#include <stdio.h>

#include "calls.h"
#include "cli.h"

/* The tables of a compilation, one per architecture. */
struct eval {
	const struct cli *cli;
	const struct scml_table
		*tables[ABI_MAX_ARCHS]; /* by architecture; NULL: not compiled */
};

/* Is CALL one that `--scope listed` leaves alone when no rule is for it? Numbers that are no
 * call are answered as in the filter. */
static bool is_out_of_scope(const struct eval *eval, unsigned arch,
			    const struct scml_call *call)
{
	return eval->cli->filter.scope == BPF_SCOPE_LISTED && eval->tables[arch] &&
	       abi_call_by_nr(eval->cli->compilation->db, arch, call->nr);
}

static void print_verdict(const struct eval *eval, unsigned arch, const struct scml_call *call)
{
	const struct scml_table *table = eval->tables[arch];
	struct scml_reason reason;
	enum scml_verdict verdict;

	if (!table || !scml_has_rules(table, call->nr)) {
		puts(is_out_of_scope(eval, arch, call) ? "supported -" : "unsupported -");
		return;
	}
	verdict = scml_match(table, call, NULL, &reason);
	if (verdict == SCML_UNSUPPORTED)
		printf("%s %s\n", scml_verdict_name(verdict),
		       reason.cond == SCML_NONE
			       ? "-"
			       : table->strings + table->conds[reason.cond].param);
	else
		printf("%s %s:%u\n", scml_verdict_name(verdict),
		       table->strings + table->rules[reason.rule].file,
		       table->rules[reason.rule].line);
}

int cmd_eval(struct cli *cli)
{
	struct eval eval = {.cli = cli};
	struct calls calls = {.stream = stdin, .name = "<stdin>"};
	struct scml_call call;
	unsigned arch;

	if (!cli_compile(cli))
		return cli_finish(cli);
	for (size_t i = 0; i < cli->compilation->rules_count; i++) {
		const struct rules *rules = cli->compilation->rules[i];

		eval.tables[rules->arch] = table_build(cli->compilation->arena, rules);
	}
	cli_finish(cli);
	calls.db = cli->compilation->db;
	calls.default_arch = cli->compilation->rules[0]->arch;
	while (calls_next(&calls, &call, &arch))
		print_verdict(&eval, arch, &call);
	return calls.errors ? CLI_ERRORS : CLI_DONE;
}
