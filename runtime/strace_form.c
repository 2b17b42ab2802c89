#include "strace_form.h"

#include <string.h>

static const struct strace_form forms[] = {
#define STRACE_FORM(call, printed, selector, selected, registers) \
	{call, printed, selector, selected, registers},
#include "strace_forms.def"
#undef STRACE_FORM
};

enum { FORMS = sizeof(forms) / sizeof(*forms) };

const struct strace_form *strace_form_next(const struct strace_form *form, const char *call)
{
	for (form = form ? form + 1 : forms; form < forms + FORMS; form++)
		if (strcmp(form->call, call) == 0)
			return form;
	return NULL;
}

const struct strace_form *strace_form_find(const char *call, const struct strace_parts *parts)
{
	const struct strace_form *form = NULL;

	while ((form = strace_form_next(form, call)))
		if (form->printed == parts->count &&
		    strace_starts_with(parts->args[form->selector], form->selected))
			return form;
	return NULL;
}
