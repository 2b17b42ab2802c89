#include "cli.h"

int cmd_lint(struct cli *cli)
{
	cli_compile(cli);
	return cli_finish(cli);
}
