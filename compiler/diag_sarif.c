/* SARIF 2.1.0: one log with one run, for code scanning services. */
#include <ctype.h>

#include "diag_sinks.h"
#include "json_text.h"

static void write_member(FILE *out, const char *name, const char *text)
{
	json_write_string(out, name);
	putc(':', out);
	json_write_string(out, text);
}

static void write_message(FILE *out, const char *name, const char *text)
{
	json_write_string(out, name);
	fputs(":{", out);
	write_member(out, "text", text);
	putc('}', out);
}

/* A path as a URI reference: everything but unreserved characters and '/' is escaped. */
static void write_uri(FILE *out, const char *path)
{
	fputs(path[0] == '/' ? "\"file://" : "\"", out);
	for (const char *at = path; *at; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte < 0x80 && (isalnum(byte) || byte == '/' || byte == '-' ||
				    byte == '.' || byte == '_' || byte == '~'))
			putc(byte, out);
		else
			fprintf(out, "%%%02X", byte);
	}
	putc('"', out);
}

static void write_artifact(const struct source_file *file, FILE *out)
{
	fputs("\"artifactLocation\":{\"uri\":", out);
	write_uri(out, file->path);
	putc('}', out);
}

static void write_region(const struct source_file *file, struct span span, const char *name,
			 FILE *out)
{
	struct source_place start = source_place(file, span.start);
	struct source_place end = source_place(file, span.end);

	fprintf(out,
		"\"%s\":{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,"
		"\"endColumn\":%u,\"byteOffset\":%u,\"byteLength\":%u}",
		name, start.line, source_utf16_column(file, span.start) + 1, end.line,
		source_utf16_column(file, span.end) + 1, span.start, span.end - span.start);
}

static void write_physical(const struct source_file *file, struct span span, FILE *out)
{
	fputs("\"physicalLocation\":{", out);
	write_artifact(file, out);
	putc(',', out);
	write_region(file, span, "region", out);
	putc('}', out);
}

static void write_related(const struct sources *files, const struct diag *diag, FILE *out)
{
	const char *separator = "";

	fputs(",\"relatedLocations\":[", out);
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		const struct source_file *file = source_file(files, remark->span.file);

		fprintf(out, "%s{", separator);
		if (file) {
			write_physical(file, remark->span, out);
			putc(',', out);
		}
		write_message(out, "message", remark->text);
		putc('}', out);
		separator = ",";
	}
	putc(']', out);
}

/* The edits of a diagnostic mend it together, so they are one fix. */
static void write_fix(const struct sources *files, const struct diag *diag, FILE *out)
{
	const char *separator = "";

	fputs(",\"fixes\":[{\"artifactChanges\":[", out);
	for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next) {
		const struct source_file *file = source_file(files, edit->span.file);

		if (!file)
			continue;
		fprintf(out, "%s{", separator);
		write_artifact(file, out);
		fputs(",\"replacements\":[{", out);
		write_region(file, edit->span, "deletedRegion", out);
		putc(',', out);
		write_message(out, "insertedContent", edit->text);
		fputs("}]}", out);
		separator = ",";
	}
	fputs("]}]", out);
}

static void write_result(const struct sources *files, const struct diag *diag, FILE *out)
{
	const struct source_file *file = source_file(files, diag->span.file);

	putc('{', out);
	write_member(out, "ruleId", diag_info(diag->id)->name);
	fprintf(out, ",\"ruleIndex\":%u,", (unsigned int)diag->id);
	write_member(out, "level", diag_level_name(diag->level));
	putc(',', out);
	write_message(out, "message", diag->text);
	fputs(",\"locations\":[", out);
	if (file) {
		putc('{', out);
		write_physical(file, diag->span, out);
		putc('}', out);
	}
	putc(']', out);
	if (diag->remarks)
		write_related(files, diag, out);
	if (diag->edits)
		write_fix(files, diag, out);
	putc('}', out);
}

static void write_rules(FILE *out)
{
	for (size_t i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *info = diag_info((enum diag_id)i);

		fputs(i ? ",\n{" : "\n{", out);
		write_member(out, "id", info->name);
		putc(',', out);
		write_message(out, "shortDescription", info->title);
		putc(',', out);
		write_message(out, "fullDescription", info->explanation);
		fputs(",\"defaultConfiguration\":{", out);
		write_member(out, "level", diag_level_name(info->level));
		fputs("}}", out);
	}
}

void diag_write_sarif(const struct diags *diags, const struct sources *files, bool color,
		      FILE *out)
{
	const char *separator = "\n";

	(void)color;
	fputs("{\"version\":\"2.1.0\",\"$schema\":"
	      "\"https://json.schemastore.org/sarif-2.1.0.json\",\"runs\":[{\"tool\":"
	      "{\"driver\":{\"name\":\"scmlc\",\"rules\":[",
	      out);
	write_rules(out);
	fputs("]}},\n\"columnKind\":\"utf16CodeUnits\",\"results\":[", out);
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		fputs(separator, out);
		write_result(files, diag, out);
		separator = ",\n";
	}
	fputs("]}]}\n", out);
}
