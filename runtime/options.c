#include "options.h"

#include <stdio.h>
#include <string.h>

#include "edit_distance.h"

static const char *option_name(const struct option *option)
{
	return option->name ? option->name : option->letter;
}

static enum option_result usage_error(const struct option_table *table, const char *what,
				      const char *word)
{
	fprintf(stderr, "%s: %s '%s'; '%s --help' lists what there is\n", table->program, what,
		word, table->program);
	return OPTION_WRONG;
}

/* No option is called ARG. */
static enum option_result unknown_option(const struct option_table *table, const char *arg)
{
	char word[EDIT_DISTANCE_MAX_NAME + 1] = "";
	struct nearest_name nearest = nearest_new(word);
	size_t len = strcspn(arg, "=");

	if (len < sizeof(word))
		memcpy(word, arg, len);
	for (const struct option *option = table->options; option->help; option++)
		if (option->name)
			nearest_consider(&nearest, option->name);
	if (!nearest.name)
		return usage_error(table, "there is no option", arg);
	fprintf(stderr, "%s: there is no option '%s'; did you mean '%s'?\n", table->program,
		arg, nearest.name);
	return OPTION_WRONG;
}

/* Is ARG this option? *VALUE is what is stuck to it, NULL where nothing is. */
static bool is_option(const struct option *option, const char *arg, const char **value)
{
	size_t len;

	*value = NULL;
	if (option->name && strncmp(arg, option->name, strlen(option->name)) == 0) {
		len = strlen(option->name);
		if (arg[len] == '=' && option->value)
			*value = arg + len + 1;
		return !arg[len] || *value;
	}
	if (!option->letter || strncmp(arg, option->letter, 2) != 0)
		return false;
	if (arg[2] && option->value)
		*value = arg + 2;
	return !arg[2] || *value;
}

enum option_result option_read(const struct option_table *table, void *options, int argc,
			       char **argv, int *at, const struct option **found,
			       const char **value)
{
	const struct option *option = table->options;
	const char *arg = argv[*at];

	while (option->help && !is_option(option, arg, value))
		option++;
	*found = option;
	if (!option->help)
		return unknown_option(table, arg);
	if (!option->set)
		return OPTION_STOPS;
	if (option->value && !*value && *at + 1 < argc && strcmp(argv[*at + 1], "--") != 0)
		*value = argv[++*at];
	if (option->value && !*value)
		return usage_error(table, "a value is missing after", arg);
	if (!*value)
		*value = "";
	if (option->set(options, *value))
		return OPTION_SET;
	fprintf(stderr, "%s: '%s' is no value for '%s %s'; '%s --help' lists what there is\n",
		table->program, *value, option_name(option), option->value, table->program);
	return OPTION_WRONG;
}

void option_print(const struct option_table *table, unsigned commands, int width)
{
	for (const struct option *option = table->options; option->help; option++) {
		char left[64];

		if (!(option->commands & commands))
			continue;
		snprintf(left, sizeof(left), "%s%s%s%s%s", option->letter ? option->letter : "",
			 option->letter && option->name ? ", " : "",
			 option->name ? option->name : "", option->value ? " " : "",
			 option->value ? option->value : "");
		printf("  %-*s %s\n", width, left, option->help);
	}
}
