/* A shortcut for losses of the readout averaged over the judged steps. A linear readout answers a current at step t with
 * c[t] in that average, so the steps of the readout need not be taken: the average is sum_j W_out[j] sum_t c[t] z_j[t], and the
 * learning signal of step t is c[t] times a vector. */
#ifndef POOLED_H
#define POOLED_H

#include "learning.h"

/* One linear readout population whose neurons are alike, one projection to it, a pooled loss. */
bool pooled_possible(const network *net, const loss_settings *loss);

/* After forward with tape.collapsed: the average readout, into tape.pooled [output columns]. */
void pooled_respond(const network *net, worker *w, tape *tp);
/* From tape.pooled = dE/d(average): adds the gradients of readout weights and trainables, and sets worker.pooled_signal, so that
 * backward with tape.collapsed takes coefficient[t] * pooled_signal as the signal of step t. */
void pooled_return(const network *net, worker *w, const tape *tp, gradients *into);

#endif
