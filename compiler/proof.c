#include "proof.h"

#include <inttypes.h>

#include "vec.h"

/* The registers of the call: a big-endian machine has the halves the other way round. */
static void registers_of(const struct abi_arch *arch, const struct seccomp_data *data,
			 uint64_t args[static SCML_REGISTERS])
{
	bool is_host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	for (unsigned i = 0; i < SCML_REGISTERS; i++) {
		args[i] = data->args[i];
		if (arch->big_endian != is_host_big)
			args[i] = args[i] << 32 | args[i] >> 32;
	}
}

const char *proof_call(struct arena *arena, const struct abi_db *db,
		       const struct bpf_difference *difference)
{
	const struct seccomp_data *data = &difference->call;
	int index = abi_arch_by_audit(db, data->arch);
	uint32_t nr = (uint32_t)data->nr;
	const struct abi_call *call;
	uint64_t args[SCML_REGISTERS];
	size_t count = SCML_REGISTERS;
	const char *text;

	if (index < 0)
		return NULL;
	call = abi_call_by_nr(db, (unsigned)index, nr);
	text = abi_string(db, db->archs[index].name);
	text = call ? arena_printf(arena, "%s:%s", text, abi_string(db, call->name))
		    : arena_printf(arena, nr > INT16_MAX ? "%s:0x%" PRIx32 : "%s:%" PRIu32,
				   text, nr);
	registers_of(&db->archs[index], data, args);
	while (count && !args[count - 1])
		count--;
	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, args[i] > 9 ? "%s 0x%" PRIx64 : "%s %" PRIu64, text,
				    args[i]);
	return text;
}

static const char *place_of(struct arena *arena, const struct scml_table *table, uint32_t rule)
{
	return arena_printf(arena, "%s:%" PRIu32, table->strings + table->rules[rule].file,
			    table->rules[rule].line);
}

/* Why the rules say what they say of CALL. */
static const char *verdict_reason(struct arena *arena, const struct scml_table *table,
				  const struct scml_call *call)
{
	struct scml_reason reason;
	enum scml_verdict verdict = scml_match(table, call, NULL, &reason);
	const char *place;

	if (reason.rule == SCML_NONE)
		return "no rule matches it";
	place = place_of(arena, table, reason.rule);
	if (verdict == SCML_SUPPORTED)
		return arena_printf(arena, "%s supports it", place);
	if (verdict == SCML_UNDECIDED)
		return arena_printf(arena, "%s leaves it open", place);
	if (reason.cond == SCML_NONE)
		return arena_printf(arena, "%s matches nothing", place);
	return arena_printf(arena, "%s does not match '%s'", place,
			    table->strings + table->conds[reason.cond].param);
}

static const char *number_reason(const struct rules *rules, uint32_t nr)
{
	const struct abi_arch *arch = &rules->db->archs[rules->arch];

	if (nr == UINT32_MAX)
		return "a tracer skips a call with this number";
	if (abi_call_by_nr(rules->db, rules->arch, nr))
		return "no rule is for this call";
	if (nr & arch->foreign_nr_bit)
		return "the number is of another table of calls";
	return "no call has this number";
}

const char *proof_reason(const struct compilation *compilation,
			 const struct bpf_difference *difference)
{
	struct scml_call call = {.arch = difference->call.arch,
				 .nr = (uint32_t)difference->call.nr};
	const struct abi_db *db = compilation->db;

	for (size_t i = 0; i < compilation->rules_count; i++) {
		const struct rules *rules = compilation->rules[i];
		const struct scml_table *table;

		if (db->archs[rules->arch].audit != call.arch)
			continue;
		if (!rules_find(rules, call.nr))
			return number_reason(rules, call.nr);
		table = table_build(compilation->arena, rules);
		registers_of(&db->archs[rules->arch], &difference->call, call.args);
		return verdict_reason(compilation->arena, table, &call);
	}
	return "the rules are for other architectures";
}

const char *proof_unclear(struct arena *arena, const struct bpf_fault *unclear)
{
	if (unclear->index == SIZE_MAX)
		return unclear->reason;
	return arena_printf(arena, "instruction %04zu: %s", unclear->index, unclear->reason);
}
