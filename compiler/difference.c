#include "difference.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bpf/space.h"
#include "proof.h"
#include "values.h"

struct telling {
	const struct difference *difference;
	FILE *out;
	size_t parts; /* written so far */
};

static struct values_word register_word(const struct difference *difference,
					const struct abi_param *params, size_t index)
{
	unsigned width =
		abi_type_bits(difference->db, params[index].slot.type, difference->arch);

	return (struct values_word){SPACE_ARGS + 64 * (uint32_t)index, width ? width : 64};
}

static struct values_names names_of(const struct difference *difference, uint16_t set)
{
	return (struct values_names){difference->db, difference->arch,
				     set ? &difference->db->sets[set] : NULL};
}

/* `NAME = VALUES`, if WORD has values that only MORE allows. HEAD comes before it. */
static void tell_word(struct telling *telling, const char *head, const char *name,
		      struct values_word word, uint16_t set, bdd_node more, bdd_node less)
{
	const struct difference *difference = telling->difference;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		arena_out_of_memory();
	if (values_write(difference->bdd, word, names_of(difference, set), more, less, out)) {
		fclose(out);
		fprintf(telling->out, "%s %s%s = %s", telling->parts++ ? ";" : ":", head, name,
			text);
	} else {
		fclose(out);
	}
	free(text);
}

/* The condition that the selector has one of the values of CASE; for the rest of the values:
 * none of those of other cases. */
static bdd_node case_values(const struct telling *telling, const struct abi_mux *mux,
			    const struct abi_case *one, struct values_word selector)
{
	const struct difference *difference = telling->difference;
	const struct abi_db *db = difference->db;
	bdd_node any = BDD_FALSE;

	for (uint32_t i = 0; i < mux->cases.count && !one->values.count; i++) {
		const struct abi_case *other = &db->cases[mux->cases.first + i];

		if (other->values.count)
			any = bdd_or(difference->bdd, any,
				     case_values(telling, mux, other, selector));
	}
	if (!one->values.count)
		return bdd_not(difference->bdd, any);
	for (uint32_t i = 0; i < one->values.count; i++) {
		const struct abi_const *constant = &db->consts[db->refs[one->values.first + i]];
		uint64_t value;

		if (abi_num(db, constant->value, difference->arch, &value))
			any = bdd_or(
				difference->bdd, any,
				values_equal(difference->bdd, selector, constant->mask, value));
	}
	return any;
}

/* `SELECTOR VALUE: ` */
static const char *case_head(const struct telling *telling, const struct abi_case *one)
{
	const struct difference *difference = telling->difference;
	const struct abi_db *db = difference->db;
	const struct abi_const *constant;

	if (!one->values.count)
		return "";
	constant = &db->consts[db->refs[one->values.first]];
	return arena_printf(difference->arena, "%s%s ", abi_string(db, constant->name),
			    one->values.count > 1 ? " and the like:" : ":");
}

/* A parameter that means something else for each value of another one. What is new about that
 * one has been told. */
static void tell_cases(struct telling *telling, const struct abi_param *params, size_t index)
{
	const struct difference *difference = telling->difference;
	const struct abi_db *db = difference->db;
	const struct abi_mux *mux = &db->muxes[params[index].slot.mux];
	struct values_word selector = register_word(difference, params, mux->selector.index);

	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &db->cases[mux->cases.first + i];
		bdd_node here = case_values(telling, mux, one, selector);
		bdd_node more = bdd_and(difference->bdd, difference->more, here);
		bdd_node less = bdd_and(difference->bdd, difference->less, here);

		if (more == BDD_FALSE || (less == BDD_FALSE && difference->less != BDD_FALSE))
			continue;
		tell_word(telling, case_head(telling, one), abi_string(db, params[index].name),
			  register_word(difference, params, index), one->slot.set, more, less);
	}
}

static void tell_registers(struct telling *telling)
{
	const struct difference *difference = telling->difference;
	size_t count;
	const struct abi_param *params =
		abi_call_params(difference->db, difference->call, difference->arch, &count);

	for (size_t i = 0; i < count && i < ABI_REGISTERS; i++) {
		const struct abi_slot *slot = &params[i].slot;

		if (slot->mux &&
		    difference->db->muxes[slot->mux].selector.kind == ABI_REF_PARAM)
			tell_cases(telling, params, i);
		else
			tell_word(telling, "", abi_string(difference->db, params[i].name),
				  register_word(difference, params, i), slot->set,
				  difference->more, difference->less);
	}
}

/* The condition that no pointer on the way to WORD is NULL, and that WORD can be read. */
static bdd_node is_reached(const struct difference *difference, const struct behind_word *word)
{
	bdd_node reached = bdd_bit(difference->bdd, word->readable);

	for (uint32_t at = word->inside; at != BEHIND_NOTHING;) {
		const struct behind_piece *piece = behind_piece_at(difference->behind, at);
		struct values_word pointer = {piece->pointer, piece->place.width};

		at = piece->inside;
		if (piece->place.base != SCML_INSIDE)
			pointer.first = SPACE_ARGS + 64u * piece->place.base;
		if (!pointer.first)
			continue;
		reached =
			bdd_and(difference->bdd, reached,
				bdd_not(difference->bdd,
					values_equal(difference->bdd, pointer, UINT64_MAX, 0)));
	}
	return reached;
}

/* The set of WORD, if it is a field of the struct that a parameter points to. */
static uint16_t set_of(const struct difference *difference, const struct behind_word *word)
{
	const struct behind_piece *piece = behind_piece_at(difference->behind, word->inside);
	const struct abi_db *db = difference->db;
	const struct abi_struct *layout;
	const struct abi_param *params;
	size_t count;

	params = abi_call_params(db, difference->call, difference->arch, &count);
	if (piece->inside != BEHIND_NOTHING || piece->place.base >= count)
		return 0;
	layout = &db->structs[params[piece->place.base].slot.target_struct];
	for (uint32_t i = 0; i < layout->fields.count; i++) {
		const struct abi_field *field = &db->fields[layout->fields.first + i];
		uint64_t offset;

		if (abi_num(db, field->offset, difference->arch, &offset) &&
		    offset == word->place.offset)
			return field->slot.set;
	}
	return 0;
}

static void tell_memory(struct telling *telling)
{
	const struct difference *difference = telling->difference;
	const struct behind_word *word;

	for (size_t i = 0; difference->behind && (word = behind_word_at(difference->behind, i));
	     i++) {
		bdd_node reached = is_reached(difference, word);

		tell_word(telling, "", word->name,
			  (struct values_word){word->first, word->place.width},
			  set_of(difference, word),
			  bdd_and(difference->bdd, difference->more, reached),
			  bdd_and(difference->bdd, difference->less, reached));
	}
}

/* `MEMBER: NAME = VALUES` for every member of the enumerations of parameter INDEX with which
 * another parameter has values that only MORE allows. */
static void tell_with_members_of(struct telling *telling, const struct abi_param *params,
				 size_t count, size_t index)
{
	const struct difference *difference = telling->difference;
	const struct abi_db *db = difference->db;
	const struct values_names names = names_of(difference, params[index].slot.set);
	const struct abi_set *set = names.set;

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		for (uint32_t j = 0; field->kind == ABI_ENUM && j < field->members.count; j++) {
			const struct abi_const *constant =
				&db->consts[db->refs[field->members.first + j]];
			struct difference with = *difference;
			struct telling part = {&with, telling->out, telling->parts};
			uint64_t value;
			bdd_node is_it;

			if (!abi_num(db, constant->value, difference->arch, &value) ||
			    values_is_alias(&names, field, j, value))
				continue;
			is_it = values_equal(difference->bdd,
					     register_word(difference, params, index),
					     constant->mask & field->mask, value);
			with.more = bdd_and(difference->bdd, difference->more, is_it);
			with.less = bdd_and(difference->bdd, difference->less, is_it);
			for (size_t k = 0; k < count && k < ABI_REGISTERS; k++)
				if (k != index && !params[k].slot.mux)
					tell_word(&part,
						  arena_printf(difference->arena, "%s: ",
							       abi_string(db, constant->name)),
						  abi_string(db, params[k].name),
						  register_word(difference, params, k),
						  params[k].slot.set, with.more, with.less);
			telling->parts = part.parts;
		}
	}
}

/* Each value is known to both sides, but not all together. */
static void tell_together(struct telling *telling)
{
	const struct difference *difference = telling->difference;
	size_t count, before = telling->parts;
	const struct abi_param *params =
		abi_call_params(difference->db, difference->call, difference->arch, &count);

	for (size_t i = 0; i < count && i < ABI_REGISTERS && telling->parts == before; i++)
		if (params[i].slot.set && !params[i].slot.mux)
			tell_with_members_of(telling, params, count, i);
}

/* The smallest call that ONLY allows, and what it takes in memory. */
static void tell_example(struct telling *telling, bdd_node only)
{
	const struct difference *difference = telling->difference;
	const char *head = telling->parts ? ";" : ":";
	struct bpf_difference example = {0};
	uint64_t nr = 0;
	bool looks_behind = false;

	abi_num(difference->db, difference->call->nr, difference->arch, &nr);
	example.call.nr = (int)nr;
	example.call.arch = difference->db->archs[difference->arch].audit;
	while (only != BDD_TRUE) {
		uint32_t variable = bdd_variable(difference->bdd, only);
		bool is_set = bdd_follow(difference->bdd, only, variable, false) == BDD_FALSE;

		only = bdd_follow(difference->bdd, only, variable, is_set);
		if (variable >= SPACE_END)
			looks_behind = true;
		else if (is_set)
			space_set(&example.call, variable);
	}
	if (!telling->parts++ && difference->less == BDD_FALSE)
		head = "";
	fprintf(telling->out, "%s %s such as in '%s'", head,
		looks_behind ? "memory behind arguments" : "arguments",
		proof_call(difference->arena, difference->db, &example));
}

/* The condition that LESS knows the value of WORD. */
static bdd_node is_known(const struct difference *difference, struct values_word word,
			 bdd_node less)
{
	return bdd_project(difference->bdd, less, word.first, word.first + 64);
}

/* The same for parameter INDEX, case by case: what tell_registers() does not tell. */
static bdd_node is_known_parameter(const struct telling *telling,
				   const struct abi_param *params, size_t index)
{
	const struct difference *difference = telling->difference;
	struct bdd *bdd = difference->bdd;
	struct values_word word = register_word(difference, params, index);
	const struct abi_mux *mux = &difference->db->muxes[params[index].slot.mux];
	bdd_node known = is_known(difference, word, difference->less);

	if (!params[index].slot.mux || mux->selector.kind != ABI_REF_PARAM)
		return known;
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		bdd_node here =
			case_values(telling, mux, &difference->db->cases[mux->cases.first + i],
				    register_word(difference, params, mux->selector.index));
		bdd_node less = bdd_and(bdd, difference->less, here);

		known = bdd_and(
			bdd, known,
			bdd_or(bdd, bdd_not(bdd, here), is_known(difference, word, less)));
	}
	return known;
}

/* The calls of ONLY with values that LESS knows one by one, whatever memory holds. */
static bdd_node known_values(const struct telling *telling, bdd_node only)
{
	const struct difference *difference = telling->difference;
	struct bdd *bdd = difference->bdd;
	size_t count;
	const struct abi_param *params =
		abi_call_params(difference->db, difference->call, difference->arch, &count);

	only = bdd_not(bdd, bdd_project(bdd, bdd_not(bdd, only), 0, SPACE_END));
	for (size_t i = 0; i < count && i < ABI_REGISTERS; i++)
		only = bdd_and(bdd, only, is_known_parameter(telling, params, i));
	return only;
}

/* What is left when new values have been told: known ones that come together anew. */
static void tell_rest(struct telling *telling, bdd_node only)
{
	const struct difference *difference = telling->difference;
	struct difference rest = *difference;
	struct telling part = {&rest, telling->out, telling->parts};

	if (difference->less == BDD_FALSE)
		return;
	rest.more = known_values(telling, only);
	if (rest.more == BDD_FALSE)
		return;
	tell_together(&part);
	if (part.parts == telling->parts)
		tell_example(&part, rest.more);
	telling->parts = part.parts;
}

void difference_write(const struct difference *difference, FILE *out)
{
	struct telling telling = {difference, out, 0};
	bdd_node only = bdd_and(difference->bdd, difference->more,
				bdd_not(difference->bdd, difference->less));

	if (only == BDD_FALSE)
		return;
	fputs(abi_string(difference->db, difference->call->name), out);
	if (only == BDD_TRUE)
		return;
	if (difference->less == BDD_FALSE)
		fputs(", with", out);
	tell_registers(&telling);
	tell_memory(&telling);
	if (telling.parts) {
		tell_rest(&telling, only);
		return;
	}
	tell_together(&telling);
	if (!telling.parts)
		tell_example(&telling, only);
}
