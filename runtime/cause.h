/* cause: why a call is not supported, in words. */
#ifndef SCML_CAUSE_H
#define SCML_CAUSE_H

#include <stddef.h>

#include "abi.h"
#include "report.h"
#include "scml.h"
#include "value_name.h"

enum { CAUSE_MAX_TEXT = 512, CAUSE_MAX_PLACE = 256 };

struct cause_text {
	char place[CAUSE_MAX_PLACE];
	char words[CAUSE_MAX_TEXT];
	char what[VALUE_NAME_MAX];
};

/**
 * Turn VERDICT and REASON, which scml_match() gave for CALL on architecture ARCH, into kind,
 * cause and nearest rule of ENTRY. TEXT keeps the words.
 */
void cause_describe(const struct scml_table *table, const struct abi_db *db, unsigned arch,
		    const struct scml_call *call, enum scml_verdict verdict,
		    const struct scml_reason *reason, struct cause_text *text,
		    struct report_call *entry);

/** What a test looks at. */
enum cause_look {
	CAUSE_OWN,	 /* what its name says */
	CAUSE_PARAMETER, /* the parameter that selects what that means: the level of an option
			  */
	CAUSE_FIELD,	 /* the field that selects what the rest of the struct is: its family */
};

/**
 * What TEST, a condition on CALL or a part of one, looks at.
 * @param place  what that is called, within TABLE, DB or BUFFER
 */
enum cause_look cause_look_of(const struct scml_table *table, const struct abi_db *db,
			      unsigned arch, const struct scml_call *call,
			      const struct scml_test *test, const char **place,
			      char buffer[static CAUSE_MAX_PLACE]);

/** The bits of WORD for which TEST refused it: flags that are in no rule, or the whole field.
 */
uint64_t cause_refused_part(const struct scml_table *table, const struct scml_test *test,
			    uint64_t word);

#endif
