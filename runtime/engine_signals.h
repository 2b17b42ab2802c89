/*
 * engine_signals: the signals that a supervisor gets while a program runs. They are read from a
 * descriptor, so that no disposition changes.
 */
#ifndef SCML_ENGINE_SIGNALS_H
#define SCML_ENGINE_SIGNALS_H

#include <stdbool.h>
#include <sys/types.h>

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
	pid_t sender;	 /* the process that sent it; 0: none did */
};

/**
 * Is REQUEST, which was sent to us, the business of PROGRAM, our child? Not what the terminal
 * or the program itself sends to a group that we are in: it has got that already.
 */
bool engine_request_is_for(const struct engine_request *request, pid_t program);

/**
 * Read one signal without waiting. False: there is none. *REQUEST has number 0 if a child has
 * changed.
 */
bool engine_signals_next(struct engine_signals *signals, struct engine_request *request);

#endif
