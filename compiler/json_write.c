#include "json_write.h"

#include <inttypes.h>

#include "json_text.h"

static void json_item(struct json *json, const char *key)
{
	if (json->has_items)
		putc(',', json->out);
	if (json->depth)
		putc('\n', json->out);
	for (unsigned i = 0; i < json->depth; i++)
		fputs("  ", json->out);
	if (key) {
		json_write_string(json->out, key);
		fputs(": ", json->out);
	}
	json->has_items = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
	json_item(json, key);
	putc(bracket, json->out);
	json->depth++;
	json->has_items = false;
}

void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->has_items) {
		putc('\n', json->out);
		for (unsigned i = 0; i < json->depth; i++)
			fputs("  ", json->out);
	}
	putc(bracket, json->out);
	json->has_items = true;
}

void json_text(struct json *json, const char *key, const char *text)
{
	json_item(json, key);
	json_write_string(json->out, text);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_item(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	json_item(json, key);
	fprintf(json->out, "%" PRIu64, number);
}

void json_word(struct json *json, const char *key, uint64_t word)
{
	json_item(json, key);
	fprintf(json->out, "\"0x%" PRIx64 "\"", word);
}

void json_place(struct json *json, struct span span)
{
	const struct source_file *file = source_file(json->sources, span.file);
	struct source_place place = source_place(file, span.start);

	json_text(json, "file", file->path);
	json_number(json, "line", place.line);
	json_number(json, "column", place.column);
}
