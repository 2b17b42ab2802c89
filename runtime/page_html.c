#include "page_html.h"

#include <inttypes.h>
#include <string.h>

#include "utf8.h"

enum { CONTROL_PICTURES = 0x2400 };

static void put_point(FILE *out, const char *bytes, size_t len, uint32_t point)
{
	static const struct {
		char plain;
		const char *escaped;
	} escapes[] = {
		{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (point == (uint32_t)escapes[i].plain) {
			fputs(escapes[i].escaped, out);
			return;
		}
	}
	if (point == UTF8_INVALID || (point >= 0x7f && point < 0xa0))
		fputs("&#xfffd;", out);
	else if (point < ' ' && point != '\n' && point != '\t')
		fprintf(out, "&#x%" PRIx32 ";", CONTROL_PICTURES + point);
	else
		fwrite(bytes, 1, len, out);
}

void html_put(FILE *out, const char *text, size_t len)
{
	while (len) {
		uint32_t point;
		size_t size = utf8_decode(text, len, &point);

		put_point(out, text, size, point);
		text += size;
		len -= size;
	}
}

void html_text(FILE *out, const char *text)
{
	html_put(out, text, strlen(text));
}

void html_number(FILE *out, uint64_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			fputs("&#x202f;", out);
		putc(digits[i], out);
	}
}
