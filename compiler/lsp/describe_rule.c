/* What a rule accepts, parameter by parameter. */
#include <inttypes.h>

#include "describe.h"

enum { RULE_MAX_LINES = 40, RULE_MAX_PARTS = 40 };

struct rule_writer {
	struct prose *prose;
	const struct abi_db *db;
	unsigned arch;
	size_t lines;
};

static void add_part(struct rule_writer *writer, const struct ast_part *part, bool is_first)
{
	struct prose *prose = writer->prose;
	const struct abi_const *constant;
	uint64_t value;

	prose_add(prose, is_first ? "" : ", ");
	if (part->kind == AST_NUMBER) {
		value = part->number.negative ? 0 - part->number.magnitude
					      : part->number.magnitude;
		prose_add(prose, "`%s`", describe_value(prose->arena, NULL, value));
		return;
	}
	constant = abi_const_find(writer->db, part->name.text);
	prose_add(prose, "`%s`", part->name.text);
	if (constant && !abi_num(writer->db, constant->value, writer->arch, &value))
		prose_add(prose, " (not on %s)",
			  abi_string(writer->db, writer->db->archs[writer->arch].name));
}

static void add_pattern(struct rule_writer *writer, const char *place,
			const struct res_pattern *pattern, bool in_register);

static void add_structs(struct rule_writer *writer, const char *place,
			const struct res_pattern *pattern)
{
	for (size_t i = 0; i < pattern->struct_count; i++) {
		const struct res_struct *one = &pattern->structs[i];

		for (size_t j = 0; j < one->field_count; j++) {
			if (one->fields[j].pattern)
				add_pattern(writer,
					    arena_printf(writer->prose->arena, "%s.%s", place,
							 one->fields[j].name.text),
					    one->fields[j].pattern, false);
		}
	}
}

static void add_pattern(struct rule_writer *writer, const char *place,
			const struct res_pattern *pattern, bool in_register)
{
	struct prose *prose = writer->prose;

	if (writer->lines >= RULE_MAX_LINES)
		return;
	switch (pattern->kind) {
	case RES_STRUCTS:
		add_structs(writer, place, pattern);
		return;
	case RES_ARRAY:
		for (size_t i = 0; i < pattern->element_count; i++)
			add_pattern(writer, arena_printf(prose->arena, "%s[]", place),
				    pattern->elements[i], false);
		return;
	case RES_INTEGER:
		prose_add(prose, "- `%s`: any number", place);
		break;
	case RES_PATH:
		prose_add(prose, "- `%s`: a path%s", place,
			  pattern->or_null ? " or `NULL`" : "");
		in_register = false;
		break;
	case RES_WORD:
		prose_add(prose, "- `%s`: ", place);
		for (size_t i = 0; i < pattern->part_count && i < RULE_MAX_PARTS; i++)
			add_part(writer, pattern->parts[i], i == 0);
		if (pattern->part_count > RULE_MAX_PARTS)
			prose_add(prose, ", … (%zu in all)", pattern->part_count);
		break;
	}
	writer->lines++;
	prose_add(prose, "%s\n", in_register ? "" : " (in memory: no filter sees it)");
}

void describe_rule(struct prose *prose, const struct rule *rule, const struct abi_db *db,
		   unsigned arch)
{
	struct rule_writer writer = {.prose = prose, .db = db, .arch = arch};
	const struct res_rule *source = rule->source;

	if (rule->is_never)
		prose_add(prose, "**This rule matches no call.**\n\n");
	else if (rule->cond_count == 0)
		prose_add(prose, "This rule accepts every call of it.\n\n");
	else
		prose_add(prose, "This rule accepts:\n\n");
	for (size_t i = 0; i < source->param_count; i++) {
		if (source->params[i].pattern)
			add_pattern(&writer,
				    source->params[i].ast->is_bare_number
					    ? "number"
					    : source->params[i].ast->name.text,
				    source->params[i].pattern, true);
	}
	if (writer.lines)
		prose_add(prose, "\n");
	if (rule->is_undecidable)
		prose_add(prose, "A seccomp filter cannot decide it alone: a part lies in "
				 "memory.\n\n");
	else if (!rule->is_never)
		prose_add(prose, "A seccomp filter can decide it: registers tell.\n\n");
}
