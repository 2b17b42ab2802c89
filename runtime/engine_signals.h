/*
 * engine_signals: the signals that a supervisor gets while a program runs. They are read from a
 * descriptor, so that no disposition changes.
 */
#ifndef SCML_ENGINE_SIGNALS_H
#define SCML_ENGINE_SIGNALS_H

#include <stdbool.h>

#include "tracee.h"

struct engine_signals {
	struct tracee_signals before; /* as the program is to find them */
	int fd;			      /* readable when a signal is there */
};

/** Take over SIGCHLD and the signals that ask us to end. @return 0 or an errno */
int engine_signals_take(struct engine_signals *signals);

/** Make everything as it was; what has come meanwhile is forgotten. */
void engine_signals_give_back(struct engine_signals *signals);

/** Wait until a signal is there. */
void engine_signals_wait(const struct engine_signals *signals);

/** A signal that was meant to end us or the program. */
struct engine_request {
	int number;
	bool is_for_all; /* the terminal sent it: the program has got it too */
};

/**
 * Read one signal without waiting. False: there is none. *REQUEST has number 0 if a child has
 * changed.
 */
bool engine_signals_next(struct engine_signals *signals, struct engine_request *request);

#endif
