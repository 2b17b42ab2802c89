#include <inttypes.h>

#include "emit.h"
#include "json_write.h"
#include "version.h"

static void write_part(struct json *json, const struct rules *rules,
		       const struct ast_part *part)
{
	const struct abi_const *constant;
	uint64_t value;

	json_open(json, NULL, '{');
	if (part->kind == AST_NUMBER) {
		json_word(json, "value",
			  part->number.negative ? 0 - part->number.magnitude
						: part->number.magnitude);
	} else {
		json_text(json, "name", part->name.text);
		constant = abi_const_find(rules->db, part->name.text);
		if (!constant)
			json_word(json, "value", 0); /* NULL */
		else if (abi_num(rules->db, constant->value, rules->arch, &value))
			json_word(json, "value", value);
		else
			json_bool(json, "absent", true);
	}
	json_place(json, part->span);
	json_close(json, '}');
}

static void write_pattern(struct json *json, const struct rules *rules, const char *key,
			  const struct res_pattern *pattern);

static void write_structs(struct json *json, const struct rules *rules,
			  const struct res_pattern *pattern)
{
	json_text(json, "kind", "struct");
	json_open(json, "alternatives", '[');
	for (size_t i = 0; i < pattern->struct_count; i++) {
		const struct res_struct *one = &pattern->structs[i];

		json_open(json, NULL, '{');
		if (one->name)
			json_text(json, "name", one->name);
		json_bool(json, "open", one->is_open);
		json_open(json, "fields", '[');
		for (size_t j = 0; j < one->field_count; j++) {
			json_open(json, NULL, '{');
			json_text(json, "name", one->fields[j].name.text);
			json_place(json, one->fields[j].name.span);
			if (one->fields[j].pattern)
				write_pattern(json, rules, "pattern", one->fields[j].pattern);
			json_close(json, '}');
		}
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void write_pattern(struct json *json, const struct rules *rules, const char *key,
			  const struct res_pattern *pattern)
{
	json_open(json, key, '{');
	switch (pattern->kind) {
	case RES_INTEGER:
		json_text(json, "kind", "integer");
		break;
	case RES_PATH:
		json_text(json, "kind", "path");
		json_bool(json, "null", pattern->or_null);
		break;
	case RES_STRUCTS:
		write_structs(json, rules, pattern);
		break;
	case RES_ARRAY:
		json_text(json, "kind", "array");
		json_open(json, "elements", '[');
		for (size_t i = 0; i < pattern->element_count; i++)
			write_pattern(json, rules, NULL, pattern->elements[i]);
		json_close(json, ']');
		break;
	case RES_WORD:
		json_text(json, "kind", "word");
		json_open(json, "parts", '[');
		for (size_t i = 0; i < pattern->part_count; i++)
			write_part(json, rules, pattern->parts[i]);
		json_close(json, ']');
		break;
	}
	json_close(json, '}');
}

static void write_values(struct json *json, const char *key, const struct test *test)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < test->value_count; i++)
		json_word(json, NULL, test->values[i]);
	json_close(json, ']');
}

static void write_place(struct json *json, const char *key, const struct scml_place *place)
{
	json_open(json, key, '{');
	if (place->base == SCML_INSIDE)
		json_number(json, "offset", place->offset);
	else
		json_number(json, "register", place->base);
	json_number(json, "width", place->width);
	if (place->flags & SCML_BIG_ENDIAN)
		json_bool(json, "big_endian", true);
	json_close(json, '}');
}

static void write_block(struct json *json, const struct scml_block *block)
{
	static const char *const kinds[] = {
		[SCML_EXTENT_FIXED] = "fixed",
		[SCML_EXTENT_PLACE] = "word",
		[SCML_EXTENT_POINTEE] = "pointee",
		[SCML_EXTENT_RETURN] = "return",
	};

	json_number(json, "size", block->size);
	json_open(json, "extent", '{');
	json_text(json, "kind", kinds[block->extent.kind]);
	if (block->extent.kind == SCML_EXTENT_FIXED)
		json_number(json, "count", block->extent.fixed);
	else if (block->extent.kind != SCML_EXTENT_RETURN)
		write_place(json, "place", &block->extent.place);
	json_close(json, '}');
	json_bool(json, "at_return", block->flags & SCML_AT_RETURN);
}

static void write_test(struct json *json, const char *key, const struct test *test)
{
	static const char *const ops[] = {
		[SCML_OP_TRUE] = "true",     [SCML_OP_FALSE] = "false",
		[SCML_OP_ALL] = "all",	     [SCML_OP_ANY] = "any",
		[SCML_OP_IN] = "in",	     [SCML_OP_NOT_IN] = "not_in",
		[SCML_OP_BITS] = "bits",     [SCML_OP_STRING] = "string",
		[SCML_OP_MEMORY] = "memory", [SCML_OP_EACH] = "each",
	};
	bool is_word = test->op == SCML_OP_IN || test->op == SCML_OP_NOT_IN ||
		       test->op == SCML_OP_BITS;
	bool is_block = test->op == SCML_OP_MEMORY || test->op == SCML_OP_EACH;

	json_open(json, key, '{');
	json_text(json, "op", ops[test->op]);
	if (is_word || is_block || test->op == SCML_OP_STRING) {
		json_text(json, "what", test->name);
		write_place(json, "place", &test->place);
	}
	if (is_word) {
		json_word(json, "mask", test->mask);
		if (test->op == SCML_OP_BITS)
			json_word(json, "bits", test->bits);
		write_values(json, test->op == SCML_OP_BITS ? "composites" : "values", test);
	}
	if (is_block)
		write_block(json, &test->block);
	if (test->child_count) {
		json_open(json, "tests", '[');
		for (size_t i = 0; i < test->child_count; i++)
			write_test(json, NULL, test->children[i]);
		json_close(json, ']');
	}
	json_close(json, '}');
}

static void write_rule(struct json *json, const struct rules *rules, const struct rule *rule)
{
	json_open(json, NULL, '{');
	json_place(json, rule->source->ast->name.span);
	json_bool(json, "open", rule->source->ast->is_open);
	json_bool(json, "never", rule->is_never);
	json_bool(json, "registers_decide", !rule->is_undecidable);
	json_open(json, "params", '[');
	for (size_t i = 0; i < rule->source->param_count; i++) {
		const struct res_param *param = &rule->source->params[i];

		json_open(json, NULL, '{');
		json_text(json, "name", param->ast->name.text);
		if (param->pattern)
			write_pattern(json, rules, "pattern", param->pattern);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_open(json, "conditions", '[');
	for (size_t i = 0; i < rule->cond_count; i++) {
		json_open(json, NULL, '{');
		json_text(json, "param", rule->conds[i].name);
		json_number(json, "register", rule->conds[i].param);
		write_test(json, "test", rule->conds[i].test);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

static void write_arch(struct json *json, const struct rules *rules)
{
	const struct abi_arch *arch = &rules->db->archs[rules->arch];

	json_open(json, NULL, '{');
	json_text(json, "arch", abi_string(rules->db, arch->name));
	json_word(json, "audit", arch->audit);
	json_open(json, "calls", '[');
	for (size_t i = 0; i < rules->call_count; i++) {
		const struct rule_call *call = &rules->calls[i];

		json_open(json, NULL, '{');
		json_text(json, "name", abi_string(rules->db, call->abi->name));
		json_number(json, "nr", call->nr);
		json_open(json, "rules", '[');
		for (size_t j = 0; j < call->rule_count; j++)
			write_rule(json, rules, &call->rules[j]);
		json_close(json, ']');
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void emit_json(const struct compilation *compilation, const struct emit_options *options,
	       FILE *out)
{
	struct json json = {.sources = compilation->sources, .out = out};

	(void)options;
	json_open(&json, NULL, '{');
	json_number(&json, "version", 1);
	json_text(&json, "generator", "scmlc " SCML_VERSION);
	json_open(&json, "architectures", '[');
	for (size_t i = 0; i < compilation->rules_count; i++)
		write_arch(&json, compilation->rules[i]);
	json_close(&json, ']');
	json_close(&json, '}');
	putc('\n', out);
}
