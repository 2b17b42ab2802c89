/* Any bytes as a log: reading them at once and in pieces gives the same calls, with the same
 * values, and looking verdicts up gives the same report as judging each line anew. The first
 * byte says how long the pieces are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log_report.h"
#include "strace_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct log {
	struct strace_reader *reader;
	uint64_t hash;
};

static void mix(struct log *log, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < size; i++)
		log->hash = (log->hash ^ at[i]) * 1099511628211u;
}

static void on_event(void *context, const struct strace_event *event)
{
	struct log *log = context;
	const struct scml_memory *memory;
	struct scml_call call;

	mix(log, event->text.at, event->text.len);
	mix(log, &event->line, sizeof(event->line));
	memory = strace_reader_decode(log->reader, event, &call);
	mix(log, &call.unknown, sizeof(call.unknown));
	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		char buffer[256];
		size_t done = sizeof(buffer);

		mix(log, &call.args[i], sizeof(call.args[i]));
		if (memory->read(memory->context, call.args[i], buffer, done, &done) ==
		    SCML_READ_OK)
			mix(log, buffer, done);
	}
}

static uint64_t read_in_pieces(const char *bytes, size_t size, size_t most)
{
	struct log log = {.hash = 14695981039346656037u};
	int arch = abi_arch_find(abi_builtin(), "x86_64");

	log.reader = strace_reader_new(abi_builtin(), (unsigned)arch, on_event, &log);
	if (!log.reader)
		abort();
	while (size) {
		size_t len = size < most ? size : most;
		char *piece = malloc(len);

		if (!piece)
			abort();
		memcpy(piece, bytes, len);
		if (strace_reader_feed(log.reader, piece, len))
			abort();
		free(piece);
		bytes += len;
		size -= len;
	}
	if (strace_reader_end(log.reader))
		abort();
	mix(&log, strace_reader_counts(log.reader), sizeof(struct strace_counts));
	strace_reader_free(log.reader);
	return log.hash;
}

static void compare_reports(const char *bytes, size_t size, size_t most)
{
	static bool is_started;
	unsigned seed = (unsigned)most;
	char *careful, *pieces;

	if (!is_started)
		log_report_start();
	is_started = true;
	careful = log_report(bytes, size, true, false, 0, NULL);
	pieces = log_report(bytes, size, false, false, most, &seed);
	if (strcmp(careful, pieces) != 0)
		abort();
	free(careful);
	free(pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *log = (const char *)bytes + 1;

	if (size < 2)
		return 0;
	if (read_in_pieces(log, size - 1, size) != read_in_pieces(log, size - 1, 1u + bytes[0]))
		abort();
	/* What was seen before is looked up: the log comes twice. */
	if (size < 1 << 16) {
		char *twice = malloc(2 * (size - 1));

		if (!twice)
			abort();
		memcpy(twice, log, size - 1);
		memcpy(twice + size - 1, log, size - 1);
		compare_reports(twice, 2 * (size - 1), 1u + bytes[0] * 4u);
		free(twice);
	}
	return 0;
}
