/* GitHub workflow commands: a line a diagnostic, which shows up beside the line in the review.
 */
#include "diag_sinks.h"
#include "utf8.h"

#include <string.h>

/* A workflow command is one line; a property also ends at ':' or ','. */
static void write_escaped(FILE *out, const char *text, const char *special)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t step = utf8_decode(text + at, len - at, &point);

		if (point == UTF8_INVALID)
			fputs("\xef\xbf\xbd", out);
		else if (step == 1 && (point < 0x20 || strchr(special, (int)point)))
			fprintf(out, "%%%02X", (unsigned int)point);
		else
			fwrite(text + at, 1, step, out);
		at += step;
	}
}

static void write_place(const struct source_file *file, struct span span, FILE *out)
{
	struct source_place start = source_place(file, span.start);
	struct source_place end = source_place(file, span.end);

	fputs("file=", out);
	write_escaped(out, file->path, "%:,");
	fprintf(out, ",line=%u,endLine=%u", start.line, end.line);
	if (start.line == end.line)
		fprintf(out, ",col=%u,endColumn=%u", start.column, end.column);
	putc(',', out);
}

static void write_notes(const struct sources *files, const struct diag *diag, FILE *out)
{
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		const struct source_file *file = source_file(files, remark->span.file);

		fputs("%0A", out);
		if (file) {
			write_escaped(out, file->path, "%");
			fprintf(out, ":%u: ", source_place(file, remark->span.start).line);
		}
		write_escaped(out, remark->text, "%");
	}
}

void diag_write_github(const struct diags *diags, const struct sources *files, bool color,
		       FILE *out)
{
	static const char *const commands[] = {
		[DIAG_NOTE] = "notice", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};

	(void)color;
	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next) {
		const struct source_file *file = source_file(files, diag->span.file);

		fprintf(out, "::%s ", commands[diag->level]);
		if (file)
			write_place(file, diag->span, out);
		fputs("title=", out);
		write_escaped(out, diag_info(diag->id)->name, "%:,");
		fputs("::", out);
		write_escaped(out, diag->text, "%");
		write_notes(files, diag, out);
		putc('\n', out);
	}
}
