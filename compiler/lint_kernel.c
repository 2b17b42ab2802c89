#include <string.h>

#include "lint.h"

struct walk {
	const struct compilation *compilation;
	unsigned min_kernel;
};

static void check_age(const struct walk *walk, struct span span, const char *what,
		      const char *name, struct abi_since since)
{
	struct diags *diags = walk->compilation->diags;
	unsigned oldest = walk->min_kernel;

	if (since.release <= oldest)
		return;
	if (since.earliest == since.release)
		diag_add(diags, DIAG_NEWER, span,
			 "the %s '%s' came with Linux %u.%u; %u.%u does not have it", what,
			 name, since.release >> 8, since.release & 0xffu, oldest >> 8,
			 oldest & 0xff);
	else
		diag_add(diags, DIAG_NEWER, span,
			 "the %s '%s' came with one of Linux %u.%u to %u.%u; %u.%u %s it", what,
			 name, since.earliest >> 8, since.earliest & 0xffu, since.release >> 8,
			 since.release & 0xffu, oldest >> 8, oldest & 0xff,
			 since.earliest > oldest ? "does not have" : "may lack");
}

static void check_pattern(const struct walk *walk, const struct res_pattern *pattern)
{
	const struct abi_db *db = walk->compilation->db;

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = pattern->parts[i];
		const struct abi_const *constant =
			part->kind == AST_CONST ? abi_const_find(db, part->name.text) : NULL;

		if (constant)
			check_age(walk, part->span, "constant", part->name.text,
				  constant->since);
	}
	for (size_t i = 0; i < pattern->element_count; i++)
		check_pattern(walk, pattern->elements[i]);
	for (size_t i = 0; i < pattern->struct_count; i++) {
		for (size_t j = 0; j < pattern->structs[i].field_count; j++) {
			if (pattern->structs[i].fields[j].pattern)
				check_pattern(walk, pattern->structs[i].fields[j].pattern);
		}
	}
}

static void check_rule(const struct walk *walk, const struct res_rule *rule)
{
	const struct ast_name *name = &rule->ast->name;
	const struct abi_call *call = abi_call_find(walk->compilation->db, name->text);

	if (call)
		check_age(walk, name->span, "system call", name->text, call->since);
	for (size_t i = 0; i < rule->param_count; i++) {
		if (rule->params[i].pattern)
			check_pattern(walk, rule->params[i].pattern);
	}
}

void lint_kernel(const struct compilation *compilation, unsigned min_kernel)
{
	struct walk walk = {compilation, min_kernel};

	for (size_t i = 0; i < compilation->document_count; i++) {
		const struct res_document *document = compilation->documents[i];

		for (size_t j = 0; j < document->rule_count; j++)
			check_rule(&walk, &document->rules[j]);
	}
}
