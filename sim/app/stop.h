/* Ctrl-C and SIGTERM end a run in good order; the second one ends the program at once. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

/* From now on; what it points to is not 0 after a signal. */
const volatile sig_atomic_t *stop_catch(void);

#endif
