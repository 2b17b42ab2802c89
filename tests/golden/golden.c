/*
 * golden BIN SPECS CASE...: run every case file (or all `*.case` of a folder) and compare the
 * whole of standard output, standard error and the exit status with what the case says. With
 * SCML_BLESS=1 the cases are rewritten to what came out.
 *
 * A case:
 *
 *     # What it claims.
 *     $ scmlc lint a.scml                one or more lines for the shell, in an empty folder
 *     --- file a.scml                    files to write there first
 *     read(fd);
 *     --- stdin
 *     --- stdout                         what is expected; missing sections are empty
 *     --- stderr
 *     --- status 1                       last
 *
 * The commands find the programs of BIN in PATH, and SPECS in $SPECS. Expected text without a
 * newline at its end is followed by the line `\ no newline`.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1 << 22, MAX_FILES = 16, MAX_CASES = 1000, TIME_LIMIT_SECONDS = 60 };

static const char no_newline[] = "\\ no newline\n";

struct text {
	char *bytes; /* and a NUL that is not counted */
	size_t size;
};

struct named_file {
	const char *name;
	struct text text;
};

enum section { STDIN, STDOUT, STDERR, SECTIONS };

static const char *const section_names[SECTIONS] = {"stdin", "stdout", "stderr"};

struct golden {
	const char *path;
	struct text source;
	struct text head; /* the claim and the command, which blessing leaves alone */
	struct text command;
	struct named_file files[MAX_FILES];
	size_t file_count;
	struct text sections[SECTIONS];
	int status;
};

static void die(const char *what)
{
	fprintf(stderr, "golden: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void die_in(const struct golden *golden, const char *what)
{
	fprintf(stderr, "%s: %s\n", golden->path, what);
	exit(2);
}

static struct text text_copy(const char *bytes, size_t size)
{
	struct text text = {malloc(size + 1), size};

	if (!text.bytes)
		die("memory");
	memcpy(text.bytes, bytes, size);
	text.bytes[size] = '\0';
	return text;
}

static void text_append(struct text *text, const char *bytes, size_t size)
{
	text->bytes = realloc(text->bytes, text->size + size + 1);
	if (!text->bytes)
		die("memory");
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
	text->bytes[text->size] = '\0';
}

static struct text file_read(const char *path)
{
	FILE *file = fopen(path, "r");
	struct text text = {malloc(FILE_MAX_BYTES), 0};

	if (!file || !text.bytes)
		die(path);
	text.size = fread(text.bytes, 1, FILE_MAX_BYTES - 1, file);
	if (ferror(file) || !feof(file))
		die(path);
	fclose(file);
	text.bytes[text.size] = '\0';
	return text;
}

static void file_write(const char *path, const struct text *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(text->bytes, 1, text->size, file) != text->size || fclose(file))
		die(path);
}

/* ---- reading a case ---- */

static size_t line_size(const char *at)
{
	const char *end = strchr(at, '\n');

	return end ? (size_t)(end - at) + 1 : strlen(at);
}

/* Does a section begin at AT? Other lines that begin so are text. */
static bool is_section(const char *at)
{
	static const char *const titles[] = {"file ", "status ", "stdin\n", "stdout\n",
					     "stderr\n"};

	if (strncmp(at, "--- ", 4) != 0)
		return false;
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		if (strncmp(at + 4, titles[i], strlen(titles[i])) == 0)
			return true;
	}
	return false;
}

/* The lines from *AT up to the next section. */
static struct text read_body(const char **at)
{
	const char *start = *at;
	struct text text;

	while (**at && !is_section(*at))
		*at += line_size(*at);
	text = text_copy(start, (size_t)(*at - start));
	if (text.size >= sizeof(no_newline) - 1 &&
	    strcmp(text.bytes + text.size - (sizeof(no_newline) - 1), no_newline) == 0) {
		text.size -= sizeof(no_newline);
		text.bytes[text.size] = '\0';
	}
	return text;
}

static void read_section(struct golden *golden, const char **at)
{
	size_t size = line_size(*at);
	struct text title = text_copy(*at + 4, size - 4);

	title.bytes[strcspn(title.bytes, "\n")] = '\0';
	*at += size;
	if (strncmp(title.bytes, "status ", 7) == 0) {
		golden->status = atoi(title.bytes + 7);
		free(title.bytes);
		return;
	}
	if (strncmp(title.bytes, "file ", 5) == 0 && golden->file_count < MAX_FILES) {
		golden->files[golden->file_count++] =
			(struct named_file){title.bytes + 5, read_body(at)};
		return;
	}
	for (size_t i = 0; i < SECTIONS; i++) {
		if (strcmp(title.bytes, section_names[i]) != 0)
			continue;
		golden->sections[i] = read_body(at);
		free(title.bytes);
		return;
	}
	die_in(golden, "too many files");
}

static struct golden golden_read(const char *path)
{
	struct golden golden = {.path = path, .source = file_read(path), .status = -1};
	const char *at = golden.source.bytes;

	if (*at != '#')
		die_in(&golden,
		       "the first line has to say, behind a '#', what the case claims");
	for (; *at == '#'; at += line_size(at))
		;
	for (; *at == '$'; at += line_size(at))
		text_append(&golden.command, at + 1, line_size(at) - 1);
	if (!golden.command.size)
		die_in(&golden, "a line '$ COMMAND' is missing");
	golden.head = text_copy(golden.source.bytes, (size_t)(at - golden.source.bytes));
	while (*at) {
		if (!is_section(at))
			die_in(&golden, "text outside of a section");
		read_section(&golden, &at);
	}
	for (size_t i = 0; i < SECTIONS; i++) {
		if (!golden.sections[i].bytes)
			golden.sections[i] = text_copy("", 0);
	}
	return golden;
}

static void golden_free(struct golden *golden)
{
	for (size_t i = 0; i < golden->file_count; i++) {
		free((char *)golden->files[i].name - 5);
		free(golden->files[i].text.bytes);
	}
	for (size_t i = 0; i < SECTIONS; i++)
		free(golden->sections[i].bytes);
	free(golden->command.bytes);
	free(golden->head.bytes);
	free(golden->source.bytes);
}

/* ---- running it ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)kind;
	(void)where;
	return remove(path);
}

static void redirect(int fd, const char *path, int flags)
{
	int file = open(path, flags, 0600);

	if (file < 0 || dup2(file, fd) < 0)
		_exit(126);
	close(file);
}

/* The shell's environment is the same everywhere, but for what sanitizers want to know. */
static void set_environment(const char *bin, const char *specs)
{
	static const char *const kept[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS",
					   "LD_LIBRARY_PATH"};
	char *values[sizeof(kept) / sizeof(*kept)], *path;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const char *value = getenv(kept[i]);

		values[i] = value ? strdup(value) : NULL;
	}
	if (asprintf(&path, "%s:/usr/bin:/bin", bin) < 0 || clearenv())
		_exit(126);
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		if (values[i])
			setenv(kept[i], values[i], 1);
	}
	setenv("PATH", path, 1);
	setenv("SPECS", specs, 1);
	setenv("LC_ALL", "C", 1);
	setenv("TERM", "dumb", 1);
}

/* Run the case in the folder `in` beside the files `stdin`, `stdout`, `stderr`. */
static int run(const struct golden *golden, const char *bin, const char *specs)
{
	int status;
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0) {
		set_environment(bin, specs);
		if (chdir("in") < 0)
			_exit(126);
		umask(022);
		alarm(TIME_LIMIT_SECONDS);
		redirect(STDIN_FILENO, "../stdin", O_RDONLY);
		redirect(STDOUT_FILENO, "../stdout", O_WRONLY | O_CREAT | O_TRUNC);
		redirect(STDERR_FILENO, "../stderr", O_WRONLY | O_CREAT | O_TRUNC);
		execl("/bin/sh", "sh", "-c", golden->command.bytes, NULL);
		_exit(126);
	}
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void write_files(const struct golden *golden)
{
	if (mkdir("in", 0755) < 0 || chdir("in") < 0)
		die("in");
	for (size_t i = 0; i < golden->file_count; i++) {
		char *slash = strchr(golden->files[i].name, '/');

		if (slash) {
			*slash = '\0';
			if (mkdir(golden->files[i].name, 0755) < 0 && errno != EEXIST)
				die(golden->files[i].name);
			*slash = '/';
		}
		file_write(golden->files[i].name, &golden->files[i].text);
	}
	if (chdir("..") < 0)
		die("..");
	file_write("stdin", &golden->sections[STDIN]);
}

/* ---- comparing ---- */

static void print_lines(char mark, const char *at, const char *end)
{
	while (at < end) {
		size_t size = line_size(at);

		if (size > (size_t)(end - at))
			size = (size_t)(end - at);
		printf("  %c %.*s%s", mark, (int)size, at, at[size - 1] == '\n' ? "" : "\n");
		at += size;
	}
}

/* What differs, without the lines that both begin or end with. */
static void print_difference(const char *name, const struct text *expected,
			     const struct text *seen)
{
	const char *a = expected->bytes, *b = seen->bytes;
	const char *a_end = a + expected->size, *b_end = b + seen->size;

	while (*a && line_size(a) == line_size(b) && memcmp(a, b, line_size(a)) == 0) {
		size_t size = line_size(a);

		a += size;
		b += size;
	}
	while (a_end > a && b_end > b && a_end[-1] == b_end[-1]) {
		a_end--;
		b_end--;
	}
	a_end += strcspn(a_end, "\n");
	b_end += strcspn(b_end, "\n");
	printf("  %s (- expected, + seen):\n", name);
	print_lines('-', a, a_end);
	print_lines('+', b, b_end);
}

static bool is_same(const struct text *a, const struct text *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static void write_section(FILE *file, const struct golden *golden, const char *name,
			  const struct text *text)
{
	for (const char *at = text->bytes; *at; at += line_size(at)) {
		if (is_section(at))
			die_in(golden, "cannot be blessed: a line begins as a section does");
	}
	if (!text->size)
		return;
	fprintf(file, "--- %s\n", name);
	fwrite(text->bytes, 1, text->size, file);
	if (text->bytes[text->size - 1] != '\n')
		fprintf(file, "\n%s", no_newline);
}

static void bless(const struct golden *golden, const struct text *seen, int status)
{
	FILE *file = fopen(golden->path, "w");

	if (!file)
		die(golden->path);
	fwrite(golden->head.bytes, 1, golden->head.size, file);
	for (size_t i = 0; i < golden->file_count; i++) {
		fprintf(file, "--- file %s\n", golden->files[i].name);
		fwrite(golden->files[i].text.bytes, 1, golden->files[i].text.size, file);
	}
	write_section(file, golden, section_names[STDIN], &golden->sections[STDIN]);
	for (size_t i = STDOUT; i < SECTIONS; i++)
		write_section(file, golden, section_names[i], &seen[i]);
	fprintf(file, "--- status %d\n", status);
	if (fclose(file))
		die(golden->path);
	printf("blessed %s\n", golden->path);
}

/* Run the case at PATH in an empty folder; false where something else came out. */
static bool check_case(const char *path, const char *bin, const char *specs)
{
	char folder[] = "/tmp/scml-golden-XXXXXX";
	struct golden golden = golden_read(path);
	struct text seen[SECTIONS] = {{NULL, 0}};
	bool is_right;
	int status;

	if (!mkdtemp(folder) || chdir(folder) < 0)
		die(folder);
	write_files(&golden);
	status = run(&golden, bin, specs);
	is_right = status == golden.status;
	for (size_t i = STDOUT; i < SECTIONS; i++) {
		seen[i] = file_read(section_names[i]);
		is_right = is_right && is_same(&golden.sections[i], &seen[i]);
	}
	if (!is_right && getenv("SCML_BLESS")) {
		bless(&golden, seen, status);
		is_right = true;
	} else if (!is_right) {
		printf("FAIL %s\n", path);
		if (status != golden.status)
			printf("  status %d expected, %d seen\n", golden.status, status);
		for (size_t i = STDOUT; i < SECTIONS; i++) {
			if (!is_same(&golden.sections[i], &seen[i]))
				print_difference(section_names[i], &golden.sections[i],
						 &seen[i]);
		}
	}
	for (size_t i = STDOUT; i < SECTIONS; i++)
		free(seen[i].bytes);
	golden_free(&golden);
	if (chdir("/") < 0 || nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0)
		die(folder);
	return is_right;
}

/* ---- choosing cases ---- */

static int is_case(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && strcmp(entry->d_name + len - 5, ".case") == 0;
}

/* The cases of PATH, which is one or a folder of them, to CASES; how many there are. */
static size_t find_cases(const char *path, char *cases[static MAX_CASES], size_t count)
{
	struct dirent **entries;
	struct stat status;
	char *whole = realpath(path, NULL);
	int found;

	if (!whole || stat(whole, &status) < 0)
		die(path);
	if (!S_ISDIR(status.st_mode)) {
		cases[count++] = whole;
		return count;
	}
	found = scandir(whole, &entries, is_case, alphasort);
	if (found < 0 || count + (size_t)found > MAX_CASES)
		die(path);
	for (int i = 0; i < found; i++) {
		if (asprintf(&cases[count++], "%s/%s", whole, entries[i]->d_name) < 0)
			die("memory");
		free(entries[i]);
	}
	free(entries);
	free(whole);
	return count;
}

int main(int argc, char **argv)
{
	static char *cases[MAX_CASES];
	size_t count = 0, failed = 0;

	if (argc < 4) {
		fputs("usage: golden BIN SPECS CASE...\n", stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++)
		count = find_cases(argv[i], cases, count);
	if (!count) {
		fputs("golden: there is no case\n", stderr);
		return 2;
	}
	for (size_t i = 0; i < count; i++) {
		failed += !check_case(cases[i], argv[1], argv[2]);
		free(cases[i]);
	}
	printf("%zu cases, %zu failed%s\n", count, failed,
	       failed ? "; SCML_BLESS=1 takes over what came out" : "");
	return failed != 0;
}
