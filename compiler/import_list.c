#include <string.h>

#include "import.h"

enum { QUOTED = 40 }; /* characters of a name in a message */

static const char blanks[] = " \t\r,;";

static void report_unknown(struct import *import, struct span span, const char *name)
{
	const char *near = abi_suggest(import->db, ABI_NAME_CALL, name);
	struct diag *diag;

	if (abi_call_find(import->db, name)) {
		diag_add(import->diags, DIAG_ABSENT_CALL, span,
			 "'%s' is no system call of %s; it is left out", name,
			 abi_string(import->db, import->db->archs[import->arch].name));
		return;
	}
	diag = diag_add(import->diags, DIAG_PROFILE, span,
			"'%.*s%s' is neither the name nor the number of a system call of %s",
			QUOTED, name, strlen(name) > QUOTED ? "..." : "",
			abi_string(import->db, import->db->archs[import->arch].name));
	if (near)
		diag_remark(import->diags, diag, SPAN_NONE, "did you mean '%s'?", near);
}

static void take_name(struct import *import, struct span span, const char *name)
{
	uint32_t nr;

	if (!import_find(import, name, &nr)) {
		report_unknown(import, span, name);
		return;
	}
	import->calls[nr].is_named = true;
	import->calls[nr].span = span;
	import->calls[nr].allowed = region_all(import->arena);
}

static void take_line(struct import *import, const struct source_file *file, uint32_t line)
{
	size_t len, start = 0, end;
	const char *text = source_line(file, line, &len);
	const char *comment = memchr(text, '#', len);
	struct span span;

	if (comment)
		len = (size_t)(comment - text);
	while (start < len && text[start] && strchr(blanks, text[start]))
		start++;
	end = start;
	while (end < len && text[end] && !strchr(blanks, text[end]))
		end++;
	if (end == start && end == len)
		return;
	span = (struct span){file->id, (uint32_t)(text - file->text + (ptrdiff_t)start),
			     (uint32_t)(text - file->text + (ptrdiff_t)end)};
	take_name(import, span, arena_strndup(import->arena, text + start, end - start));
	while (end < len && text[end] && strchr(blanks, text[end]))
		end++;
	if (end == len)
		return;
	span.start = (uint32_t)(text - file->text + (ptrdiff_t)end);
	span.end = (uint32_t)(text - file->text + (ptrdiff_t)len);
	diag_add(import->diags, DIAG_PROFILE, span,
		 "something follows behind the call; a list has one call a line");
}

void import_list(struct import *import, const struct source_file *file)
{
	for (uint32_t line = 1; line <= file->line_count; line++)
		take_line(import, file, line);
}
