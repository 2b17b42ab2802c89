/* Rules of a plan: what there is, with what it lacks. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "plan.h"
#include "value_name.h"

struct writer {
	struct arena *arena;
	const struct rules *rules;
	const struct plan_item *const *items;
	size_t count;
	size_t suffix;		    /* of names of structs */
	size_t struct_names;	    /* so far */
	const char *before;	    /* struct rules that the rule refers to */
	const struct abi_call *abi; /* NULL: not known */
};

/* Does a need of the writer's say something about PATH itself (or, BELOW, about what is in it)?
 */
static bool is_about(const struct plan_item *item, const char *path, bool below)
{
	size_t len = strlen(path);

	if (!item->need.param || strncmp(item->need.param, path, len) != 0)
		return false;
	if (!below)
		return !item->need.param[len];
	return item->need.param[len] == '.' || item->need.param[len] == '[';
}

/* Can no constant help at PATH or in it? */
static bool is_hopeless(const struct writer *writer, const char *path)
{
	for (size_t i = 0; i < writer->count; i++)
		if (!writer->items[i]->need.what && (is_about(writer->items[i], path, false) ||
						     is_about(writer->items[i], path, true)))
			return true;
	return false;
}

static const char *join(const struct writer *writer, const char *text, const char *part)
{
	return arena_printf(writer->arena, "%s%s%s", text, *text ? " | " : "", part);
}

static const char *part_text(const struct writer *writer, const struct ast_part *part)
{
	if (part->kind == AST_CONST)
		return part->name.text;
	return arena_printf(writer->arena,
			    part->number.magnitude < 10 ? "%s%" PRIu64 : "%s0x%" PRIx64,
			    part->number.negative ? "-" : "", part->number.magnitude);
}

/* The needs at PATH behind TEXT. */
static const char *with_needs(const struct writer *writer, const char *path, const char *text)
{
	for (size_t i = 0; i < writer->count; i++)
		if (is_about(writer->items[i], path, false))
			text = join(writer, text, writer->items[i]->need.what);
	return text;
}

static const char *zero_name(const struct writer *writer, const struct abi_set_field *field)
{
	const struct abi_db *db = writer->rules->db;
	uint64_t value;

	for (uint32_t i = 0; i < field->members.count; i++) {
		const struct abi_const *member =
			&db->consts[db->refs[field->members.first + i]];

		if (abi_num(db, member->value, writer->rules->arch, &value) &&
		    !(value & field->mask))
			return abi_string(db, member->name);
	}
	return NULL;
}

static bool lists(const struct abi_db *db, const struct abi_set *set,
		  const struct res_pattern *pattern, const struct abi_set_field *field)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(db, part->name.text) : NULL;

		if (constant && abi_set_field_of(db, set, constant) == field)
			return true;
	}
	return false;
}

/* TEXT of the word at PATH, and what went without saying in PATTERN as long as it listed no
 * other member: O_RDONLY, beside a need for O_RDWR. */
static const char *with_zeros(const struct writer *writer, const char *path,
			      const struct res_pattern *pattern, const char *text)
{
	const struct abi_db *db = writer->rules->db;
	const struct abi_set_field *done = NULL;
	struct scml_call call = {0};
	const struct abi_slot *slot;
	uint64_t nr;

	if (!writer->abi || !abi_num(db, writer->abi->nr, writer->rules->arch, &nr))
		return text;
	call.nr = (uint32_t)nr;
	slot = value_slot(db, writer->rules->arch, &call, path);
	for (size_t i = 0; slot && slot->set && i < writer->count; i++) {
		const struct abi_set *set = &db->sets[slot->set];
		const char *what = writer->items[i]->need.what;
		const struct abi_const *constant =
			what && is_about(writer->items[i], path, false)
				? abi_const_find(db, what)
				: NULL;
		const struct abi_set_field *field =
			constant ? abi_set_field_of(db, set, constant) : NULL;

		if (!field || field == done || field->kind != ABI_ENUM ||
		    field->zero != ABI_ZERO_MEMBER || lists(db, set, pattern, field) ||
		    set->fields.count == 1)
			continue;
		done = field;
		if (zero_name(writer, field) && strcmp(zero_name(writer, field), what) != 0)
			text = join(writer, text, zero_name(writer, field));
	}
	return text;
}

static const char *pattern_text(struct writer *writer, const char *path,
				const struct res_pattern *pattern);

static const char *struct_text(struct writer *writer, const char *path,
			       const struct res_struct *object)
{
	const char *text = "{ ";

	for (size_t i = 0; i < object->field_count; i++) {
		const struct res_field *field = &object->fields[i];
		const char *inner =
			arena_printf(writer->arena, "%s.%s", path, field->name.text);
		const char *pattern =
			field->pattern ? pattern_text(writer, inner, field->pattern) : NULL;

		text = arena_printf(writer->arena, "%s%s%s%s%s", text, i ? ", " : "",
				    field->name.text, pattern ? " = " : "",
				    pattern ? pattern : "");
	}
	if (object->is_open)
		text = arena_printf(writer->arena, "%s%s..", text,
				    object->field_count ? ", " : "");
	return arena_printf(writer->arena, "%s }", text);
}

/* Alternatives have no form within a rule: they become struct rules of one name before it. */
static const char *structs_text(struct writer *writer, const char *path,
				const struct res_pattern *pattern)
{
	const char *name;

	if (pattern->struct_count == 1)
		return struct_text(writer, path, &pattern->structs[0]);
	name = arena_printf(writer->arena, "plan_%zu_%zu", writer->suffix,
			    ++writer->struct_names);
	for (size_t i = 0; i < pattern->struct_count; i++) {
		const char *text = struct_text(writer, path, &pattern->structs[i]);

		writer->before = arena_printf(writer->arena, "%sstruct %s = %s;\n",
					      writer->before, name, text);
	}
	return arena_printf(writer->arena, "<%s>", name);
}

/* PATTERN with what is needed at PATH and in it; NULL: nothing is asked any more. */
static const char *pattern_text(struct writer *writer, const char *path,
				const struct res_pattern *pattern)
{
	const char *text = "";

	if (is_hopeless(writer, path))
		return NULL;
	switch (pattern->kind) {
	case RES_INTEGER:
		return "<INTEGER>";
	case RES_PATH:
		return pattern->or_null ? "<PATH> | NULL" : "<PATH>";
	case RES_STRUCTS:
		return structs_text(writer, path, pattern);
	case RES_ARRAY:
		for (size_t i = 0; i < pattern->element_count; i++) {
			const char *element =
				pattern_text(writer, arena_printf(writer->arena, "%s[]", path),
					     pattern->elements[i]);

			if (!element)
				return NULL;
			text = arena_printf(writer->arena, "%s%s%s", text, i ? ", " : "",
					    element);
		}
		return arena_printf(writer->arena, "[ %s ]", text);
	case RES_WORD:
		break;
	}
	for (size_t i = 0; i < pattern->part_count; i++)
		text = join(writer, text, part_text(writer, pattern->parts[i]));
	text = with_zeros(writer, path, pattern, text);
	return with_needs(writer, path, text);
}

/* Those of RULE. At the end, what it asks nothing of and only some calls have would keep the
 * others out. */
static const char *extended_params(struct writer *writer, const struct rule *rule)
{
	size_t least = writer->abi ? abi_least_params(writer->rules->db, writer->abi,
						      writer->rules->arch)
				   : 0;
	const char *text = "", *known = "";

	for (size_t i = 0; i < rule->source->param_count; i++) {
		const struct res_param *param = &rule->source->params[i];
		const char *name = param->ast->name.text;
		const char *pattern =
			param->pattern ? pattern_text(writer, name, param->pattern) : NULL;

		if (i)
			text = arena_printf(writer->arena, "%s, ", text);
		if (param->ast->is_bare_number)
			text = arena_printf(writer->arena, "%s%s", text,
					    pattern ? pattern : "_");
		else
			text = arena_printf(writer->arena, "%s%s%s%s", text, name,
					    pattern ? " = " : "", pattern ? pattern : "");
		if (pattern || i < least)
			known = text;
	}
	return known;
}

/* The parameters of a call that has no rule yet, up to the last one of which something is
 * known. What only some calls have would keep the others out. */
static const char *new_params(struct writer *writer, const struct abi_call *abi)
{
	const struct abi_db *db = writer->rules->db;
	const char *text = "", *known = "";
	size_t count;
	const struct abi_param *params = abi_call_params(db, abi, writer->rules->arch, &count);

	count = abi_least_params(db, abi, writer->rules->arch);
	for (size_t i = 0; i < count; i++) {
		const char *name = abi_string(db, params[i].name);
		const char *pattern =
			is_hopeless(writer, name) ? "" : with_needs(writer, name, "");

		text = arena_printf(writer->arena, "%s%s%s%s%s", text, i ? ", " : "", name,
				    *pattern ? " = " : "", pattern);
		if (*pattern)
			known = text;
	}
	return known;
}

/* FILE within a comment, which ends with the line. */
static const char *safe_name(const struct writer *writer, const char *file)
{
	char *name = arena_strdup(writer->arena, file);

	for (char *at = name; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return name;
}

/* Where the rule's text is not known: what is to be added to it, place by place. */
static const char *fragment(struct writer *writer)
{
	const char *text = "";

	for (size_t i = 0; i < writer->count; i++) {
		const struct report_cause *need = &writer->items[i]->need;

		if (!need->param)
			continue;
		text = arena_printf(writer->arena, "%s//   %s:%" PRIu32 ": %s = ... | %s\n",
				    text, safe_name(writer, need->file), need->line,
				    need->param, need->what ? need->what : "(whatever it is)");
	}
	return text;
}

const char *plan_rule(struct arena *arena, const struct rules *rules, const struct rule *rule,
		      const struct plan_item *const *items, size_t count, size_t suffix)
{
	const char *name = items[0]->need.name, *params;
	const struct abi_call *abi = abi_call_find(rules->db, name);
	struct writer writer = {arena, rules, items, count, suffix, 0, "", abi};

	if (items[0]->need.file && !rule)
		return fragment(&writer);
	if (!abi || !abi_call_variant(rules->db, abi, rules->arch))
		return arena_printf(arena, "//   %s: no rule can be for it\n", name);
	params = rule ? extended_params(&writer, rule) : new_params(&writer, abi);
	return arena_printf(arena, "%s%s(%s%s..);\n", writer.before, name, params,
			    *params ? ", " : "");
}
