/* What learner.c and its parts share. */
#ifndef LEARNER_INSIDE_H
#define LEARNER_INSIDE_H

#include "learner.h"

#define LEARNER_CHUNK 32 /* steps that are taken in hand together: long ones cost cache, short ones calls */

/* The synapses of a projection into a slice as something to learn. */
typedef struct learner_weights {
    parameter learned; /* learn false: only value, which is NULL if all synapses have one weight */
    real *gradient;
    real *moment[LSNN_MAX_MOMENTS];
} learner_weights;

typedef struct learner_slice {
    real *ring;                  /* [n_slots][n_columns] I of the steps to come */
    real *signal;                /* [n_rows][n_columns] dE/dz */
    real *adjoint;               /* [n_rows + longest delay][n_columns] dE/dI */
    lsnn_slice *view;            /* [n_spiking_populations]: parts of the worker's columns */
    real **tape;                 /* [n_spiking_populations * LSNN_MAX_TAPES] -> [tape_steps][width of the part] */
    uint32_t *spike;             /* ids of its own neurons, of the whole trial, by step and then by population */
    uint32_t *start;             /* [n_steps * n_spiking_populations + 1] */
    learner_weights *weights;    /* [n_projections] */
    double *square;              /* [n_columns] sums over the gradients of a neuron's synapses */
    struct online_slice *online; /* learner_online.c */
} learner_slice;

struct learner {
    experiment *e;
    circuit *c;
    network *net;
    trainer *t;
    worker *w; /* the trainer's: its columns are the neurons' state */
    int n_threads, n_slots, interval;
    int span;       /* steps after which chunks begin anew: online those of a gradient, else more than a trial has */
    int n_rows;     /* steps that are taken back together */
    int tape_steps; /* that the tapes hold, of the last ones */
    learner_slice *slice;
    real *readout; /* [n_steps + longest delay to a readout][output columns]: currents; backward their adjoints */
    real **shown;  /* [n_populations * LSNN_MAX_TAPES] -> [width]: tapes of a step that an observer sees */
    trainer_passes passes;
    struct online *online; /* NULL: gradients of whole trials */
};

/* The passes, and their parts: steps from .. to-1 of the tape's trial. */
void learner_forward(void *with, tape *tp, worker_observer *observe, void *observer);
void learner_backward(void *with, tape *tp, gradients *into);
void learner_online(void *with, tape *tp, gradients *into, double scale, worker_observer *observe, void *observer);
/* How many arrays of the projection's synapses are traces. */
int learner_online_arrays(const learner *l, int s, int number);
LSNN_MUST_USE lsnn_status learner_take_online(learner *l, lsnn_error *err);
void learner_begin(const learner *l, tape *tp);
void learner_take_steps(const learner *l, tape *tp, int from, int to, worker_observer *observe, void *observer);
void learner_end(const learner *l, tape *tp);
/* dE/dz of step t, of a population's part, from dE/dI of the readouts in l->readout, added to `base` (the same width). */
void learner_gather_signal(const learner *l, const population *pop, const circuit_part *part, int t, const real *base,
                           real *signal);
/* Points the slice's views at their parts of the gradients of neurons' parameters. */
void learner_point_gradients(const learner *l, int s, gradients *into);
/* Points the part's view at the tape's rows from step t on. */
void learner_point(const learner *l, int s, int k, int t);

LSNN_INLINE int learner_smaller(int a, int b)
{
    return a < b ? a : b;
}

LSNN_INLINE size_t learner_output_columns(const learner *l)
{
    return (size_t)(l->net->n_columns - l->net->spiking_columns);
}

/* dE/dI of the readouts that a spike of step t makes for, by projection. */
LSNN_INLINE const real *learner_errors(const learner *l, const projection *p, int t)
{
    return l->readout + (size_t)(t + p->delay[0]) * learner_output_columns(l) +
           (size_t)(p->column - l->net->spiking_columns);
}

/* The spikes of a population's part in slice s at step t. */
LSNN_INLINE const uint32_t *learner_spikes(const learner *l, int s, int k, int t, int *n)
{
    const learner_slice *own = &l->slice[s];
    const uint32_t *start = own->start + (size_t)t * (size_t)l->net->n_spiking_populations + k;
    *n = (int)(start[1] - start[0]);
    return own->spike + start[0];
}

#endif
