/* SIGINT, SIGTERM and a terminal's end let work end in good order. Another one ends the program at once if it comes later than half a
 * second after the first: `timeout` and mpirun send the same signal twice at once. A rank of an MPI job always ends in good order. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

/* From now on; what it points to is not 0 after a signal. */
const volatile sig_atomic_t *stop_catch(void);
void stop_catch_hangup(void); /* SIGHUP, too, unless it is ignored as under nohup */
void stop_as_rank(void);

#endif
