/* All that the steps after a given one depend on: the states of the neurons, the outputs of the step before, and the currents that
 * earlier spikes have sent ahead. Kept between segments of a long trial, so that its tape can be computed again. */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "worker.h"

/* Values in a snapshot. */
size_t snapshot_length(const network *net);
/* The worker stands before step t: it has taken the steps before. */
void snapshot_save(real *to, const network *net, const worker *w, int t);
/* Puts it there. */
void snapshot_load(const real *from, const network *net, worker *w, int t);

#endif
