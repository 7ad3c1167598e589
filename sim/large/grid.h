/* The engine on a time grid for one large network: threads own slices of neurons, and hear of each other's spikes once in the
 * shortest delay. */
#ifndef GRID_H
#define GRID_H

#include "circuit.h"
#include "statistics.h"
#include <signal.h>

typedef struct grid grid;

/* Called by one thread after the steps first .. first+n-1, while others go on; it may look at their spikes and recorded values. */
typedef lsnn_status grid_observer(void *with, const grid *g, uint64_t first, int n, lsnn_error *err);

typedef struct grid_run {
    uint64_t n_steps;
    grid_observer *observe; /* NULL: nobody looks */
    void *with;
    const volatile sig_atomic_t *stop; /* not 0: end after the present steps, LSNN_INTERRUPTED; may be NULL */
} grid_run;

/* Bytes besides the circuit's, foreseen before it is built. */
double grid_predict(const experiment *e, int n_threads);

LSNN_MUST_USE lsnn_status grid_new(grid **out, const circuit *c, int n_threads, lsnn_error *err);
/* Goes on from the present step to step n_steps. */
LSNN_MUST_USE lsnn_status grid_advance(grid *g, const grid_run *run, lsnn_error *err);

uint64_t grid_step(const grid *g);   /* steps done */
uint64_t grid_events(const grid *g); /* spikes that arrived at a neuron by a synapse, so far */
double grid_seconds(const grid *g);  /* that the steps took */
uint64_t grid_driven(const grid *g); /* neurons x steps that Poisson drives reached */
const statistics *grid_statistics(const grid *g);

/* For observers. Spikes of a population in a step that the observer is called for, in the part of slice s: n numbers of neurons,
 * ascending; over ascending s they ascend too. */
const uint32_t *grid_spikes(const grid *g, int pop, int s, uint64_t step, int *n);
/* Values of record k (RECORD_VARIABLE) in those steps: n_rows rows of the spec's n_neurons. */
const real *grid_values(const grid *g, int k, int *n_rows);

#endif
