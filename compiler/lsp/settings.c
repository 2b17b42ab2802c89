#include "settings.h"

#include <stdlib.h>
#include <string.h>

#include "abi.h"

enum { SHOW_ERROR = 1 };

static void show(struct lsp_server *server, const char *text)
{
	json_t *params = json_object();

	json_object_set_new(params, "type", json_integer(SHOW_ERROR));
	json_object_set_new(params, "message", value_text(text));
	lsp_notify(server, "window/showMessage", params);
}

/* Settings that are being put together. */
struct draft {
	struct lsp_settings settings;
	VEC(const char *) archs;
	VEC(const char *) overlays;
};

/* A file that the editor names is one of its folder, unless it says otherwise. */
static const char *setting_path(struct lsp_server *server, struct arena *arena,
				const char *path)
{
	if (path[0] == '/' || !server->folders.count)
		return arena_strdup(arena, path);
	return arena_printf(arena, "%s/%s", server->folders.items[0], path);
}

static void add_strings(struct lsp_server *server, struct draft *draft, const json_t *value,
			bool is_arch)
{
	struct arena *arena = draft->settings.arena;
	size_t count = json_is_string(value) ? 1 : json_array_size(value);

	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(
			json_is_string(value) ? value : json_array_get(value, i));

		if (text && is_arch)
			vec_push(arena, &draft->archs, arena_strdup(arena, text));
		else if (text)
			vec_push(arena, &draft->overlays, setting_path(server, arena, text));
	}
}

/* Start from what the command line said, which is kept with the server. */
static struct draft draft_new(const struct lsp_options *options)
{
	struct draft draft = {.settings = {.arena = arena_new(), .lint = options->lint}};
	struct arena *arena = draft.settings.arena;

	for (size_t i = 0; i < options->compile.overlay_count; i++)
		vec_push(arena, &draft.overlays,
			 arena_strdup(arena, options->compile.overlays[i]));
	for (size_t i = 0; i < options->compile.arch_count; i++)
		vec_push(arena, &draft.archs, arena_strdup(arena, options->compile.archs[i]));
	for (size_t i = 0; i < options->warning_count; i++)
		vec_push(arena, &draft.settings.warnings,
			 arena_strdup(arena, options->warnings[i]));
	return draft;
}

/* Lay the overlays over the database, once for all texts to come. */
static void load_database(struct lsp_server *server, struct draft *draft, bool is_shown)
{
	struct arena *arena = draft->settings.arena;
	struct sources *sources = sources_new(arena);
	struct diags *diags = diags_new(arena, sources);
	const struct diag *diag;

	draft->settings.db = abi_builtin();
	for (size_t i = 0; i < draft->overlays.count; i++) {
		const struct abi_db *db = abi_overlay(arena, diags, sources, draft->settings.db,
						      draft->overlays.items[i]);

		draft->settings.db = db ? db : draft->settings.db;
	}
	diags_sort(diags);
	diag = diags_first(diags);
	if (diag && is_shown) {
		const struct source_file *file = source_file(sources, diag->span.file);

		show(server,
		     file ? arena_printf(server->scratch, "%s:%u: %s", file->path,
					 source_place(file, diag->span.start).line, diag->text)
			  : diag->text);
	}
}

static void keep_known_archs(struct lsp_server *server, struct draft *draft, bool is_shown)
{
	size_t kept = 0;

	for (size_t i = 0; i < draft->archs.count; i++) {
		const char *name = draft->archs.items[i];

		if (abi_arch_find(draft->settings.db, name) >= 0)
			draft->archs.items[kept++] = name;
		else if (is_shown)
			show(server, arena_printf(server->scratch,
						  "no architecture is called '%s'", name));
	}
	draft->archs.count = kept;
}

static void settings_take(struct lsp_server *server, struct draft *draft)
{
	struct lsp_settings *settings = &draft->settings;

	settings->compile.archs = draft->archs.items;
	settings->compile.arch_count = draft->archs.count;
	settings_free(&server->settings);
	server->settings = *settings;
}

void settings_from_options(struct lsp_server *server, const struct lsp_options *options)
{
	struct draft draft = draft_new(options);

	server->options = *options;
	load_database(server, &draft, false);
	keep_known_archs(server, &draft, false);
	settings_take(server, &draft);
}

static void take_kernel(struct lsp_server *server, struct draft *draft, const char *text)
{
	char *dot, *end;
	unsigned long major = strtoul(text, &dot, 10), minor;

	if (*text && *dot == '.' && dot[1] >= '0' && dot[1] <= '9') {
		minor = strtoul(dot + 1, &end, 10);
		if (major <= 255 && minor <= 255 && !*end) {
			draft->settings.lint.min_kernel = (unsigned)(major << 8 | minor);
			return;
		}
	}
	if (*text)
		show(server, arena_printf(server->scratch,
					  "'%s' is no kernel version such as 6.1", text));
}

static void take_warnings(struct lsp_server *server, struct draft *draft, const json_t *list)
{
	struct arena *arena = draft->settings.arena;
	struct diags *probe = diags_new(server->scratch, sources_new(server->scratch));

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *option = json_string_value(json_array_get(list, i));

		if (option && diags_option(probe, option))
			vec_push(arena, &draft->settings.warnings, arena_strdup(arena, option));
		else if (option)
			show(server, arena_printf(server->scratch,
						  "no diagnostic is called '%s'", option));
	}
}

void settings_from_value(struct lsp_server *server, const json_t *value)
{
	struct draft draft = draft_new(&server->options);
	const json_t *arch = value_at(value, "arch");
	const char *kernel = value_string(value, "minKernel");

	if (json_is_string(arch) || json_array_size(arch))
		draft.archs.count = 0;
	add_strings(server, &draft, arch, true);
	add_strings(server, &draft, value_at(value, "abi"), false);
	if (kernel)
		take_kernel(server, &draft, kernel);
	if (json_is_boolean(value_at(value, "portable")))
		draft.settings.lint.portable = value_is_true(value, "portable");
	take_warnings(server, &draft, value_at(value, "warnings"));
	load_database(server, &draft, true);
	keep_known_archs(server, &draft, true);
	settings_take(server, &draft);
}

unsigned settings_arch(const struct lsp_server *server)
{
	const struct lsp_settings *settings = &server->settings;
	int arch = settings->compile.arch_count
			   ? abi_arch_find(settings->db, settings->compile.archs[0])
			   : abi_arch_host(settings->db);

	return arch < 0 ? 0 : (unsigned)arch;
}

void settings_free(struct lsp_settings *settings)
{
	arena_free(settings->arena);
	*settings = (struct lsp_settings){0};
}
