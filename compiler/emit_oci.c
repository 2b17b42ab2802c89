#include <linux/seccomp.h>

#include "bpf/action.h"
#include "bpf/undecided.h"
#include "emit.h"
#include "json_write.h"
#include "oci.h"
#include "region.h"

enum part { PART_ALLOW, PART_UNDECIDED, PART_MISMATCH, PARTS };

/* A call, and which of its calls are answered what. Parts do not overlap where their actions
 * differ, since runtimes do not agree on which entry counts then. */
struct oci_call {
	const char *name;
	struct region regions[PARTS];
	uint32_t actions[PARTS];
};

/*
 * A profile gives a default action and entries with one of their own. An entry is for calls by
 * name, under comparisons of registers that all must hold, one per register: with several of
 * one register, runtimes take any of them. A comparison looks at 64 bits, so registers of which
 * the kernel reads fewer are compared under a mask.
 */
struct oci_writer {
	struct arena *arena;
	struct diags *diags;
	const struct rules *rules;
	const struct bpf_options *options;
	struct json json;
	VEC(struct oci_call) calls;
};

/* The name of ACTION, or an error. */
static const char *action_name(struct oci_writer *writer, const char *option, uint32_t action)
{
	const char *name = oci_action_name(action);
	char text[BPF_ACTION_NAME_MAX];

	if (!name)
		diag_add(writer->diags, DIAG_OCI, SPAN_NONE,
			 "an OCI profile has no action '%s' (%s); leave its number out",
			 bpf_action_name(action, text), option);
	return name;
}

/* What runtimes answer by themselves and a profile cannot change. */
static void check_options(struct oci_writer *writer)
{
	const struct bpf_options *options = writer->options;
	char text[BPF_ACTION_NAME_MAX];

	action_name(writer, "--on-mismatch", options->on_mismatch);
	action_name(writer, "--on-undecided", options->on_undecided);
	for (size_t i = 0; i < options->call_action_count; i++)
		action_name(writer, "--on-mismatch", options->call_actions[i].action);
	if (options->on_bad_arch != SECCOMP_RET_KILL_PROCESS &&
	    options->on_bad_arch != SECCOMP_RET_KILL_THREAD)
		diag_add(writer->diags, DIAG_OCI, SPAN_NONE,
			 "an OCI profile cannot say '--on-bad-arch %s': container runtimes "
			 "kill; leave the option out",
			 bpf_action_name(options->on_bad_arch, text));
	if (options->has_on_unknown && options->on_unknown != options->on_mismatch)
		diag_add(writer->diags, DIAG_OCI, SPAN_NONE,
			 "an OCI profile cannot say '--on-unknown %s': what it does not name "
			 "is answered as on mismatch; leave the option out",
			 bpf_action_name(options->on_unknown, text));
}

static uint32_t mismatch_action(const struct oci_writer *writer, const struct abi_call *call)
{
	const struct bpf_options *options = writer->options;

	for (size_t i = options->call_action_count; i-- > 0;)
		if (abi_call_find(writer->rules->db, options->call_actions[i].call) == call)
			return options->call_actions[i].action;
	return options->on_mismatch;
}

static void write_action(struct oci_writer *writer, const char *key, const char *number_key,
			 uint32_t action)
{
	const char *name = oci_action_name(action);

	json_text(&writer->json, key, name ? name : "");
	if (oci_action_has_number(action))
		json_number(&writer->json, number_key, action & SECCOMP_RET_DATA);
}

static void write_args(struct oci_writer *writer, const struct region_term *term)
{
	struct json *json = &writer->json;

	json_open(json, "args", '[');
	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		bool is_whole = term->mask[i] == UINT64_MAX;

		if (!term->mask[i])
			continue;
		json_open(json, NULL, '{');
		json_number(json, "index", i);
		json_number(json, "value", is_whole ? term->value[i] : term->mask[i]);
		if (!is_whole)
			json_number(json, "valueTwo", term->value[i]);
		json_text(json, "op", oci_op_name(is_whole ? OCI_EQ : OCI_MASKED_EQ));
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_entry_head(struct oci_writer *writer, const char *name)
{
	json_open(&writer->json, NULL, '{');
	json_open(&writer->json, "names", '[');
	if (name)
		json_text(&writer->json, NULL, name);
}

static void write_entry_end(struct oci_writer *writer, uint32_t action,
			    const struct region_term *term)
{
	json_close(&writer->json, ']');
	write_action(writer, "action", "errnoRet", action);
	if (term)
		write_args(writer, term);
	json_close(&writer->json, '}');
}

/* Does all of CALL get ACTION, and is that worth an entry? */
static bool is_whole(const struct oci_writer *writer, const struct oci_call *call,
		     uint32_t action)
{
	for (int i = 0; i < PARTS; i++)
		if (call->actions[i] == action && region_is_all(&call->regions[i]))
			return action != writer->options->on_mismatch;
	return false;
}

/* One entry for all calls that get the ACTION of the call and part FIRST, PART as a whole. */
static void write_whole(struct oci_writer *writer, size_t first, int part)
{
	const struct oci_call *calls = writer->calls.items;
	uint32_t action = calls[first].actions[part];

	if (!region_is_all(&calls[first].regions[part]) ||
	    !is_whole(writer, &calls[first], action))
		return;
	for (size_t i = 0; i < first; i++)
		if (is_whole(writer, &calls[i], action))
			return;
	write_entry_head(writer, NULL);
	for (size_t i = first; i < writer->calls.count; i++)
		if (is_whole(writer, &calls[i], action))
			json_text(&writer->json, NULL, calls[i].name);
	write_entry_end(writer, action, NULL);
}

/* An entry per term of what only some calls of that name get. */
static void write_terms(struct oci_writer *writer, const struct oci_call *call, int part)
{
	const struct region *region = &call->regions[part];

	if (region_is_all(region) || call->actions[part] == writer->options->on_mismatch)
		return;
	for (size_t i = 0; i < region->terms.count; i++) {
		write_entry_head(writer, call->name);
		write_entry_end(writer, call->actions[part], &region->terms.items[i]);
	}
}

static void report_size(struct oci_writer *writer, const struct rule_call *call)
{
	struct diag *diag = diag_add(
		writer->diags, DIAG_OCI, call->rules[0].source->ast->name.span,
		"'%s' would take more than %d entries of an OCI profile; constrain fewer of "
		"its parameters, or write a filter (-t bpf)",
		abi_string(writer->rules->db, call->abi->name), REGION_MAX_TERMS);

	for (size_t i = 1; i < call->rule_count; i++)
		diag_remark(writer->diags, diag, call->rules[i].source->ast->name.span,
			    "this rule adds to them");
}

/* What the rules of CALL, which has some, lead to. */
static void divide(struct oci_writer *writer, const struct rule_call *call,
		   struct oci_call *result)
{
	const struct bpf_options *options = writer->options;
	struct arena *arena = writer->arena;
	struct region_verdict verdict = region_of_call(arena, call);
	struct region all = region_all(arena);
	bool is_too_large = false;

	result->regions[PART_ALLOW] = verdict.sure;
	if (options->on_undecided == SECCOMP_RET_ALLOW)
		result->regions[PART_ALLOW] = verdict.possible;
	else if (options->on_undecided != options->on_mismatch)
		result->regions[PART_UNDECIDED] =
			region_minus(arena, &verdict.possible, &verdict.sure);
	if (result->actions[PART_MISMATCH] != options->on_mismatch)
		result->regions[PART_MISMATCH] = region_minus(arena, &all, &verdict.possible);
	for (int i = 0; i < PARTS; i++)
		is_too_large |= result->regions[i].is_full;
	if (is_too_large)
		report_size(writer, call);
}

static void add_call(struct oci_writer *writer, const struct abi_call *abi, uint32_t nr)
{
	const struct rule_call *call = rules_find(writer->rules, nr);
	struct oci_call result = {
		.name = abi_string(writer->rules->db, abi->name),
		.actions = {SECCOMP_RET_ALLOW, writer->options->on_undecided,
			    mismatch_action(writer, abi)},
	};

	if (call)
		divide(writer, call, &result);
	else if (writer->options->scope == BPF_SCOPE_LISTED)
		result.regions[PART_ALLOW] = region_all(writer->arena);
	else
		result.regions[PART_MISMATCH] = region_all(writer->arena);
	vec_push(writer->arena, &writer->calls, result);
}

static void add_calls(struct oci_writer *writer)
{
	const struct rules *rules = writer->rules;

	for (uint32_t nr = 0; nr <= rules->db->archs[rules->arch].max_nr; nr++) {
		const struct abi_call *abi = abi_call_by_nr(rules->db, rules->arch, nr);

		if (abi)
			add_call(writer, abi, nr);
	}
}

static void write_profile(struct oci_writer *writer)
{
	const struct rules *rules = writer->rules;
	struct json *json = &writer->json;
	const char *arch = oci_arch_name(rules->db->archs[rules->arch].audit);

	json_open(json, NULL, '{');
	write_action(writer, "defaultAction", "defaultErrnoRet", writer->options->on_mismatch);
	json_open(json, "architectures", '[');
	json_text(json, NULL, arch ? arch : "");
	json_close(json, ']');
	json_open(json, "syscalls", '[');
	for (size_t i = 0; i < writer->calls.count; i++)
		for (int part = 0; part < PARTS; part++)
			write_whole(writer, i, part);
	for (size_t i = 0; i < writer->calls.count; i++)
		for (int part = 0; part < PARTS; part++)
			write_terms(writer, &writer->calls.items[i], part);
	json_close(json, ']');
	json_close(json, '}');
	putc('\n', json->out);
}

void emit_oci(const struct compilation *compilation, const struct emit_options *options,
	      FILE *out)
{
	const struct rules *rules = compilation->rules[0];
	struct oci_writer writer = {
		.arena = compilation->arena,
		.diags = compilation->diags,
		.rules = rules,
		.options = &options->bpf,
		.json = {.out = out},
	};

	check_options(&writer);
	if (!oci_arch_name(rules->db->archs[rules->arch].audit))
		diag_add(writer.diags, DIAG_OCI, SPAN_NONE,
			 "container runtimes have no name for the architecture '%s'",
			 abi_string(rules->db, rules->db->archs[rules->arch].name));
	bpf_report_undecided(writer.diags, rules, options->bpf.on_undecided);
	add_calls(&writer);
	write_profile(&writer);
}
