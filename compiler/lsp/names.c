#include "names.h"

#include <ctype.h>
#include <string.h>

#include "scan.h"
#include "vec.h"

struct binder {
	struct arena *arena;
	const struct outline *outline;
	VEC(struct name_group) groups;
	VEC(struct name_use) uses;
};

bool names_is_builtin(const char *name)
{
	static const char *const builtins[] = {"INTEGER", "PATH", "NULL", "struct"};

	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		if (strcmp(name, builtins[i]) == 0)
			return true;
	}
	return false;
}

bool names_is_valid(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > SCAN_MAX_NAME || isdigit((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x80 || (!isalnum(c) && c != '_'))
			return false;
	}
	return true;
}

static bool defines(const struct outline_rule *rule)
{
	return (rule->kind == OUTLINE_STRUCT || rule->kind == OUTLINE_FLAGS) && rule->name &&
	       !names_is_builtin(rule->name->text);
}

static void collect_groups(struct binder *binder)
{
	for (size_t i = 0; i < binder->outline->rule_count; i++) {
		const struct outline_rule *rule = &binder->outline->rules[i];
		struct name_group *last =
			binder->groups.count ? &binder->groups.items[binder->groups.count - 1]
					     : NULL;
		struct name_group group = {.kind = rule->kind, .first = i, .last = i};

		if (!defines(rule))
			continue;
		if (last && last->last + 1 == i && last->kind == OUTLINE_STRUCT &&
		    rule->kind == OUTLINE_STRUCT && strcmp(last->name, rule->name->text) == 0) {
			last->last = i;
			continue;
		}
		group.name = rule->name->text;
		vec_push(binder->arena, &binder->groups, group);
	}
}

/* What NAME in rule number FROM refers to. */
static const struct name_group *find_group(const struct binder *binder, const char *name,
					   size_t from)
{
	const struct name_group *first = NULL, *before = NULL;

	for (size_t i = 0; i < binder->groups.count; i++) {
		const struct name_group *group = &binder->groups.items[i];

		if (strcmp(group->name, name) != 0)
			continue;
		if (!first)
			first = group;
		if (group->last < from)
			before = group;
	}
	return before ? before : first;
}

static const struct name_group *group_of_rule(const struct binder *binder, size_t rule)
{
	for (size_t i = 0; i < binder->groups.count; i++) {
		if (binder->groups.items[i].first <= rule &&
		    rule <= binder->groups.items[i].last)
			return &binder->groups.items[i];
	}
	return NULL;
}

static void collect_uses(struct binder *binder, size_t index)
{
	const struct outline_rule *rule = &binder->outline->rules[index];
	const struct outline_token *tokens = binder->outline->tokens;

	for (size_t i = rule->first; i < rule->end; i++) {
		struct name_use use = {.token = &tokens[i], .rule = index};
		bool is_reference = i > rule->first && tokens[i].kind == OUTLINE_NAME &&
				    tokens[i - 1].kind == OUTLINE_LESS;

		use.is_definition = rule->name == &tokens[i] && defines(rule);
		if (!is_reference && !use.is_definition)
			continue;
		use.group = use.is_definition ? group_of_rule(binder, index)
					      : find_group(binder, tokens[i].text, index);
		vec_push(binder->arena, &binder->uses, use);
	}
}

const struct names *names_new(struct arena *arena, const struct outline *outline)
{
	struct names *names = ARENA_NEW(arena, struct names);
	struct binder binder = {.arena = arena, .outline = outline};

	collect_groups(&binder);
	for (size_t i = 0; i < outline->rule_count; i++)
		collect_uses(&binder, i);
	names->groups = binder.groups.items;
	names->group_count = binder.groups.count;
	names->uses = binder.uses.items;
	names->use_count = binder.uses.count;
	names->outline = outline;
	return names;
}

const struct name_use *names_use_at(const struct names *names, uint32_t file, uint32_t offset)
{
	for (size_t i = 0; i < names->use_count; i++) {
		const struct span span = names->uses[i].token->span;

		if (span.file == file && span.start <= offset && offset <= span.end)
			return &names->uses[i];
	}
	return NULL;
}
