#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "spec_text.h"

#define BEYOND (UINT64_C(1) << 40) /* a bit that an int parameter does not have */

enum { YES = SCML_SUPPORTED, NO = SCML_UNSUPPORTED, OPEN = SCML_UNDECIDED };

/* On ARCH, under the rules of SPEC, CALL with ARGS gets VERDICT from registers alone. */
struct case_row {
	const char *spec;
	const char *call;
	uint64_t args[SCML_REGISTERS];
	int verdict;
	const char *arch; /* NULL: x86_64 */
};

static const struct case_row rows[] = {
#define OPT    "opt = SOCK_NONBLOCK | SOCK_CLOEXEC; "
#define STREAM OPT "socket(family, type = SOCK_STREAM | SOCK_DGRAM | <opt>, protocol);"
	/* enum members are values, not bits */
	{STREAM, "socket", {2, 1, 0}, YES, NULL},
	{STREAM, "socket", {2, 2, 0}, YES, NULL},
	{STREAM, "socket", {2, 3, 0}, NO, NULL},
	{STREAM, "socket", {2, 0, 0}, NO, NULL},
	{STREAM, "socket", {2, 1 | 0x800 | 0x80000, 0}, YES, NULL},
	{STREAM, "socket", {2, 1 | 0x40000000, 0}, NO, NULL},
	{STREAM, "socket", {2, 3 | 0x80000 | 0x40000000, 0}, NO, NULL},
	/* int parameters have 32 bits */
	{STREAM, "socket", {2 | BEYOND, 1 | BEYOND, BEYOND}, YES, NULL},
	{"socket(family = AF_INET, type, protocol);", "socket", {2 | BEYOND, 0, 0}, YES, NULL},
	{"socket(family = AF_INET, type, protocol);", "socket", {2 | 1u << 31, 0, 0}, NO, NULL},
	/* zero: of no type, of a protocol with a name, of flags */
	{OPT "socket(family = AF_UNIX, type = SOCK_STREAM | <opt>, protocol = 0);",
	 "socket",
	 {1, 0, 0},
	 NO,
	 NULL},
	{"socket(family = AF_INET, type, protocol = IPPROTO_TCP);",
	 "socket",
	 {2, 1, 0},
	 NO,
	 NULL},
	{"socket(family = AF_INET, type, protocol = IPPROTO_TCP);",
	 "socket",
	 {2, 1, 6},
	 YES,
	 NULL},
	{"socket(family = AF_INET, type, protocol = IPPROTO_IP | IPPROTO_TCP);",
	 "socket",
	 {2, 1, 0},
	 YES,
	 NULL},
	{"accept4(fd, addr, len, flags = SOCK_CLOEXEC);", "accept4", {3, 0, 0, 0}, YES, NULL},
	{"accept4(fd, addr, len, flags = SOCK_CLOEXEC);",
	 "accept4",
	 {3, 0, 0, 0x800},
	 NO,
	 NULL},
	{"accept4(fd, addr, len, flags = 0);", "accept4", {3, 0, 0, 0x80000}, NO, NULL},
	{"accept4(fd, addr, len, flags = 0);", "accept4", {3, 0, 0, BEYOND}, YES, NULL},
	/* enumerations are not ORed: SHUT_RD is 0, SHUT_RDWR 2 */
	{"shutdown(fd, how = SHUT_WR | SHUT_RDWR);", "shutdown", {3, 0}, NO, NULL},
	{"shutdown(fd, how = SHUT_WR | SHUT_RDWR);", "shutdown", {3, 3}, NO, NULL},
	{"shutdown(fd, how = SHUT_RD);", "shutdown", {3, 0}, YES, NULL},
/* an option counts at its own level only */
#define LEVELS \
	"setsockopt(fd, level = SOL_SOCKET | SOL_IP, optname = SO_SNDBUF | IP_TTL, val, len);"
	{LEVELS, "setsockopt", {3, SOL_SOCKET, 7}, YES, NULL},
	{LEVELS, "setsockopt", {3, SOL_SOCKET, 2}, NO, NULL},
	{LEVELS, "setsockopt", {3, 0, 2}, YES, NULL},
	{LEVELS, "setsockopt", {3, 0, 7}, NO, NULL},
	{LEVELS, "setsockopt", {3, 6, 7}, NO, NULL},
	{"setsockopt(fd, level, optname = SO_SNDBUF | IP_TTL, v, l);",
	 "setsockopt",
	 {3, 0, 2},
	 YES,
	 NULL},
	{"setsockopt(fd, level, optname = SO_SNDBUF | IP_TTL, v, l);",
	 "setsockopt",
	 {3, 1, 2},
	 NO,
	 NULL},
	{"setsockopt(fd, level, optname = SO_SNDBUF | IP_TTL, v, l);",
	 "setsockopt",
	 {3, 77, 2},
	 NO,
	 NULL},
	{"setsockopt(fd, level = SOL_SOCKET, optname = IP_TTL, v, l);",
	 "setsockopt",
	 {3, 1, 2},
	 NO,
	 NULL},
	{"setsockopt(fd, level = SOL_SOCKET, optname = IP_TTL, v, l);",
	 "setsockopt",
	 {3, 1, 0},
	 NO,
	 NULL},
	{"getsockopt(fd, level = SOL_SOCKET, optname = SO_RCVTIMEO, v, l);",
	 "getsockopt",
	 {3, 1, 20},
	 YES,
	 NULL},
	{"getsockopt(fd, level = SOL_TCP, optname = TCP_NODELAY, v, l);",
	 "getsockopt",
	 {3, 6, 1},
	 YES,
	 NULL},
	/* <INTEGER> is anything */
	{"socket(family = <INTEGER>, type, protocol);", "socket", {0xdead, 0, 0}, YES, NULL},
	/* numbers are values */
	{"socket(family = 2 | AF_UNIX, type, protocol);", "socket", {2, 1, 0}, YES, NULL},
	{"socket(family = 2 | AF_UNIX, type, protocol);", "socket", {3, 1, 0}, NO, NULL},
	{"socket(family = -1, type, protocol);", "socket", {0xffffffff, 1, 0}, YES, NULL},
	{"listen(fd, backlog = 5);", "listen", {3, 5}, YES, NULL},
	{"listen(fd, backlog = 5);", "listen", {3, 0}, NO, NULL},
	{"listen(fd, backlog = 0 | 5);", "listen", {3, 0}, YES, NULL},
/* memory is open, NULL is decided, and a failing register beats it */
#define BIND "struct a = { sa_family = AF_INET, .. }; bind(fd, addr = <a>, addrlen);"
	{BIND, "bind", {3, 0x1000, 16}, OPEN, NULL},
	{BIND, "bind", {3, 0, 0}, YES, NULL},
	{"struct a = { sa_family = AF_INET, .. }; sendto(fd, buf, len, flags = 0, dest = <a>, "
	 "l);",
	 "sendto",
	 {3, 1, 1, 0x4000, 0x1000, 16},
	 NO,
	 NULL},
	{"struct a = { sa_family = AF_INET, .. }; sendto(fd, buf, len, flags = 0, dest = <a>, "
	 "l);",
	 "sendto",
	 {3, 1, 1, 0, 0x1000, 16},
	 OPEN,
	 NULL},
	{BIND " bind(fd, addr, addrlen = 99);", "bind", {3, 0x1000, 99}, YES, NULL},
	/* alternatives and other calls */
	{"socket(family = AF_UNIX, ..); socket(family = AF_INET, ..);",
	 "socket",
	 {2, 9, 9},
	 YES,
	 NULL},
	{"socket(family = AF_UNIX, ..);", "listen", {1, 1}, NO, NULL},
	{"socket(..);", "socket", {1, 2, 3}, YES, NULL},
};

START_TEST(registers_are_judged_by_value)
{
	const struct case_row *row = &rows[_i];
	struct spec_text spec = spec_text_compile(row->spec, row->arch ? row->arch : "x86_64");
	enum scml_verdict verdict = spec_text_verdict(&spec, row->call, row->args, false);

	ck_assert_msg((int)verdict == row->verdict, "%s / %s(%#lx, %#lx, %#lx, %#lx): %s\n%s",
		      row->spec, row->call, row->args[0], row->args[1], row->args[2],
		      row->args[3], scml_verdict_name(verdict), spec_text_messages(&spec));
	spec_text_free(&spec);
}
END_TEST

/* What TEXT draws, one message a line. */
static const struct {
	const char *text;
	const char *messages;
} faults[] = {
	{"opne(a, b);",
	 "1:1: error: Linux has no system call 'opne'; did you mean 'open'? [unknown-call]\n"},
	{"socket(family = AF_INTE, type, protocol);",
	 "1:17: error: no constant is called 'AF_INTE'; did you mean 'AF_INET'? "
	 "[unknown-constant]\n"},
	{"listen(fd, backlog, more = 1);", "1:21: error: 'listen' has 2 parameters, so nothing "
					   "can be asked of this one; leave it "
					   "out [too-many-params]\n"},
	{"listen(fd, backlog, more);",
	 "1:21: warning: 'listen' has 2 parameters; this one means nothing [param-count]\n"},
	{"listen(fd);", "1:1: warning: 'listen' has 2 parameters and this rule names 1; end it "
			"with '..' if the "
			"others may be anything [param-count]\n"},
	{"listen(fd, ..);", ""},
	{"socket(family = 0x100000000, type, protocol);",
	 "1:17: error: 0x100000000 does not fit the 32 bits of 'family' [number-width]\n"},
	{"bind(fd, addr = { sa_famly = AF_INET, .. }, addrlen);",
	 "1:19: error: 'struct sockaddr' has no field 'sa_famly'; did you mean 'sa_family'? "
	 "[unknown-field]\n"},
	{"socket(family = { sa_family, .. }, type, protocol);",
	 "1:17: error: 'family' is no pointer, so no struct lies behind it; write constants or "
	 "numbers "
	 "[wrong-kind]\n"},
	{"socket(family, type = SOCK_NONBLOCK, protocol);",
	 "1:16: warning: this rule matches no call: nothing that the kernel receives as 'type' "
	 "fits it [never]\n"},
	{"listen(backlog = 5, fd);",
	 "1:8: warning: 'backlog' is the name of parameter 2 of 'listen', but this is "
	 "parameter 1, "
	 "'sockfd', and parameters bind by position [param-name]\n"
	 "1:21: warning: 'fd' is the name of parameter 1 of 'listen', but this is parameter 2, "
	 "'backlog', and parameters bind by position [param-name]\n"},
};

START_TEST(faults_are_named_with_their_place)
{
	struct spec_text spec = spec_text_compile(faults[_i].text, "x86_64");

	ck_assert_str_eq(spec_text_messages(&spec), faults[_i].messages);
	spec_text_free(&spec);
}
END_TEST

START_TEST(the_family_of_an_address_is_read_from_memory)
{
	struct spec_text spec = spec_text_compile("struct a = { sa_family = AF_INET | AF_UNIX, "
						  ".. }; bind(fd, addr = <a>, addrlen);",
						  "x86_64");
	struct sockaddr address = {.sa_family = AF_INET};
	uint64_t args[SCML_REGISTERS] = {3, (uintptr_t)&address, sizeof(address)};

	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), YES);
	args[2] = 2;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), YES);
	args[2] = 1;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	args[2] = UINT32_MAX;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	args[2] = sizeof(address);
	address.sa_family = AF_INET6;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	args[1] = 8;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	spec_text_free(&spec);
}
END_TEST

START_TEST(a_message_is_followed_through_its_pointers)
{
	struct spec_text spec = spec_text_compile(
		"struct a = { sa_family = AF_INET, .. };"
		"sendmsg(fd, msg = { msg_name = <a>, msg_control = NULL, .. }, flags = 0);",
		"x86_64");
	struct sockaddr address = {.sa_family = AF_INET};
	struct msghdr message = {.msg_name = &address, .msg_namelen = sizeof(address)};
	const uint64_t args[SCML_REGISTERS] = {3, (uintptr_t)&message, 0};
	char control[32];

	ck_assert_int_eq(spec_text_verdict(&spec, "sendmsg", args, true), YES);
	message.msg_name = NULL;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmsg", args, true), YES);
	message.msg_control = control;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmsg", args, true), NO);
	message.msg_control = NULL;
	message.msg_name = &address;
	address.sa_family = AF_UNIX;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmsg", args, true), NO);
	spec_text_free(&spec);
}
END_TEST

START_TEST(every_element_of_an_array_must_match)
{
	struct spec_text spec = spec_text_compile(
		"struct m = { msg_control = NULL, .. }; struct mm = { msg_hdr = <m>, msg_len };"
		"sendmmsg(fd, msgvec = [ <mm> ], vlen, flags);",
		"x86_64");
	struct mmsghdr messages[3] = {0};
	uint64_t args[SCML_REGISTERS] = {3, (uintptr_t)messages, 3 | BEYOND};

	ck_assert_int_eq(spec_text_verdict(&spec, "sendmmsg", args, true), YES);
	messages[2].msg_hdr.msg_control = messages;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmmsg", args, true), NO);
	args[2] = 2;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmmsg", args, true), YES);
	args[1] = 0;
	ck_assert_int_eq(spec_text_verdict(&spec, "sendmmsg", args, true), YES);
	spec_text_free(&spec);
}
END_TEST

START_TEST(fields_of_a_union_are_read_where_its_selector_says_so)
{
	struct spec_text spec = spec_text_compile("bind(fd, addr = { sa_family = AF_INET | "
						  "AF_UNIX, sin_port = 80, .. }, addrlen);",
						  "x86_64");
	unsigned char address[16] = {2, 0, 0, 80};
	const uint64_t args[SCML_REGISTERS] = {3, (uintptr_t)address, sizeof(address)};

	ck_assert_str_eq(spec_text_messages(&spec), "");
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), YES);
	address[3] = 81;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	address[3] = 80;
	address[0] = 1;
	ck_assert_int_eq(spec_text_verdict(&spec, "bind", args, true), NO);
	spec_text_free(&spec);
}
END_TEST

START_TEST(a_closed_struct_that_leaves_fields_out_matches_nothing)
{
	struct spec_text spec = spec_text_compile(
		"sendmsg(fd, msg = { msg_control = NULL }, flags);", "x86_64");

	ck_assert_ptr_nonnull(
		strstr(spec_text_messages(&spec), "leaves out the field 'msg_name'"));
	spec_text_free(&spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *tcase = tcase_create("meaning");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, registers_are_judged_by_value, 0,
			    (int)(sizeof(rows) / sizeof(*rows)));
	tcase_add_loop_test(tcase, faults_are_named_with_their_place, 0,
			    (int)(sizeof(faults) / sizeof(*faults)));
	tcase_add_test(tcase, the_family_of_an_address_is_read_from_memory);
	tcase_add_test(tcase, a_message_is_followed_through_its_pointers);
	tcase_add_test(tcase, every_element_of_an_array_must_match);
	tcase_add_test(tcase, fields_of_a_union_are_read_where_its_selector_says_so);
	tcase_add_test(tcase, a_closed_struct_that_leaves_fields_out_matches_nothing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
