/*
 * The text that people read: a line in the form of compilers, the source line with a caret
 * range, the notes with their places, and what to change.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag_sinks.h"
#include "utf8.h"

enum {
	TEXT_TAB = 8,
	TEXT_WIDTH = 120, /* of a source line; longer ones are cut around the fault */
	TEXT_BEFORE = 60, /* what is shown before the fault then */
};

#define COLOR_RESET "\033[0m"
#define COLOR_BOLD  "\033[1m"

struct printer {
	const struct sources *files;
	FILE *out;
	bool color;
};

static const char *const level_colors[] = {
	[DIAG_NOTE] = "\033[1;36m", [DIAG_WARNING] = "\033[1;35m", [DIAG_ERROR] = "\033[1;31m"};

static void print_color(const struct printer *printer, const char *color)
{
	if (printer->color)
		fputs(color, printer->out);
}

/* Text of others on a terminal: control characters must not reach it. */
static void print_clean(const struct printer *printer, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t step = utf8_decode(text + at, len - at, &point);

		if (point == UTF8_INVALID)
			fputs("\xef\xbf\xbd", printer->out);
		else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
			putc('?', printer->out);
		else
			fwrite(text + at, 1, step, printer->out);
		at += step;
	}
}

/* How many columns the character at TEXT takes at COLUMN; its bytes go to *STEP. */
static size_t char_width(const char *text, size_t len, size_t column, size_t *step)
{
	uint32_t point;

	*step = utf8_decode(text, len, &point);
	return point == '\t' ? TEXT_TAB - column % TEXT_TAB : 1;
}

/* The part of a line that is shown: bytes [from, to). */
struct window {
	size_t from;
	size_t to;
};

static struct window window_around(const char *line, size_t len, size_t at)
{
	struct window window = {0, len};

	if (len <= TEXT_WIDTH)
		return window;
	if (at > TEXT_BEFORE)
		window.from = at - TEXT_BEFORE;
	if (len - window.from > TEXT_WIDTH)
		window.to = window.from + TEXT_WIDTH;
	while (window.from < at && (line[window.from] & 0xc0) == 0x80)
		window.from++;
	while (window.to < len && (line[window.to] & 0xc0) == 0x80)
		window.to++;
	return window;
}

static void print_spaces(const struct printer *printer, size_t count, char byte)
{
	for (; count; count--)
		putc(byte, printer->out);
}

/* The window of LINE, with tabs as blanks. */
static void print_window(const struct printer *printer, const char *line, struct window window)
{
	size_t column = 0;

	for (size_t at = window.from; at < window.to;) {
		size_t step;
		size_t width = char_width(line + at, window.to - at, column, &step);

		if (line[at] == '\t')
			print_spaces(printer, width, ' ');
		else
			print_clean(printer, line + at, step);
		column += width;
		at += step;
	}
}

/* `^~~~` under the bytes [start, end) of the line. */
static void print_caret(const struct printer *printer, const char *line, struct window window,
			size_t start, size_t end)
{
	size_t column = 0;
	size_t at = window.from;
	size_t range = 0;
	size_t step;

	for (; at < start && at < window.to; at += step)
		column += char_width(line + at, window.to - at, column, &step);
	print_spaces(printer, column, ' ');
	for (; at < end && at < window.to; at += step)
		range += char_width(line + at, window.to - at, column + range, &step);
	putc('^', printer->out);
	if (range > 1)
		print_spaces(printer, range - 1, '~');
}

static void print_source(const struct printer *printer, const struct source_file *file,
			 struct span span, enum diag_level level)
{
	struct source_place place = source_place(file, span.start);
	size_t len;
	const char *line = source_line(file, place.line, &len);
	size_t start = place.column - 1;
	size_t end = start + (span.end - span.start);
	struct window window = window_around(line, len, start < len ? start : len);
	const char *cut = window.from ? "..." : "";

	fprintf(printer->out, "%5u | %s", place.line, cut);
	print_window(printer, line, window);
	fprintf(printer->out, "%s\n      | ", window.to < len ? "..." : "");
	print_spaces(printer, strlen(cut), ' ');
	print_color(printer, level_colors[level]);
	print_caret(printer, line, window, start, end);
	print_color(printer, COLOR_RESET);
	putc('\n', printer->out);
}

/* `FILE:LINE:COL: LEVEL: TEXT`, without the line end. */
static void print_head(const struct printer *printer, const struct source_file *file,
		       struct span span, enum diag_level level, const char *text)
{
	print_color(printer, COLOR_BOLD);
	if (file) {
		struct source_place place = source_place(file, span.start);

		print_clean(printer, file->path, strlen(file->path));
		fprintf(printer->out, ":%u:%u: ", place.line, place.column);
	}
	print_color(printer, level_colors[level]);
	fprintf(printer->out, "%s:", diag_level_name(level));
	print_color(printer, COLOR_RESET COLOR_BOLD);
	putc(' ', printer->out);
	print_clean(printer, text, strlen(text));
	print_color(printer, COLOR_RESET);
}

static void print_quoted(const struct printer *printer, const char *text, size_t len)
{
	putc('\'', printer->out);
	print_clean(printer, text, len);
	putc('\'', printer->out);
}

static void print_edit(const struct printer *printer, const struct diag *diag,
		       const struct diag_edit *edit)
{
	const struct source_file *file = source_file(printer->files, edit->span.file);
	size_t len = edit->span.end - edit->span.start;

	if (!file)
		return;
	fputs("      = fix: ", printer->out);
	if (edit->span.start < diag->span.start || edit->span.start > diag->span.end ||
	    edit->span.file != diag->span.file) {
		struct source_place place = source_place(file, edit->span.start);

		fprintf(printer->out, "at %u:%u ", place.line, place.column);
	}
	if (len == 0) {
		fputs("insert ", printer->out);
		print_quoted(printer, edit->text, strlen(edit->text));
	} else {
		fputs(edit->text[0] ? "replace " : "remove ", printer->out);
		print_quoted(printer, file->text + edit->span.start, len);
	}
	if (len && edit->text[0]) {
		fputs(" by ", printer->out);
		print_quoted(printer, edit->text, strlen(edit->text));
	}
	putc('\n', printer->out);
}

/* The switch that a message answers to; an error by nature has none. */
static void print_tag(const struct printer *printer, const struct diag *diag)
{
	const struct diag_info *info = diag_info(diag->id);

	if (info->level == DIAG_ERROR)
		return;
	fprintf(printer->out, diag->level == DIAG_ERROR ? " [-Werror=%s]" : " [-W%s]",
		info->name);
}

static void print_diag(const struct printer *printer, const struct diag *diag)
{
	const struct source_file *file = source_file(printer->files, diag->span.file);

	print_head(printer, file, diag->span, diag->level, diag->text);
	print_tag(printer, diag);
	putc('\n', printer->out);
	if (file)
		print_source(printer, file, diag->span, diag->level);
	for (const struct diag_edit *edit = diag->edits; edit; edit = edit->next)
		print_edit(printer, diag, edit);
	for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
		file = source_file(printer->files, remark->span.file);
		if (!file) {
			fputs("      = note: ", printer->out);
			print_clean(printer, remark->text, strlen(remark->text));
			putc('\n', printer->out);
			continue;
		}
		print_head(printer, file, remark->span, DIAG_NOTE, remark->text);
		putc('\n', printer->out);
		print_source(printer, file, remark->span, DIAG_NOTE);
	}
}

void diag_write_text(const struct diags *diags, const struct sources *files, bool color,
		     FILE *out)
{
	struct printer printer = {files, out, color};

	for (const struct diag *diag = diags_first(diags); diag; diag = diag->next)
		print_diag(&printer, diag);
}

bool diags_want_color(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDERR_FILENO) && !(no_color && *no_color) &&
	       !(term && strcmp(term, "dumb") == 0);
}
