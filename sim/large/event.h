/* A large network in continuous time, driven by events: no grid, and a neuron is touched only when something reaches it.
 *
 * Between events a neuron is a constant and a few decaying modes (lsnn_modes), so its state at any time and its next spike
 * without further input are known. Time is cut into windows as long as the shortest delay between neurons: spikes of a window
 * arrive in later ones, so all that arrives in a window is known when it begins, and neurons do not depend on each other
 * within it. Threads take slices of neurons and exchange spikes once per window.
 *
 * What one neuron receives at one time is summed before it may spike, in the order of row arrivals (source, projection), then
 * of synapses with delays of their own, then of its Poisson drive. So no result depends on threads. */
#ifndef EVENT_H
#define EVENT_H

#include "circuit.h"

typedef struct event_spike {
    double time;    /* steps of dt */
    uint32_t id;    /* of the neuron, or the cell of the source */
    int32_t source; /* -1: a neuron's */
} event_spike;

typedef struct event_engine event_engine;

/* Bytes besides the circuit's and what is on its way, foreseen before it is built. */
double event_predict(const experiment *e);

/* The circuit must be continuous. LSNN_CONFIG names a population whose model or parameters have no closed form. Free it with
 * event_free, before the circuit's memory. */
LSNN_MUST_USE lsnn_status event_new(event_engine **out, const circuit *c, int n_threads, lsnn_error *err);
void event_free(event_engine *e); /* NULL is allowed */

/* Called by one thread, once per window that has some. Either may be NULL. */
typedef struct event_observer {
    /* Spikes of neurons in the order of time and then id. */
    lsnn_status (*spikes)(void *with, const event_spike *spike, size_t n, lsnn_error *err);
    /* Record k (RECORD_VARIABLE) every so many steps, after all that happens at that time: n_rows rows of the spec's n_neurons. */
    lsnn_status (*values)(void *with, int k, size_t n_rows, const real *values, lsnn_error *err);
    void *with;
} event_observer;

/* Continues the simulation until before the time, in ms. */
LSNN_MUST_USE lsnn_status event_advance(event_engine *e, double until, const event_observer *observer, lsnn_error *err);

typedef struct event_counts {
    uint64_t spikes, deliveries,
        drive;            /* deliveries: spikes that arrived at a synapse; drive: of Poisson sources at a neuron */
    uint64_t predictions; /* crossings that were searched for */
} event_counts;
event_counts event_count(const event_engine *e);

#endif
