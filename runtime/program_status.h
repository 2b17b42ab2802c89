/* program_status: to run a program as if it had been started by the shell. */
#ifndef SCML_PROGRAM_STATUS_H
#define SCML_PROGRAM_STATUS_H

/**
 * Make sure that what is opened from now on is not the standard input, output or error that the
 * program lacks. What fills the gap is closed when the program is executed.
 */
void program_fill_descriptors(void);

/**
 * What the program came to: its exit status, from STATUS as waitpid() gives it. Where a signal
 * ended it, the same signal ends this process (without a core of its own).
 */
int program_pass_on(int status);

#endif
