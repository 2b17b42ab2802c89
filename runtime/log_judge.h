/*
 * log_judge: the calls of an strace log become verdicts in a report. What a verdict depends on
 * is looked up before anything is decoded, so that most lines cost no more than being read.
 */
#ifndef SCML_LOG_JUDGE_H
#define SCML_LOG_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "judge.h"
#include "report.h"
#include "strace_reader.h"

struct log_judge;

/**
 * Judge by JUDGE, into its report; NULL when memory runs out.
 * @param is_careful  look at every line as a whole and remember nothing: the verdicts are the
 *                    same, which is what tests use it for
 */
struct log_judge *log_judge_new(const struct judge *judge, bool is_careful);

void log_judge_free(struct log_judge *log);

/** SIZE more bytes of the log. @return 0 or -ENOMEM */
int log_judge_feed(struct log_judge *log, const char *bytes, size_t size);

/**
 * The log has ended: judge what waits for more, and say what was lost, to the report in words
 * and to TOTALS. @return 0 or -ENOMEM
 */
int log_judge_end(struct log_judge *log, struct report_totals *totals);

/** What was read so far. */
const struct strace_counts *log_judge_counts(const struct log_judge *log);

#endif
