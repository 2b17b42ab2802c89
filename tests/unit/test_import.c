/*
 * Random profiles come in as rules, which are compared with the profiles call by call: they
 * never support what the profile refuses, and where nothing was reported they support all that
 * it allows.
 */
#include <check.h>
#include <string.h>

#include <linux/seccomp.h>

#include "emit.h"
#include "import.h"
#include "oci.h"
#include "parse.h"
#include "seed.h"
#include "test.h"

enum { PROFILES = 100, CALLS = 300, MAX_ENTRIES = 8, MAX_ARGS = 3 };

static uint64_t seed;

static const char *const names[] = {
	"socket", "mmap",   "openat", "clone", "personality", "fcntl",
	"kill",	  "lseek",  "munmap", "prctl", "setsockopt",  "unshare",
	"mount",  "semget", "read",   "ioctl", "mprotect",    "getpid",
};

static const uint64_t numbers[] = {
	0,
	1,
	2,
	3,
	4,
	5,
	8,
	10,
	16,
	17,
	38,
	40,
	64,
	255,
	512,
	0x1000,
	0x4000,
	0x20000,
	0x20008,
	0x80000,
	0x80800,
	0x10000000,
	0x7e020000,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	UINT64_C(0x100000000),
	UINT64_MAX,
	UINT64_MAX - 7,
	~UINT64_C(0x80800),
};

enum {
	NAMES = sizeof(names) / sizeof(*names),
	NUMBERS = sizeof(numbers) / sizeof(*numbers),
};

struct arg {
	unsigned index;
	enum oci_op op;
	uint64_t value, second;
};

struct entry {
	const char *name;
	bool is_allowing;
	size_t arg_count;
	struct arg args[MAX_ARGS];
};

struct profile {
	bool is_allowing; /* by default */
	size_t count;
	struct entry entries[MAX_ENTRIES];
};

static uint64_t random_number(void)
{
	uint64_t number = numbers[next_random(&seed) % NUMBERS];

	return next_random(&seed) % 16 ? number : next_random(&seed);
}

static struct arg random_arg(void)
{
	struct arg arg = {
		.index = (unsigned)(next_random(&seed) % 4),
		.op = (enum oci_op)(next_random(&seed) % (OCI_MASKED_EQ + 1)),
		.value = random_number(),
	};

	if (next_random(&seed) % 2)
		arg.op = next_random(&seed) % 2 ? OCI_EQ : OCI_MASKED_EQ;
	if (arg.op == OCI_MASKED_EQ && next_random(&seed) % 2)
		arg.value = ~arg.value & UINT32_MAX;
	if (arg.op == OCI_MASKED_EQ && next_random(&seed) % 4 == 0)
		arg.second = arg.value & random_number();
	return arg;
}

static struct profile random_profile(void)
{
	struct profile profile = {.is_allowing = next_random(&seed) % 4 == 0,
				  .count = 1 + next_random(&seed) % MAX_ENTRIES};
	const char *often = names[next_random(&seed) % NAMES];

	for (size_t i = 0; i < profile.count; i++) {
		struct entry *entry = &profile.entries[i];

		entry->name =
			next_random(&seed) % 2 ? often : names[next_random(&seed) % NAMES];
		entry->is_allowing = !profile.is_allowing && next_random(&seed) % 8;
		entry->arg_count = next_random(&seed) % (MAX_ARGS + 1);
		for (size_t j = 0; j < entry->arg_count; j++)
			entry->args[j] = random_arg();
	}
	return profile;
}

static void write_profile(const struct profile *profile, FILE *out)
{
	fprintf(out, "{\"defaultAction\": \"%s\", \"syscalls\": [",
		profile->is_allowing ? "SCMP_ACT_ALLOW" : "SCMP_ACT_ERRNO");
	for (size_t i = 0; i < profile->count; i++) {
		const struct entry *entry = &profile->entries[i];

		fprintf(out, "%s{\"names\": [\"%s\"], \"action\": \"%s\", \"args\": [",
			i ? ",\n" : "", entry->name,
			entry->is_allowing ? "SCMP_ACT_ALLOW" : "SCMP_ACT_KILL");
		for (size_t j = 0; j < entry->arg_count; j++)
			fprintf(out,
				"%s{\"index\": %u, \"value\": %" PRIu64
				", \"valueTwo\": %" PRIu64 ", \"op\": \"%s\"}",
				j ? ", " : "", entry->args[j].index, entry->args[j].value,
				entry->args[j].second, oci_op_name(entry->args[j].op));
		fputs("]}", out);
	}
	fputs("]}\n", out);
}

static bool compares(const struct arg *arg, const uint64_t *args)
{
	uint64_t word = args[arg->index];

	switch (arg->op) {
	case OCI_NE:
		return word != arg->value;
	case OCI_LT:
		return word < arg->value;
	case OCI_LE:
		return word <= arg->value;
	case OCI_EQ:
		return word == arg->value;
	case OCI_GE:
		return word >= arg->value;
	case OCI_GT:
		return word > arg->value;
	case OCI_MASKED_EQ:
		return (word & arg->value) == arg->second;
	}
	return false;
}

/* All comparisons hold, or any of them where two are of one register. */
static bool entry_has(const struct entry *entry, const uint64_t *args)
{
	unsigned seen = 0;
	size_t holding = 0;
	bool is_any = false;

	for (size_t i = 0; i < entry->arg_count; i++) {
		is_any |= seen >> entry->args[i].index & 1;
		seen |= 1u << entry->args[i].index;
		holding += compares(&entry->args[i], args);
	}
	return is_any ? holding > 0 : holding == entry->arg_count;
}

/* Does some entry that allows (or refuses) have the call, however the upper bits of narrow
 * registers are filled? */
static bool some_entry(const struct profile *profile, const char *name, bool is_allowing,
		       const uint64_t *args, const unsigned *widths)
{
	for (unsigned form = 0; form < 1u << SCML_REGISTERS; form++) {
		uint64_t words[SCML_REGISTERS];

		for (unsigned i = 0; i < SCML_REGISTERS; i++) {
			words[i] = args[i];
			if (form >> i & 1 && widths[i] < 64 && args[i] >> (widths[i] - 1) & 1)
				words[i] |= ~width_mask(widths[i]);
		}
		for (size_t i = 0; i < profile->count; i++)
			if (strcmp(profile->entries[i].name, name) == 0 &&
			    profile->entries[i].is_allowing == is_allowing &&
			    entry_has(&profile->entries[i], words))
				return true;
	}
	return false;
}

static bool is_allowed(const struct profile *profile, const char *name, const uint64_t *args,
		       const unsigned *widths)
{
	return (profile->is_allowing || some_entry(profile, name, true, args, widths)) &&
	       !some_entry(profile, name, false, args, widths);
}

/* A profile and the rules that it became. */
struct subject {
	struct arena *arena;
	struct sources *sources;
	struct diags *diags;
	struct import import;
	char *text; /* of the rules */
	const struct rules *rules;
	const struct scml_table *table;
};

static const struct rules *compile_text(struct subject *subject, const char *text)
{
	const struct source_document *source = source_from_text(
		subject->sources, subject->diags, "rules.scml", text, strlen(text));
	const struct res_document *document = resolve_document(
		subject->arena, subject->diags,
		parse_document(subject->arena, subject->diags, subject->sources, source));

	return rules_build(subject->arena, subject->diags, subject->sources, subject->import.db,
			   subject->import.arch, &document, 1);
}

static struct subject import_text(const char *text, size_t size)
{
	struct subject subject = {.arena = arena_new()};
	const struct source_document *source;
	size_t rules_size;
	FILE *out;

	subject.sources = sources_new(subject.arena);
	subject.diags = diags_new(subject.arena, subject.sources);
	subject.import = (struct import){
		.arena = subject.arena,
		.diags = subject.diags,
		.db = abi_builtin(),
		.arch = (unsigned)abi_arch_find(abi_builtin(), "x86_64"),
	};
	source = source_from_text(subject.sources, subject.diags, "profile.json", text, size);
	import_start(&subject.import);
	import_oci(&subject.import, source->file);
	out = open_memstream(&subject.text, &rules_size);
	import_write(&subject.import, "profile.json", out);
	fclose(out);
	insist(diags_count(subject.diags, DIAG_ERROR) == 0, "the profile has errors: %s", text);
	subject.rules = compile_text(&subject, subject.text);
	insist(diags_count(subject.diags, DIAG_ERROR) == 0, "the rules have errors: %s",
	       subject.text);
	subject.table = table_build(subject.arena, subject.rules);
	return subject;
}

static void subject_free(struct subject *subject)
{
	free(subject->text);
	arena_free(subject->arena);
}

/* Was it said that calls of NAME are left out? */
static bool is_reported(const struct subject *subject, const char *name)
{
	char quoted[64];

	snprintf(quoted, sizeof(quoted), "'%s'", name);
	for (const struct diag *diag = diags_first(subject->diags); diag; diag = diag->next)
		if (diag->id == DIAG_IMPORT && strstr(diag->text, quoted))
			return true;
	return false;
}

/* As the matcher has it, which knows nothing of regions. */
static bool is_supported(const struct subject *subject, const char *name, const uint64_t *args)
{
	struct scml_call call = {.arch = subject->table->arch};

	insist(import_find(&subject->import, name, &call.nr), "no call %s", name);
	memcpy(call.args, args, sizeof(call.args));
	return scml_match(subject->table, &call, NULL, NULL) != SCML_UNSUPPORTED;
}

static void random_args(const struct profile *profile, const unsigned *widths, uint64_t *args)
{
	const struct entry *entry = &profile->entries[next_random(&seed) % profile->count];

	for (unsigned i = 0; i < SCML_REGISTERS; i++)
		args[i] = next_random(&seed) % 4 ? random_number() : next_random(&seed);
	for (size_t i = 0; i < entry->arg_count; i++) {
		const struct arg *arg = &entry->args[i];
		uint64_t *word = &args[arg->index];

		*word = arg->op == OCI_MASKED_EQ ? (*word & ~arg->value) | arg->second
						 : arg->value + next_random(&seed) % 3 - 1;
		if (next_random(&seed) % 8 == 0)
			*word ^= UINT64_C(1) << next_random(&seed) % 32;
	}
	for (unsigned i = 0; i < SCML_REGISTERS; i++)
		args[i] &= width_mask(widths[i]);
}

static void param_widths(const struct subject *subject, const char *name, unsigned *widths)
{
	const struct import *import = &subject->import;
	size_t count;
	const struct abi_param *params = abi_call_params(
		import->db, abi_call_find(import->db, name), import->arch, &count);

	for (unsigned i = 0; i < SCML_REGISTERS; i++)
		widths[i] = i < count ? abi_type_bits(import->db,
						      (enum abi_type)params[i].slot.type,
						      import->arch)
				      : 64;
}

static void compare(const struct profile *profile, const struct subject *subject,
		    const char *json)
{
	for (int i = 0; i < CALLS; i++) {
		const char *name = profile->entries[next_random(&seed) % profile->count].name;
		unsigned widths[SCML_REGISTERS];
		uint64_t args[SCML_REGISTERS];
		bool allowed, supported;

		param_widths(subject, name, widths);
		random_args(profile, widths, args);
		allowed = is_allowed(profile, name, args, widths);
		supported = is_supported(subject, name, args);
		insist(!supported || allowed,
		       "%s %#" PRIx64 " %#" PRIx64 " %#" PRIx64 " %#" PRIx64
		       " is refused by\n%s\nand supported by\n%s",
		       name, args[0], args[1], args[2], args[3], json, subject->text);
		insist(supported || !allowed || is_reported(subject, name),
		       "%s %#" PRIx64 " %#" PRIx64 " %#" PRIx64 " %#" PRIx64
		       " is lost without a word from\n%s\nto\n%s",
		       name, args[0], args[1], args[2], args[3], json, subject->text);
	}
}

START_TEST(rules_are_never_wider_than_profiles_and_narrower_only_with_a_word)
{
	for (int i = 0; i < PROFILES; i++) {
		struct profile profile = random_profile();
		struct subject subject;
		char *json = NULL;
		size_t size;
		FILE *out = open_memstream(&json, &size);

		write_profile(&profile, out);
		fclose(out);
		subject = import_text(json, size);
		compare(&profile, &subject, json);
		subject_free(&subject);
		free(json);
	}
}
END_TEST

/* RULES as a profile, and back. */
static struct subject there_and_back(struct subject *subject, const struct rules *rules)
{
	const struct rules *const all[] = {rules};
	const struct compilation compilation = {
		.arena = subject->arena,
		.diags = subject->diags,
		.sources = subject->sources,
		.db = subject->import.db,
		.rules = all,
		.rules_count = 1,
	};
	const struct emit_options options = {.bpf = bpf_options_default(), .output_name = ""};
	struct subject back;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	emit_oci(&compilation, &options, out);
	fclose(out);
	back = import_text(text, size);
	free(text);
	return back;
}

static bool same_region(struct arena *arena, const struct region *a, const struct region *b)
{
	struct region more = region_minus(arena, a, b), less = region_minus(arena, b, a);

	return region_is_empty(&more) && region_is_empty(&less);
}

START_TEST(rules_survive_the_way_to_a_profile_and_back)
{
	static const char rules[] =
		"read(..); close(fd);"
		"socket(family = AF_UNIX | AF_INET, type = SOCK_STREAM | SOCK_CLOEXEC, "
		"protocol = 0);"
		"setsockopt(fd, level = SOL_SOCKET, optname = SO_SNDBUF | SO_REUSEADDR, ..);"
		"setsockopt(fd, level = SOL_TCP, optname = TCP_NODELAY, ..);"
		"mprotect(addr, len, prot = PROT_READ | PROT_WRITE);"
		"lseek(fd, offset = -1, whence = SEEK_SET | SEEK_END);"
		"madvise(addr, length, advice = MADV_WILLNEED | MADV_FREE);"
		"openat(dirfd, path, flags = O_RDONLY | O_CLOEXEC, ..);"
		"munmap(addr = NULL, length);";
	struct subject first = import_text("{\"defaultAction\": \"SCMP_ACT_KILL\"}", 34);
	const struct rules *typed = compile_text(&first, rules);
	struct subject back = there_and_back(&first, typed);

	ck_assert_uint_eq(typed->call_count, back.rules->call_count);
	for (size_t i = 0; i < typed->call_count; i++) {
		struct region before = region_of_call(first.arena, &typed->calls[i]).possible;
		struct region after =
			region_of_call(first.arena, &back.rules->calls[i]).possible;

		ck_assert_uint_eq(typed->calls[i].nr, back.rules->calls[i].nr);
		ck_assert_msg(same_region(first.arena, &before, &after), "%s has changed: %s",
			      abi_string(typed->db, typed->calls[i].abi->name), back.text);
	}
	subject_free(&back);
	subject_free(&first);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import");
	TCase *tcase = tcase_create("import");

	seed = seed_of_this_run();
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase,
		       rules_are_never_wider_than_profiles_and_narrower_only_with_a_word);
	tcase_add_test(tcase, rules_survive_the_way_to_a_profile_and_back);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
