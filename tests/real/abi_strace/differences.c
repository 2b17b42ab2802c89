#include "differences.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

bool differences_read_known(struct differences *differences, const char *path)
{
	char line[4 * KNOWN_TEXT], end;
	FILE *in = fopen(path, "r");

	if (!in) {
		perror(path);
		return false;
	}
	while (fgets(line, sizeof(line), in)) {
		struct known_difference *row = &differences->known[differences->known_count];

		if (*line == '#' || *line == '\n')
			continue;
		if (differences->known_count == MAX_KNOWN ||
		    sscanf(line, "%639[^\t]\t%639[^\t]\t%639[^\t]\t%639[^\t]\t%*[^\n]%c",
			   row->call, row->param, row->strace, row->database, &end) != 5) {
			printf("%s: a row without five columns: %s", path, line);
			fclose(in);
			return false;
		}
		differences->known_count++;
	}
	fclose(in);
	return true;
}

/* PATTERNS: alternatives with spaces between them. */
static bool is_like(const char *patterns, const char *text)
{
	char copy[KNOWN_TEXT], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", patterns);
	for (char *pattern; (pattern = strsep(&rest, " "));)
		if (fnmatch(pattern, text, FNM_NOESCAPE) == 0)
			return true;
	return false;
}

static bool is_known(const struct differences *differences, const struct difference *one)
{
	for (size_t i = 0; i < differences->known_count; i++) {
		const struct known_difference *row = &differences->known[i];

		if (is_like(row->call, one->call) && is_like(row->param, one->param) &&
		    is_like(row->strace, one->strace) && is_like(row->database, one->database))
			return true;
	}
	return false;
}

void differences_add(struct differences *differences, const struct difference *one)
{
	if (is_known(differences, one)) {
		differences->explained++;
		return;
	}
	differences->unexplained++;
	for (size_t i = 0; i < differences->count; i++) {
		struct difference *other = &differences->list[i];

		if (strcmp(other->call, one->call) == 0 &&
		    strcmp(other->param, one->param) == 0 &&
		    strcmp(other->strace, one->strace) == 0 &&
		    strcmp(other->database, one->database) == 0) {
			other->count++;
			return;
		}
	}
	if (differences->count == MAX_DIFFERENCES)
		return;
	differences->list[differences->count] = *one;
	differences->list[differences->count++].count = 1;
}

void differences_print(const struct differences *differences)
{
	for (size_t i = 0; i < differences->count; i++) {
		const struct difference *one = &differences->list[i];

		printf("%s\t%s\t%s\t%s\t%zu times: %s\n", one->call, one->param, one->strace,
		       one->database, one->count, one->example);
	}
}
