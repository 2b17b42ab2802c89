#include "json_text.h"

#include <string.h>

#include "utf8.h"

static void write_point(FILE *out, const char *text, size_t len, uint32_t point)
{
	static const char escapes[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};

	if (point == UTF8_INVALID)
		fputs("\xef\xbf\xbd", out);
	else if (point == '"' || point == '\\')
		fprintf(out, "\\%c", (int)point);
	else if (point < sizeof(escapes) && escapes[point])
		fprintf(out, "\\%c", escapes[point]);
	else if (point < 0x20 || point == 0x7f)
		fprintf(out, "\\u%04x", (unsigned int)point);
	else
		fwrite(text, 1, len, out);
}

void json_write_bytes(FILE *out, const char *text, size_t len)
{
	putc('"', out);
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t step = utf8_decode(text + at, len - at, &point);

		write_point(out, text + at, step, point);
		at += step;
	}
	putc('"', out);
}

void json_write_string(FILE *out, const char *text)
{
	json_write_bytes(out, text, strlen(text));
}
