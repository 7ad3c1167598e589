/* Learning without gradients: a sampler looks for the network's weights (learning.sampler).
 *
 * A point holds what learns, synapse by synapse and neuron by neuron; its numbers are weights in units of the root mean square with which
 * their projection began (of what begins with zeros: 1), times the projection's `rate`. Its value is the loss of one batch, the same
 * for all points of a generation, regularisation included. Threads and processes share the points: each thread has a replica of the
 * network, so that who evaluates which does not show. */
#ifndef OUTER_H
#define OUTER_H

#include "sampling.h"
#include "trainer.h"

typedef struct outer outer;

LSNN_MUST_USE lsnn_status outer_new(outer **out, trainer *t, lsnn_error *err);
/* One generation on the batch of iteration trainer.iteration; the network gets the estimate. A point at which the network diverges has the
 * worst value. LSNN_INTERRUPTED: nothing has changed. */
LSNN_MUST_USE lsnn_status outer_generation(outer *o, lsnn_error *err);
sampling *outer_sampling(outer *o); /* its start, state and generation belong into checkpoints */
void outer_begin_anew(outer *o);    /* from the network's weights as they are now */

/* Processes, each with an `outer` of the same config, that share the points of a generation. The first one alone knows of samplers,
 * iterations and files; the others compute what it tells them. */
typedef struct outer_company {
    int own, n;
    void (*tell)(double *values, size_t n); /* everybody gets those of the first */
    void (*add)(double *values, size_t n);  /* everybody gets the sums */
} outer_company;

void outer_join(outer *o, outer_company company);
void outer_assist(outer *o);  /* all but the first: until it dismisses them */
void outer_dismiss(outer *o); /* the first: there are no more generations */

#endif
