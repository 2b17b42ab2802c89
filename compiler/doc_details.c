#include "doc_details.h"

#include <inttypes.h>
#include <string.h>

enum {
	DETAILS_MAX_ROWS = 1000, /* of one rule: structs in structs multiply */
};

struct details_writer {
	struct arena *arena;
	struct doc_markdown *markdown;
	FILE *out;
	size_t rows; /* of this rule so far */
};

static void write_row(struct details_writer *writer, const char *place, const char *wanted,
		      bool in_register)
{
	if (writer->rows++ == DETAILS_MAX_ROWS)
		fputs("| … | more of the same kind | |\n", writer->out);
	if (writer->rows <= DETAILS_MAX_ROWS)
		fprintf(writer->out, "| `%s` | %s | %s |\n", place, wanted,
			in_register ? "yes" : "no");
}

/* The constants and numbers of a pattern, each as code. */
static const char *word_text(struct arena *arena, const struct res_pattern *pattern)
{
	struct doc_buffer buffer = {0};

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct ast_part *part = pattern->parts[i];

		doc_buffer_puts(arena, &buffer, i ? ", `" : "`");
		if (part->kind == AST_NUMBER)
			doc_buffer_puts(arena, &buffer,
					arena_printf(arena,
						     part->number.magnitude < 10
							     ? "%s%" PRIu64
							     : "%s0x%" PRIx64,
						     part->number.negative ? "-" : "",
						     part->number.magnitude));
		else
			doc_buffer_puts(arena, &buffer, part->name.text);
		doc_buffer_puts(arena, &buffer, "`");
	}
	return doc_buffer_text(arena, &buffer);
}

static void write_pattern(struct details_writer *writer, const char *place,
			  const struct res_pattern *pattern, bool in_register);

static void write_structs(struct details_writer *writer, const char *place,
			  const struct res_pattern *pattern)
{
	for (size_t i = 0; i < pattern->struct_count; i++) {
		const struct res_struct *layout = &pattern->structs[i];
		const char *prefix =
			pattern->struct_count > 1
				? arena_printf(writer->arena, "%s{%zu}", place, i + 1)
				: place;

		for (size_t j = 0; j < layout->field_count; j++) {
			const struct res_field *field = &layout->fields[j];

			if (field->pattern && writer->rows <= DETAILS_MAX_ROWS)
				write_pattern(writer,
					      arena_printf(writer->arena, "%s.%s", prefix,
							   field->name.text),
					      field->pattern, false);
		}
	}
}

/* A row for each place that PATTERN constrains. */
static void write_pattern(struct details_writer *writer, const char *place,
			  const struct res_pattern *pattern, bool in_register)
{
	switch (pattern->kind) {
	case RES_WORD:
		write_row(writer, place, word_text(writer->arena, pattern), in_register);
		break;
	case RES_INTEGER:
		write_row(writer, place, "any number", in_register);
		break;
	case RES_PATH:
		write_row(writer, place,
			  pattern->or_null ? "a path or `NULL`" : "a path that can be read",
			  false);
		break;
	case RES_STRUCTS:
		write_structs(writer, place, pattern);
		break;
	case RES_ARRAY:
		for (size_t i = 0; i < pattern->element_count; i++)
			write_pattern(
				writer,
				pattern->element_count > 1
					? arena_printf(writer->arena, "%s[]{%zu}", place, i + 1)
					: arena_printf(writer->arena, "%s[]", place),
				pattern->elements[i], false);
		break;
	}
}

/* What the rule calls the parameter; for a bare number, what the database does. */
static const char *param_name(const struct rule *rule, const struct res_param *param)
{
	for (size_t i = 0; i < rule->cond_count; i++) {
		if (rule->conds[i].span.start == param->ast->span.start)
			return rule->conds[i].name;
	}
	return param->ast->name.text;
}

static void write_rule(struct details_writer *writer, const struct doc_index_row *row)
{
	const struct res_rule *source = row->rule->source;
	bool has_table = false;

	doc_markdown_begin(writer->markdown);
	fprintf(writer->out, "Rule %td of `%s` ", row->rule - row->call->rules + 1,
		source->ast->name.text);
	if (row->rule->is_never)
		fputs("matches no call.\n", writer->out);
	else if (row->rule->cond_count == 0)
		fputs("matches every call.\n", writer->out);
	else if (row->rule->is_undecidable)
		fputs("depends on memory, so a seccomp filter alone cannot decide it.\n",
		      writer->out);
	else
		fputs("depends on registers alone, so a seccomp filter decides it.\n",
		      writer->out);
	writer->rows = 0;
	for (size_t i = 0; i < source->param_count; i++) {
		const struct res_param *param = &source->params[i];

		if (!param->pattern)
			continue;
		if (!has_table) {
			doc_markdown_begin(writer->markdown);
			fputs("| Where | What | Seen by a filter |\n| --- | --- | --- |\n",
			      writer->out);
		}
		has_table = true;
		write_pattern(writer, param_name(row->rule, param), param->pattern, true);
	}
}

void doc_details_write(struct arena *arena, const struct doc_index *index,
		       const struct doc_section *section, struct doc_markdown *markdown)
{
	struct details_writer writer = {
		.arena = arena, .markdown = markdown, .out = markdown->out};

	for (size_t i = 0; i < section->rules.count; i++) {
		const struct doc_index_row *row =
			doc_index_find(index, section->rules.items[i]);

		if (row)
			write_rule(&writer, row);
	}
}
