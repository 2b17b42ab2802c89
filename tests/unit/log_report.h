/* log_report: what is reported about a log, with rules of all kinds. */
#ifndef SCML_TEST_LOG_REPORT_H
#define SCML_TEST_LOG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

/** Compile the rules, before the first report. */
void log_report_start(void);

void log_report_stop(void);

/**
 * The report on the SIZE bytes of a log, as text, to be freed.
 * @param is_careful  judge each line as a whole
 * @param most  it comes in pieces of up to so many bytes, of random length by SEED; 0: at once
 */
char *log_report(const char *bytes, size_t size, bool is_careful, bool only_listed, size_t most,
		 unsigned *seed);

#endif
