/*
 * How long it takes from a keystroke in a long spec to its diagnostics and to the answers that
 * an editor asks for then, and what ten thousand of them leave behind: bench_lsp SCMLC.
 * Rules are made of the database: for every call several, each with some of the values of its
 * parameters. With bench_lsp SCMLC SPEC..., from keystrokes at the begin, in the middle and at
 * the end of each of them to its diagnostics; long_specs.sh makes such.
 */
#include <jansson.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"

enum { LINES = 5000, TIMED = 300, EDITS = 10000, PLACE_TIMED = 50 };
enum { WAIT = 30 /* seconds, for one answer */ };

static FILE *to_server, *from_server;
static const char *awaited = "diagnostics";

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* Said by hand: the rest of the program waits inside stdio. */
static void give_up(int number)
{
	static const char said[] = "bench_lsp: no answer within 30 seconds; awaited was ";

	(void)number;
	if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0 ||
	    write(STDERR_FILENO, awaited, strlen(awaited)) < 0 ||
	    write(STDERR_FILENO, "\n", 1) < 0)
		_exit(3);
	_exit(EXIT_FAILURE);
}

static pid_t start(const char *program)
{
	int in[2], out[2];
	pid_t child;

	signal(SIGALRM, give_up);
	if (pipe(in) || pipe(out) || (child = fork()) < 0)
		fail("start");
	if (child == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execl(program, program, "lsp", "--arch", "x86_64", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_server = fdopen(in[1], "w");
	from_server = fdopen(out[0], "r");
	return child;
}

static void send_body(const char *body)
{
	fprintf(to_server, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	fflush(to_server);
}

/* The next message; its bytes go to *LEN. */
static char *receive(size_t *len)
{
	char *body;

	if (fscanf(from_server, "Content-Length: %zu\r\n\r\n", len) != 1)
		fail("the server said nothing");
	body = malloc(*len + 1);
	if (!body || fread(body, 1, *len, from_server) != *len)
		fail("receive");
	body[*len] = '\0';
	return body;
}

/* Skip to the message that holds TEXT near its begin; its size. */
static size_t await(const char *text)
{
	int found = 0;
	size_t len = 0;

	awaited = text;
	alarm(WAIT);
	while (!found) {
		char *body = receive(&len);

		found = memmem(body, len < 99 ? len : 99, text, strlen(text)) != NULL;
		free(body);
	}
	alarm(0);
	return len;
}

static size_t await_diagnostics(void)
{
	return await("publishDiagnostics");
}

/* Rule number ROUND of CALL: every parameter that has a set gets some of its members. */
static void write_rule(FILE *out, const struct abi_db *db, const struct abi_call *call,
		       unsigned round)
{
	size_t count;
	const struct abi_param *params =
		abi_call_params(db, call, (unsigned)abi_arch_find(db, "x86_64"), &count);

	if (!params)
		return;
	fprintf(out, "// Rule %u of %s\n%s(\n", round, abi_string(db, call->name),
		abi_string(db, call->name));
	for (size_t i = 0; i < count; i++) {
		const struct abi_set *set = &db->sets[params[i].slot.set];
		bool has_value = false;

		fprintf(out, "    %s", abi_string(db, params[i].name));
		for (uint32_t j = 0; params[i].slot.set && j < set->fields.count; j++) {
			const struct abi_set_field *field =
				&db->set_fields[set->fields.first + j];

			for (uint32_t k = round; k < field->members.count && k < round + 20;
			     k += 7) {
				const struct abi_const *member =
					&db->consts[db->refs[field->members.first + k]];

				fprintf(out, "%s%s", has_value ? " | " : " = ",
					abi_string(db, member->name));
				has_value = true;
			}
		}
		fputs(i + 1 < count ? ",\n" : "\n", out);
	}
	fputs(");\n\n", out);
}

static char *make_spec(void)
{
	const struct abi_db *db = abi_builtin();
	char *text;
	size_t size, lines = 0;
	FILE *out = open_memstream(&text, &size);

	for (unsigned round = 0; out && lines < LINES; round++) {
		for (uint32_t i = 1; i < db->call_count && lines < LINES; i++) {
			write_rule(out, db, &db->calls[i], round);
			fflush(out);
			lines = 0;
			for (size_t at = 0; at < size; at++)
				lines += text[at] == '\n';
		}
	}
	if (!out || fclose(out))
		fail("make");
	return text;
}

static char *read_spec(const char *path)
{
	FILE *in = fopen(path, "r");
	size_t size = 0;
	char *text = NULL;

	if (!in || getdelim(&text, &size, '\0', in) < 0)
		fail(path);
	fclose(in);
	return text;
}

static void open_text(const char *text, const char *language)
{
	json_t *message = json_pack("{s:s,s:s,s:{s:{s:s,s:s,s:i,s:s}}}", "jsonrpc", "2.0",
				    "method", "textDocument/didOpen", "params", "textDocument",
				    "uri", "file:///bench.scml", "languageId", language,
				    "version", 1, "text", text);
	char *body = json_dumps(message, 0);

	send_body(body);
	free(body);
	json_decref(message);
}

/* Type a letter into the middle of the text, or take it away again. */
static void edit(unsigned number, unsigned line)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{"
		 "\"textDocument\":{\"uri\":\"file:///bench.scml\",\"version\":%u},"
		 "\"contentChanges\":[{\"range\":{\"start\":{\"line\":%u,\"character\":0},"
		 "\"end\":{\"line\":%u,\"character\":%u}},\"text\":\"%s\"}]}}",
		 number + 2, line, line, number % 2, number % 2 ? "" : "x");
	send_body(body);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What an editor asks after an edit; the first of them has to look at the text anew. */
static void time_requests(unsigned line, unsigned *number)
{
	static const struct request {
		const char *method;
		const char *params; /* beside the document and a position */
	} requests[] = {
		{"semanticTokens/full", ""},
		{"documentSymbol", ""},
		{"foldingRange", ""},
		{"inlayHint", ",\"range\":{\"start\":{\"line\":0,\"character\":0},"
			      "\"end\":{\"line\":9999999,\"character\":0}}"},
		{"codeAction", ",\"context\":{\"diagnostics\":[]},\"range\":{\"start\":{"
			       "\"line\":0,\"character\":0},\"end\":{\"line\":9999999,"
			       "\"character\":0}}"},
		{"formatting", ",\"options\":{\"tabSize\":4,\"insertSpaces\":true}"},
		{"hover", ""},
		{"completion", ""},
		{"references", ",\"context\":{\"includeDeclaration\":true}"},
	};
	enum { ROUNDS = 21 };

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		double times[ROUNDS];
		size_t bytes = 0;

		for (unsigned round = 0; round < ROUNDS; round++) {
			char body[1000];
			double begin;

			for (int k = 0; k < 2; k++) {
				edit(++*number, line);
				await_diagnostics();
			}
			snprintf(
				body, sizeof(body),
				"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"textDocument/%s\","
				"\"params\":{\"textDocument\":{\"uri\":\"file:///bench.scml\"},"
				"\"position\":{\"line\":%u,\"character\":2}%s}}",
				requests[i].method, line, requests[i].params);
			begin = now();
			send_body(body);
			bytes = await("\"id\"");
			times[round] = now() - begin;
		}
		qsort(times, ROUNDS, sizeof(*times), compare);
		printf("%s: median %.2f ms, %zu bytes\n", requests[i].method, times[ROUNDS / 2],
		       bytes);
	}
}

static long resident(pid_t child)
{
	char path[64];
	long pages = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)child);
	in = fopen(path, "r");
	if (in && fscanf(in, "%*d %ld", &pages) != 1)
		pages = 0;
	if (in)
		fclose(in);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned count_lines(const char *text)
{
	unsigned lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* From keystrokes in LINE to diagnostics: the median of COUNT to TIMES[0], and what 90 % are
 * below to TIMES[1]; the bytes of the last. */
static size_t time_edits(unsigned line, unsigned count, unsigned *number, double times[2])
{
	static double all[TIMED];
	size_t bytes = 0;

	for (unsigned i = 0; i < count; i++) {
		double begin = now();

		edit((*number)++, line);
		bytes = await_diagnostics();
		all[i] = now() - begin;
	}
	qsort(all, count, sizeof(*all), compare);
	times[0] = all[count / 2];
	times[1] = all[count * 9 / 10];
	return bytes;
}

static pid_t start_with(const char *program, const char *text, const char *language)
{
	pid_t child = start(program);

	send_body("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
		  "\"capabilities\":{\"general\":{\"positionEncodings\":[\"utf-16\"]}}}}");
	open_text(text, language);
	await_diagnostics();
	return child;
}

static void stop(pid_t child)
{
	fclose(to_server);
	fclose(from_server);
	waitpid(child, NULL, 0);
}

/* One row for the spec in PATH. */
static void time_places(const char *program, const char *path)
{
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
	char *text = read_spec(path);
	unsigned lines = count_lines(text), number = 0;
	const unsigned places[] = {0, lines / 2, lines - 1};
	double times[3][2];
	size_t bytes = 0;
	pid_t child =
		start_with(program, text, dot && strcmp(dot, ".md") == 0 ? "markdown" : "scml");

	for (size_t i = 0; i < 3; i++)
		bytes = time_edits(places[i], PLACE_TIMED, &number, times[i]);
	printf("%-24s %5u lines %8zu bytes of diagnostics; median, 90 %% below: begin %.2f "
	       "%.2f, "
	       "middle %.2f %.2f, end %.2f %.2f ms\n",
	       slash ? slash + 1 : path, lines, bytes, times[0][0], times[0][1], times[1][0],
	       times[1][1], times[2][0], times[2][1]);
	stop(child);
	free(text);
}

static void time_session(const char *program)
{
	char *text = make_spec();
	unsigned lines = count_lines(text), number = 0, timed;
	pid_t child = start_with(program, text, "scml");
	double times[2];
	size_t bytes = time_edits(lines / 2, TIMED, &number, times);
	long before;

	printf("%u lines, %zu bytes, %zu bytes of diagnostics\n", lines, strlen(text), bytes);
	printf("edit to diagnostics: median %.2f ms, 90 %% below %.2f ms\n", times[0],
	       times[1]);
	number--; /* an even number of edits */
	time_requests(lines / 2, &number);
	timed = ++number;
	before = resident(child);
	for (; number < EDITS; number++) {
		edit(number, lines / 2);
		await_diagnostics();
	}
	printf("resident after %u edits: %ld KiB, after %d: %ld KiB\n", timed, before, EDITS,
	       resident(child));
	stop(child);
	free(text);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 2; i < argc; i++)
		time_places(argv[1], argv[i]);
	if (argc == 2)
		time_session(argv[1]);
	return 0;
}
