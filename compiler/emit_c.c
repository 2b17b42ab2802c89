#include <inttypes.h>
#include <string.h>

#include "emit.h"
#include "version.h"

static void write_head(FILE *out, const char *what)
{
	fprintf(out,
		"/* %s; written by scmlc " SCML_VERSION ", not by hand. */\n"
		"/* clang-format off */\n",
		what);
}

static void write_numbers(const struct scml_table *table, const char *name, FILE *out)
{
	fprintf(out, "\nstatic const uint16_t %s_by_nr[] = {\n", name);
	for (uint32_t nr = 0; nr < table->nr_count; nr++) {
		if (table->by_nr[nr])
			fprintf(out, "\t[%" PRIu32 "] = %u, /* %s */\n", nr, table->by_nr[nr],
				table->strings + table->calls[table->by_nr[nr] - 1].name);
	}
	fputs("};\n", out);
}

static void write_rules(const struct scml_table *table, const char *name, FILE *out)
{
	fprintf(out, "\nstatic const struct scml_call_rules %s_calls[] = {\n", name);
	for (uint32_t i = 0; i < table->call_count; i++)
		fprintf(out,
			"\t{%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32
			"},\n",
			table->calls[i].name, table->calls[i].first_rule,
			table->calls[i].rule_count, table->calls[i].first_step,
			table->calls[i].step_count);
	fprintf(out, "};\n\nstatic const struct scml_rule %s_rules[] = {\n", name);
	for (uint32_t i = 0; i < table->rule_count; i++)
		fprintf(out,
			"\t{%" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32
			"},\n",
			table->rules[i].file, table->rules[i].line, table->rules[i].first_cond,
			table->rules[i].cond_count, table->rules[i].column);
	if (table->cond_count) {
		fprintf(out, "};\n\nstatic const struct scml_cond %s_conds[] = {\n", name);
		for (uint32_t i = 0; i < table->cond_count; i++)
			fprintf(out, "\t{%" PRIu32 ", %" PRIu32 "},\n", table->conds[i].param,
				table->conds[i].test);
	}
	fputs("};\n", out);
}

static void write_place(const struct scml_place *place, FILE *out)
{
	fprintf(out, "{%u, %u, %u, %" PRIu32 "}", place->base, place->width, place->flags,
		place->offset);
}

static void write_tests(const struct scml_table *table, const char *name, FILE *out)
{
	static const char *const ops[] = {
		[SCML_OP_TRUE] = "SCML_OP_TRUE",     [SCML_OP_FALSE] = "SCML_OP_FALSE",
		[SCML_OP_ALL] = "SCML_OP_ALL",	     [SCML_OP_ANY] = "SCML_OP_ANY",
		[SCML_OP_IN] = "SCML_OP_IN",	     [SCML_OP_NOT_IN] = "SCML_OP_NOT_IN",
		[SCML_OP_BITS] = "SCML_OP_BITS",     [SCML_OP_STRING] = "SCML_OP_STRING",
		[SCML_OP_MEMORY] = "SCML_OP_MEMORY", [SCML_OP_EACH] = "SCML_OP_EACH",
	};

	if (!table->test_count)
		return;
	fprintf(out, "\nstatic const struct scml_test %s_tests[] = {\n", name);
	for (uint32_t i = 0; i < table->test_count; i++) {
		const struct scml_test *test = &table->tests[i];

		fprintf(out, "\t{%s, %u, ", ops[test->op], test->flags);
		write_place(&test->place, out);
		fprintf(out,
			", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ", 0x%" PRIx64
			"u, 0x%" PRIx64 "u},\n",
			test->first, test->count, test->block, test->name, test->mask,
			test->bits);
	}
	fputs("};\n", out);
}

static void write_blocks(const struct scml_table *table, const char *name, FILE *out)
{
	if (table->block_count) {
		fprintf(out, "\nstatic const struct scml_block %s_blocks[] = {\n", name);
		for (uint32_t i = 0; i < table->block_count; i++) {
			const struct scml_block *block = &table->blocks[i];

			fprintf(out, "\t{%" PRIu32 ", %u, %u, {%u, ", block->size, block->flags,
				block->prefix, block->extent.kind);
			write_place(&block->extent.place, out);
			fprintf(out, ", %" PRIu32 "}},\n", block->extent.fixed);
		}
		fputs("};\n", out);
	}
	if (table->value_count) {
		fprintf(out, "\nstatic const uint64_t %s_values[] = {\n", name);
		for (uint32_t i = 0; i < table->value_count; i++)
			fprintf(out, "\t0x%" PRIx64 "u,\n", table->values[i]);
		fputs("};\n", out);
	}
}

static void write_steps(const struct scml_table *table, const char *name, FILE *out)
{
	static const char *const ops[] = {
		[SCML_STEP_REGISTER] = "SCML_STEP_REGISTER",
		[SCML_STEP_EITHER] = "SCML_STEP_EITHER",
		[SCML_STEP_SWITCH] = "SCML_STEP_SWITCH",
		[SCML_STEP_LAST] = "SCML_STEP_LAST",
		[SCML_STEP_INSIDE] = "SCML_STEP_INSIDE",
		[SCML_STEP_TEST] = "SCML_STEP_TEST",
		[SCML_STEP_MEMORY] = "SCML_STEP_MEMORY",
		[SCML_STEP_YES] = "SCML_STEP_YES",
		[SCML_STEP_NO] = "SCML_STEP_NO",
	};

	if (!table->step_count)
		return;
	fprintf(out, "\nstatic const struct scml_step %s_steps[] = {\n", name);
	for (uint32_t i = 0; i < table->step_count; i++) {
		const struct scml_step *step = &table->steps[i];

		fprintf(out,
			"\t{%s, %u, %u, %u, %u, %" PRIu32 ", 0x%" PRIx32 "u, 0x%" PRIx64
			"u, 0x%" PRIx64 "u},\n",
			ops[step->op], step->from, step->offset, step->yes, step->no,
			step->index, step->low, step->mask, step->set);
	}
	fprintf(out, "};\n\nstatic const uint32_t %s_starts[] = {\n", name);
	for (uint32_t nr = 0; nr < table->nr_count; nr++) {
		if (table->starts[nr])
			fprintf(out, "\t[%" PRIu32 "] = %" PRIu32 ",\n", nr, table->starts[nr]);
	}
	fputs("};\n", out);
	if (!table->way_count)
		return;
	fprintf(out, "\nstatic const struct scml_way %s_ways[] = {\n", name);
	for (uint32_t i = 0; i < table->way_count; i++)
		fprintf(out, "\t{0x%" PRIx32 "u, %u, %s},\n", table->ways[i].value,
			table->ways[i].steps,
			table->ways[i].end ? ops[table->ways[i].end] : "0");
	fputs("};\n", out);
}

/* One literal per string, so that no hexadecimal escape runs into the next character. */
static void write_strings(const struct scml_table *table, const char *name, FILE *out)
{
	fprintf(out, "\nstatic const char %s_strings[] =\n", name);
	for (uint32_t at = 0; at < table->string_bytes;) {
		const char *text = table->strings + at;

		fputs("\t\"", out);
		for (const char *c = text; *c; c++) {
			if (*c == '"' || *c == '\\' || *c == '?')
				fprintf(out, "\\%c", *c);
			else if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
				fprintf(out, "\\%03o", (unsigned char)*c);
			else
				putc(*c, out);
		}
		fputs("\\0\"\n", out);
		at += (uint32_t)strlen(text) + 1;
	}
	fputs("\t;\n", out);
}

static void write_member(const char *name, const char *member, uint32_t count, FILE *out)
{
	if (count)
		fprintf(out, "\t.%s = %s_%s,\n", member, name, member);
}

static void write_table(const struct scml_table *table, const char *name, FILE *out)
{
	fprintf(out, "\nconst struct scml_table %s_table = {\n", name);
	fprintf(out,
		"\t.version = %" PRIu32 ",\n\t.arch = 0x%" PRIx32 "u,\n\t.big_endian = %s,\n",
		table->version, table->arch, table->big_endian ? "true" : "false");
	fprintf(out,
		"\t.nr_count = %" PRIu32 ",\n\t.call_count = %" PRIu32
		",\n\t.rule_count = %" PRIu32 ",\n\t.cond_count = %" PRIu32
		",\n\t.test_count = %" PRIu32 ",\n\t.block_count = %" PRIu32
		",\n\t.value_count = %" PRIu32 ",\n\t.string_bytes = %" PRIu32
		",\n\t.step_count = %" PRIu32 ",\n\t.way_count = %" PRIu32 ",\n",
		table->nr_count, table->call_count, table->rule_count, table->cond_count,
		table->test_count, table->block_count, table->value_count, table->string_bytes,
		table->step_count, table->way_count);
	write_member(name, "by_nr", table->nr_count, out);
	write_member(name, "calls", table->call_count, out);
	write_member(name, "rules", table->rule_count, out);
	write_member(name, "conds", table->cond_count, out);
	write_member(name, "tests", table->test_count, out);
	write_member(name, "blocks", table->block_count, out);
	write_member(name, "values", table->value_count, out);
	write_member(name, "strings", table->string_bytes, out);
	write_member(name, "starts", table->step_count, out);
	write_member(name, "steps", table->step_count, out);
	write_member(name, "ways", table->way_count, out);
	fputs("};\n", out);
}

void emit_c(const struct compilation *compilation, const struct emit_options *options,
	    FILE *out)
{
	const struct scml_table *table = table_build(compilation->arena, compilation->rules[0]);
	const char *name = emit_identifier(compilation->arena, options->output_name);

	write_head(out, "system call rules as tables for libscml");
	fprintf(out, "#include \"scml.h\"\n\nextern const struct scml_table %s_table;\n", name);
	if (table->call_count) {
		write_numbers(table, name, out);
		write_rules(table, name, out);
	}
	write_tests(table, name, out);
	write_blocks(table, name, out);
	write_steps(table, name, out);
	write_strings(table, name, out);
	write_table(table, name, out);
}

void emit_h(const struct compilation *compilation, const struct emit_options *options,
	    FILE *out)
{
	const char *name = emit_identifier(compilation->arena, options->output_name);
	const char *guard = emit_guard(compilation->arena, name, "H");

	write_head(out, "the table that the .c file of the same rules defines");
	fprintf(out,
		"#ifndef %s\n#define %s\n\n#include \"scml.h\"\n\n"
		"extern const struct scml_table %s_table;\n\n#endif\n",
		guard, guard, name);
}
