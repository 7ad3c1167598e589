/* A shortcut for losses of the readout averaged over the judged steps. A linear readout answers a current at step t with
 * c[t] in that average, so the steps of the readout need not be taken: the average is sum_j W_out[j] sum_t c[t] z_j[t], and the
 * learning signal of step t is c[t] times a vector. */
#ifndef POOLED_H
#define POOLED_H

#include "learning.h"

/* The one projection to one linear readout population whose neurons are alike, in a network that spikes; NULL: it is not like that. */
const projection *pooled_readout(const network *net);

/* After forward with tape.collapsed: the average readout, into tape.pooled [output columns]. */
void pooled_respond(const network *net, worker *w, tape *tp);
/* From tape.pooled = dE/d(average): adds the gradients of readout weights and trainables, and sets worker.early_signal, so that
 * backward with tape.collapsed takes coefficient[t] * early_signal as the signal of step t. */
void pooled_return(const network *net, worker *w, const tape *tp, gradients *into);

#endif
