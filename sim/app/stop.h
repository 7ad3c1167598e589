/* Ctrl-C and SIGTERM end a run in good order; the second one ends the program at once, unless it is a rank of an MPI job: mpirun
 * hands on its signals, and often twice. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

/* From now on; what it points to is not 0 after a signal. */
const volatile sig_atomic_t *stop_catch(void);
void stop_as_rank(void); /* before stop_catch */

#endif
