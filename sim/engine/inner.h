/* Learning within a trial: a demonstration, one update of e-prop, and the test (lsnn_inner).
 *
 * The trainer runs the demonstration as any trial, of the whole network. What follows is the trainee's alone:
 *     W' = W - eta G,   G_ji = sum_t L_j[t] ebar_ji[t]        an e-prop backward pass over the demonstration
 *     E(W')                                                   a second forward pass, which is judged
 *     D = dE/dW'                                              its bptt
 *     dE/dL_j[t] = -eta sum_i D_ji ebar_ji[t]                 the transpose of the first (forward_tangent)
 * dE/dL is then dE/dy of the generator's readouts in the trainer's backward pass, and D what W itself gets. */
#ifndef INNER_H
#define INNER_H

#include "trainer.h"

typedef struct inner inner;

/* One for each thread of the trainer. */
LSNN_MUST_USE lsnn_status inner_new(inner **out, const trainer *t, arena *a, lsnn_error *err);
/* After the forward pass of the demonstration on tp: learns from it, and judges the test. Of tp it sets loss, error, error_before and
 * question_error. `score` and `with` as in loss_judge. */
void inner_judge(inner *in, const trainer *t, tape *tp, double scale, loss_score *score, const void *with);
/* After inner_judge of the same tape: adds D and the gradients of the trainee's readout, and makes tp->output dE/dy of the demonstration. */
void inner_return(inner *in, const trainer *t, tape *tp, gradients *into);

#endif
