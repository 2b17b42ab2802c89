#include "doc_lists.h"

#include <string.h>

#include "doc_accept.h"
#include "test.h"

/* The rules of one call in the section. */
struct call_part {
	const struct rule_call *call;
	VEC(const struct rule *) rules;
};

/*
 * What a parameter may be according to the database: the constants of a set, if need be only
 * while another parameter, the selector, has one value. Calls of the section share it.
 */
struct domain {
	const char *param;
	const struct abi_set *set;
	const char *selector; /* its name; NULL: none */
	const char *selected; /* its value as the rules write it */
	const char *call;     /* the first one */
	bool *accepted;	      /* per member of the set, field by field */
};

struct lists_builder {
	struct arena *arena;
	const struct doc_index *index;
	const struct abi_db *db;
	unsigned arch;
	const struct doc_page *page;
	const struct doc_section *section;
	VEC(struct call_part) calls;
	VEC(struct domain) domains;
	struct doc_lists lists;
};

/* A parameter of a call of the section. */
struct param_place {
	const struct call_part *part;
	const struct abi_param *params;
	unsigned index;
};

/* The value of the selector for which a parameter is looked at. */
struct selection {
	const char *param;
	const char *value;
	struct doc_want want;
};

static struct call_part *find_part(struct lists_builder *builder, const struct rule_call *call)
{
	struct call_part *part;

	vec_each (part, &builder->calls) {
		if (part->call == call)
			return part;
	}
	vec_push(builder->arena, &builder->calls, ((struct call_part){.call = call}));
	return &builder->calls.items[builder->calls.count - 1];
}

static bool has_name(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

static void gather_calls(struct lists_builder *builder)
{
	for (size_t i = 0; i < builder->section->rules.count; i++) {
		const struct ast_rule *ast = builder->section->rules.items[i];
		const struct doc_index_row *row = doc_index_find(builder->index, ast);
		const char *name = ast->name.text;

		if (row) {
			// NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it has grown
			vec_push(builder->arena, &find_part(builder, row->call)->rules,
				 row->rule);
		} else if (!has_name(builder->lists.absent.items, builder->lists.absent.count,
				     name)) {
			vec_push(builder->arena, &builder->lists.absent, name);
		}
	}
}

/* What the rules call the parameter: the first name that comes with a condition. */
static const char *place_name(const struct lists_builder *builder,
			      const struct param_place *place)
{
	for (size_t i = 0; i < place->part->rules.count; i++) {
		const struct rule *rule = place->part->rules.items[i];

		for (size_t j = 0; j < rule->cond_count; j++) {
			if (rule->conds[j].param == place->index)
				return rule->conds[j].name;
		}
	}
	return abi_string(builder->db, place->params[place->index].name);
}

/* The member with number I of FIELD if the architecture has it. */
static const struct abi_const *member_at(const struct lists_builder *builder,
					 const struct abi_set_field *field, uint32_t i,
					 uint64_t *value)
{
	const struct abi_const *member =
		&builder->db->consts[builder->db->refs[field->members.first + i]];

	if (!abi_num(builder->db, member->value, builder->arch, value))
		return NULL;
	*value &= field->mask;
	return member;
}

static uint32_t member_count(const struct lists_builder *builder, const struct abi_set *set)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < set->fields.count; i++)
		count += builder->db->set_fields[set->fields.first + i].members.count;
	return count;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static struct domain *find_domain(struct lists_builder *builder, const struct domain *wanted)
{
	struct domain *domain;
	struct domain fresh = *wanted;

	vec_each (domain, &builder->domains) {
		if (domain->set == wanted->set && strcmp(domain->param, wanted->param) == 0 &&
		    same_text(domain->selector, wanted->selector) &&
		    same_text(domain->selected, wanted->selected))
			return domain;
	}
	fresh.accepted =
		ARENA_ARRAY(builder->arena, bool, member_count(builder, wanted->set) + 1);
	vec_push(builder->arena, &builder->domains, fresh);
	if (!has_name(builder->lists.params.items, builder->lists.params.count, fresh.param))
		vec_push(builder->arena, &builder->lists.params, fresh.param);
	return &builder->domains.items[builder->domains.count - 1];
}

/* Does some rule of PART take WANT, and with it what SELECTION wants of the selector? */
static bool part_accepts(const struct call_part *part, const struct doc_want *want,
			 const struct selection *selection)
{
	struct doc_want wants[2] = {*want};
	size_t count = 1;

	if (selection)
		wants[count++] = selection->want;
	for (size_t i = 0; i < part->rules.count; i++) {
		if (doc_accepts(part->rules.items[i], wants, count))
			return true;
	}
	return false;
}

/* WORD as the register holds it: in network order where SLOT says so. */
static uint64_t register_word(const struct lists_builder *builder, const struct abi_slot *slot,
			      uint64_t word)
{
	unsigned bits = abi_type_bits(builder->db, slot->type, builder->arch);

	if (!abi_type(slot->type)->is_big_endian ||
	    builder->db->archs[builder->arch].big_endian)
		return word;
	return __builtin_bswap64(word) >> (64 - bits);
}

/* Mark the members of the set of SLOT that the rules take at PLACE. */
static void fill_domain(struct lists_builder *builder, const struct param_place *place,
			const struct abi_slot *slot, const struct selection *selection)
{
	const struct abi_set *set = &builder->db->sets[slot->set];
	struct domain wanted = {
		.param = place_name(builder, place),
		.set = set,
		.selector = selection ? selection->param : NULL,
		.selected = selection ? selection->value : NULL,
		.call = abi_string(builder->db, place->part->call->abi->name),
	};
	bool *accepted = find_domain(builder, &wanted)->accepted;

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field =
			&builder->db->set_fields[set->fields.first + i];

		for (uint32_t j = 0; j < field->members.count; j++, accepted++) {
			struct doc_want want = {.param = place->index,
						.mask = field->mask & width_mask(set->width),
						.is_flag = field->kind == ABI_BITS};

			if (*accepted || !member_at(builder, field, j, &want.value))
				continue;
			want.value = register_word(builder, slot, want.value & want.mask);
			want.mask = register_word(builder, slot, want.mask);
			*accepted = part_accepts(place->part, &want, selection);
		}
	}
}

/* The constant with VALUE in PATTERN, or NULL. */
static const char *pattern_name(const struct lists_builder *builder,
				const struct res_pattern *pattern, uint64_t value)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(builder->db, part->name.text)
						: NULL;
		uint64_t number;

		if (constant && abi_num(builder->db, constant->value, builder->arch, &number) &&
		    number == value)
			return part->name.text;
	}
	return NULL;
}

/* The constant with VALUE that the rules write for the parameter NAME, or NULL. */
static const char *written_name(const struct lists_builder *builder,
				const struct call_part *part, const char *name, uint64_t value)
{
	for (size_t i = 0; i < part->rules.count; i++) {
		const struct res_rule *rule = part->rules.items[i]->source;

		for (size_t j = 0; j < rule->param_count; j++) {
			const struct res_param *param = &rule->params[j];
			const char *written;

			if (!param->pattern || param->pattern->kind != RES_WORD ||
			    strcmp(param->ast->name.text, name) != 0)
				continue;
			written = pattern_name(builder, param->pattern, value);
			if (written)
				return written;
		}
	}
	return NULL;
}

/* The bits of the selector in which CONSTANT is looked for. */
static uint64_t selector_mask(const struct lists_builder *builder,
			      const struct abi_param *selector,
			      const struct abi_const *constant)
{
	const struct abi_set *set = &builder->db->sets[selector->slot.set];
	const struct abi_set_field *field =
		selector->slot.set ? abi_set_field_of(builder->db, set, constant) : NULL;
	uint64_t mask =
		width_mask(abi_type_bits(builder->db, selector->slot.type, builder->arch));

	return field ? field->mask & mask : mask;
}

/* The values of a selector that have been dealt with; the first case of a value counts. */
struct seen_values {
	VEC(uint64_t) list;
};

/* Is VALUE new? From now on it is not. */
static bool see_value(struct lists_builder *builder, struct seen_values *seen, uint64_t value)
{
	for (size_t i = 0; i < seen->list.count; i++) {
		if (seen->list.items[i] == value)
			return false;
	}
	vec_push(builder->arena, &seen->list, value);
	return true;
}

/* The parameter at PLACE is as SLOT says while the selector at CHOOSER is CONSTANT. */
static void fill_case(struct lists_builder *builder, const struct param_place *place,
		      const struct param_place *chooser, const struct abi_const *constant,
		      const struct abi_slot *slot, struct seen_values *seen)
{
	const struct abi_param *selector = &chooser->params[chooser->index];
	struct selection selection = {.want.param = chooser->index};
	uint64_t value;
	const char *written;

	if (!abi_num(builder->db, constant->value, builder->arch, &value))
		return;
	selection.want.mask = selector_mask(builder, selector, constant);
	selection.want.value = value & selection.want.mask;
	if (!see_value(builder, seen, selection.want.value) || !slot->set ||
	    slot->target != ABI_TARGET_NONE ||
	    !part_accepts(place->part, &selection.want, NULL))
		return;
	selection.param = place_name(builder, chooser);
	written = written_name(builder, place->part, selection.param, value);
	selection.value = written ? written : abi_string(builder->db, constant->name);
	fill_domain(builder, place, slot, &selection);
}

/* The case that is for every other value than SEEN: those of the selector's own set. */
static void fill_other_case(struct lists_builder *builder, const struct param_place *place,
			    const struct param_place *chooser, const struct abi_slot *slot,
			    struct seen_values *seen)
{
	const struct abi_db *db = builder->db;
	const struct abi_set *set = &db->sets[chooser->params[chooser->index].slot.set];

	for (uint32_t i = 0; i < set->fields.count; i++) {
		const struct abi_set_field *field = &db->set_fields[set->fields.first + i];

		for (uint32_t j = 0; field->kind == ABI_ENUM && j < field->members.count; j++)
			fill_case(builder, place, chooser,
				  &db->consts[db->refs[field->members.first + j]], slot, seen);
	}
}

static void fill_cases(struct lists_builder *builder, const struct param_place *place,
		       const struct abi_mux *mux)
{
	const struct abi_db *db = builder->db;
	struct param_place chooser = *place;
	struct seen_values seen = {0};

	if (mux->selector.kind != ABI_REF_PARAM)
		return;
	chooser.index = mux->selector.index;
	for (uint32_t i = 0; i < mux->cases.count; i++) {
		const struct abi_case *one = &db->cases[mux->cases.first + i];

		for (uint32_t j = 0; j < one->values.count; j++)
			fill_case(builder, place, &chooser,
				  &db->consts[db->refs[one->values.first + j]], &one->slot,
				  &seen);
		if (one->values.count == 0 && one->slot.set)
			fill_other_case(builder, place, &chooser, &one->slot, &seen);
	}
}

static void fill_domains(struct lists_builder *builder, const struct call_part *part)
{
	size_t count;
	struct param_place place = {
		.part = part,
		.params = abi_call_params(builder->db, part->call->abi, builder->arch, &count),
	};

	for (; place.index < count; place.index++) {
		const struct abi_slot *slot = &place.params[place.index].slot;

		if (slot->mux)
			fill_cases(builder, &place, &builder->db->muxes[slot->mux]);
		else if (slot->set && slot->target == ABI_TARGET_NONE)
			fill_domain(builder, &place, slot, NULL);
	}
}

/* Does TAG name a constant of FIELD, with VALUE if that is not NULL? */
static bool tag_names(const struct lists_builder *builder, const struct doc_tag *tag,
		      const struct abi_set *set, const struct abi_set_field *field,
		      const uint64_t *value)
{
	for (size_t i = 0; i < tag->consts.count; i++) {
		const struct abi_const *constant = tag->consts.items[i].abi;
		uint64_t number;

		if (abi_set_field_of(builder->db, set, constant) != field)
			continue;
		if (!value)
			return true;
		if (abi_num(builder->db, constant->value, builder->arch, &number) &&
		    (number & field->mask) == *value)
			return true;
	}
	return false;
}

/* Is TAG about some parameter of the section? Notes what kind of constants it names. */
static bool tag_concerns(struct lists_builder *builder, const struct doc_tag *tag)
{
	bool does = false;
	const struct domain *domain;

	vec_each (domain, &builder->domains) {
		for (uint32_t i = 0; i < domain->set->fields.count; i++) {
			const struct abi_set_field *field =
				&builder->db->set_fields[domain->set->fields.first + i];

			if (!tag_names(builder, tag, domain->set, field, NULL))
				continue;
			does = true;
			if (field->kind == ABI_BITS)
				builder->lists.tags_name_flags = true;
			else
				builder->lists.tags_name_values = true;
		}
	}
	return does;
}

static void gather_tags(struct lists_builder *builder)
{
	const struct doc_tag *tag;

	vec_each (tag, &builder->page->tags.list) {
		if (tag_concerns(builder, tag))
			vec_push(builder->arena, &builder->lists.tags, tag);
	}
	vec_each (tag, &builder->section->tags.list) {
		tag_concerns(builder, tag);
		vec_push(builder->arena, &builder->lists.tags, tag);
	}
}

static bool is_tagged(const struct lists_builder *builder, const struct abi_set *set,
		      const struct abi_set_field *field, uint64_t value)
{
	for (size_t i = 0; i < builder->lists.tags.count; i++) {
		if (tag_names(builder, builder->lists.tags.items[i], set, field, &value))
			return true;
	}
	return false;
}

/* Is the name with number I one of a value that the names before it have not said? */
static bool is_first_name(const struct lists_builder *builder,
			  const struct abi_set_field *field, uint32_t i)
{
	uint64_t value = 0, other = 0;
	const struct abi_const *member = member_at(builder, field, i, &value);

	for (uint32_t j = 0; j < i; j++) {
		const struct abi_const *before = member_at(builder, field, j, &other);

		if (before && other == value && before->mask == member->mask &&
		    !before->is_computed)
			return false;
	}
	return true;
}

/* Do other parameters of this name in the section have another set under the same selection? */
static bool is_ambiguous(const struct lists_builder *builder, const struct domain *domain)
{
	const struct domain *other;

	vec_each (other, &builder->domains) {
		if (other != domain && strcmp(other->param, domain->param) == 0 &&
		    same_text(other->selector, domain->selector) &&
		    same_text(other->selected, domain->selected))
			return true;
	}
	return false;
}

static void list_field(struct lists_builder *builder, const struct domain *domain,
		       const struct abi_set_field *field, const bool *accepted)
{
	struct doc_list list = {.param = domain->param, .is_flags = field->kind == ABI_BITS};

	for (uint32_t i = 0; i < field->members.count; i++) {
		uint64_t value;
		const struct abi_const *member = member_at(builder, field, i, &value);

		if (!member || member->is_computed || accepted[i] ||
		    (list.is_flags && value == 0) || !is_first_name(builder, field, i) ||
		    is_tagged(builder, domain->set, field, value))
			continue;
		vec_push(builder->arena, &list.names, abi_string(builder->db, member->name));
	}
	if (list.names.count == 0)
		return;
	if (domain->selector)
		list.selector = arena_printf(builder->arena, "%s = %s", domain->selector,
					     domain->selected);
	if (is_ambiguous(builder, domain))
		list.call = domain->call;
	vec_push(builder->arena, &builder->lists.unsupported, list);
}

struct doc_lists doc_lists_build(struct arena *arena, const struct doc_index *index,
				 const struct doc_page *page, const struct doc_section *section)
{
	struct lists_builder builder = {
		.arena = arena,
		.index = index,
		.db = index->rules->db,
		.arch = index->rules->arch,
		.page = page,
		.section = section,
	};
	const struct call_part *part;
	const struct domain *domain;

	gather_calls(&builder);
	vec_each (part, &builder.calls)
		fill_domains(&builder, part);
	gather_tags(&builder);
	vec_each (domain, &builder.domains) {
		const bool *accepted = domain->accepted;

		for (uint32_t i = 0; i < domain->set->fields.count; i++) {
			const struct abi_set_field *field =
				&builder.db->set_fields[domain->set->fields.first + i];

			list_field(&builder, domain, field, accepted);
			accepted += field->members.count;
		}
	}
	return builder.lists;
}
