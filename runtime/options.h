/* options: the options of a program, listed in a table: finding, reading and printing them. */
#ifndef SCML_OPTIONS_H
#define SCML_OPTIONS_H

#include <stdbool.h>

/** One option. */
struct option {
	const char *letter; /* with its dash; NULL: none */
	const char *name;   /* with its dashes; NULL: none */
	const char *value;  /* what its value is called in --help; NULL: it takes none */
	const char *help;
	/* Takes the value, "" where there is none; false: it is wrong. NULL: the option prints
	 * something, and the program stops. */
	bool (*set)(void *options, const char *value);
	unsigned commands; /* which commands have it, in bits that the program chooses */
};

/** The options of a program. */
struct option_table {
	const char *program;
	const struct option *options; /* ended by one without help */
};

enum option_result {
	OPTION_SET,
	OPTION_STOPS, /* to print help or the version, which is the caller's part */
	OPTION_WRONG, /* a message was printed */
};

/**
 * Read the option at ARGV[*AT]: `--name`, `--name=value`, `-l` or, where it takes a value,
 * `-lvalue`. A value may be the next word, which *AT then moves to, but not `--`.
 * @param options  what its SET gets
 * @param found    the option, unless the answer is OPTION_WRONG
 * @param value    its value, "" where it takes none
 */
enum option_result option_read(const struct option_table *table, void *options, int argc,
			       char **argv, int *at, const struct option **found,
			       const char **value);

/** Print the options that one of COMMANDS has, the help from column WIDTH + 3 on. */
void option_print(const struct option_table *table, unsigned commands, int width);

#endif
