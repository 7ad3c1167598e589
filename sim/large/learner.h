/* e-prop in one large network: threads own slices of its neurons (circuit.h), forward and backward.
 *
 * A neuron's adjoint needs the readouts' errors and its own surrogate only, so backward slices wait for nobody: each takes its neurons
 * through a chunk of steps, and a spike of any cell i then adds the adjoints of i's targets in the slice to their row of the gradient.
 * The cost is neurons x steps + spikes x fan-out; a synapse keeps its target, weight, gradient and the optimiser's moments.
 *
 * Sums over neurons and synapses have a fixed order, wherever slices are cut: the same bits for any number of threads. */
#ifndef LEARNER_H
#define LEARNER_H

#include "circuit.h"

typedef struct learner learner;

/* If threads share neurons in this experiment: draws the synapses of its plans and becomes the passes of its trainer, as e->learner.
 * Memory is the experiment's. LSNN_CONFIG, LSNN_MEMORY. */
LSNN_MUST_USE lsnn_status learner_attach(experiment *e, int n_threads, lsnn_error *err);

const circuit *learner_circuit(const learner *l);

/* Arrays of a projection that a checkpoint holds: its weights and, if it learns, the optimiser's moments, m = 0, 1, ...; NULL is the
 * end. In one array they lie by presynaptic cell and then by target, wherever slices are cut. */
enum { LEARNER_WEIGHTS = -1 };
bool learner_has(const learner *l, int number, int moment);
void learner_gather(const learner *l, int number, int moment, real *out);
void learner_scatter(learner *l, int number, int moment, const real *in);
/* The gradient in the same order, of a projection that learns. */
void learner_gather_gradient(const learner *l, int number, real *out);

/* Spikes that arrived at a neuron by a synapse, in the last trial. */
uint64_t learner_events(const learner *l);
/* Bytes of targets, weights, gradients, moments and traces, and the number of synapses. */
double learner_bytes(const learner *l);

#endif
