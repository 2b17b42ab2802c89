#include "render_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct render_text render_text_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct render_text){.at = buffer, .size = size};
}

static void end_full(struct render_text *text)
{
	static const char dots[] = "...";

	text->is_full = true;
	text->used = text->size - 1;
	memcpy(text->at + text->size - sizeof(dots), dots, sizeof(dots));
}

void render_put(struct render_text *text, const char *format, ...)
{
	size_t room = text->size - text->used;
	va_list args;
	int written;

	if (text->is_full)
		return;
	va_start(args, format);
	written = vsnprintf(text->at + text->used, room, format, args);
	va_end(args);
	if (written < 0 || (size_t)written >= room)
		end_full(text);
	else
		text->used += (size_t)written;
}

void render_put_hex(struct render_text *text, uint64_t number)
{
	render_put(text, "0x%" PRIx64, number);
}

static bool is_octal_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '7';
}

static void put_byte(struct render_text *text, unsigned char byte, bool is_digit_next)
{
	static const char escaped[] = "\t\n\v\f\r\"\\", letters[] = "tnvfr\"\\";
	const char *found = byte ? strchr(escaped, byte) : NULL;

	if (found)
		render_put(text, "\\%c", letters[found - escaped]);
	else if (byte >= ' ' && byte < 0x7f)
		render_put(text, "%c", byte);
	else /* as few digits as can be told from what follows */
		render_put(text, is_digit_next ? "\\%03o" : "\\%o", byte);
}

void render_put_quoted(struct render_text *text, const unsigned char *bytes, size_t size)
{
	render_put(text, "\"");
	for (size_t i = 0; i < size && !text->is_full; i++)
		put_byte(text, bytes[i], i + 1 < size && is_octal_digit(bytes[i + 1]));
	render_put(text, "\"");
}
