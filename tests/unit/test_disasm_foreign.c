/*
 * Listings of filters that libseccomp made: each line, read back as text, is the instruction
 * that a reader of its own finds in the bytes; and along all ways a listing asks about the
 * calls and words, and gives the actions, that libseccomp itself says in its pseudo code.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/filter.h>
#include <seccomp.h>

#include "abi.h"
#include "bpf/disasm.h"
#include "bpf/raw.h"

enum {
	MAX_BYTES = 1 << 16,
	MAX_LINES = 4096,
	MAX_FACTS = 4096,
	FACT_SIZE = 64,
	WORDS = 64, /* offsets of struct seccomp_data */
	NOTHING = -1,
};

/* What a line says, by its words alone. */
struct line {
	char kind;     /* 'l'oad, 'a'nd, 'j'ump, 'g'oto, 'r'eturn */
	char word[32]; /* that is loaded */
	char op[3];
	char value[32]; /* as it stands, a name or a number */
	bool is_negated;
	size_t yes, no;
	struct sock_filter raw;
};

struct facts {
	char items[MAX_FACTS][FACT_SIZE];
	size_t count;
};

struct listing {
	struct line lines[MAX_LINES];
	size_t count;
	unsigned char seen[MAX_LINES][WORDS / 4 + 1][4];
	struct facts facts;
};

static const uint32_t archs[] = {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64, SCMP_ARCH_RISCV64};
static const char *const arch_names[] = {"x86_64", "aarch64", "riscv64"};

static void add_fact(struct facts *facts, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_fact(struct facts *facts, const char *format, ...)
{
	char text[FACT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (size_t i = 0; i < facts->count; i++)
		if (!strcmp(facts->items[i], text))
			return;
	ck_assert_uint_lt(facts->count, MAX_FACTS);
	memcpy(facts->items[facts->count++], text, sizeof(text));
}

static int compare_facts(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int arch_of(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (!strcmp(arch_names[i], name))
			return i;
	return NOTHING;
}

/* The offset in struct seccomp_data that a word of the listing or of libseccomp names. */
static int offset_of(const char *word)
{
	unsigned arg;
	char half[8];

	if (!strcmp(word, "sys_number") || !strcmp(word, "syscall"))
		return 0;
	if (!strcmp(word, "arch"))
		return 4;
	if (sscanf(word, "args[%u] %7s", &arg, half) != 2)
		ck_assert_msg(sscanf(word, "a%u.%7s", &arg, half) == 2, "word '%s'", word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return 16 + 8 * (int)arg + 4 * (*half == 'h');
#else
	return 16 + 8 * (int)arg + 4 * (*half == 'l');
#endif
}

static struct line read_line(const char *text, size_t index)
{
	struct line line = {.yes = index + 1, .no = index + 1};
	unsigned number, code, jt, jf, k;
	const char *rest = text;
	int used = 0;

	ck_assert_msg(sscanf(text, "%u: %x %x %x %x%n", &number, &code, &jt, &jf, &k, &used) ==
			      5,
		      "line '%s'", text);
	ck_assert_uint_eq(number, index);
	line.raw = (struct sock_filter){(uint16_t)code, (uint8_t)jt, (uint8_t)jf, k};
	rest += used;
	rest += strspn(rest, " ");
	if (sscanf(rest, "return %31s", line.value) == 1) {
		line.kind = 'r';
	} else if (sscanf(rest, "goto %zu", &line.yes) == 1) {
		line.kind = 'g';
	} else if (sscanf(rest, "A &= %31s", line.value) == 1) {
		line.kind = 'a';
	} else if (sscanf(rest, "A = %31[^\n]", line.word) == 1) {
		line.kind = 'l';
	} else {
		line.kind = 'j';
		line.is_negated = !strncmp(rest, "if (!(", 6);
		ck_assert_msg(sscanf(rest + (line.is_negated ? 6 : 4), "A %2s %31[^)]", line.op,
				     line.value) == 2,
			      "line '%s'", text);
		rest = strstr(rest, " goto ");
		ck_assert_ptr_nonnull(rest);
		ck_assert(sscanf(rest, " goto %zu else goto %zu", &line.yes, &line.no) >= 1);
	}
	return line;
}

/* Does a comparison with OP and VALUE, jumping as LINE says, do what RAW does? */
static void check_jump(const struct line *line, const struct sock_filter *raw, size_t index)
{
	static const struct {
		const char *op;
		uint16_t code;
		bool swaps;
	} ops[] = {{"==", BPF_JEQ, false}, {"!=", BPF_JEQ, true},  {">", BPF_JGT, false},
		   {"<=", BPF_JGT, true},  {">=", BPF_JGE, false}, {"<", BPF_JGE, true},
		   {"&", BPF_JSET, false}};
	size_t yes = index + 1 + raw->jt, no = index + 1 + raw->jf;
	bool is_known = false;

	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		bool swaps = ops[i].swaps || line->is_negated;

		if (strcmp(ops[i].op, line->op) || (raw->code & 0xf0) != ops[i].code)
			continue;
		is_known = true;
		ck_assert_uint_eq(swaps ? line->no : line->yes, yes);
		ck_assert_uint_eq(swaps ? line->yes : line->no, no);
	}
	ck_assert_msg(is_known, "line %zu: '%s' for code %#x", index, line->op, raw->code);
}

static void name_action(uint32_t action, char name[FACT_SIZE])
{
	uint32_t data = action & 0xffff;

	switch (action & 0xffff0000) {
	case SCMP_ACT_ALLOW:
		snprintf(name, FACT_SIZE, "allow");
		break;
	case SCMP_ACT_LOG:
		snprintf(name, FACT_SIZE, "log");
		break;
	case SCMP_ACT_TRAP:
		snprintf(name, FACT_SIZE, "trap");
		break;
	case SCMP_ACT_KILL_PROCESS:
		snprintf(name, FACT_SIZE, "kill");
		break;
	case SCMP_ACT_KILL_THREAD:
		snprintf(name, FACT_SIZE, "kill-thread");
		break;
	default:
		snprintf(name, FACT_SIZE, "errno:%s", strerrorname_np((int)data));
	}
}

/* LINE against what the bytes say; names are left to the walk, which knows what A holds. */
static void check_line(const struct line *line, const struct sock_filter *raw, size_t index)
{
	char name[FACT_SIZE];

	ck_assert_mem_eq(&line->raw, raw, sizeof(*raw));
	switch (raw->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		ck_assert_int_eq(line->kind, 'l');
		ck_assert_int_eq(offset_of(line->word), (int)raw->k);
		break;
	case BPF_ALU | BPF_AND | BPF_K:
		ck_assert_int_eq(line->kind, 'a');
		ck_assert_uint_eq(strtoul(line->value, NULL, 0), raw->k);
		break;
	case BPF_JMP | BPF_JA:
		ck_assert_int_eq(line->kind, 'g');
		ck_assert_uint_eq(line->yes, index + 1 + raw->k);
		break;
	case BPF_RET | BPF_K:
		ck_assert_int_eq(line->kind, 'r');
		name_action(raw->k, name);
		ck_assert_str_eq(line->value, name);
		break;
	default:
		ck_assert_int_eq(line->kind, 'j');
		check_jump(line, raw, index);
		if (line->value[0] >= '0' && line->value[0] <= '9')
			ck_assert_uint_eq(strtoul(line->value, NULL, 0), raw->k);
	}
}

/* A name in a comparison is libseccomp's name of the number, on the architecture it is for. */
static void check_name(const struct line *line, int word, int arch)
{
	if (line->value[0] >= '0' && line->value[0] <= '9')
		return;
	if (word == 4) {
		ck_assert_int_ge(arch_of(line->value), 0);
		ck_assert_uint_eq(archs[arch_of(line->value)], line->raw.k);
		return;
	}
	ck_assert_int_eq(word, 0);
	ck_assert_int_ge(arch, 0);
	ck_assert_msg(seccomp_syscall_resolve_name_arch(archs[arch], line->value) ==
			      (int)line->raw.k,
		      "%s is not %u on %s", line->value, line->raw.k, arch_names[arch]);
}

/* Follow the listing from line INDEX, where A holds WORD and ARCH is known. */
static void walk(struct listing *listing, size_t index, int word, int arch)
{
	const struct line *line = &listing->lines[index];
	unsigned char *seen;
	bool equal, different;

	ck_assert_uint_lt(index, listing->count);
	seen = &listing->seen[index][word < 0 ? WORDS / 4 : word / 4][arch + 1];
	if (*seen)
		return;
	*seen = 1;
	if (line->kind == 'r') {
		add_fact(&listing->facts, "action %s", line->value);
		return;
	}
	if (line->kind != 'j') {
		walk(listing, line->yes, line->kind == 'l' ? offset_of(line->word) : word,
		     arch);
		return;
	}
	check_name(line, word, arch);
	equal = !strcmp(line->op, "==");
	different = !strcmp(line->op, "!=");
	if (word == 0 && (equal || different) && arch >= 0 && (int)line->raw.k >= 0)
		add_fact(&listing->facts, "call %s %u", arch_names[arch], line->raw.k);
	if (word > 4)
		add_fact(&listing->facts, "word %d %u", word, line->raw.k);
	walk(listing, line->yes, word, word == 4 && equal ? arch_of(line->value) : arch);
	walk(listing, line->no, word, word == 4 && different ? arch_of(line->value) : arch);
}

/* What libseccomp says of FILTER. */
static void read_pseudo_code(scmp_filter_ctx filter, struct facts *facts)
{
	int fd = memfd_create("pfc", MFD_CLOEXEC);
	FILE *in = fdopen(fd, "r");
	char text[256], name[FACT_SIZE], arch[16] = "";
	unsigned number, value;

	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(seccomp_export_pfc(filter, fd), 0);
	rewind(in);
	while (fgets(text, sizeof(text), in)) {
		const char *rest = text + strspn(text, " ");

		if (sscanf(rest, "# filter for arch %15s", arch) == 1)
			continue;
		if (sscanf(rest, "if ($syscall == %u)", &number) == 1)
			add_fact(facts, "call %s %u", arch, number);
		else if (sscanf(rest, "if ($%15[^ ] %*[&] %*s == %u)", name, &value) == 2 ||
			 sscanf(rest, "if ($%15[^ ] %*[=<>] %u)", name, &value) == 2)
			offset_of(name) > 4
				? add_fact(facts, "word %d %u", offset_of(name), value)
				: (void)0;
		else if (sscanf(rest, "action ERRNO(%u)", &number) == 1)
			add_fact(facts, "action errno:%s", strerrorname_np((int)number));
		else if (!strncmp(rest, "action KILL_PROCESS", 19))
			add_fact(facts, "action kill");
		else if (!strncmp(rest, "action KILL", 11))
			add_fact(facts, "action kill-thread");
		else if (!strncmp(rest, "action ALLOW", 12))
			add_fact(facts, "action allow");
		else if (!strncmp(rest, "action LOG", 10))
			add_fact(facts, "action log");
		else if (!strncmp(rest, "action TRAP", 11))
			add_fact(facts, "action trap");
		else
			ck_assert_msg(*rest == '#' || *rest == '\n' ||
					      !strncmp(rest, "else", 4) ||
					      !strncmp(rest, "if ($arch", 9),
				      "pseudo code '%s'", text);
	}
	fclose(in);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Some calls with some comparisons and actions, the same on all architectures of FILTER. */
static void add_rules(scmp_filter_ctx filter, uint64_t *state)
{
	static const char *const calls[] = {"read",   "close", "lseek",	   "mprotect",
					    "socket", "ioctl", "clone3",   "prctl",
					    "fcntl",  "dup3",  "openat2",  "kill",
					    "execve", "futex", "io_setup", "exit_group"};
	static const uint32_t actions[] = {SCMP_ACT_ALLOW, SCMP_ACT_ALLOW, SCMP_ACT_LOG,
					   SCMP_ACT_TRAP, SCMP_ACT_ERRNO(5)};
	static const uint64_t values[] = {0,	  1,	      7,	   0x541b,
					  0xffff, 0x80000000, 0x100000000, 0x123456789a};

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		struct scmp_arg_cmp tests[2];
		unsigned count = (unsigned)(next_random(state) % 3);
		uint32_t action = actions[next_random(state) % 5];

		if (next_random(state) % 4 == 0)
			continue;
		for (unsigned j = 0; j < count; j++) {
			tests[j] = (struct scmp_arg_cmp){
				.arg = j + (unsigned)(next_random(state) % 2) * 2,
				.op = (enum scmp_compare)(1 + next_random(state) % 7),
				.datum_a = values[next_random(state) % 8],
				.datum_b = values[next_random(state) % 8]};
			if (tests[j].op == SCMP_CMP_MASKED_EQ)
				tests[j].datum_b &= tests[j].datum_a;
		}
		ck_assert_int_eq(seccomp_rule_add_array(filter, action,
							seccomp_syscall_resolve_name(calls[i]),
							count, tests),
				 0);
	}
}

/* The bytes of FILTER, and what is listed of them. */
static void read_listing(struct arena *arena, scmp_filter_ctx filter, struct listing *listing)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	struct sock_filter *raw = ARENA_ARRAY(arena, struct sock_filter, MAX_LINES);
	const struct bpf_listing settings = {.db = abi_builtin(), .arch = NOTHING};
	char *text = NULL, *place = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct bpf_code code;
	ssize_t bytes;

	ck_assert(fd >= 0 && out);
	ck_assert_int_eq(seccomp_export_bpf(filter, fd), 0);
	bytes = pread(fd, raw, MAX_BYTES / 2, 0);
	ck_assert_int_gt(bytes, 0);
	close(fd);
	code = bpf_decode(arena, raw, (size_t)bytes, BPF_NATIVE);
	bpf_disasm(arena, &code, &settings, out);
	fclose(out);
	for (char *line = strtok_r(text, "\n", &place); line;
	     line = strtok_r(NULL, "\n", &place)) {
		listing->lines[listing->count] = read_line(line, listing->count);
		check_line(&listing->lines[listing->count], &raw[listing->count],
			   listing->count);
		listing->count++;
	}
	ck_assert_uint_eq(listing->count * sizeof(*raw), (size_t)bytes);
	free(text);
}

static void compare(struct facts *listed, struct facts *said, bool is_exact)
{
	size_t j = 0;

	qsort(listed->items, listed->count, FACT_SIZE, compare_facts);
	qsort(said->items, said->count, FACT_SIZE, compare_facts);
	for (size_t i = 0; i < said->count; i++) {
		while (j < listed->count && strcmp(listed->items[j], said->items[i]) < 0) {
			ck_assert_msg(!is_exact, "only listed: %s", listed->items[j]);
			j++;
		}
		ck_assert_msg(j < listed->count && !strcmp(listed->items[j], said->items[i]),
			      "not listed: %s", said->items[i]);
		j++;
	}
	ck_assert_msg(!is_exact || j == listed->count, "only listed: %s", listed->items[j]);
}

START_TEST(listing_of_a_filter_of_libseccomp_is_what_its_bytes_and_pseudo_code_say)
{
	uint64_t seed = (uint64_t)time(NULL) * 2654435761u + (uint64_t)_i * 977 + 1;
	uint64_t state = seed;

	printf("seed %lu\n", (unsigned long)seed);
	fflush(stdout);
	for (size_t i = 0; i < 40; i++) {
		scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(38));
		struct listing *listing = calloc(1, sizeof(*listing));
		struct facts *said = calloc(1, sizeof(*said));
		struct arena *arena = arena_new();
		unsigned set = 1 + (unsigned)(next_random(&state) % 7);

		ck_assert(filter && listing && said);
		ck_assert_int_eq(
			seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, (uint32_t)_i + 1),
			0);
		seccomp_arch_remove(filter, seccomp_arch_native());
		for (unsigned j = 0; j < 3; j++)
			if (set >> j & 1)
				ck_assert_int_eq(seccomp_arch_add(filter, archs[j]), 0);
		add_rules(filter, &state);
		read_listing(arena, filter, listing);
		walk(listing, 0, NOTHING, NOTHING);
		read_pseudo_code(filter, said);
		compare(&listing->facts, said, true);
		seccomp_release(filter);
		arena_free(arena);
		free(listing);
		free(said);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("disasm_foreign");
	SRunner *runner = srunner_create(suite);
	TCase *libseccomp = tcase_create("libseccomp");
	int failed;

	tcase_add_loop_test(
		libseccomp,
		listing_of_a_filter_of_libseccomp_is_what_its_bytes_and_pseudo_code_say, 0, 2);
	suite_add_tcase(suite, libseccomp);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
