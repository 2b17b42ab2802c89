/* strace_form: which registers the printed arguments of a call are. */
#ifndef SCML_STRACE_FORM_H
#define SCML_STRACE_FORM_H

#include <stddef.h>

#include "strace_line.h"

/** A row of strace_forms.def, where the columns are explained. */
struct strace_form {
	const char *call;
	size_t printed;
	size_t selector;
	const char *selected;
	const char *registers;
};

/** The form of the call named CALL behind FORM (NULL: the first one), or NULL. */
const struct strace_form *strace_form_next(const struct strace_form *form, const char *call);

/** The form that PARTS of the call named CALL have; NULL: the arguments are the first
 * registers. */
const struct strace_form *strace_form_find(const char *call, const struct strace_parts *parts);

#endif
