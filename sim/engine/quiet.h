/* The readout's steps before the first judged one are left out. What a linear readout holds when the judged steps begin is a sum
 * over the spikes before, and going backward its adjoint only decays. */
#ifndef QUIET_H
#define QUIET_H

#include "learning.h"

/* One linear readout population of one state, whose neurons are alike and whose trainables are zero for good, one projection to
 * it, a loss of single steps. */
bool quiet_possible(const network *net, const loss_settings *loss);

/* The first step that the trial's loss judges: tape.readout_from. */
int quiet_until(const lsnn_trial *trial);

/* Once, in a new worker: impulse[n], what a current adds to the readout n steps later, from the readout's own adjoint. */
void quiet_prepare(const network *net, worker *w, int n_steps);

/* Before the step tape.readout_from: the readout's state. */
void quiet_respond(const network *net, worker *w, const tape *tp);
/* After the backward step tape.readout_from - 1, whose adjoint stands in the ring: adds the gradient of the readout weights for
 * what arrived until then, and prepares worker.coefficient and worker.early_signal for the steps before. */
void quiet_return(const network *net, worker *w, const tape *tp, gradients *into);

#endif
