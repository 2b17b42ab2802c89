#include "log_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
	COMPRESSED_CHUNK = 128 << 10,
	MAX_MAGIC = 6,
	ANY_GZIP = 15 + 16, /* for inflateInit2(): any window, with gzip's header */
};

enum archive { PLAIN, GZIP, ZSTD, XZ };

/* How archives begin. */
static const struct {
	enum archive archive;
	size_t len;
	const char *magic;
} magics[] = {
	{GZIP, 3, "\x1f\x8b\x08"},
	{ZSTD, 4, "\x28\xb5\x2f\xfd"},
	{XZ, 6, "\xfd\x37\x7a\x58\x5a\x00"},
};

struct log_input {
	int fd;
	uint64_t size, position;
	const char *problem;
	enum archive archive;
	bool has_begun; /* what it is, is known */
	bool is_inside; /* of a member of an archive */
	bool has_more;	/* of what was unpacked, not all had room */
	z_stream gzip;
	ZSTD_DStream *zstd;
	/* Bytes of the file that were read and not yet used: bytes[used … filled). */
	size_t used, filled;
	unsigned char bytes[COMPRESSED_CHUNK];
};

int log_input_open(const char *path, struct log_input **input)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	*input = calloc(1, sizeof(**input));
	if (!*input) {
		if (fd != STDIN_FILENO)
			close(fd);
		return -ENOMEM;
	}
	(*input)->fd = fd;
	if (S_ISREG(status.st_mode))
		(*input)->size = (uint64_t)status.st_size;
	return 0;
}

void log_input_close(struct log_input *input)
{
	if (!input)
		return;
	if (input->archive == GZIP)
		inflateEnd(&input->gzip);
	ZSTD_freeDStream(input->zstd);
	if (input->fd != STDIN_FILENO)
		close(input->fd);
	free(input);
}

const char *log_input_problem(const struct log_input *input)
{
	return input->problem;
}

uint64_t log_input_position(const struct log_input *input)
{
	return input->position;
}

uint64_t log_input_size(const struct log_input *input)
{
	return input->size;
}

static size_t read_file(struct log_input *input, void *buffer, size_t size)
{
	ssize_t got;

	do
		got = read(input->fd, buffer, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		input->problem = strerrordesc_np(errno);
	if (got <= 0)
		return 0;
	input->position += (uint64_t)got;
	return (size_t)got;
}

/* Read more of the file behind what is there. False: there is no more. */
static bool fill(struct log_input *input)
{
	size_t got;

	if (input->used == input->filled)
		input->used = input->filled = 0;
	got = read_file(input, input->bytes + input->filled,
			sizeof(input->bytes) - input->filled);
	input->filled += got;
	return got;
}

static enum archive find_archive(const struct log_input *input)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (input->filled >= magics[i].len &&
		    !memcmp(input->bytes, magics[i].magic, magics[i].len))
			return magics[i].archive;
	return PLAIN;
}

static void begin(struct log_input *input)
{
	input->has_begun = true;
	while (input->filled < MAX_MAGIC && fill(input))
		continue;
	input->archive = find_archive(input);
	switch (input->archive) {
	case PLAIN:
		return;
	case GZIP:
		if (inflateInit2(&input->gzip, ANY_GZIP) != Z_OK)
			input->problem = "memory runs out";
		return;
	case ZSTD:
		input->zstd = ZSTD_createDStream();
		if (!input->zstd)
			input->problem = "memory runs out";
		return;
	case XZ:
		input->problem = "it is an xz archive: unpack it with xz -dc LOG | scmltrace "
				 "... --input -";
		return;
	}
}

static size_t read_plain(struct log_input *input, char *buffer, size_t size)
{
	size_t left = input->filled - input->used;

	if (!left)
		return read_file(input, buffer, size);
	if (left > size)
		left = size;
	memcpy(buffer, input->bytes + input->used, left);
	input->used += left;
	return left;
}

/* Unpack what is there of an archive to BUFFER; each moves INPUT's state on. */
static size_t unpack_gzip(struct log_input *input, char *buffer, size_t size)
{
	z_stream *stream = &input->gzip;
	int status;

	if (!input->is_inside)
		inflateReset(stream);
	stream->next_in = input->bytes + input->used;
	stream->avail_in = (uInt)(input->filled - input->used);
	stream->next_out = (unsigned char *)buffer;
	stream->avail_out = (uInt)size;
	status = inflate(stream, Z_NO_FLUSH);
	input->used = input->filled - stream->avail_in;
	input->is_inside = status != Z_STREAM_END;
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		input->problem = "the gzip archive is damaged";
	return size - stream->avail_out;
}

static size_t unpack_zstd(struct log_input *input, char *buffer, size_t size)
{
	ZSTD_inBuffer in = {input->bytes, input->filled, input->used};
	ZSTD_outBuffer out = {.size = size};
	size_t status;

	out.dst = buffer;
	status = ZSTD_decompressStream(input->zstd, &out, &in);
	input->used = in.pos;
	input->is_inside = status != 0;
	if (ZSTD_isError(status))
		input->problem = "the zstd archive is damaged, or needs a window of more "
				 "than 128 MiB";
	return out.pos;
}

/* Zeros may follow an archive: tapes and some file systems put them there. */
static bool is_padding(struct log_input *input)
{
	while (input->used < input->filled && !input->bytes[input->used])
		input->used++;
	return input->used == input->filled;
}

static size_t read_archive(struct log_input *input, char *buffer, size_t size)
{
	size_t got = 0;

	while (!got && !input->problem) {
		if (input->used == input->filled && !input->has_more && !fill(input)) {
			if (input->is_inside && !input->problem)
				input->problem = "the archive is cut off";
			return 0;
		}
		if (!input->is_inside && is_padding(input))
			continue;
		got = input->archive == GZIP ? unpack_gzip(input, buffer, size)
					     : unpack_zstd(input, buffer, size);
		input->has_more = input->is_inside && got == size;
	}
	return got;
}

size_t log_input_read(struct log_input *input, char *buffer, size_t size)
{
	if (!input->has_begun)
		begin(input);
	if (input->problem)
		return 0;
	return input->archive == PLAIN ? read_plain(input, buffer, size)
				       : read_archive(input, buffer, size);
}
