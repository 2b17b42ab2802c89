#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "edit_distance.h"

static const char *nearest_name(const char *name)
{
	struct nearest_name nearest = nearest_new(name);

	for (unsigned id = 0; id < DIAG_COUNT; id++)
		nearest_consider(&nearest, diag_info((enum diag_id)id)->name);
	return nearest.name;
}

static int report_unknown(const char *name)
{
	const char *best = nearest_name(name);

	if (best)
		fprintf(stderr, "scmlc: no diagnostic is called '%s'; did you mean '%s'?\n",
			name, best);
	else
		fprintf(stderr,
			"scmlc: no diagnostic is called '%s'; the tag in brackets behind a "
			"message "
			"is its name\n",
			name);
	return CLI_USAGE;
}

/* EXAMPLE, every line of it indented. */
static void print_example(const char *heading, const char *example)
{
	printf("\n%s\n\n", heading);
	while (*example) {
		size_t len = strcspn(example, "\n");

		printf("%s%.*s\n", len ? "    " : "", (int)len, example);
		example += len + (example[len] == '\n');
	}
}

static const char *const levels[] = {
	[DIAG_NOTE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

static int list_all(void)
{
	for (unsigned id = 0; id < DIAG_COUNT; id++) {
		const struct diag_info *info = diag_info((enum diag_id)id);

		printf("%-22s %-8s %s\n", info->name, levels[info->level], info->title);
	}
	return CLI_DONE;
}

int cmd_explain(struct cli *cli)
{
	if (cli->inputs.count == 0)
		return list_all();
	for (size_t i = 0; i < cli->inputs.count; i++) {
		enum diag_id id;
		const struct diag_info *info = diag_info_named(cli->inputs.items[i], &id);

		if (!info)
			return report_unknown(cli->inputs.items[i]);
		printf("%s%s (%s): %s\n\n%s\n", i ? "\n" : "", info->name, levels[info->level],
		       info->title, info->explanation);
		if (!*info->wrong)
			continue;
		print_example("This draws it:", info->wrong);
		print_example("This does not:", info->right);
	}
	return CLI_DONE;
}
