#include <stdio.h>

#include "bpf/disasm.h"
#include "cli.h"

int cmd_disasm(struct cli *cli)
{
	struct bpf_listing listing = {.db = cli->compilation->db, .arch = -1};
	struct bpf_code code;
	unsigned arch;
	int status = cli_read_filter(cli, &code);

	if (status != CLI_DONE)
		return status;
	if (cli->archs.count) {
		if (!cli_default_arch(cli, &arch))
			return cli_finish(cli);
		listing.arch = (int)arch;
	}
	bpf_disasm(cli->compilation->arena, &code, &listing, stdout);
	return cli_check_filter(cli, cli->inputs.items[0], &code);
}
