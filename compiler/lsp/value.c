#include "value.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "utf8.h"

const json_t *value_at(const json_t *value, const char *path)
{
	while (value && *path) {
		size_t len = strcspn(path, ".");
		char key[64];

		if (len >= sizeof(key) || !json_is_object(value))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		value = json_object_get(value, key);
		path += len + (path[len] == '.');
	}
	return value;
}

const char *value_string(const json_t *value, const char *path)
{
	return json_string_value(value_at(value, path));
}

bool value_is_true(const json_t *value, const char *path)
{
	return json_is_true(value_at(value, path));
}

bool value_has(const json_t *value, const char *path, const char *wanted)
{
	const json_t *array = value_at(value, path);

	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (text && strcmp(text, wanted) == 0)
			return true;
	}
	return false;
}

static bool unsigned_at(const json_t *value, const char *key, uint32_t *number)
{
	const json_t *member = json_object_get(value, key);
	json_int_t integer = json_integer_value(member);

	if (!json_is_integer(member))
		return false;
	*number = integer < 0 ? 0 : integer > INT32_MAX ? INT32_MAX : (uint32_t)integer;
	return true;
}

bool value_position(const json_t *value, const char *path, struct lsp_position *position)
{
	value = value_at(value, path);
	return unsigned_at(value, "line", &position->line) &&
	       unsigned_at(value, "character", &position->column);
}

static json_t *replaced_text(const char *text, size_t len)
{
	char *clean = malloc(len * 3 + 1);
	size_t used = 0;
	json_t *value;

	if (!clean)
		arena_out_of_memory();
	for (size_t at = 0; at < len;) {
		uint32_t point;
		size_t step = utf8_decode(text + at, len - at, &point);
		bool is_valid = point != UTF8_INVALID;
		size_t width = is_valid ? step : 3;

		memcpy(clean + used, is_valid ? text + at : "\xef\xbf\xbd", width);
		used += width;
		at += step;
	}
	value = json_stringn(clean, used);
	free(clean);
	return value;
}

json_t *value_text_n(const char *text, size_t len)
{
	json_t *value = json_stringn(text, len);

	return value ? value : replaced_text(text, len);
}

json_t *value_text(const char *text)
{
	return value_text_n(text, strlen(text));
}

json_t *value_of_position(struct lsp_position position)
{
	json_t *value = json_object();

	json_object_set_new(value, "line", json_integer(position.line));
	json_object_set_new(value, "character", json_integer(position.column));
	return value;
}

json_t *value_of_range(struct lsp_position start, struct lsp_position end)
{
	json_t *value = json_object();

	json_object_set_new(value, "start", value_of_position(start));
	json_object_set_new(value, "end", value_of_position(end));
	return value;
}
