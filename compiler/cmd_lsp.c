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

	return lsp_loop(&options, STDIN_FILENO, STDOUT_FILENO);
}
