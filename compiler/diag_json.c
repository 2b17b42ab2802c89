/* JSON Lines: one object a diagnostic, on one line. */
#include "diag_sinks.h"
#include "json_text.h"

/* The members that say where SPAN is; null where it is nowhere. */
static void write_place(const struct sources *files, struct span span, FILE *out)
{
	const struct source_file *file = source_file(files, span.file);
	struct source_place start;
	struct source_place end;

	if (!file) {
		fputs("\"file\":null", out);
		return;
	}
	start = source_place(file, span.start);
	end = source_place(file, span.end);
	fputs("\"file\":", out);
	json_write_string(out, file->path);
	fprintf(out,
		",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u,"
		"\"start\":%u,\"end\":%u",
		start.line, start.column, end.line, end.column, span.start, span.end);
}

static void write_diag(const struct sources *files, const struct diag *diag, FILE *out)
{
	putc('{', out);
	write_place(files, diag->span, out);
	fprintf(out, ",\"level\":\"%s\",\"name\":", diag_level_name(diag->level));
	json_write_string(out, diag_info(diag->id)->name);
	fputs(",\"message\":", out);
	json_write_string(out, diag->text);
	fputs(",\"notes\":[", out);
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		putc('{', out);
		write_place(files, remark->span, out);
		fputs(",\"message\":", out);
		json_write_string(out, remark->text);
		fputs(remark->next ? "}," : "}", out);
	}
	fputs("],\"fixes\":[", out);
	for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next) {
		putc('{', out);
		write_place(files, edit->span, out);
		fputs(",\"text\":", out);
		json_write_string(out, edit->text);
		fputs(edit->next ? "}," : "}", out);
	}
	fputs("]}\n", out);
}

void diag_write_json(const struct diags *diags, const struct sources *files, bool color,
		     FILE *out)
{
	(void)color;
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		write_diag(files, diag, out);
}
