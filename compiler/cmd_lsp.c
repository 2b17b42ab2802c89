#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "lsp/loop.h"

int cmd_lsp(struct cli *cli)
{
	const struct lsp_options options = {
		.compile = {.archs = cli->archs.items,
			    .arch_count = cli->archs.count,
			    .overlays = cli->overlays.items,
			    .overlay_count = cli->overlays.count},
		.lint = cli->lint,
		.warnings = cli->warnings.items,
		.warning_count = cli->warnings.count,
	};

	if (cli->inputs.count) {
		fprintf(stderr,
			"scmlc: 'scmlc lsp' takes no files: the editor sends their texts\n");
		return CLI_USAGE;
	}
	return lsp_loop(&options, STDIN_FILENO, STDOUT_FILENO);
}
