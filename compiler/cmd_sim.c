#include <stdio.h>
#include <string.h>

#include "bpf/action.h"
#include "bpf/check.h"
#include "bpf/raw.h"
#include "bpf/sim.h"
#include "calls.h"
#include "cli.h"

static void print_answer(const struct bpf_code *code, const struct scml_call *call)
{
	char name[BPF_ACTION_NAME_MAX];
	struct seccomp_data data = {.nr = (int)call->nr, .arch = call->arch};
	struct bpf_result result;

	memcpy(data.args, call->args, sizeof(data.args));
	if (bpf_sim(code->items, code->count, &data, &result))
		printf("%s %u\n", bpf_action_name(result.action, name), result.executed);
	else
		puts("invalid 0");
}

int cmd_sim(struct cli *cli)
{
	struct calls calls = {.stream = stdin, .name = "<stdin>", .db = cli->compilation->db};
	struct bpf_code code;
	struct scml_call call;
	unsigned arch;
	int status;

	if (cli->inputs.count && strcmp(cli->inputs.items[0], "-") == 0) {
		fprintf(stderr,
			"scmlc: the calls come from standard input, so the filter cannot; "
			"name a file\n");
		return CLI_USAGE;
	}
	status = cli_read_filter(cli, &code);
	if (status != CLI_DONE)
		return status;
	status = cli_check_filter(cli, cli->inputs.items[0], &code);
	if (status != CLI_DONE)
		return status;
	if (!cli_default_arch(cli, &calls.default_arch))
		return cli_finish(cli);
	while (calls_next(&calls, &call, &arch))
		print_answer(&code, &call);
	return calls.errors ? CLI_ERRORS : CLI_DONE;
}
