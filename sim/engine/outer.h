/* Learning without gradients: a sampler looks for the network's weights (learning.sampler).
 *
 * A point holds what learns, synapse by synapse and neuron by neuron; its numbers are weights in units of the root mean square with which
 * their projection began (of what begins with zeros: 1), times the projection's `rate`. Its value is the loss of one batch, the same
 * for all points of a generation, regularisation included. Threads share the points: each has a replica of the network, so that
 * who evaluates which does not show. */
#ifndef OUTER_H
#define OUTER_H

#include "sampling.h"
#include "trainer.h"

typedef struct outer outer;

LSNN_MUST_USE lsnn_status outer_new(outer **out, trainer *t, lsnn_error *err);
/* One generation on the batch of iteration trainer.iteration; the network gets the estimate. A point at which the network diverges has the
 * worst value. LSNN_INTERRUPTED: nothing has changed. */
LSNN_MUST_USE lsnn_status outer_generation(outer *o, lsnn_error *err);
sampling *outer_sampling(outer *o); /* its state and generation belong into checkpoints */

#endif
