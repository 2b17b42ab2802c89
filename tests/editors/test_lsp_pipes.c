/* The language server as editors run it: a process at the other end of two pipes. */
#include <check.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT = 60 /* seconds */ };

/* KiB by which a server may grow. A sanitizer keeps freed memory for a while. */
#ifdef SANITIZED
enum { MAY_GROW = 512 * 1024 };
#else
enum { MAY_GROW = 256 };
#endif

static pid_t child;
static int to_server, from_server;
static FILE *reader;

static void start(void)
{
	int in[2], out[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(out), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		for (int fd = 3; fd < 64; fd++)
			close(fd);
		execl(SCMLC, SCMLC, "lsp", "--stdio", "--arch", "x86_64", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	to_server = in[1];
	from_server = out[0];
	reader = fdopen(from_server, "r");
}

static void stop(void)
{
	fclose(reader);
	if (to_server >= 0)
		close(to_server);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
}

static void send_raw(const char *text, size_t len)
{
	while (len) {
		ssize_t done = write(to_server, text, len);

		ck_assert_msg(done > 0, "write: %s", strerror(errno));
		text += done;
		len -= (size_t)done;
	}
}

static void send_body(const char *body)
{
	char header[64];

	snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", strlen(body));
	send_raw(header, strlen(header));
	send_raw(body, strlen(body));
}

/* The next message, freed by the caller. */
static json_t *receive(void)
{
	json_t *message;
	char *body;
	size_t len;

	alarm(WAIT);
	ck_assert_int_eq(fscanf(reader, "Content-Length: %zu\r\n\r\n", &len), 1);
	body = malloc(len);
	ck_assert_uint_eq(fread(body, 1, len, reader), len);
	alarm(0);
	message = json_loadb(body, len, 0, NULL);
	ck_assert_ptr_nonnull(message);
	free(body);
	return message;
}

/* The next answer is an error with CODE for request ID (0: null). */
static void expect_error(int id, int code)
{
	json_t *message = receive();
	const json_t *error = json_object_get(message, "error");

	ck_assert_int_eq(json_integer_value(json_object_get(message, "id")), id);
	ck_assert_int_eq(json_integer_value(json_object_get(error, "code")), code);
	json_decref(message);
}

static void expect_result(int id)
{
	json_t *message = receive();

	ck_assert_int_eq(json_integer_value(json_object_get(message, "id")), id);
	ck_assert_ptr_nonnull(json_object_get(message, "result"));
	json_decref(message);
}

/* How many diagnostics the next message has. */
static size_t expect_diagnostics(int version)
{
	json_t *message = receive();
	const json_t *params = json_object_get(message, "params");
	size_t count = json_array_size(json_object_get(params, "diagnostics"));

	ck_assert_str_eq(json_string_value(json_object_get(message, "method")),
			 "textDocument/publishDiagnostics");
	ck_assert_int_eq(json_integer_value(json_object_get(params, "version")), version);
	json_decref(message);
	return count;
}

static void initialize(void)
{
	send_body("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
		  "\"capabilities\":{}}}");
	expect_result(1);
	send_body("{\"jsonrpc\":\"2.0\",\"method\":\"initialized\",\"params\":{}}");
}

static void open_text(const char *text)
{
	json_t *message =
		json_pack("{s:s,s:s,s:{s:{s:s,s:s,s:i,s:s}}}", "jsonrpc", "2.0", "method",
			  "textDocument/didOpen", "params", "textDocument", "uri",
			  "file:///t.scml", "languageId", "scml", "version", 1, "text", text);
	char *body = json_dumps(message, 0);

	send_body(body);
	free(body);
	json_decref(message);
}

static void change(int version, int line, int from, int to, const char *text)
{
	char body[500];

	snprintf(body, sizeof(body),
		 "{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didChange\",\"params\":{"
		 "\"textDocument\":{\"uri\":\"file:///t.scml\",\"version\":%d},"
		 "\"contentChanges\":[{\"range\":{\"start\":{\"line\":%d,\"character\":%d},"
		 "\"end\":{\"line\":%d,\"character\":%d}},\"text\":\"%s\"}]}}",
		 version, line, from, line, to, text);
	send_body(body);
}

static int exit_status(void)
{
	int status;

	alarm(WAIT);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	alarm(0);
	child = 0;
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void shut_down(void)
{
	send_body("{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"shutdown\"}");
	expect_result(99);
}

START_TEST(an_orderly_end_is_status_0)
{
	initialize();
	shut_down();
	send_body("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"textDocument/hover\"}");
	expect_error(2, -32600);
	send_body("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
	ck_assert_int_eq(exit_status(), 0);
}
END_TEST

START_TEST(exit_without_shutdown_is_status_1)
{
	initialize();
	send_body("{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}");
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

START_TEST(an_editor_that_is_gone_ends_the_server)
{
	initialize();
	close(to_server);
	to_server = -1;
	ck_assert_int_eq(exit_status(), 1);
}
END_TEST

START_TEST(the_end_after_shutdown_is_orderly)
{
	initialize();
	shut_down();
	close(to_server);
	to_server = -1;
	ck_assert_int_eq(exit_status(), 0);
}
END_TEST

START_TEST(requests_before_initialize_are_refused)
{
	send_body("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"textDocument/hover\"}");
	expect_error(7, -32002);
	send_body("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"no/such\"}");
	expect_error(8, -32002);
	open_text("read(fd);");
	initialize();
	send_body("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"no/such\"}");
	expect_error(9, -32601);
	send_body("{\"jsonrpc\":\"2.0\",\"method\":\"no/such\"}");
	send_body("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"initialize\"}");
	expect_error(0, -32600);
}
END_TEST

START_TEST(what_is_no_message_is_answered_and_passed_over)
{
	char large[100];

	initialize();
	send_body("{\"jsonrpc\":");
	expect_error(0, -32700);
	send_body("[]");
	expect_error(0, -32600);
	send_body("{}");
	expect_error(0, -32600);
	send_body("{\"id\":3,\"method\":4}");
	expect_error(3, -32600);
	send_body("\xff\xfe");
	expect_error(0, -32700);
	send_raw("nonsense\r\n\r\n", 12);
	expect_error(0, -32600);
	snprintf(large, sizeof(large), "Content-Length: 99999999999999999999\r\n\r\n");
	send_body("{\"id\":5,\"method\":\"shutdown\"}");
	expect_result(5);
	send_raw(large, strlen(large));
	expect_error(0, -32600);
}
END_TEST

START_TEST(deeply_nested_json_is_no_harm)
{
	enum { DEPTH = 200000 };
	char *body = malloc(DEPTH + 1);

	initialize();
	memset(body, '[', DEPTH);
	body[DEPTH] = '\0';
	send_body(body);
	expect_error(0, -32700);
	free(body);
	shut_down();
}
END_TEST

START_TEST(params_of_other_kinds_are_no_harm)
{
	static const char *const methods[] = {
		"textDocument/didOpen",	     "textDocument/didChange",
		"textDocument/didClose",     "workspace/didChangeConfiguration",
		"$/cancelRequest",	     "workspace/didChangeWatchedFiles",
		"textDocument/completion",   "textDocument/rename",
		"textDocument/codeAction",   "textDocument/selectionRange",
		"textDocument/foldingRange", "completionItem/resolve",
	};
	static const char *const params[] = {
		"null",
		"7",
		"\"x\"",
		"[1]",
		"{\"textDocument\":7,\"contentChanges\":{}}",
		"{\"textDocument\":{\"uri\":\"file:///t.scml\"},\"position\":{\"line\":-5,"
		"\"character\":99999999999},\"positions\":[null],\"range\":{\"start\":{"
		"\"line\":9,\"character\":1},\"end\":{\"line\":0,\"character\":0}}}"};
	char body[500];

	initialize();
	open_text("a = 1;\nread(fd, buf, count = <a>);");
	expect_diagnostics(1);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		for (size_t j = 0; j < sizeof(params) / sizeof(*params); j++) {
			snprintf(body, sizeof(body),
				 "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s}",
				 methods[i], params[j]);
			send_body(body);
			snprintf(body, sizeof(body),
				 "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\",\"params\":"
				 "%s}",
				 (int)(i * 10 + j), methods[i], params[j]);
			send_body(body);
		}
	}
	send_body("{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"shutdown\"}");
	for (;;) {
		json_t *message = receive();
		json_int_t id = json_integer_value(json_object_get(message, "id"));

		json_decref(message);
		if (id == 99)
			break;
	}
}
END_TEST

START_TEST(diagnostics_follow_what_is_typed)
{
	initialize();
	open_text("socket(family = AF_INTE, type, protocol);\n");
	ck_assert_uint_eq(expect_diagnostics(1), 1);
	change(2, 0, 21, 23, "ET");
	ck_assert_uint_eq(expect_diagnostics(2), 0);
	change(3, 0, 16, 17, "");
	ck_assert_uint_eq(expect_diagnostics(3), 1);
	send_body("{\"jsonrpc\":\"2.0\",\"method\":\"textDocument/didClose\",\"params\":{"
		  "\"textDocument\":{\"uri\":\"file:///t.scml\"}}}");
	ck_assert_uint_eq(expect_diagnostics(0), 0);
}
END_TEST

/* Many messages in one piece: nothing is diagnosed twice, and what is cancelled is not done. */
START_TEST(what_waits_can_be_cancelled)
{
	char text[4000] = "";
	bool was_cancelled = false, was_answered = false;

	initialize();
	for (int id = 10; id < 14; id++) {
		char body[300];

		snprintf(body, sizeof(body),
			 id == 13 ? "{\"jsonrpc\":\"2.0\",\"method\":\"$/cancelRequest\","
				    "\"params\":{\"id\":12}}"
				  : "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":"
				    "\"workspace/symbol\",\"params\":{\"query\":\"\"}}",
			 id);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
	}
	send_raw(text, strlen(text));
	for (int i = 0; i < 3; i++) {
		json_t *message = receive();
		json_int_t id = json_integer_value(json_object_get(message, "id"));
		const json_t *error = json_object_get(message, "error");

		if (id == 12)
			was_cancelled =
				json_integer_value(json_object_get(error, "code")) == -32800;
		was_answered |= id == 10 && !error;
		json_decref(message);
	}
	ck_assert(was_cancelled);
	ck_assert(was_answered);
}
END_TEST

static long resident(void)
{
	char path[64];
	long pages = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)child);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fscanf(in, "%*d %ld", &pages), 1);
	fclose(in);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(ten_thousand_edits_leave_no_memory_behind)
{
	long before = 0;

	initialize();
	open_text("opt = O_CLOEXEC;\nopenat(d, p, flags = O_RDWR | <opt>, mode);\n\n");
	expect_diagnostics(1);
	for (int i = 0; i < 10000; i++) {
		change(i + 2, 2, 0, i % 2, i % 2 ? "" : "x");
		expect_diagnostics(i + 2);
		if (i == 1000)
			before = resident();
	}
	ck_assert_int_le(resident(), before + MAY_GROW);
	shut_down();
}
END_TEST

/* A text of LINES lines, each of them LINE with its own number. */
static char *numbered_lines(const char *line, int lines)
{
	size_t size = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	for (int i = 0; i < lines; i++)
		fprintf(out, line, i);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

/* Each edit waits for its diagnostics, as long as one answer may take and no longer. */
START_TEST(each_edit_of_a_long_spec_is_answered)
{
	static const struct {
		const char *line;
		size_t diagnostics; /* at least */
	} shapes[] = {
		{"socket(family = AF_INET, type = SOCK_STREAM, protocol = 0); // %d\n", 4999},
		{"sendto(s, b, l, flags = MSG_NOT_KNOWN_%d, addr, len);\n", 5000},
		{"sendto(s, b, l, flags = <no_such_%d>, addr, len);\n", 5000},
		{"no_such_call_%d(fd);\n", 5000},
		{"unused_%d = MSG_PEEK;\n", 5000},
		{"socket( // %d\n", 1},
	};
	enum { COUNT = 5000, EDITS = 12 };
	char *text = numbered_lines(shapes[_i].line, COUNT);

	initialize();
	open_text(text);
	ck_assert_uint_ge(expect_diagnostics(1), shapes[_i].diagnostics);
	for (int i = 0; i < EDITS; i++) {
		int line = i / 2 % 3 * (COUNT / 2);

		change(i + 2, line, 0, i % 2, i % 2 ? "" : "x");
		expect_diagnostics(i + 2);
	}
	shut_down();
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("lsp_pipes");
	TCase *tcase = tcase_create("all");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 240);
	tcase_add_checked_fixture(tcase, start, stop);
	tcase_add_test(tcase, an_orderly_end_is_status_0);
	tcase_add_test(tcase, exit_without_shutdown_is_status_1);
	tcase_add_test(tcase, an_editor_that_is_gone_ends_the_server);
	tcase_add_test(tcase, the_end_after_shutdown_is_orderly);
	tcase_add_test(tcase, requests_before_initialize_are_refused);
	tcase_add_test(tcase, what_is_no_message_is_answered_and_passed_over);
	tcase_add_test(tcase, deeply_nested_json_is_no_harm);
	tcase_add_test(tcase, params_of_other_kinds_are_no_harm);
	tcase_add_test(tcase, diagnostics_follow_what_is_typed);
	tcase_add_test(tcase, what_waits_can_be_cancelled);
	tcase_add_test(tcase, ten_thousand_edits_leave_no_memory_behind);
	tcase_add_loop_test(tcase, each_edit_of_a_long_spec_is_answered, 0, 6);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
