/* cause: why a call is not supported, in words. */
#ifndef SCML_CAUSE_H
#define SCML_CAUSE_H

#include <stddef.h>

#include "abi.h"
#include "report.h"
#include "scml.h"

enum { CAUSE_MAX_TEXT = 512 };

/**
 * Turn VERDICT and REASON, which scml_match() gave for CALL on architecture ARCH, into kind,
 * cause and nearest rule of ENTRY. TEXT keeps the words.
 */
void cause_describe(const struct scml_table *table, const struct abi_db *db, unsigned arch,
		    const struct scml_call *call, enum scml_verdict verdict,
		    const struct scml_reason *reason, char text[static CAUSE_MAX_TEXT],
		    struct report_call *entry);

#endif
