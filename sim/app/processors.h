#ifndef PROCESSORS_H
#define PROCESSORS_H

/* If so many threads fill the processors that the process may use, each stays on one from now on. The scheduler may else put two that
 * wait for each other on the same processor, and on a busy machine leave them there. OMP_PROC_BIND has precedence. */
void processors_bind(int n_threads);

#endif
