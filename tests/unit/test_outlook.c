/* Rules as conditions with memory in view: what is the same is one node, what differs is not.
 */
#include <check.h>
#include <stdlib.h>

#include "bpf/outlook.h"
#include "spec_text.h"

struct pair {
	const char *one, *other; /* rules for one call each */
};

static bdd_node condition_of(struct bdd *bdd, struct bpf_behind *behind,
			     const struct spec_text *spec)
{
	ck_assert_uint_eq(diags_count(spec->diags, DIAG_ERROR), 0);
	ck_assert_uint_eq(spec->rules->call_count, 1);
	return bpf_call_outlook(bdd, behind, spec->rules, &spec->rules->calls[0]).surely;
}

static bool is_same(const struct pair *pair)
{
	struct spec_text one = spec_text_compile(pair->one, "x86_64");
	struct spec_text other = spec_text_compile(pair->other, "x86_64");
	struct arena *arena = arena_new();
	struct bdd *bdd = bdd_new(arena);
	struct bpf_behind *behind = bpf_behind_new(arena);
	bool same = condition_of(bdd, behind, &one) == condition_of(bdd, behind, &other);

	ck_assert(!bdd_is_full(bdd) && !bpf_behind_is_full(behind));
	arena_free(arena);
	spec_text_free(&one);
	spec_text_free(&other);
	return same;
}

static const struct pair same[] = {
	{"connect(fd, addr = { sa_family = AF_UNIX | AF_INET, .. }, addrlen);",
	 "connect(fd, addr = { sa_family = AF_INET, .. }, addrlen);"
	 "connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);"},
	{"connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);",
	 "connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen); connect(fd, addr = NULL, "
	 "addrlen);"},
	{"connect(fd, addr, addrlen);",
	 "connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen); connect(..);"},
	{"poll(fds = [ { events = POLLIN | POLLOUT, .. } ], nfds, timeout);",
	 "poll(fds = [ { events = POLLOUT | POLLIN, .. } ], nfds, timeout);"},
	{"sendmsg(fd, msg = { msg_name = { sa_family = AF_UNIX, .. }, .. }, flags = 0);",
	 "struct to = { sa_family = AF_UNIX, .. };"
	 "sendmsg(fd, msg = { msg_name = <to>, .. }, flags = 0);"},
	{"chdir(path = <PATH>);", "chdir(path = <PATH>); chdir(path = <PATH>);"},
};

static const struct pair different[] = {
	{"connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);",
	 "connect(fd, addr = { sa_family = AF_INET, .. }, addrlen);"},
	{"connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);", "connect(..);"},
	{"connect(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);",
	 "connect(fd, addr = NULL, addrlen);"},
	{"connect(fd, addr = { .. }, addrlen);", "connect(..);"},
	{"chdir(path = <PATH>);", "chdir(path);"},
	{"chdir(path = <PATH>);", "chdir(path = NULL);"},
	{"poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);",
	 "poll(fds = [ { events = POLLIN | POLLOUT, .. } ], nfds, timeout);"},
	/* a list may hold elements of both kinds only where one rule names both */
	{"poll(fds = [ { events = POLLIN, .. }, { events = POLLOUT, .. } ], nfds, timeout);",
	 "poll(fds = [ { events = POLLIN, .. } ], nfds, timeout);"
	 "poll(fds = [ { events = POLLOUT, .. } ], nfds, timeout);"},
	{"sendmsg(fd, msg = { msg_name = { sa_family = AF_UNIX, .. }, .. }, flags = 0);",
	 "sendmsg(fd, msg = { msg_name = NULL, .. }, flags = 0);"},
	{"accept(fd, addr = { sa_family = AF_UNIX, .. }, addrlen);",
	 "accept(fd, addr = { sa_family = AF_INET, .. }, addrlen);"},
};

START_TEST(two_ways_to_say_one_thing_are_one_condition)
{
	ck_assert_msg(is_same(&same[_i]), "%s", same[_i].one);
}
END_TEST

START_TEST(what_only_memory_tells_apart_is_told_apart)
{
	ck_assert_msg(!is_same(&different[_i]), "%s", different[_i].one);
}
END_TEST

START_TEST(without_memory_what_lies_there_is_open)
{
	struct spec_text spec = spec_text_compile(same[0].one, "x86_64");
	struct arena *arena = arena_new();
	struct bdd *bdd = bdd_new(arena);
	struct bpf_outlook outlook =
		bpf_call_outlook(bdd, NULL, spec.rules, &spec.rules->calls[0]);

	ck_assert_uint_eq(outlook.maybe, BDD_TRUE);
	ck_assert_uint_ne(outlook.surely, BDD_TRUE); /* but for a NULL pointer */
	ck_assert_uint_ne(outlook.surely, BDD_FALSE);
	arena_free(arena);
	spec_text_free(&spec);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("outlook");
	SRunner *runner = srunner_create(suite);
	TCase *made = tcase_create("made");
	int failed;

	tcase_add_loop_test(made, two_ways_to_say_one_thing_are_one_condition, 0,
			    sizeof(same) / sizeof(same[0]));
	tcase_add_loop_test(made, what_only_memory_tells_apart_is_told_apart, 0,
			    sizeof(different) / sizeof(different[0]));
	tcase_add_test(made, without_memory_what_lies_there_is_open);
	suite_add_tcase(suite, made);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
