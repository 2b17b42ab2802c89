#include "bind.h"

#include <string.h>

#include "elsewhere.h"

/* One order of a call's parameters. */
struct form {
	const struct abi_view *view; /* NULL: the kernel's */
	size_t count;
};

static abi_str form_name(const struct abi_db *db, const struct bound_rule *bound,
			 const struct form *form, size_t position, struct abi_range *aliases)
{
	if (form->view) {
		const struct abi_view_param *param =
			&db->view_params[form->view->params.first + position];

		*aliases = param->aliases;
		return param->name;
	}
	*aliases = bound->params[position].aliases;
	return bound->params[position].name;
}

static int form_register(const struct abi_db *db, const struct form *form, size_t position)
{
	return form->view ? db->view_params[form->view->params.first + position].param
			  : (int)position;
}

static bool form_has_name(const struct abi_db *db, const struct bound_rule *bound,
			  const struct form *form, size_t position, const char *name)
{
	struct abi_range aliases = {0};
	abi_str own;

	if (position >= form->count)
		return false;
	own = form_name(db, bound, form, position, &aliases);
	return abi_is_name(db, own, aliases, name);
}

/* How many parameters of RULE, or how many constrained ones, stand where FORM has that name. */
static size_t form_score(const struct abi_db *db, const struct bound_rule *bound,
			 const struct form *form, const struct res_rule *rule,
			 bool constrained_only)
{
	size_t score = 0;

	for (size_t i = 0; i < rule->param_count; i++) {
		if (constrained_only && !rule->params[i].pattern)
			continue;
		score += form_has_name(db, bound, form, i, rule->params[i].ast->name.text);
	}
	return score;
}

static bool has_constraints(const struct res_rule *rule)
{
	for (size_t i = 0; i < rule->param_count; i++) {
		if (rule->params[i].pattern)
			return true;
	}
	return false;
}

/* The form in which most constrained parameters stand at their names; the kernel's on a tie. */
static struct form choose_form(const struct abi_db *db, const struct bound_rule *bound,
			       const struct res_rule *rule)
{
	bool constrained_only = has_constraints(rule);
	struct form best = {.count = bound->param_count};
	size_t best_score = form_score(db, bound, &best, rule, constrained_only);

	for (uint32_t i = 0; i < bound->variant->views.count; i++) {
		const struct abi_view *view = &db->views[bound->variant->views.first + i];
		struct form form = {.view = view, .count = view->params.count};
		size_t score = form_score(db, bound, &form, rule, constrained_only);

		if (score > best_score) {
			best = form;
			best_score = score;
		}
	}
	return best;
}

/* The parser warned of a number where a name belongs; now the name is known. */
static void name_bare_number(struct diags *diags, const struct abi_db *db,
			     const struct bound_rule *bound, const struct form *form,
			     const struct ast_param *param, size_t position)
{
	struct diag *diag = diag_find(diags, DIAG_BARE_NUMBER, param->span);
	struct abi_range aliases = {0};
	const struct span end = {param->span.file, param->span.start, param->span.start};

	if (diag && !diag->edits)
		diag_edit(diags, diag, end, "%s = ",
			  abi_string(db, form_name(db, bound, form, position, &aliases)));
}

static void check_name(struct diags *diags, const struct abi_db *db,
		       const struct bound_rule *bound, const struct form *form,
		       const struct ast_param *param, size_t position)
{
	struct abi_range aliases = {0};
	struct diag *diag;
	abi_str own;

	if (param->is_bare_number)
		name_bare_number(diags, db, bound, form, param, position);
	if (param->is_bare_number || form_has_name(db, bound, form, position, param->name.text))
		return;
	for (size_t other = 0; other < form->count; other++) {
		if (!form_has_name(db, bound, form, other, param->name.text))
			continue;
		own = form_name(db, bound, form, position, &aliases);
		diag = diag_add(
			diags, DIAG_PARAM_NAME, param->name.span,
			"'%s' is the name of parameter %zu of '%s', but this is parameter "
			"%zu, '%s', and parameters bind by position",
			param->name.text, other + 1, abi_string(db, bound->call->name),
			position + 1, abi_string(db, own));
		diag_edit(diags, diag, param->name.span, "%s", abi_string(db, own));
		return;
	}
}

static bool report_extra(struct diags *diags, const struct abi_db *db,
			 const struct bound_rule *bound, const struct form *form,
			 const struct res_param *param)
{
	const char *call = abi_string(db, bound->call->name);

	if (param->pattern) {
		diag_add(diags, DIAG_TOO_MANY_PARAMS, param->ast->span,
			 "'%s' has %zu parameters, so nothing can be asked of this one; leave "
			 "it "
			 "out",
			 call, form->count);
		return false;
	}
	diag_add(diags, DIAG_PARAM_COUNT, param->ast->span,
		 "'%s' has %zu parameters; this one means nothing", call, form->count);
	return true;
}

/* Is there a known form with COUNT parameters, such as preadv() with one offset? */
static bool has_form_of(const struct abi_db *db, const struct bound_rule *bound, size_t count)
{
	for (uint32_t i = 0; i < bound->variant->views.count; i++) {
		if (db->views[bound->variant->views.first + i].params.count == count)
			return true;
	}
	return false;
}

static bool bind_params(struct diags *diags, const struct abi_db *db, struct bound_rule *bound,
			const struct form *form, const struct res_rule *rule)
{
	bool is_whole = true;

	for (size_t i = 0; i < rule->param_count; i++) {
		const struct res_param *param = &rule->params[i];
		int index;

		if (i >= form->count) {
			is_whole &= report_extra(diags, db, bound, form, param);
			continue;
		}
		check_name(diags, db, bound, form, param->ast, i);
		index = form_register(db, form, i);
		if (index < 0 && param->pattern) {
			diag_add(diags, DIAG_TOO_MANY_PARAMS, param->ast->span,
				 "'%s' is libc's alone: the kernel never sees it, so nothing "
				 "can "
				 "be asked of it",
				 param->ast->name.text);
			is_whole = false;
			continue;
		}
		bound->bound[bound->bound_count++] =
			(struct bound_param){.param = param, .index = index};
	}
	if (rule->param_count < form->count && !rule->ast->is_open &&
	    !bound->variant->shapes.count && !has_form_of(db, bound, rule->param_count))
		diag_add(diags, DIAG_PARAM_COUNT, rule->ast->name.span,
			 "'%s' has %zu parameters and this rule names %zu; end it with '..' if "
			 "the "
			 "others may be anything",
			 abi_string(db, bound->call->name), form->count, rule->param_count);
	return is_whole;
}

static enum bind_result report_unknown_call(struct diags *diags, const struct abi_db *db,
					    unsigned arch, const struct ast_name *name)
{
	const struct abi_call *behind = abi_call_behind(db, arch, name->text);
	const char *best = abi_suggest(db, ABI_NAME_CALL, name->text);
	struct diag *diag;

	if (behind) {
		diag_add(diags, DIAG_UNKNOWN_CALL, name->span,
			 "Linux has no system call '%s'; libc's function of that name makes "
			 "the call '%s'",
			 name->text, abi_string(db, behind->name));
	} else if (best) {
		diag = diag_add(diags, DIAG_UNKNOWN_CALL, name->span,
				"Linux has no system call '%s'; did you mean '%s'?", name->text,
				best);
		diag_edit(diags, diag, name->span, "%s", best);
	} else {
		diag_add(
			diags, DIAG_UNKNOWN_CALL, name->span,
			"Linux has no system call '%s'; --abi FILE.yaml adds calls of your own "
			"kernel",
			name->text);
	}
	return BIND_ERROR;
}

enum bind_result bind_rule(struct diags *diags, const struct abi_db *db, unsigned arch,
			   const struct res_rule *rule, struct bound_rule *bound)
{
	const struct ast_name *name = &rule->ast->name;
	char elsewhere[ELSEWHERE_MAX];
	struct form form;
	uint64_t nr;

	*bound = (struct bound_rule){.call = abi_call_find(db, name->text)};
	if (!bound->call)
		return report_unknown_call(diags, db, arch, name);
	if (!abi_num(db, bound->call->nr, arch, &nr)) {
		const struct abi_call *behind = abi_call_behind(db, arch, name->text);

		elsewhere_archs(db, bound->call->nr, elsewhere);
		diag_add(diags, DIAG_ABSENT_CALL, name->span,
			 "%s has no system call '%s'; the rule has no effect there%s%s%s%s",
			 abi_string(db, db->archs[arch].name), name->text, elsewhere,
			 behind ? "; libc's function makes '" : "",
			 behind ? abi_string(db, behind->name) : "", behind ? "' instead" : "");
		return BIND_ABSENT;
	}
	bound->nr = (uint32_t)nr;
	bound->variant = abi_call_variant(db, bound->call, arch);
	if (!bound->variant)
		return BIND_ABSENT;
	bound->params = abi_call_params(db, bound->call, arch, &bound->param_count);
	form = choose_form(db, bound, rule);
	return bind_params(diags, db, bound, &form, rule) ? BIND_DONE : BIND_ERROR;
}

size_t bind_form(const struct abi_db *db, const struct bound_rule *bound,
		 const struct res_rule *rule)
{
	struct form form = choose_form(db, bound, rule);

	return form.view ? (size_t)(form.view - &db->views[bound->variant->views.first]) + 1
			 : 0;
}
