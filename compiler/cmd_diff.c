#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/behind.h"
#include "bpf/expected.h"
#include "bpf/outlook.h"
#include "bpf/space.h"
#include "bpf/symbolic.h"
#include "cli.h"
#include "difference.h"
#include "proof.h"
#include "spec_files.h"

/* One of the two that are compared: rules, or a filter. */
struct side {
	const char *name;
	bool is_filter;
	struct bpf_code code;
	struct compilation compilation;
	bdd_node answer; /* where there is a filter on either side */
};

enum { OLD, NEW, SIDES };

struct diff {
	struct cli *cli;
	struct bpf_options options;
	struct side sides[SIDES];
	bool has_filter; /* then what a filter does counts, else what the rules say */
	struct bdd *bdd;
	struct bpf_behind *behind; /* of the present call; NULL where a filter counts */
	FILE *only[SIDES];	   /* what one side alone allows */
	FILE *refused;		   /* what both refuse, but not in the same way */
	bool is_full;
};

static bool is_filter_name(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, ".bpf") == 0;
}

static int read_side(struct diff *diff, struct side *side)
{
	struct compile_options options = {.archs = diff->cli->archs.items,
					  .arch_count = diff->cli->archs.count};
	struct spec_files files = {0};

	side->compilation = *diff->cli->compilation;
	if (side->is_filter)
		return cli_load_filter(diff->cli, side->name, &side->code);
	spec_files_add(&files, side->compilation.arena, side->compilation.diags, side->name);
	compile_run(&side->compilation, files.paths.items, files.paths.count, &options);
	return CLI_DONE;
}

/* The architectures that are compared, as bits. */
static unsigned archs_of(const struct diff *diff)
{
	const struct compilation *base = diff->cli->compilation;
	unsigned archs = 0;

	if (!diff->cli->archs.count && diff->sides[OLD].is_filter && diff->sides[NEW].is_filter)
		return (1u << base->db->arch_count) - 1;
	for (size_t i = 0; i < base->rules_count; i++)
		archs |= 1u << base->rules[i]->arch;
	return archs;
}

static const struct rules *rules_of(const struct side *side, unsigned arch)
{
	for (size_t i = 0; i < side->compilation.rules_count; i++)
		if (side->compilation.rules[i]->arch == arch)
			return side->compilation.rules[i];
	return NULL;
}

/* ---- what a side does ---- */

static int find_answer(struct diff *diff, struct side *side)
{
	struct bpf_fault fault = {SIZE_MAX, "its rules ask for too much"};
	bool done = true;

	if (side->is_filter)
		done = bpf_symbolic(diff->bdd, &side->code, &side->answer, &fault);
	else
		side->answer = bpf_expected(diff->bdd, side->compilation.rules,
					    side->compilation.rules_count, &diff->options);
	if (done && !bdd_is_full(diff->bdd)) {
		bdd_keep(diff->bdd, side->answer);
		return CLI_DONE;
	}
	fprintf(stderr, "scmlc: %s: it cannot be decided what it answers: %s\n", side->name,
		proof_unclear(diff->cli->compilation->arena, &fault));
	return CLI_SYSTEM;
}

static bdd_node allows(struct bdd *bdd, bdd_node answer)
{
	return bdd_or(bdd, bdd_is(bdd, answer, SECCOMP_RET_ALLOW),
		      bdd_is(bdd, answer, SECCOMP_RET_LOG));
}

/* When SIDE allows CALL. */
static bdd_node side_allows(struct diff *diff, const struct side *side, unsigned arch,
			    const struct abi_call *call)
{
	const struct abi_db *db = diff->cli->compilation->db;
	const struct rule_call *rules = NULL;
	bdd_node answer;
	uint64_t nr = 0;

	abi_num(db, call->nr, arch, &nr);
	if (diff->has_filter) {
		answer = space_restrict(diff->bdd, side->answer, SPACE_ARCH,
					db->archs[arch].audit);
		answer = space_restrict(diff->bdd, answer, SPACE_NR, (uint32_t)nr);
		return allows(diff->bdd, answer);
	}
	rules = rules_find(rules_of(side, arch), (uint32_t)nr);
	if (!rules)
		return diff->options.scope == BPF_SCOPE_LISTED ? BDD_TRUE : BDD_FALSE;
	return bpf_call_outlook(diff->bdd, diff->behind, rules_of(side, arch), rules).surely;
}

/* ---- call by call ---- */

static void diff_call(struct diff *diff, struct arena *work, unsigned arch,
		      const struct abi_call *call, bool names_arch)
{
	bdd_node allowed[SIDES];

	if (!diff->has_filter) {
		diff->bdd = bdd_new(work);
		diff->behind = bpf_behind_new(work);
	}
	for (int i = 0; i < SIDES; i++)
		allowed[i] = side_allows(diff, &diff->sides[i], arch, call);
	for (int i = 0; i < SIDES; i++) {
		const struct abi_db *db = diff->cli->compilation->db;
		const struct difference one = {.arena = work,
					       .bdd = diff->bdd,
					       .behind = diff->behind,
					       .db = db,
					       .arch = arch,
					       .call = call,
					       .more = allowed[i],
					       .less = allowed[!i]};

		if (bdd_and(diff->bdd, one.more, bdd_not(diff->bdd, one.less)) == BDD_FALSE)
			continue;
		fprintf(diff->only[i], "  %s%s",
			names_arch ? abi_string(db, db->archs[arch].name) : "",
			names_arch ? ":" : "");
		difference_write(&one, diff->only[i]);
		putc('\n', diff->only[i]);
	}
	diff->is_full |=
		bdd_is_full(diff->bdd) || (diff->behind && bpf_behind_is_full(diff->behind));
}

static void diff_arch(struct diff *diff, unsigned arch, bool names_arch)
{
	const struct abi_db *db = diff->cli->compilation->db;

	for (uint32_t nr = 0; nr <= db->archs[arch].max_nr; nr++) {
		const struct abi_call *call = abi_call_by_nr(db, arch, nr);
		struct arena *work;

		if (!call)
			continue;
		work = arena_new();
		diff_call(diff, work, arch, call, names_arch);
		arena_free(work);
	}
}

static bool is_allowed(uint32_t action)
{
	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG;
}

/* A difference of two answers that diff_call() did not tell. */
static void tell_answers(struct diff *diff, const struct bpf_difference *one)
{
	const struct compilation *base = diff->cli->compilation;
	const char *call = proof_call(base->arena, base->db, one);
	char is[BPF_ACTION_NAME_MAX], wanted[BPF_ACTION_NAME_MAX];
	int arch = abi_arch_by_audit(base->db, one->call.arch);
	uint32_t nr = (uint32_t)one->call.nr;
	FILE *out = diff->refused;

	if (is_allowed(one->is) != is_allowed(one->wanted)) {
		if (arch >= 0 && archs_of(diff) >> arch & 1 &&
		    abi_call_by_nr(base->db, (unsigned)arch, nr) && one->last_nr == nr)
			return;
		out = diff->only[is_allowed(one->is) ? OLD : NEW];
	}
	if (call)
		fprintf(out, "  such as '%s'", call);
	else
		fprintf(out, "  architecture 0x%08" PRIx32 ", number %" PRIu32, one->call.arch,
			nr);
	if (one->last_nr != nr)
		fprintf(out,
			one->last_nr > INT16_MAX ? " and the numbers up to 0x%" PRIx32
						 : " and the numbers up to %" PRIu32,
			one->last_nr);
	fprintf(out, ": %s and %s\n", bpf_action_name(one->is, is),
		bpf_action_name(one->wanted, wanted));
}

static void diff_answers(struct diff *diff)
{
	const struct compilation *base = diff->cli->compilation;
	uint32_t archs[ABI_MAX_ARCHS];
	size_t count = 0;
	struct bpf_differences found;

	for (unsigned arch = 0; arch < base->db->arch_count; arch++)
		if (archs_of(diff) >> arch & 1)
			archs[count++] = base->db->archs[arch].audit;
	found = bpf_compare(base->arena, diff->bdd, diff->sides[OLD].answer,
			    diff->sides[NEW].answer, archs, count);
	for (size_t i = 0; i < found.count; i++)
		tell_answers(diff, &found.items[i]);
	if (found.is_cut)
		fputs("  and more\n", diff->refused);
}

/* ---- the whole ---- */

static bool write_section(const char *title, const char *name, const char *text)
{
	if (*text)
		printf("%s%s:\n%s", title, name, text);
	return *text;
}

static int compare(struct diff *diff, struct arena *work)
{
	unsigned archs = archs_of(diff);
	int status;

	if (diff->has_filter) {
		diff->bdd = bdd_new(work);
		for (int i = 0; i < SIDES; i++) {
			status = find_answer(diff, &diff->sides[i]);
			if (status != CLI_DONE)
				return status;
		}
		if (diff->sides[OLD].answer == diff->sides[NEW].answer)
			return CLI_DONE;
	}
	for (unsigned arch = 0; arch < diff->cli->compilation->db->arch_count; arch++)
		if (archs >> arch & 1)
			diff_arch(diff, arch, archs & (archs - 1));
	if (diff->has_filter)
		diff_answers(diff);
	if (!diff->is_full)
		return CLI_DONE;
	fputs("scmlc: the rules of a call are too complicated to be compared\n", stderr);
	return CLI_SYSTEM;
}

static int run(struct diff *diff)
{
	char *texts[SIDES + 1] = {NULL};
	size_t sizes[SIDES + 1];
	struct arena *work = arena_new();
	bool differ = false;
	int status;

	for (int i = 0; i < SIDES; i++)
		diff->only[i] = open_memstream(&texts[i], &sizes[i]);
	diff->refused = open_memstream(&texts[SIDES], &sizes[SIDES]);
	if (!diff->only[OLD] || !diff->only[NEW] || !diff->refused)
		arena_out_of_memory();
	status = compare(diff, work);
	for (int i = 0; i < SIDES; i++)
		fclose(diff->only[i]);
	fclose(diff->refused);
	if (status == CLI_DONE) {
		for (int i = 0; i < SIDES; i++)
			differ |= write_section("only in ", diff->sides[i].name, texts[i]);
		differ |= write_section("refused in different ways", "", texts[SIDES]);
		if (!differ)
			printf("same: %s and %s allow the same calls\n", diff->sides[OLD].name,
			       diff->sides[NEW].name);
		status = differ ? CLI_DIFFERENT : CLI_DONE;
	}
	for (int i = 0; i <= SIDES; i++)
		free(texts[i]);
	arena_free(work);
	return status;
}

int cmd_diff(struct cli *cli)
{
	struct diff diff = {.cli = cli};
	const char *const *names = cli->inputs.items;
	int status;

	if (cli->inputs.count != 2) {
		fputs("scmlc: two inputs are compared: scmlc diff OLD NEW\n", stderr);
		return CLI_USAGE;
	}
	cli->inputs.count = 0; /* what is compiled first is the database and no rules */
	if (!cli_compile(cli) || !cli_filter_options(cli, &diff.options))
		return cli_finish(cli);
	for (int i = 0; i < SIDES; i++) {
		diff.sides[i].name = names[i];
		diff.sides[i].is_filter = is_filter_name(names[i]);
		diff.has_filter |= diff.sides[i].is_filter;
		status = read_side(&diff, &diff.sides[i]);
		if (status != CLI_DONE)
			return status;
	}
	status = cli_finish(cli);
	return status == CLI_DONE ? run(&diff) : status;
}
