/* Calls in strace's form, on the database that is built in. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "render.h"

enum { MEMORY_AT = 0x10000, MEMORY_SIZE = 4096, AT = MEMORY_AT };

static struct {
	unsigned char bytes[MEMORY_SIZE];
	struct scml_memory memory;
	struct render render;
	char text[2048];
} t;

static enum scml_read read_test(void *context, uint64_t address, void *buffer, size_t size,
				size_t *done)
{
	uint64_t start = address - MEMORY_AT;

	(void)context;
	if (start >= MEMORY_SIZE || (size <= 8 && MEMORY_SIZE - start < size))
		return SCML_READ_FAULT;
	if (*done > MEMORY_SIZE - start)
		*done = (size_t)(MEMORY_SIZE - start);
	memcpy(buffer, t.bytes + start, *done);
	return SCML_READ_OK;
}

static void setup(void)
{
	memset(&t, 0, sizeof(t));
	t.memory.read = read_test;
	t.render.db = abi_builtin();
	t.render.arch = (unsigned)abi_arch_find(t.render.db, "x86_64");
}

static struct scml_call call_of(const char *name, const uint64_t args[6])
{
	const struct abi_call *abi = abi_call_find(t.render.db, name);
	struct scml_call call = {.arch = t.render.db->archs[t.render.arch].audit};
	uint64_t nr;

	ck_assert_ptr_nonnull(abi);
	ck_assert(abi_num(t.render.db, abi->nr, t.render.arch, &nr));
	call.nr = (uint32_t)nr;
	memcpy(call.args, args, sizeof(call.args));
	return call;
}

static const char *text_of(const struct scml_call *call)
{
	size_t length = render_call(&t.render, call, &t.memory, t.text, sizeof(t.text));

	ck_assert_uint_eq(length, strlen(t.text));
	return t.text;
}

static void put(uint64_t address, const void *bytes, size_t size)
{
	memcpy(t.bytes + (address - MEMORY_AT), bytes, size);
}

static void put_word(uint64_t address, uint64_t word, size_t size)
{
	for (size_t i = 0; i < size; i++)
		t.bytes[address - MEMORY_AT + i] = (unsigned char)(word >> 8 * i);
}

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})
#define ck_renders(name, args, expected)                              \
	do {                                                          \
		struct scml_call rendered_call = call_of(name, args); \
		ck_assert_str_eq(text_of(&rendered_call), expected);  \
	} while (0)

START_TEST(words_are_named_by_their_sets)
{
	ck_renders("socket", ARGS(10, 0x80001, 0),
		   "socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP)");
	ck_renders("socket", ARGS(1, 0x802, 0), "socket(AF_UNIX, SOCK_DGRAM|SOCK_NONBLOCK, 0)");
	ck_renders("shutdown", ARGS(3, 2), "shutdown(3, SHUT_RDWR)");
}
END_TEST

START_TEST(what_has_no_name_is_a_number)
{
	ck_renders("socket", ARGS(0x5000, 0x40000000 | 0xd, 0),
		   "socket(0x5000, 0xd|0x40000000, 0)");
	ck_renders("shutdown", ARGS(3, 77), "shutdown(3, 0x4d)");
	ck_renders("fchdir", ARGS(12), "fchdir(12)");
	ck_renders("readlinkat", ARGS(12, 0, 0, 0), "readlinkat(12, NULL, NULL, 0)");
	ck_renders("readlinkat", ARGS(0xffffff9c, 0, 0, 0),
		   "readlinkat(AT_FDCWD, NULL, NULL, 0)");
	ck_renders("sendto", ARGS(3, 0, 0, 0x4000 | 0x100000, 0, 0),
		   "sendto(3, NULL, 0, MSG_NOSIGNAL|0x100000, NULL, 0)");
}
END_TEST

START_TEST(parameters_are_cut_to_their_types)
{
	ck_renders("socket", ARGS(0xffffffff0000000a, 0x100000001, 0xdead00000006),
		   "socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP)");
	ck_renders("listen", ARGS(0xffffffff, 128), "listen(-1, 128)");
}
END_TEST

START_TEST(multiplexed_parameter_is_what_its_selector_says)
{
	ck_renders("socket", ARGS(16, 3, 15),
		   "socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT)");
	ck_renders("socket", ARGS(2, 3, 1), "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)");
}
END_TEST

START_TEST(socket_address_shows_the_struct_of_its_family)
{
	static const unsigned char in[16] = {2, 0, 0, 80, 127, 0, 0, 1};
	static const unsigned char un[] = "\1\0/run/x\"y";

	put(AT, in, sizeof(in));
	ck_renders("bind", ARGS(3, AT, 16),
		   "bind(3, {sa_family=AF_INET, sin_port=htons(80), "
		   "sin_addr=inet_addr(\"127.0.0.1\")}, 16)");
	ck_renders("bind", ARGS(3, AT, 4),
		   "bind(3, {sa_family=AF_INET, sin_port=htons(80), ...}, 4)");
	ck_renders("bind", ARGS(3, AT, 1), "bind(3, {...}, 1)");
	memset(t.bytes, 'X', sizeof(t.bytes));
	put(AT, un, sizeof(un));
	ck_renders("connect", ARGS(3, AT, sizeof(un)),
		   "connect(3, {sa_family=AF_UNIX, sun_path=\"/run/x\\\"y\"}, 11)");
	put_word(AT, 0x6789, 2);
	put(AT + 2, "\1\2008\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	ck_renders("connect", ARGS(3, AT, 16),
		   "connect(3, {sa_family=0x6789, sa_data=\"\\1\\2008\"}, 16)");
}
END_TEST

START_TEST(addresses_are_written_as_people_write_them)
{
	static const unsigned char in6[28] = {10,   [3] = 80, [7] = 1,	[8] = 0x20, 1,
					      0x0d, 0xb8,     [23] = 7, [24] = 2};

	put(AT, in6, sizeof(in6));
	ck_renders("bind", ARGS(3, AT, 28),
		   "bind(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(1), "
		   "inet_pton(AF_INET6, \"2001:db8::7\", &sin6_addr), sin6_scope_id=2}, 28)");
	ck_renders("bind", ARGS(3, AT, 23),
		   "bind(3, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(1), "
		   "...}, 23)");
}
END_TEST

START_TEST(arguments_of_a_program_are_strings_and_its_environment_is_not_told)
{
	char many[8 + 33 * 25] = "execve(\"\", [";

	put(AT + 600, "ls\0-l", 6);
	put_word(AT + 8, AT + 600, 8);
	put_word(AT + 16, AT + 603, 8);
	ck_renders("execve", ARGS(AT + 600, AT + 8, AT + 8),
		   "execve(\"ls\", [\"ls\", \"-l\"], 0x10008)");
	ck_renders("execve", ARGS(AT + 600, AT + 32, 0), "execve(\"ls\", [], NULL)");
	ck_renders("execve", ARGS(AT + 600, 0xdead0000, 0), "execve(\"ls\", 0xdead0000, NULL)");
	put_word(AT + 24, 0xdead0000, 8);
	put_word(AT + MEMORY_SIZE - 8, AT + 600, 8);
	ck_renders("execve", ARGS(AT + 600, AT + 8, 0),
		   "execve(\"ls\", [\"ls\", \"-l\", 0xdead0000], NULL)");
	ck_renders("execve", ARGS(AT + 600, AT + MEMORY_SIZE - 8, 0),
		   "execve(\"ls\", [\"ls\", ...], NULL)");
	for (unsigned i = 0; i < RENDER_MAX_ELEMENTS + 1; i++) {
		put_word(AT + 8 + i * 8, AT, 8);
		strcat(many, i < RENDER_MAX_ELEMENTS ? "\"\", " : "...], NULL)");
	}
	ck_renders("execve", ARGS(AT, AT + 8, 0), many);
}
END_TEST

START_TEST(a_member_that_goes_without_saying_is_not_told)
{
	ck_renders("newfstatat", ARGS(3, 0, 0, 0x1000),
		   "newfstatat(3, NULL, NULL, AT_EMPTY_PATH)");
	ck_renders("newfstatat", ARGS(3, 0, 0, 0), "newfstatat(3, NULL, NULL, 0)");
	ck_renders("newfstatat", ARGS(3, 0, 0, 0x3000),
		   "newfstatat(3, NULL, NULL, AT_STATX_FORCE_SYNC|AT_EMPTY_PATH)");
	ck_renders("openat", ARGS(3, 0, 0x80000), "openat(3, NULL, O_RDONLY|O_CLOEXEC)");
}
END_TEST

START_TEST(pointers_that_cannot_be_read_are_addresses)
{
	struct scml_call call = call_of("bind", ARGS(3, AT, 16));

	ck_renders("bind", ARGS(3, 0, 16), "bind(3, NULL, 16)");
	ck_renders("bind", ARGS(3, 0xdead0000, 16), "bind(3, 0xdead0000, 16)");
	ck_renders("bind", ARGS(3, UINT64_MAX, 16), "bind(3, 0xffffffffffffffff, 16)");
	render_call(&t.render, &call, NULL, t.text, sizeof(t.text));
	ck_assert_str_eq(t.text, "bind(3, 0x10000, 16)");
}
END_TEST

START_TEST(what_the_kernel_fills_in_is_shown_after_it_did)
{
	static const unsigned char in[16] = {2, 0, 0, 80, 127, 0, 0, 1};
	struct scml_call call = call_of("accept", ARGS(3, AT, AT + 100));

	put(AT, in, sizeof(in));
	put_word(AT + 100, 16, 4);
	ck_assert_str_eq(text_of(&call), "accept(3, 0x10000, [16])");
	call.has_returned = true;
	call.ret = 4;
	ck_assert_str_eq(text_of(&call), "accept(3, {sa_family=AF_INET, sin_port=htons(80), "
					 "sin_addr=inet_addr(\"127.0.0.1\")}, [16])");
	call.ret = -14;
	ck_assert_str_eq(text_of(&call), "accept(3, 0x10000, [16])");
}
END_TEST

START_TEST(buffers_are_quoted_escaped_and_cut)
{
	put(AT, "a\tb\n\"\\\0001\0x\x7f\xff", 13);
	ck_renders("sendto", ARGS(3, AT, 12, 0, 0, 0),
		   "sendto(3, \"a\\tb\\n\\\"\\\\\\0001\\0x\\177\\377\", 12, 0, NULL, 0)");
	memset(t.bytes, 'a', 100);
	ck_renders("sendto", ARGS(3, AT, 32, 0, 0, 0),
		   "sendto(3, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", 32, 0, NULL, 0)");
	ck_renders("sendto", ARGS(3, AT, 33, 0, 0, 0),
		   "sendto(3, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., 33, 0, NULL, 0)");
	ck_renders("sendto", ARGS(3, AT, 0, 0, 0, 0), "sendto(3, \"\", 0, 0, NULL, 0)");
	ck_renders("sendto", ARGS(3, AT + MEMORY_SIZE - 5, 10, 0, 0, 0),
		   "sendto(3, 0x10ffb, 10, 0, NULL, 0)");
}
END_TEST

START_TEST(structs_lead_on_to_structs_and_arrays)
{
	put_word(AT, AT + 256, 8);
	put_word(AT + 8, 16, 4);
	put_word(AT + 16, AT + 512, 8);
	put_word(AT + 24, 2, 8);
	put(AT + 256, "\2\0\0\65\1\2\3\4", 8);
	put_word(AT + 512, AT + 600, 8);
	put_word(AT + 520, 2, 8);
	put_word(AT + 528, 0xdead, 8);
	put_word(AT + 536, 7, 8);
	put(AT + 600, "hi", 2);
	ck_renders("sendmsg", ARGS(3, AT, 0),
		   "sendmsg(3, {msg_name={sa_family=AF_INET, sin_port=htons(53), "
		   "sin_addr=inet_addr(\"1.2.3.4\")}, msg_namelen=16, "
		   "msg_iov=[{iov_base=\"hi\", iov_len=2}, {iov_base=0xdead, iov_len=7}], "
		   "msg_iovlen=2, msg_control=NULL, msg_controllen=0}, 0)");
}
END_TEST

START_TEST(arrays_are_bounded)
{
	struct scml_call call = call_of("sendmsg", ARGS(3, AT, 0));
	unsigned elements = 0;
	const char *text;

	put_word(AT + 16, AT + 512, 8);
	put_word(AT + 24, UINT64_MAX >> 1, 8);
	text = text_of(&call);
	ck_assert_ptr_nonnull(strstr(text, "}, ...], msg_iovlen="));
	for (const char *at = text; (at = strstr(at, "{iov_base")); at++)
		elements++;
	ck_assert_uint_eq(elements, RENDER_MAX_ELEMENTS);
}
END_TEST

START_TEST(unknown_calls_show_their_registers)
{
	struct scml_call call = call_of("listen", ARGS(1, 0, 3, 4, 5, UINT64_MAX));

	call.nr = 0x1b0 + 1000;
	ck_assert_str_eq(text_of(&call),
			 "syscall_0x598(0x1, 0x0, 0x3, 0x4, 0x5, 0xffffffffffffffff)");
	call.nr = 1;
	call.arch = 0x40000003;
	ck_assert_str_eq(text_of(&call),
			 "syscall_0x1(0x1, 0x0, 0x3, 0x4, 0x5, 0xffffffffffffffff)");
	call = call_of("listen", ARGS(1, 2));
	call.unknown = 2;
	ck_assert_str_eq(text_of(&call), "listen(1, ?)");
}
END_TEST

START_TEST(results_are_shown_where_wanted)
{
	struct scml_call call = call_of("listen", ARGS(3, 5));

	call.has_returned = true;
	ck_assert_str_eq(text_of(&call), "listen(3, 5)");
	t.render.shows_result = true;
	ck_assert_str_eq(text_of(&call), "listen(3, 5) = 0");
	call.ret = -98;
	ck_assert_str_eq(text_of(&call),
			 "listen(3, 5) = -1 EADDRINUSE (Address already in use)");
	call.ret = -4000;
	ck_assert_str_eq(text_of(&call), "listen(3, 5) = -1 (errno 4000)");
	call.ret = 0x7f0000001000;
	ck_assert_str_eq(text_of(&call), "listen(3, 5) = 0x7f0000001000");
	call.has_returned = false;
	ck_assert_str_eq(text_of(&call), "listen(3, 5)");
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_with_dots)
{
	struct scml_call call = call_of("socket", ARGS(10, 0x80001, 0));
	char whole[128], text[128];
	size_t length = render_call(&t.render, &call, NULL, whole, sizeof(whole));

	for (size_t size = 8; size <= length + 2; size++) {
		size_t got;

		memset(text, '#', sizeof(text));
		got = render_call(&t.render, &call, NULL, text, size);
		ck_assert_uint_eq(got, strlen(text));
		ck_assert_uint_lt(got, size);
		ck_assert_int_eq(text[size], '#');
		if (size > length) {
			ck_assert_str_eq(text, whole);
		} else {
			ck_assert_str_eq(text + got - 3, "...");
			ck_assert_int_eq(strncmp(text, whole, got - 3), 0);
		}
	}
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}

/* What the socket calls do not have: shapes, permissions, paths, composites, descriptors. */
static const char overlay[] =
	"sets:\n"
	"  test_open:\n"
	"    fields:\n"
	"      - {enum: 0x3, members: [O_RDONLY, O_WRONLY, O_RDWR]}\n"
	"      - {bits: [O_CREAT, O_DSYNC, O_SYNC, O_CLOEXEC, O_DIRECTORY, O_TMPFILE]}\n"
	"  test_get: {fields: [{free: 0x1ff}, {bits: [IPC_CREAT, IPC_EXCL]}]}\n"
	"calls:\n"
	"  openat:\n"
	"    params:\n"
	"      - {name: dirfd, type: dirfd}\n"
	"      - {name: path, type: ptr, to: path}\n"
	"      - {name: flags, type: s32, set: test_open}\n"
	"      - {name: mode, type: mode}\n"
	"    arity:\n"
	"      - {n: 4, when: {flags: {any: [O_CREAT, __O_TMPFILE]}}}\n"
	"      - {n: 3}\n"
	"  semget:\n"
	"    params:\n"
	"      - {name: key, type: s32}\n"
	"      - {name: nsems, type: s32}\n"
	"      - {name: flags, type: s32, set: test_get}\n"
	"  sethostname:\n"
	"    params:\n"
	"      - {name: name, type: ptr, to: string}\n"
	"      - {name: len, type: word}\n"
	"      - {name: uid, type: uid}\n";

static struct arena *use_overlay(void)
{
	struct arena *arena = arena_new();
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	char path[] = "/tmp/test_render_XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, overlay, sizeof(overlay) - 1), sizeof(overlay) - 1);
	close(fd);
	t.render.db = abi_overlay(arena, diags, sources, t.render.db, path);
	unlink(path);
	ck_assert_ptr_nonnull(t.render.db);
	return arena;
}

START_TEST(parameters_are_as_many_as_the_flags_say)
{
	struct arena *arena = use_overlay();

	put(AT, "/a", 3);
	ck_renders("openat", ARGS(-100ULL, AT, 0x80000, 0644),
		   "openat(AT_FDCWD, \"/a\", O_RDONLY|O_CLOEXEC)");
	ck_renders("openat", ARGS(5, AT, 0x41, 0x1a4),
		   "openat(5, \"/a\", O_WRONLY|O_CREAT, 0644)");
	ck_renders("openat", ARGS(0xffffffff, AT, 0x40, 0),
		   "openat(-1, \"/a\", O_RDONLY|O_CREAT, 0)");
	arena_free(arena);
}
END_TEST

START_TEST(composite_is_preferred_where_it_is_whole)
{
	struct arena *arena = use_overlay();

	ck_renders("openat", ARGS(5, 0, 0x101000), "openat(5, NULL, O_RDONLY|O_SYNC)");
	ck_renders("openat", ARGS(5, 0, 0x1000), "openat(5, NULL, O_RDONLY|O_DSYNC)");
	ck_renders("openat", ARGS(5, 0, 0x100000), "openat(5, NULL, O_RDONLY|0x100000)");
	ck_renders("openat", ARGS(5, 0, 0x410002, 0600),
		   "openat(5, NULL, O_RDWR|O_TMPFILE, 0600)");
	ck_renders("openat", ARGS(5, 0, 0x10002), "openat(5, NULL, O_RDWR|O_DIRECTORY)");
	arena_free(arena);
}
END_TEST

START_TEST(permissions_among_flags_are_octal_and_come_last)
{
	struct arena *arena = use_overlay();

	ck_renders("semget", ARGS(1, 2, 01600), "semget(1, 2, IPC_CREAT|0600)");
	ck_renders("semget", ARGS(1, 2, 0), "semget(1, 2, 0)");
	arena_free(arena);
}
END_TEST

START_TEST(paths_are_shown_whole_and_strings_cut)
{
	struct arena *arena = use_overlay();

	memset(t.bytes, 'a', 40);
	ck_renders("openat", ARGS(5, AT, 0),
		   "openat(5, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", O_RDONLY)");
	ck_renders("sethostname", ARGS(AT, 40, -1ULL),
		   "sethostname(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., 40, -1)");
	ck_renders("sethostname", ARGS(AT + 8, 1ULL << 32, 7),
		   "sethostname(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", 0x100000000, 7)");
	memset(t.bytes, 'a', MEMORY_SIZE);
	ck_renders("openat", ARGS(5, AT + MEMORY_SIZE - 5, 0), "openat(5, 0x10ffb, O_RDONLY)");
	arena_free(arena);
}
END_TEST

/* Every call of every architecture on memory that is full of pointers to itself. */
START_TEST(hostile_memory_does_no_harm)
{
	const char *seed = getenv("SCML_TEST_SEED");
	uint64_t state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	char text[512];

	state = (state * 0x9e3779b97f4a7c15) | 1;
	printf("SCML_TEST_SEED=0x%llx (scrambled)\n", (unsigned long long)state);
	fflush(stdout);
	for (unsigned round = 0; round < 60; round++) {
		for (unsigned i = 0; i + 8 <= MEMORY_SIZE; i += 8)
			put_word(AT + i,
				 next_random(&state) % 3
					 ? AT + next_random(&state) % MEMORY_SIZE
					 : next_random(&state),
				 8);
		for (unsigned i = 0; i < 600 * t.render.db->arch_count; i++) {
			struct scml_call call = {.nr = i % 600};

			t.render.arch = i / 600;
			call.arch = t.render.db->archs[t.render.arch].audit;
			call.has_returned = next_random(&state) % 2;
			call.ret = (int64_t)next_random(&state) % 5000 - 200;
			for (unsigned arg = 0; arg < 6; arg++)
				call.args[arg] =
					next_random(&state) % 2
						? AT + next_random(&state) % MEMORY_SIZE
						: next_random(&state) % 70;
			ck_assert_uint_eq(
				render_call(&t.render, &call, &t.memory, text, sizeof(text)),
				strlen(text));
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("render");
	TCase *tc = tcase_create("render");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, words_are_named_by_their_sets);
	tcase_add_test(tc, what_has_no_name_is_a_number);
	tcase_add_test(tc, parameters_are_cut_to_their_types);
	tcase_add_test(tc, multiplexed_parameter_is_what_its_selector_says);
	tcase_add_test(tc, socket_address_shows_the_struct_of_its_family);
	tcase_add_test(tc, addresses_are_written_as_people_write_them);
	tcase_add_test(tc, arguments_of_a_program_are_strings_and_its_environment_is_not_told);
	tcase_add_test(tc, a_member_that_goes_without_saying_is_not_told);
	tcase_add_test(tc, pointers_that_cannot_be_read_are_addresses);
	tcase_add_test(tc, what_the_kernel_fills_in_is_shown_after_it_did);
	tcase_add_test(tc, buffers_are_quoted_escaped_and_cut);
	tcase_add_test(tc, structs_lead_on_to_structs_and_arrays);
	tcase_add_test(tc, arrays_are_bounded);
	tcase_add_test(tc, unknown_calls_show_their_registers);
	tcase_add_test(tc, results_are_shown_where_wanted);
	tcase_add_test(tc, text_that_does_not_fit_is_cut_with_dots);
	tcase_add_test(tc, parameters_are_as_many_as_the_flags_say);
	tcase_add_test(tc, composite_is_preferred_where_it_is_whole);
	tcase_add_test(tc, permissions_among_flags_are_octal_and_come_last);
	tcase_add_test(tc, paths_are_shown_whole_and_strings_cut);
	tcase_add_test(tc, hostile_memory_does_no_harm);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
