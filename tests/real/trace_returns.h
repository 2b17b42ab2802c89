/* trace_returns: those of the traps of trace_traps that are about how calls return. */
#ifndef SCML_TRACE_RETURNS_H
#define SCML_TRACE_RETURNS_H

enum { TRACE_CANNOT = 77 /* the exit status of a trap that this machine does not have */ };

/** Calls whose return is asked for, in a hail of signals. @return the exit status */
int trace_returns_under_signals(void);

/** Many threads wait in such calls while another one makes them. @return the exit status */
int trace_returns_beside_blocked(void);

#endif
