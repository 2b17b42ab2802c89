#include "abi_node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	struct arena *arena;
	struct diags *diags;
	const struct source_file *file;
	yaml_parser_t parser;
	yaml_event_t event;
	unsigned depth;
	bool has_failed;
};

/* libyaml counts characters; lines and columns are turned into bytes so that text beyond ASCII
 * in a comment does not shift the places after it. */
static uint32_t offset_of(const struct source_file *file, yaml_mark_t mark)
{
	size_t at, column;

	if (mark.line >= file->line_count)
		return (uint32_t)file->size;
	at = file->lines[mark.line];
	for (column = 0; column < mark.column && at < file->size; column++)
		for (at++; at < file->size && ((unsigned char)file->text[at] & 0xc0) == 0x80;)
			at++;
	return (uint32_t)at;
}

static struct span span_of(const struct reader *reader, yaml_mark_t start, yaml_mark_t end)
{
	return (struct span){reader->file->id, offset_of(reader->file, start),
			     offset_of(reader->file, end)};
}

static struct span event_span(const struct reader *reader)
{
	return span_of(reader, reader->event.start_mark, reader->event.end_mark);
}

static bool fail(struct reader *reader, const char *text)
{
	diag_add(reader->diags, DIAG_ABI_ERROR, event_span(reader), "%s", text);
	return false;
}

static bool advance(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;

	yaml_event_delete(&reader->event);
	if (yaml_parser_parse(&reader->parser, &reader->event))
		return true;
	diag_add(reader->diags, DIAG_ABI_ERROR,
		 span_of(reader, parser->problem_mark, parser->problem_mark), "not YAML: %s",
		 parser->problem ? parser->problem : "unreadable");
	memset(&reader->event, 0, sizeof(reader->event));
	return false;
}

static struct abi_node *read_node(struct reader *reader);

static bool add_entry(struct reader *reader, struct abi_node *parent, struct abi_node ***tail)
{
	struct abi_node *key = NULL, *value;
	const struct abi_node *other;

	if (parent->count == ABI_NODE_MAX_ENTRIES)
		return fail(reader, "too many entries in one map or list");
	if (parent->kind == ABI_NODE_MAP) {
		key = read_node(reader);
		if (!key || !advance(reader))
			return false;
		if (key->kind == ABI_NODE_MAP) {
			diag_add(reader->diags, DIAG_ABI_ERROR, key->span,
				 "a map cannot be a key");
			return false;
		}
		other = key->kind == ABI_NODE_SCALAR ? abi_node_get(parent, key->text) : NULL;
		if (other) {
			struct diag *diag = diag_add(reader->diags, DIAG_ABI_ERROR, key->span,
						     "'%s' stands here twice", key->text);

			reader->has_failed = true;
			diag_remark(reader->diags, diag, other->key->span,
				    "the first one is here");
		}
	}
	value = read_node(reader);
	if (!value)
		return false;
	value->key = key;
	**tail = value;
	*tail = &value->next;
	parent->count++;
	return true;
}

static struct abi_node *read_entries(struct reader *reader, struct abi_node *node)
{
	yaml_event_type_t end =
		node->kind == ABI_NODE_MAP ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
	struct abi_node **tail = &node->first;

	if (++reader->depth > ABI_NODE_MAX_DEPTH) {
		fail(reader, "nested too deeply");
		return NULL;
	}
	for (;;) {
		if (!advance(reader))
			return NULL;
		if (reader->event.type == end)
			break;
		if (!add_entry(reader, node, &tail))
			return NULL;
	}
	node->span.end = event_span(reader).end;
	reader->depth--;
	return node;
}

static bool is_plain(struct reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return fail(reader, "anchors are not allowed here: write the value out");
	if (tag)
		return fail(reader, "tags are not allowed here");
	return true;
}

static struct abi_node *read_node(struct reader *reader)
{
	struct abi_node *node = ARENA_NEW(reader->arena, struct abi_node);
	const yaml_event_t *event = &reader->event;

	node->span = event_span(reader);
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		if (!is_plain(reader, event->data.scalar.anchor, event->data.scalar.tag))
			return NULL;
		node->kind = ABI_NODE_SCALAR;
		node->text =
			arena_strndup(reader->arena, (const char *)event->data.scalar.value,
				      event->data.scalar.length);
		node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		if (strlen(node->text) != event->data.scalar.length) {
			fail(reader, "a zero byte in a value");
			return NULL;
		}
		return node;
	case YAML_SEQUENCE_START_EVENT:
		if (!is_plain(reader, event->data.sequence_start.anchor,
			      event->data.sequence_start.tag))
			return NULL;
		node->kind = ABI_NODE_LIST;
		return read_entries(reader, node);
	case YAML_MAPPING_START_EVENT:
		if (!is_plain(reader, event->data.mapping_start.anchor,
			      event->data.mapping_start.tag))
			return NULL;
		node->kind = ABI_NODE_MAP;
		return read_entries(reader, node);
	default:
		fail(reader, "aliases are not allowed here: write the value out");
		return NULL;
	}
}

static struct abi_node *read_document(struct reader *reader)
{
	struct abi_node *root;

	for (int i = 0; i < 2; i++) { /* the starts of the stream and of the document */
		if (!advance(reader))
			return NULL;
	}
	if (reader->event.type == YAML_STREAM_END_EVENT) {
		root = ARENA_NEW(reader->arena, struct abi_node);
		root->kind = ABI_NODE_MAP;
		root->span.file = reader->file->id;
		return root;
	}
	if (!advance(reader))
		return NULL;
	root = read_node(reader);
	if (!root || !advance(reader) || !advance(reader))
		return NULL;
	if (reader->event.type != YAML_STREAM_END_EVENT) {
		fail(reader, "a second document in one file");
		return NULL;
	}
	return root;
}

struct abi_node *abi_node_parse(struct arena *arena, struct diags *diags,
				const struct source_file *file)
{
	struct reader reader = {.arena = arena, .diags = diags, .file = file};
	struct abi_node *root;

	if (file->size > ABI_NODE_MAX_BYTES) {
		diag_add(diags, DIAG_ABI_ERROR, (struct span){file->id, 0, 0},
			 "the file is larger than %d bytes", ABI_NODE_MAX_BYTES);
		return NULL;
	}
	if (!yaml_parser_initialize(&reader.parser)) {
		diag_add(diags, DIAG_ABI_ERROR, (struct span){file->id, 0, 0},
			 "no memory for the YAML parser");
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser, (const unsigned char *)file->text,
				     file->size);
	root = read_document(&reader);
	yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	return reader.has_failed ? NULL : root;
}

const struct abi_node *abi_node_get(const struct abi_node *node, const char *key)
{
	const struct abi_node *entry;

	if (!node || node->kind != ABI_NODE_MAP)
		return NULL;
	for (entry = node->first; entry; entry = entry->next)
		if (entry->key->kind == ABI_NODE_SCALAR && strcmp(entry->key->text, key) == 0)
			return entry;
	return NULL;
}

bool abi_node_is_null(const struct abi_node *node)
{
	return node->kind == ABI_NODE_SCALAR && !node->is_quoted &&
	       (strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0 ||
		!*node->text);
}

/* TEXT as a number: decimal, 0x, negative. */
static bool abi_number_parse(const char *text, uint64_t *value)
{
	bool is_negative = *text == '-';
	const char *digits = text + is_negative;
	int base = strncmp(digits, "0x", 2) == 0 ? 16 : 10;
	char *end;

	if (base == 16)
		digits += 2;
	if (!(*digits >= '0' && *digits <= '9') &&
	    !(base == 16 && (*digits | 32) >= 'a' && (*digits | 32) <= 'f'))
		return false;
	if (base == 10 && digits[0] == '0' && digits[1])
		return false;
	errno = 0;
	*value = strtoull(digits, &end, base);
	if (*end || errno)
		return false;
	if (is_negative)
		*value = -*value;
	return true;
}

bool abi_node_number(const struct abi_node *node, uint64_t *value)
{
	return node->kind == ABI_NODE_SCALAR && abi_number_parse(node->text, value);
}
