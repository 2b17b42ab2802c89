#include "names.h"

#include <ctype.h>
#include <string.h>

#include "abi_hash.h"
#include "scan.h"
#include "vec.h"

struct binder {
	struct arena *arena;
	const struct outline *outline;
	VEC(struct name_group *) groups;
	VEC(struct name_use) uses;
	struct name_group **by_name; /* open addressing: the last definition of each name */
	size_t by_name_size;
	struct name_group **by_rule; /* NULL: the rule defines nothing */
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

static struct name_group **name_slot(const struct binder *binder, const char *name)
{
	size_t at = abi_hash(name) & (binder->by_name_size - 1);

	while (binder->by_name[at] && strcmp(binder->by_name[at]->name, name) != 0)
		at = (at + 1) & (binder->by_name_size - 1);
	return &binder->by_name[at];
}

static struct name_group *new_group(struct binder *binder, const struct outline_rule *rule,
				    size_t index)
{
	struct name_group *group = ARENA_NEW(binder->arena, struct name_group);
	struct name_group **slot = name_slot(binder, rule->name->text);

	*group = (struct name_group){.name = rule->name->text,
				     .kind = rule->kind,
				     .first = index,
				     .last = index,
				     .before = *slot};
	*slot = group;
	vec_push(binder->arena, &binder->groups, group);
	return group;
}

static void collect_groups(struct binder *binder)
{
	size_t count = binder->outline->rule_count;

	binder->by_rule = ARENA_ARRAY(binder->arena, struct name_group *, count + 1);
	for (binder->by_name_size = 8; binder->by_name_size < 2 * count;)
		binder->by_name_size *= 2;
	binder->by_name = ARENA_ARRAY(binder->arena, struct name_group *, binder->by_name_size);
	for (size_t i = 0; i < binder->outline->rule_count; i++) {
		const struct outline_rule *rule = &binder->outline->rules[i];
		struct name_group *last =
			binder->groups.count ? binder->groups.items[binder->groups.count - 1]
					     : NULL;

		if (!defines(rule))
			continue;
		if (last && last->last + 1 == i && last->kind == OUTLINE_STRUCT &&
		    rule->kind == OUTLINE_STRUCT && strcmp(last->name, rule->name->text) == 0)
			last->last = i;
		else
			last = new_group(binder, rule, i);
		binder->by_rule[i] = last;
	}
}

/* What NAME in rule number FROM refers to. */
static const struct name_group *find_group(const struct binder *binder, const char *name,
					   size_t from)
{
	const struct name_group *group = *name_slot(binder, name), *first = NULL;

	for (; group; group = group->before) {
		first = group;
		if (group->last < from)
			return group;
	}
	return first;
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
		use.group = use.is_definition ? binder->by_rule[index]
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
	names->groups = (const struct name_group *const *)binder.groups.items;
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

const struct name_use *names_use_of(const struct names *names,
				    const struct outline_token *token)
{
	size_t low = 0, high = names->use_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names->uses[middle].token < token)
			low = middle + 1;
		else
			high = middle;
	}
	return low < names->use_count && names->uses[low].token == token ? &names->uses[low]
									 : NULL;
}
