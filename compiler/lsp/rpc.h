/*
 * rpc: the framing of the protocol. Messages are JSON bodies behind `Content-Length` headers.
 * The reader takes bytes as they come and survives whatever they are.
 */
#ifndef SCML_LSP_RPC_H
#define SCML_LSP_RPC_H

#include <stdbool.h>
#include <stddef.h>

enum {
	RPC_MAX_BODY = 80 * 1024 * 1024, /* a text of the largest size, escaped a little */
	RPC_MAX_LINE = 1024,		 /* bytes of one header line */
};

enum rpc_event {
	RPC_NEED_MORE, /* no whole message is there yet */
	RPC_MESSAGE,
	RPC_BAD_HEADER, /* a header without a usable length was passed over */
	RPC_TOO_LARGE,	/* a body above RPC_MAX_BODY is passed over */
};

/** Bytes that have not been taken yet. Zero-initialised it is empty. */
struct rpc_reader {
	char *bytes;
	size_t start;
	size_t end;
	size_t capacity;
	size_t skip; /* bytes of a body that is too large, still to come */
	size_t length;
	bool has_length;
	bool has_header; /* some line of the header was read */
	bool is_in_body;
	bool is_in_long_line;
};

/** Append LEN bytes at TEXT. False where memory runs out. */
bool rpc_feed(struct rpc_reader *reader, const char *text, size_t len);

/**
 * Take the next message: *BODY (*LEN bytes, valid until the next rpc_feed()). To be called
 * until it says RPC_NEED_MORE.
 */
enum rpc_event rpc_next(struct rpc_reader *reader, const char **body, size_t *len);

/** Free what READER holds. */
void rpc_free(struct rpc_reader *reader);

#endif
