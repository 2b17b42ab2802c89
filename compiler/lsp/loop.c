#include "loop.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "rpc.h"

enum {
	LOOP_SYSTEM_ERROR = 3,
	LOOP_READ = 64 * 1024,
	LOOP_MAX_WAITING = 1024,	   /* messages that are read ahead ... */
	LOOP_MAX_BYTES = 32 * 1024 * 1024, /* ... and their bytes, the last one aside */
	LOOP_KEEP = 32 * 1024 * 1024,	   /* bytes that are kept from one text for the next */
	LOOP_PARENT_CHECK = 10000, /* milliseconds between looks at the editor's process */
};

/* A message that waits for its turn. */
struct waiting {
	json_t *message;
	size_t bytes;
	bool is_cancelled;
};

struct loop {
	struct lsp_server *server;
	struct rpc_reader reader;
	struct waiting queue[LOOP_MAX_WAITING];
	size_t first;
	size_t count;
	size_t bytes; /* of what waits */
	int in;
	int out;
	bool has_ended; /* nothing more will come */
	bool has_failed;
};

static bool write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t done = write(fd, text, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text += done;
		len -= (size_t)done;
	}
	return true;
}

static void send_body(void *context, const char *body, size_t len)
{
	struct loop *loop = context;
	char header[64];
	int size = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", len);

	if (!loop->has_failed &&
	    (!write_all(loop->out, header, (size_t)size) || !write_all(loop->out, body, len)))
		loop->has_failed = true;
}

/* The request that MESSAGE cancels, if it still waits, will not be done. */
static void cancel(struct loop *loop, const json_t *message)
{
	const char *method = json_string_value(json_object_get(message, "method"));
	const json_t *id = json_object_get(json_object_get(message, "params"), "id");

	if (!method || !id || strcmp(method, "$/cancelRequest") != 0)
		return;
	for (size_t i = 0; i < loop->count; i++) {
		struct waiting *one = &loop->queue[(loop->first + i) % LOOP_MAX_WAITING];

		if (json_object_get(one->message, "method") &&
		    json_equal(json_object_get(one->message, "id"), id))
			one->is_cancelled = true;
	}
}

static void enqueue(struct loop *loop, const char *body, size_t len)
{
	json_t *message = lsp_server_parse(loop->server, body, len);

	if (!message)
		return;
	cancel(loop, message);
	loop->queue[(loop->first + loop->count++) % LOOP_MAX_WAITING] =
		(struct waiting){.message = message, .bytes = len};
	loop->bytes += len;
}

static bool has_room(const struct loop *loop)
{
	return loop->count < LOOP_MAX_WAITING && loop->bytes < LOOP_MAX_BYTES;
}

/* Move what has come whole to the queue, as far as there is room. */
static void take_messages(struct loop *loop)
{
	const char *body;
	size_t len;

	while (has_room(loop)) {
		switch (rpc_next(&loop->reader, &body, &len)) {
		case RPC_NEED_MORE:
			return;
		case RPC_MESSAGE:
			enqueue(loop, body, len);
			break;
		case RPC_BAD_HEADER:
			lsp_server_reject(loop->server,
					  "a header without a 'Content-Length: N'");
			break;
		case RPC_TOO_LARGE:
			lsp_server_reject(loop->server, "the message is too large");
			break;
		}
	}
}

static void read_more(struct loop *loop)
{
	char buffer[LOOP_READ];
	ssize_t got = read(loop->in, buffer, sizeof(buffer));

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		loop->has_failed |= got < 0;
		loop->has_ended = true;
	} else if (!rpc_feed(&loop->reader, buffer, (size_t)got)) {
		arena_out_of_memory();
	}
}

/* Is there something to read within TIMEOUT milliseconds (-1: forever)? */
static bool can_read(const struct loop *loop, int timeout)
{
	struct pollfd poll_in = {.fd = loop->in, .events = POLLIN};

	return !loop->has_ended && poll(&poll_in, 1, timeout) > 0;
}

/* An editor that is gone without a word has often left its pipes to others. */
static bool client_is_gone(const struct loop *loop)
{
	long process = lsp_server_client(loop->server);

	return process > 0 && kill((pid_t)process, 0) < 0 && errno == ESRCH;
}

static void handle_next(struct loop *loop)
{
	struct waiting one = loop->queue[loop->first];

	loop->bytes -= one.bytes;
	loop->first = (loop->first + 1) % LOOP_MAX_WAITING;
	loop->count--;
	lsp_server_handle(loop->server, one.message, one.is_cancelled);
	json_decref(one.message);
}

/* One step: read what is there, do what waits, and when nothing waits say what is stale. */
static void step(struct loop *loop)
{
	while (has_room(loop) && can_read(loop, 0)) {
		read_more(loop);
		take_messages(loop);
	}
	take_messages(loop);
	if (loop->count) {
		handle_next(loop);
	} else if (lsp_server_is_stale(loop->server)) {
		lsp_server_flush(loop->server);
	} else if (can_read(loop, LOOP_PARENT_CHECK)) {
		read_more(loop);
		take_messages(loop);
	} else if (client_is_gone(loop)) {
		loop->has_ended = true;
	}
}

/* To give back all memory and ask for it again takes a third of the time of an edit. */
static void keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, LOOP_KEEP);
	mallopt(M_MMAP_THRESHOLD, LOOP_KEEP);
}

int lsp_loop(const struct lsp_options *options, int in, int out)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int status;

	if (!loop)
		arena_out_of_memory();
	keep_memory();
	loop->in = in;
	loop->out = out;
	loop->server = lsp_server_new(options, send_body, loop);
	signal(SIGPIPE, SIG_IGN);
	while (!loop->has_failed && !lsp_server_has_exited(loop->server) &&
	       !(loop->has_ended && !loop->count && !lsp_server_is_stale(loop->server)))
		step(loop);
	status = loop->has_failed ? LOOP_SYSTEM_ERROR : lsp_server_status(loop->server);
	while (loop->count) {
		json_decref(loop->queue[loop->first].message);
		loop->first = (loop->first + 1) % LOOP_MAX_WAITING;
		loop->count--;
	}
	lsp_server_free(loop->server);
	rpc_free(&loop->reader);
	free(loop);
	return status;
}
