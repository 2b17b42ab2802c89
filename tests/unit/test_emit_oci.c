/*
 * Profiles of container runtimes, read by two others: a few lines below, and libseccomp in the
 * way in which the runtimes use it. Both have to answer as the filter of the same rules does.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/seccomp.h>
#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>
#endif

#include "bpf/codegen.h"
#include "bpf/raw.h"
#include "bpf/sim.h"
#include "compile.h"
#include "emit.h"
#include "json_read.h"
#include "oci.h"
#include "parse.h"
#include "seed.h"

enum { RANDOM_CALLS = 20000, MAX_POOL = 4096 };

static uint64_t seed;

/* Rules, their filter and their profile. */
struct subject {
	struct compilation *compilation;
	struct bpf_options options;
	struct bpf_code filter;
	const struct json_value *profile;
	uint64_t pool[MAX_POOL]; /* the numbers of the profile */
	size_t pool_count;
};

static void collect_numbers(struct subject *subject, const struct json_value *value)
{
	if (value->kind == JSON_NUMBER && subject->pool_count < MAX_POOL)
		subject->pool[subject->pool_count++] = value->word;
	for (const struct json_value *child = value->first; child; child = child->next)
		collect_numbers(subject, child);
}

static void write_profile(struct subject *subject)
{
	struct compilation *compilation = subject->compilation;
	struct emit_options options = {.bpf = subject->options, .output_name = ""};
	const struct source_document *source;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	emit_oci(compilation, &options, out);
	fclose(out);
	source = source_from_text(compilation->sources, compilation->diags, "out.oci.json",
				  text, size);
	free(text);
	ck_assert_ptr_nonnull(source);
	subject->profile = json_read(compilation->arena, compilation->diags, source->file);
	ck_assert_ptr_nonnull(subject->profile);
	subject->pool_count = 0;
	collect_numbers(subject, subject->profile);
}

static void subject_finish(struct subject *subject)
{
	struct compilation *compilation = subject->compilation;

	ck_assert_uint_eq(diags_count(compilation->diags, DIAG_ERROR), 0);
	subject->filter =
		bpf_compile(compilation->arena, compilation->diags, compilation->rules,
			    compilation->rules_count, &subject->options);
	ck_assert_uint_ne(subject->filter.count, 0);
	write_profile(subject);
	ck_assert_uint_eq(diags_count(compilation->diags, DIAG_ERROR), 0);
}

/* Compile TEXT, but write nothing yet. */
static struct compilation *compile_text(const char *text, const char *arch)
{
	struct compilation *compilation = compile_new();
	const struct res_document **documents =
		ARENA_NEW(compilation->arena, const struct res_document *);
	const struct rules **rules = ARENA_NEW(compilation->arena, const struct rules *);
	const struct source_document *source = source_from_text(
		compilation->sources, compilation->diags, "test.scml", text, strlen(text));

	*documents = resolve_document(compilation->arena, compilation->diags,
				      parse_document(compilation->arena, compilation->diags,
						     compilation->sources, source));
	*rules = rules_build(compilation->arena, compilation->diags, compilation->sources,
			     compilation->db, (unsigned)abi_arch_find(compilation->db, arch),
			     documents, 1);
	compilation->rules = rules;
	compilation->rules_count = 1;
	return compilation;
}

static struct subject subject_of_text(const char *text, const char *arch,
				      const struct bpf_options *options)
{
	struct subject subject = {.compilation = compile_text(text, arch), .options = *options};

	subject_finish(&subject);
	return subject;
}

static struct subject subject_of_file(const char *path, const struct bpf_options *options)
{
	static const char *const archs[] = {"x86_64"};
	const struct compile_options compile = {.archs = archs, .arch_count = 1};
	struct subject subject = {.compilation = compile_new(), .options = *options};

	compile_run(subject.compilation, &path, 1, &compile);
	subject_finish(&subject);
	return subject;
}

static void subject_free(struct subject *subject)
{
	compile_free(subject->compilation);
}

static uint64_t number_of(const struct json_value *object, const char *key)
{
	const struct json_value *value = json_member(object, key);

	insist(!value || value->is_word, "%s is no number", key);
	return value ? value->word : 0;
}

static bool compares(const struct json_value *arg, const uint64_t args[static 6])
{
	uint64_t word = args[number_of(arg, "index")];
	uint64_t value = number_of(arg, "value");
	const char *op = json_member(arg, "op")->text;

	if (strcmp(op, "SCMP_CMP_EQ") == 0)
		return word == value;
	insist(strcmp(op, "SCMP_CMP_MASKED_EQ") == 0, "an operator %s", op);
	return (word & value) == number_of(arg, "valueTwo");
}

static bool entry_has(const struct json_value *entry, const char *name,
		      const uint64_t args[static 6])
{
	const struct json_value *one = json_member(entry, "names")->first;
	const struct json_value *list = json_member(entry, "args");
	unsigned seen = 0;

	while (one && strcmp(one->text, name) != 0)
		one = one->next;
	for (const struct json_value *arg = list ? list->first : NULL; arg; arg = arg->next) {
		unsigned bit = 1u << number_of(arg, "index");

		insist(!(seen & bit), "a register is compared twice");
		seen |= bit;
	}
	for (const struct json_value *arg = list ? list->first : NULL; one && arg;
	     arg = arg->next)
		if (!compares(arg, args))
			return false;
	return one;
}

static uint32_t action_of(const struct json_value *object, const char *action,
			  const char *number)
{
	uint32_t value;

	insist(oci_action_named(json_member(object, action)->text, &value), "no action");
	return value | (uint32_t)number_of(object, number);
}

/* What the profile answers; entries that both hold must agree. */
static uint32_t profile_answer(const struct json_value *profile, const char *name,
			       const uint64_t args[static 6])
{
	uint32_t answer = action_of(profile, "defaultAction", "defaultErrnoRet");
	bool has_entry = false;

	for (const struct json_value *entry = json_member(profile, "syscalls")->first; entry;
	     entry = entry->next) {
		uint32_t action = action_of(entry, "action", "errnoRet");

		if (!entry_has(entry, name, args))
			continue;
		insist(!has_entry || action == answer, "entries of %s overlap", name);
		answer = action;
		has_entry = true;
	}
	return answer;
}

static uint32_t filter_answer(const struct bpf_code *filter, const struct seccomp_data *data)
{
	struct bpf_result result;

	insist(bpf_sim(filter->items, filter->count, data, &result), "a bad filter");
	return result.action;
}

/* A word that some comparison may be about: a number of the profile, or one beside it. */
static uint64_t random_word(const struct subject *subject)
{
	uint64_t word = subject->pool_count
				? subject->pool[next_random(&seed) % subject->pool_count]
				: 0;

	switch (next_random(&seed) % 8) {
	case 0:
		return next_random(&seed);
	case 1:
		return word ^ UINT64_C(1) << next_random(&seed) % 64;
	case 2:
		return word | next_random(&seed) << 32;
	case 3:
		return word + next_random(&seed) % 3 - 1;
	case 4:
		return word & next_random(&seed);
	case 5:
		return 0;
	default:
		return word;
	}
}

/* A random call that the database knows. Calls with rules are three in four. */
static const char *random_call(const struct subject *subject, struct seccomp_data *data)
{
	const struct rules *rules = subject->compilation->rules[0];
	const struct abi_call *abi = NULL;

	data->arch = rules->db->archs[rules->arch].audit;
	while (!abi) {
		data->nr =
			(int)(next_random(&seed) % (rules->db->archs[rules->arch].max_nr + 1));
		if (rules->call_count && next_random(&seed) % 4)
			data->nr = (int)rules->calls[next_random(&seed) % rules->call_count].nr;
		abi = abi_call_by_nr(rules->db, rules->arch, (uint32_t)data->nr);
	}
	for (int i = 0; i < 6; i++)
		data->args[i] = random_word(subject);
	return abi_string(rules->db, abi->name);
}

/* In profiles a container runtime kills the thread, whichever of the two was asked for. */
static uint32_t same_kill(uint32_t action)
{
	return action == SECCOMP_RET_KILL_PROCESS ? (uint32_t)SECCOMP_RET_KILL_THREAD : action;
}

static void check_profile(const struct subject *subject)
{
	struct seccomp_data data = {0};

	for (int i = 0; i < RANDOM_CALLS; i++) {
		const char *name = random_call(subject, &data);
		uint64_t args[6];
		uint32_t wanted = filter_answer(&subject->filter, &data), got;

		memcpy(args, data.args, sizeof(args));
		got = profile_answer(subject->profile, name, args);
		insist(got == wanted,
		       "%s %#lx %#lx %#lx %#lx %#lx %#lx: the filter answers %#x, the "
		       "profile %#x",
		       name, (long)args[0], (long)args[1], (long)args[2], (long)args[3],
		       (long)args[4], (long)args[5], wanted, got);
	}
}

#ifdef HAVE_LIBSECCOMP
static uint32_t scmp_action(uint32_t action)
{
	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		return SCMP_ACT_ERRNO(action & SECCOMP_RET_DATA);
	case SECCOMP_RET_TRACE:
		return SCMP_ACT_TRACE(action & SECCOMP_RET_DATA);
	default:
		return action;
	}
}

static void add_entry(scmp_filter_ctx context, const struct json_value *entry)
{
	uint32_t action = scmp_action(action_of(entry, "action", "errnoRet"));
	const struct json_value *list = json_member(entry, "args");
	struct scmp_arg_cmp args[6];
	unsigned count = 0;

	for (const struct json_value *arg = list ? list->first : NULL; arg; arg = arg->next) {
		bool is_masked =
			strcmp(json_member(arg, "op")->text, "SCMP_CMP_MASKED_EQ") == 0;

		args[count++] = (struct scmp_arg_cmp){
			.arg = (unsigned)number_of(arg, "index"),
			.op = is_masked ? SCMP_CMP_MASKED_EQ : SCMP_CMP_EQ,
			.datum_a = number_of(arg, "value"),
			.datum_b = number_of(arg, "valueTwo"),
		};
	}
	for (const struct json_value *name = json_member(entry, "names")->first; name;
	     name = name->next) {
		int nr = seccomp_syscall_resolve_name(name->text);

		/* Calls that are younger than the library. */
		if (nr == __NR_SCMP_ERROR)
			continue;
		insist(!seccomp_rule_add_array(context, action, nr, count, args),
		       "libseccomp refuses a rule of %s", name->text);
	}
}

static struct bpf_code library_filter(const struct subject *subject)
{
	const struct json_value *profile = subject->profile;
	scmp_filter_ctx context = seccomp_init(
		scmp_action(action_of(profile, "defaultAction", "defaultErrnoRet")));
	unsigned char bytes[BPF_RAW_MAX_BYTES];
	FILE *file = tmpfile();
	size_t size;

	ck_assert_ptr_nonnull(context);
	ck_assert_ptr_nonnull(file);
	for (const struct json_value *entry = json_member(profile, "syscalls")->first; entry;
	     entry = entry->next)
		add_entry(context, entry);
	ck_assert_int_eq(seccomp_export_bpf(context, fileno(file)), 0);
	seccomp_release(context);
	rewind(file);
	size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return bpf_decode(subject->compilation->arena, bytes, size, BPF_NATIVE);
}

static void check_library(const struct subject *subject)
{
	struct bpf_code library;
	struct seccomp_data data = {0};

	if (seccomp_arch_native() != SCMP_ARCH_X86_64)
		return;
	library = library_filter(subject);
	for (int i = 0; i < RANDOM_CALLS; i++) {
		const char *name = random_call(subject, &data);
		uint32_t wanted = filter_answer(&subject->filter, &data);

		if (seccomp_syscall_resolve_name(name) != data.nr)
			continue;
		insist(same_kill(filter_answer(&library, &data)) == same_kill(wanted),
		       "%s %#lx %#lx %#lx %#lx: libseccomp disagrees", name, (long)data.args[0],
		       (long)data.args[1], (long)data.args[2], (long)data.args[3]);
	}
}
#else
static void check_library(const struct subject *subject)
{
	(void)subject;
	(void)same_kill;
}
#endif

static const char registers[] =
	"socket(family = AF_UNIX | AF_INET, type = SOCK_STREAM | SOCK_NONBLOCK, protocol);"
	"socket(family = AF_INET6, type = SOCK_DGRAM | SOCK_CLOEXEC, protocol = IPPROTO_UDP);"
	"setsockopt(fd, level = SOL_SOCKET | SOL_IP, optname = SO_SNDBUF | IP_TTL, ..);"
	"openat(dirfd, path, flags = O_RDWR | O_SYNC | O_TMPFILE | O_CLOEXEC, mode);"
	"open(path, flags = O_RDONLY | O_CLOEXEC);"
	"fcntl(fd, cmd = F_GETFD); fcntl(fd, cmd = F_SETFL, arg = O_NONBLOCK | O_APPEND);"
	"mmap(addr = NULL, len, prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | "
	"MAP_ANONYMOUS, ..);"
	"mremap(addr, old, new, flags = MREMAP_MAYMOVE | MREMAP_FIXED, new_address = 0);"
	"semget(key, n, flags = IPC_CREAT | 0600); lseek(fd, offset = -1, whence = SEEK_SET);"
	"mount(source, target, type, flags = MS_RDONLY | MS_NOSUID, data); read(..);";

static const char memory[] =
	"bind(fd, addr = {sa_family = AF_INET, ..}, addrlen);"
	"nanosleep(req, rem = NULL); chdir(path = <PATH>);"
	"recvmsg(fd, msg = {msg_flags = MSG_OOB, ..}, flags = MSG_PEEK);"
	"sendmsg(fd, msg = {msg_name = NULL, ..}, flags = MSG_DONTWAIT | MSG_NOSIGNAL);"
	"sendmsg(fd, msg, flags = 0);";

START_TEST(registers_are_compared_as_the_filter_does)
{
	struct bpf_options options = bpf_options_default();
	struct subject subject = subject_of_text(registers, "x86_64", &options);

	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
}
END_TEST

START_TEST(every_architecture_has_its_own_numbers)
{
	static const char *const archs[] = {"aarch64", "riscv64"};
	struct bpf_options options = bpf_options_default();
	struct subject subject = subject_of_text(registers, archs[_i], &options);

	check_profile(&subject);
	subject_free(&subject);
}
END_TEST

static const uint32_t undecided_actions[] = {
	SECCOMP_RET_ALLOW,	   SECCOMP_RET_ERRNO | ENOSYS, /* as on mismatch */
	SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_LOG,
	SECCOMP_RET_TRACE | 7,
};

enum { UNDECIDED_ACTIONS = sizeof(undecided_actions) / sizeof(*undecided_actions) };

START_TEST(what_memory_decides_is_answered_as_asked)
{
	struct bpf_options options = bpf_options_default();
	struct subject subject;

	options.on_undecided = undecided_actions[_i];
	subject = subject_of_text(memory, "x86_64", &options);
	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
}
END_TEST

START_TEST(calls_have_actions_of_their_own)
{
	static const struct bpf_call_action actions[] = {
		{"socket", SECCOMP_RET_KILL_PROCESS}, {"clone3", SECCOMP_RET_ERRNO | EPERM},
		{"read", SECCOMP_RET_TRAP},	      {"bind", SECCOMP_RET_ERRNO | EACCES},
		{"fcntl", SECCOMP_RET_LOG},	      {"clone3", SECCOMP_RET_ERRNO | E2BIG},
		{"getpid", SECCOMP_RET_ALLOW},
	};
	struct bpf_options options = bpf_options_default();
	struct subject subject;

	options.call_actions = actions;
	options.call_action_count = sizeof(actions) / sizeof(*actions);
	options.on_mismatch = undecided_actions[_i];
	subject = subject_of_text(registers, "x86_64", &options);
	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
	subject = subject_of_text(memory, "x86_64", &options);
	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
}
END_TEST

START_TEST(only_listed_calls_are_judged)
{
	struct bpf_options options = bpf_options_default();
	struct subject subject;

	options.scope = BPF_SCOPE_LISTED;
	subject = subject_of_text(registers, "x86_64", &options);
	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
}
END_TEST

/* Policies that are here, and those that a number as the argument of this program asks for. */
static const char *const policies[] = {
	SCML_POLICIES "/docker.scml",
	SCML_POLICIES "/net.scml",
	SCML_POLICIES "/svc.scml",
	SCML_SPECS "/networking-and-sockets.scml",
};

enum { POLICIES = sizeof(policies) / sizeof(*policies), OWN = POLICIES - 1, SKIPPED = 77 };

START_TEST(whole_policies_come_out_equal)
{
	struct bpf_options options = bpf_options_default();
	struct subject subject;

	options.on_mismatch = SECCOMP_RET_ERRNO | EPERM;
	options.scope = _i == OWN ? BPF_SCOPE_LISTED : BPF_SCOPE_ALL;
	subject = subject_of_file(policies[_i], &options);
	check_profile(&subject);
	check_library(&subject);
	subject_free(&subject);
}
END_TEST

START_TEST(what_a_profile_cannot_say_is_an_error)
{
	static const struct {
		uint32_t bad_arch, undecided, unknown;
	} cases[] = {
		{SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | ENOSYS},
		{SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRAP | 3, SECCOMP_RET_ERRNO | ENOSYS},
		{SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW, SECCOMP_RET_ALLOW},
	};
	struct subject subject = {.compilation = compile_text(registers, "x86_64"),
				  .options = bpf_options_default()};

	subject.options.on_bad_arch = cases[_i].bad_arch;
	subject.options.on_undecided = cases[_i].undecided;
	subject.options.has_on_unknown = true;
	subject.options.on_unknown = cases[_i].unknown;
	write_profile(&subject);
	ck_assert_uint_eq(diags_count(subject.compilation->diags, DIAG_ERROR), 1);
	ck_assert_int_eq(diags_first(subject.compilation->diags)->id, DIAG_OCI);
	subject_free(&subject);
}
END_TEST

/* 40 * 40 values of two registers are too many entries, 30 * 30 are not. */
START_TEST(too_many_combinations_are_an_error_with_their_place)
{
	size_t values = _i ? 40 : 30;
	struct subject subject = {.options = bpf_options_default()};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs("kill(pid = 1", out);
	for (size_t i = 1; i < values; i++)
		fprintf(out, " | %zu", i + 1);
	fputs(", sig);\nlseek(fd = 1", out);
	for (size_t i = 1; i < values; i++)
		fprintf(out, " | %zu", i + 1);
	fputs(", offset = 1", out);
	for (size_t i = 1; i < values; i++)
		fprintf(out, " | %zu", i + 1);
	fputs(", whence);\n", out);
	fclose(out);
	subject.compilation = compile_text(text, "x86_64");
	free(text);
	write_profile(&subject);
	ck_assert_uint_eq(diags_count(subject.compilation->diags, DIAG_ERROR), (size_t)_i);
	for (const struct diag *diag = diags_first(subject.compilation->diags); diag;
	     diag = diag->next)
		if (diag->id == DIAG_OCI)
			ck_assert_uint_eq(source_place(source_file(subject.compilation->sources,
								   diag->span.file),
						       diag->span.start)
						  .line,
					  2);
	subject_free(&subject);
}
END_TEST

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, registers_are_compared_as_the_filter_does);
	tcase_add_loop_test(tcase, every_architecture_has_its_own_numbers, 0, 2);
	tcase_add_loop_test(tcase, what_memory_decides_is_answered_as_asked, 0,
			    UNDECIDED_ACTIONS);
	tcase_add_loop_test(tcase, calls_have_actions_of_their_own, 0, UNDECIDED_ACTIONS);
	tcase_add_test(tcase, only_listed_calls_are_judged);
	tcase_add_loop_test(tcase, whole_policies_come_out_equal, OWN, POLICIES);
	tcase_add_loop_test(tcase, what_a_profile_cannot_say_is_an_error, 0, 3);
	tcase_add_loop_test(tcase, too_many_combinations_are_an_error_with_their_place, 0, 2);
}

int main(int argc, char **argv)
{
	int policy = argc > 1 ? atoi(argv[1]) : OWN;
	Suite *suite = suite_create("emit_oci");
	TCase *tcase = tcase_create("emit_oci");

	if (policy < 0 || policy >= POLICIES || access(policies[policy], R_OK)) {
		printf("skipped: there is no policy %s\n", argc > 1 ? argv[1] : policies[OWN]);
		return SKIPPED;
	}
	seed = seed_of_this_run();
	tcase_set_timeout(tcase, 120);
	if (argc > 1)
		tcase_add_loop_test(tcase, whole_policies_come_out_equal, policy, policy + 1);
	else
		add_cases(tcase);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
