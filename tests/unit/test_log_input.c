/* The bytes of a log, however they are packed and wherever they come from. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "log_input.h"

enum { MAX = 1 << 20, TEXT = 300000 };

enum packing { PLAIN, GZIP, ZSTD };

static char text[TEXT];
static char path[] = "/tmp/log-input-XXXXXX";

/* Something that packs, but not too well. */
static void start(void)
{
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i % 64 == 63 ? '\n' : 'a' + (i * i / 7 + i / 64) % 26);
}

static void stop(void)
{
	unlink(path);
	strcpy(path, "/tmp/log-input-XXXXXX");
}

static size_t pack_gzip(const char *bytes, size_t size, unsigned char *out)
{
	z_stream stream = {.next_in = (unsigned char *)(uintptr_t)bytes,
			   .avail_in = (uInt)size,
			   .next_out = out,
			   .avail_out = MAX};

	ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
			 Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static size_t pack(enum packing packing, const char *bytes, size_t size, unsigned char *out)
{
	if (packing == GZIP)
		return pack_gzip(bytes, size, out);
	if (packing == ZSTD)
		return ZSTD_compress(out, MAX, bytes, size, 3);
	memcpy(out, bytes, size);
	return size;
}

static void write_file(const void *bytes, size_t size)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
	ck_assert_int_eq(fclose(out), 0);
}

/* Read the file in pieces of PIECE bytes; what it says is a prefix of the text, *SIZE long. */
static const char *read_back(const char *name, size_t piece, size_t *size)
{
	static char back[TEXT + 1], problem[128];
	struct log_input *input;
	size_t got;

	ck_assert_int_eq(log_input_open(name, &input), 0);
	*size = 0;
	while ((got = log_input_read(input, back + *size,
				     piece < sizeof(back) - *size ? piece
								  : sizeof(back) - *size))) {
		*size += got;
		ck_assert_uint_lt(*size, sizeof(back));
	}
	ck_assert_mem_eq(back, text, *size);
	ck_assert_uint_eq(log_input_read(input, back, 1), 0);
	snprintf(problem, sizeof(problem), "%s",
		 log_input_problem(input) ? log_input_problem(input) : "");
	log_input_close(input);
	return *problem ? problem : NULL;
}

START_TEST(whole_log_comes_back)
{
	static unsigned char packed[MAX];
	static const size_t pieces[] = {1, 4096, 65536, TEXT};
	size_t size = pack((enum packing)_i, text, sizeof(text), packed), got;

	write_file(packed, size);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		ck_assert_ptr_null(read_back(path, pieces[i], &got));
		ck_assert_uint_eq(got, sizeof(text));
	}
}
END_TEST

START_TEST(members_one_after_the_other_are_one_log)
{
	static unsigned char packed[MAX];
	size_t half = sizeof(text) / 2, size, got;

	size = pack((enum packing)_i, text, half, packed);
	size += pack((enum packing)_i, text + half, sizeof(text) - half, packed + size);
	/* What tapes put behind it. */
	if (_i != PLAIN) {
		memset(packed + size, 0, 512);
		size += 512;
	}
	write_file(packed, size);
	ck_assert_ptr_null(read_back(path, 1000, &got));
	ck_assert_uint_eq(got, sizeof(text));
}
END_TEST

START_TEST(archive_that_is_cut_off_is_a_problem_and_is_read_up_to_there)
{
	static unsigned char packed[MAX];
	enum packing packing = _i ? ZSTD : GZIP;
	size_t size = pack(packing, text, sizeof(text), packed), got, last = 0;

	for (size_t cut = 6; cut < size; cut += size / 37) {
		write_file(packed, cut);
		ck_assert_str_eq(read_back(path, 4096, &got), "the archive is cut off");
		ck_assert_uint_ge(got, last);
		ck_assert_uint_le(got, sizeof(text));
		last = got;
	}
	ck_assert_uint_gt(last, 0);
}
END_TEST

START_TEST(damaged_archive_is_a_problem)
{
	static unsigned char packed[MAX];
	size_t size = pack(_i ? ZSTD : GZIP, text, sizeof(text), packed), got;
	struct log_input *input;
	static char back[TEXT * 2];

	/* The check sum is at the end of one, the sizes of blocks are at the start of the
	 * other. */
	memset(packed + (_i ? 8 : size - 8), 0xff, 8);
	write_file(packed, size);
	ck_assert_int_eq(log_input_open(path, &input), 0);
	do
		got = log_input_read(input, back, sizeof(back));
	while (got);
	ck_assert_ptr_nonnull(strstr(log_input_problem(input), "damaged"));
	log_input_close(input);
}
END_TEST

START_TEST(archive_comes_through_a_pipe_byte_by_byte)
{
	static unsigned char packed[MAX];
	size_t size = pack((enum packing)_i, text, 5000, packed), got;
	int ends[2], saved = dup(STDIN_FILENO);

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		for (size_t i = 0; i < size; i++)
			if (write(ends[1], packed + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	ck_assert_int_ge(dup2(ends[0], STDIN_FILENO), 0);
	ck_assert_ptr_null(read_back("-", 4096, &got));
	ck_assert_uint_eq(got, 5000);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
}
END_TEST

START_TEST(other_files_are_told_apart)
{
	size_t got;

	write_file("", 0);
	ck_assert_ptr_null(read_back(path, 10, &got));
	ck_assert_uint_eq(got, 0);
	write_file(text, 3);
	ck_assert_ptr_null(read_back(path, 10, &got));
	ck_assert_uint_eq(got, 3);
	write_file("\xfd\x37\x7a\x58\x5a\x00rest", 10);
	ck_assert_ptr_nonnull(strstr(read_back(path, 10, &got), "xz -dc"));
	ck_assert_ptr_nonnull(read_back("/", 10, &got));
	ck_assert_int_lt(log_input_open("/nonexistent", &(struct log_input *){NULL}), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("log_input");
	TCase *tc = tcase_create("input");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, start, stop);
	tcase_add_loop_test(tc, whole_log_comes_back, PLAIN, ZSTD + 1);
	tcase_add_loop_test(tc, members_one_after_the_other_are_one_log, PLAIN, ZSTD + 1);
	tcase_add_loop_test(tc, archive_that_is_cut_off_is_a_problem_and_is_read_up_to_there, 0,
			    2);
	tcase_add_loop_test(tc, damaged_archive_is_a_problem, 0, 2);
	tcase_add_loop_test(tc, archive_comes_through_a_pipe_byte_by_byte, PLAIN, ZSTD + 1);
	tcase_add_test(tc, other_files_are_told_apart);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
