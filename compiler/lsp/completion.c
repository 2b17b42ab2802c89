#include <string.h>
#include <strings.h>

#include "cursor.h"
#include "describe.h"
#include "features.h"
#include "settings.h"

enum {
	COMPLETION_MAX = 500, /* items of one answer; more are asked for as one types on */
	FORMAT_SNIPPET = 2,
};

/* Kinds of the protocol. */
enum item_kind {
	ITEM_FUNCTION = 3,
	ITEM_FIELD = 5,
	ITEM_VARIABLE = 6,
	ITEM_KEYWORD = 14,
	ITEM_SNIPPET = 15,
	ITEM_CONSTANT = 21,
	ITEM_STRUCT = 22,
	ITEM_ENUM_MEMBER = 20,
};

/* An answer that is being put together. */
struct answer {
	struct lsp_server *server;
	const struct cursor *cursor;
	json_t *items;
	json_t *range;	    /* what the items replace */
	const char *prefix; /* what is typed of the word */
	bool is_incomplete;
};

struct item {
	const char *label;
	enum item_kind kind;
	const char *detail;  /* NULL: none */
	const char *insert;  /* NULL: the label */
	const char *snippet; /* NULL: the editor can do none, or there is none */
	const char *what; /* for completionItem/resolve: call, const, struct; NULL: no more */
	char order;	  /* items with a lower letter come first */
	bool is_first;	  /* chosen if one goes on typing */
};

static bool has_prefix(const struct answer *answer, const char *label)
{
	return strncasecmp(label, answer->prefix, strlen(answer->prefix)) == 0;
}

static void add_item(struct answer *answer, const struct item *item)
{
	struct arena *arena = answer->server->scratch;
	const char *insert = item->insert ? item->insert : item->label;
	json_t *value;

	if (json_array_size(answer->items) >= COMPLETION_MAX) {
		answer->is_incomplete = true;
		return;
	}
	value = json_object();
	json_object_set_new(value, "label", value_text(item->label));
	json_object_set_new(value, "kind", json_integer(item->kind));
	json_object_set_new(value, "sortText",
			    value_text(arena_printf(arena, "%c%04zu", item->order,
						    json_array_size(answer->items))));
	json_object_set_new(value, "filterText", value_text(item->label));
	if (item->detail)
		json_object_set_new(value, "detail", value_text(item->detail));
	if (item->snippet && answer->server->client.snippets) {
		insert = item->snippet;
		json_object_set_new(value, "insertTextFormat", json_integer(FORMAT_SNIPPET));
	}
	json_object_set_new(
		value, "textEdit",
		json_pack("{s:O,s:o}", "range", answer->range, "newText", value_text(insert)));
	if (item->is_first)
		json_object_set_new(value, "preselect", json_true());
	if (item->what)
		json_object_set_new(value, "data",
				    json_pack("{s:s,s:o}", "what", item->what, "name",
					      value_text(item->label)));
	json_array_append_new(answer->items, value);
}

/* `NAME(${1:…})` with the parameters of a call. */
static const char *call_snippet(struct answer *answer, const struct abi_call *call)
{
	struct arena *arena = answer->server->scratch;
	const struct view *view = &answer->cursor->view;
	struct place_form form[1];
	const char *text = arena_printf(arena, "%s(", abi_string(view->db, call->name));

	if (!places_forms(view, NULL, call, form, 1))
		return NULL;
	for (size_t i = 0; i < form->count; i++)
		text = arena_printf(arena, "%s%s${%zu:%s}", text, i ? ", " : "", i + 1,
				    form->names[i]);
	return arena_printf(arena, "%s);$0", text);
}

static void add_calls(struct answer *answer)
{
	const struct view *view = &answer->cursor->view;
	struct item item = {.kind = ITEM_FUNCTION, .what = "call", .order = 'b'};
	const struct outline_rule *rule = answer->cursor->tree.rule;
	bool is_whole = rule && rule->kind != OUTLINE_OTHER;
	uint64_t nr;

	for (uint32_t i = 1; i < view->db->call_count; i++) {
		const struct abi_call *call = &view->db->calls[i];

		item.label = abi_string(view->db, call->name);
		if (!has_prefix(answer, item.label) ||
		    !abi_num(view->db, call->nr, view->arch, &nr))
			continue;
		item.snippet = is_whole ? NULL : call_snippet(answer, call);
		item.detail = call->since.release ? arena_printf(answer->server->scratch,
								 "since Linux %u.%u",
								 call->since.release >> 8,
								 call->since.release & 0xffu)
						  : NULL;
		add_item(answer, &item);
	}
}

static void add_rules(struct answer *answer)
{
	struct item word = {.label = "struct",
			    .kind = ITEM_KEYWORD,
			    .detail = "a struct rule",
			    .snippet = "struct ${1:name} = {\n\t$0\n};",
			    .order = 'a'};

	if (has_prefix(answer, "struct"))
		add_item(answer, &word);
	add_calls(answer);
}

static void add_dots(struct answer *answer)
{
	struct item dots = {.label = "..",
			    .kind = ITEM_SNIPPET,
			    .detail = "the others may be anything",
			    .order = 'z'};

	if (!*answer->prefix)
		add_item(answer, &dots);
}

static void add_named(struct answer *answer, const char *name, const struct abi_slot *slot,
		      char order)
{
	const struct tree_node *own = &answer->cursor->tree.nodes[answer->cursor->item];
	struct arena *arena = answer->server->scratch;
	struct item item = {.label = name, .kind = ITEM_FIELD, .order = order};

	if (slot) {
		item.detail = describe_type(&answer->cursor->view, slot);
		if ((slot->set || slot->mux) && !own->has_value)
			item.snippet = arena_printf(arena, "%s = $0", name);
	}
	item.is_first = order == 'a';
	add_item(answer, &item);
}

/* Parameters bind by position: the names that this one has, in each order that fits. */
static void add_params(struct answer *answer)
{
	const struct cursor *cursor = answer->cursor;
	const struct view *view = &cursor->view;
	const struct outline_token *name = cursor->tree.rule->name;
	const struct abi_call *call = name ? abi_call_find(view->db, name->text) : NULL;
	size_t position = cursor->tree.nodes[cursor->item].position;
	struct place_form forms[4];
	size_t count = call ? places_forms(view, &cursor->tree, call, forms, 4) : 0;
	const struct abi_variant *variant =
		call ? abi_call_variant(view->db, call, view->arch) : NULL;

	for (size_t i = 0; i < count; i++) {
		bool is_known = position >= forms[i].count;

		for (size_t j = 0; j < i && !is_known; j++)
			is_known =
				position < forms[j].count &&
				strcmp(forms[j].names[position], forms[i].names[position]) == 0;
		if (!is_known)
			add_named(
				answer, forms[i].names[position],
				variant && forms[i].params[position] >= 0
					? &view->db->params[variant->params.first +
							    (uint32_t)forms[i].params[position]]
						   .slot
					: NULL,
				i ? 'b' : 'a');
	}
	add_dots(answer);
}

static bool is_named(const struct cursor *cursor, size_t list, const struct abi_field *field)
{
	const struct tree *tree = &cursor->tree;

	for (size_t i = tree->nodes[list].first; i != TREE_NONE; i = tree->nodes[i].next) {
		const struct outline_token *token = tree->nodes[i].token;

		if (i != cursor->item && token && token->text &&
		    abi_is_name(cursor->view.db, field->name, field->aliases, token->text))
			return true;
	}
	return false;
}

static void add_fields(struct answer *answer)
{
	const struct cursor *cursor = answer->cursor;
	const struct view *view = &cursor->view;
	size_t list = cursor->tree.nodes[cursor->item].parent;
	struct place_structs structs = places_of_struct(view, &cursor->tree, list);

	for (size_t i = 0; i < structs.list.count; i++) {
		struct place_fields fields =
			places_fields(view, &cursor->tree, list, structs.list.items[i]);
		const struct place_field *field;

		vec_each (field, &fields.list) {
			if (!is_named(cursor, list, field->field))
				add_named(answer, abi_string(view->db, field->field->name),
					  &field->field->slot, 'b');
		}
	}
	add_dots(answer);
}

/* What a reference to GROUP is, in a few words. */
static const char *group_detail(struct answer *answer, const struct name_group *group)
{
	const struct names *names = answer->cursor->view.names;
	const struct outline_rule *rule = &names->outline->rules[group->first];
	const char *text = "";

	if (group->kind == OUTLINE_STRUCT)
		return "a struct of this file";
	for (size_t i = rule->first + 2; i < rule->end && strlen(text) < 60; i++) {
		const struct outline_token *token = &names->outline->tokens[i];

		if (token->kind == OUTLINE_NAME)
			text = arena_printf(answer->server->scratch, "%s%s%s", text,
					    *text ? " | " : "", token->text);
	}
	return text;
}

/* References: `<NAME>`, or the bare name where `<` stands already. */
static void add_references(struct answer *answer, bool wants_structs, bool wants_flags,
			   bool has_less)
{
	const struct cursor *cursor = answer->cursor;
	const struct names *names = cursor->view.names;
	const struct outline_token *own = cursor->tree.rule ? cursor->tree.rule->name : NULL;
	struct arena *arena = answer->server->scratch;
	struct item item = {.kind = ITEM_VARIABLE, .order = 'c'};

	for (size_t i = 0; i < names->group_count; i++) {
		const struct name_group *group = names->groups[i];

		if (group->before ||
		    (own && own->text && cursor->tree.rule->kind != OUTLINE_CALL &&
		     strcmp(own->text, group->name) == 0))
			continue;
		if (group->kind == OUTLINE_STRUCT ? !wants_structs : !wants_flags)
			continue;
		item.kind = group->kind == OUTLINE_STRUCT ? ITEM_STRUCT : ITEM_VARIABLE;
		item.label = has_less ? group->name : arena_printf(arena, "<%s>", group->name);
		item.insert = item.label;
		item.detail = group_detail(answer, group);
		add_item(answer, &item);
	}
}

static void add_builtin(struct answer *answer, const char *name, const char *detail,
			bool has_less)
{
	struct item item = {.kind = ITEM_KEYWORD, .order = 'y', .detail = detail};

	item.label = has_less ? name : arena_printf(answer->server->scratch, "<%s>", name);
	add_item(answer, &item);
}

static void add_const(struct answer *answer, const struct abi_const *constant,
		      const char *detail)
{
	const struct view *view = &answer->cursor->view;
	struct item item = {.label = abi_string(view->db, constant->name),
			    .kind = ITEM_ENUM_MEMBER,
			    .what = "const",
			    .order = 'b'};
	const char *since = "";
	uint64_t value;

	if (!abi_num(view->db, constant->value, view->arch, &value))
		return;
	if (constant->since.release)
		since = arena_printf(answer->server->scratch, ", since Linux %u.%u",
				     constant->since.release >> 8,
				     constant->since.release & 0xffu);
	item.detail = arena_printf(answer->server->scratch, "%s%s%s%s",
				   describe_value(answer->server->scratch, NULL, value), since,
				   detail ? ", " : "", detail ? detail : "");
	add_item(answer, &item);
}

static bool is_listed(const struct place_consts *listed, const struct abi_const *constant)
{
	for (size_t i = 0; i < listed->list.count; i++) {
		if (listed->list.items[i] == constant)
			return true;
	}
	return false;
}

/* The members of the sets of PLACES that the item does not list yet. */
static bool add_members(struct answer *answer, const struct places *places,
			struct place_consts *listed)
{
	const struct view *view = &answer->cursor->view;
	const struct abi_db *db = view->db;
	bool has_set = false;
	const struct place *place;

	vec_each (place, &places->list) {
		const struct abi_set *set = &db->sets[place->slot->set];

		if (!place->slot->set)
			continue;
		has_set = true;
		for (uint32_t i = 0; i < set->fields.count; i++) {
			const struct abi_set_field *field =
				&db->set_fields[set->fields.first + i];

			for (uint32_t j = 0; j < field->members.count; j++) {
				const struct abi_const *member =
					&db->consts[db->refs[field->members.first + j]];

				if (is_listed(listed, member))
					continue;
				vec_push(view->arena, &listed->list, member);
				if (!has_prefix(answer, abi_string(db, member->name)))
					continue;
				add_const(answer, member,
					  field->kind == ABI_BITS ? "a flag" : "a value");
			}
		}
	}
	return has_set;
}

/* Where nothing says what the place is, any constant that begins as what is typed. */
static void add_any_consts(struct answer *answer)
{
	const struct abi_db *db = answer->cursor->view.db;

	answer->is_incomplete = true;
	for (uint32_t i = 1; *answer->prefix && i < db->const_count; i++) {
		if (has_prefix(answer, abi_string(db, db->consts[i].name)))
			add_const(answer, &db->consts[i], NULL);
	}
}

static void add_null(struct answer *answer)
{
	struct item item = {.label = "NULL",
			    .kind = ITEM_CONSTANT,
			    .detail = "the null pointer",
			    .order = 'x'};

	add_item(answer, &item);
}

static void add_braces(struct answer *answer, bool is_array)
{
	struct item item = {.label = is_array ? "[{ .. }]" : "{ .. }",
			    .kind = ITEM_SNIPPET,
			    .detail = "a pattern for what it points to",
			    .snippet = is_array ? "[{ $0, .. }]" : "{ $0, .. }",
			    .order = 'd'};

	if (!*answer->prefix)
		add_item(answer, &item);
}

static void add_values(struct answer *answer, bool is_reference)
{
	const struct cursor *cursor = answer->cursor;
	struct places places = places_of_item(&cursor->view, &cursor->tree, cursor->item);
	struct place_consts listed = places_listed(&cursor->view, &cursor->tree, cursor->item);
	bool has_struct = false, has_array = false, has_pointer = false;
	bool has_string = !places.list.count, has_number = !places.list.count;
	const struct place *place;

	if (cursor->token && cursor->token->text && !is_reference) {
		const struct abi_const *own =
			abi_const_find(cursor->view.db, cursor->token->text);

		/* what the cursor is in may be replaced by itself */
		for (size_t i = 0; own && i < listed.list.count; i++) {
			if (listed.list.items[i] == own)
				listed.list.items[i] = NULL;
		}
	}
	vec_each (place, &places.list) {
		has_struct |= place->slot->target == ABI_TARGET_STRUCT ||
			      (place->slot->type == ABI_TYPE_STRUCT && !place->slot->times);
		has_array |= place->slot->target == ABI_TARGET_STRUCTS;
		has_pointer |= place->slot->type == ABI_TYPE_PTR;
		has_number |= place->slot->type != ABI_TYPE_PTR &&
			      place->slot->type != ABI_TYPE_STRUCT;
		has_string |= place->slot->target == ABI_TARGET_PATH ||
			      place->slot->target == ABI_TARGET_STRING;
	}
	if (!is_reference && !add_members(answer, &places, &listed) && !has_struct &&
	    !has_array && !has_pointer)
		add_any_consts(answer);
	add_references(answer, has_struct || !places.list.count, !has_struct || has_pointer,
		       is_reference);
	if (has_number)
		add_builtin(answer, "INTEGER", "any value", is_reference);
	if (has_string)
		add_builtin(answer, "PATH", "a path that can be read", is_reference);
	if (is_reference)
		return;
	if (has_pointer)
		add_null(answer);
	if (has_struct)
		add_braces(answer, false);
	if (has_array)
		add_braces(answer, true);
}

static void add_all(struct answer *answer)
{
	switch (answer->cursor->kind) {
	case CURSOR_NOWHERE:
		break;
	case CURSOR_RULE:
		add_rules(answer);
		break;
	case CURSOR_PARAM:
		add_params(answer);
		break;
	case CURSOR_FIELD:
		add_fields(answer);
		break;
	case CURSOR_VALUE:
		add_values(answer, false);
		break;
	case CURSOR_REFERENCE:
		add_values(answer, true);
		break;
	}
}

json_t *lsp_completion(struct lsp_server *server, const json_t *params)
{
	struct answer answer = {.server = server};
	struct lsp_spot spot;
	struct cursor cursor;
	struct span typed;

	if (!document_spot(server, params, &spot))
		return NULL;
	cursor = cursor_at(server, &spot);
	typed = cursor.typed;
	answer.cursor = &cursor;
	answer.items = json_array();
	answer.prefix = arena_strndup(server->scratch, spot.document->text.bytes + typed.start,
				      spot.offset - typed.start);
	answer.range = document_span(server, spot.analysis, typed);
	add_all(&answer);
	json_decref(answer.range);
	return json_pack("{s:b,s:o}", "isIncomplete", answer.is_incomplete, "items",
			 answer.items);
}

/* The long text about an item, made only for the one that is looked at. */
json_t *lsp_completion_resolve(struct lsp_server *server, const json_t *params)
{
	const char *what = value_string(params, "data.what");
	const char *name = value_string(params, "data.name");
	struct view view = {.arena = server->scratch, .db = server->settings.db};
	struct prose prose = {.arena = server->scratch};
	const struct abi_const *constant;
	const struct abi_call *call;
	json_t *item;

	if (!json_is_object(params))
		return lsp_fail(server, LSP_INVALID_PARAMS, "an item is wanted");
	item = json_deep_copy(params);
	view.arch = settings_arch(server);
	constant = what && name && strcmp(what, "const") == 0 ? abi_const_find(view.db, name)
							      : NULL;
	call = what && name && strcmp(what, "call") == 0 ? abi_call_find(view.db, name) : NULL;
	if (constant)
		describe_const(&prose, &view, constant);
	if (call)
		describe_call(&prose, &view, call);
	if (prose.buffer.bytes.count)
		json_object_set_new(
			item, "documentation",
			json_pack("{s:s,s:o}", "kind", "markdown", "value",
				  value_text(doc_buffer_text(prose.arena, &prose.buffer))));
	return item;
}
