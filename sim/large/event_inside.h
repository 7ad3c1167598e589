/* Between the files of the event engine. */
#ifndef EVENT_INSIDE_H
#define EVENT_INSIDE_H

#include "crossing.h"
#include "decay.h"
#include "event.h"
#include "event_queue.h"
#include <math.h>

#define EVENT_MOST_WINDOWS 0x1p31
#define EVENT_LONGEST_WINDOW 64.0 /* steps, where no delay sets a limit */

/* lsnn_modes in the order of their rates, slowest first. */
typedef struct event_modes {
    int n, own;      /* own: the membrane's */
    bool clamped;    /* v rests while silent */
    bool deaf;       /* nothing that arrives while silent has an effect */
    unsigned into_v; /* bit k: mode k is part of v */
    double rate[LSNN_MAX_MODES], gain[2][LSNN_MAX_MODES], kick[LSNN_MAX_MODES];
    double silent, reset;
    double least; /* v - A with which it spikes: 0, or the smallest number above */
} event_modes;

/* One neuron. Its modes are kept as they were at the beginning of an epoch, x_k exp(rate_k (t - beginning)): they do not change
 * while nothing happens, and what arrives at t is added times exp(rate_k (t - beginning)), which is the same number for all
 * targets of a spike. Epochs are short enough for those numbers to be exact to a few units of the last place. */
typedef struct event_neuron {
    double ready;    /* end of its silence */
    double crossing; /* time of the next spike if nothing arrives; INFINITY: none */
    double drive;    /* next spike of its Poisson sources */
    double level;    /* v - A at rest, with its constant current */
    uint32_t epoch;
    double x[];
} event_neuron;

/* The next spikes of a Poisson process. */
#define EVENT_TICKS 15
typedef struct event_ticks {
    double time[EVENT_TICKS];
    uint32_t used, refills;
} event_ticks;

/* A Poisson source as one part of a population feels it. */
typedef struct event_drive {
    int source, first_cell; /* that drives the part's first neuron */
    double weight;
    const double *rate; /* [part.n] per step */
    event_ticks *ticks; /* [part.n] */
} event_drive;

/* A time, and what decays until then from the beginning of its epoch. */
typedef struct event_moment {
    double time;
    uint32_t epoch;
    double up[LSNN_MAX_MODES], down[LSNN_MAX_MODES]; /* exp(+-rate_k (time - beginning)) */
} event_moment;

typedef struct event_part {
    int first_id, column, n;
    bool uniform;             /* modes[0] holds for all */
    int n_modes;              /* of all */
    const event_modes *modes; /* [n] unless uniform */
    event_clock epoch;
    int n_drives;
    event_drive *drive;
    bool busy;        /* drives often have spikes within a window */
    event_moment now; /* of the spike that arrives, with uniform modes */
} event_part;

/* A neuron whose variable is recorded. */
typedef struct event_probe {
    int place; /* in the record's row */
    int part;
    uint32_t column;
    double threshold; /* A at rest */
} event_probe;

typedef struct event_slice {
    const circuit_slice *wires;
    event_part *part;
    size_t stride;   /* doubles a neuron */
    double *neurons; /* [n_columns] event_neuron, each at the beginning of a cache line */
    event_agenda agenda;
    event_queue queue; /* of spikes whose synapses have delays of their own */
    event_list spikes; /* of this window */
    size_t n_merged;   /* of them, with those of the other slices */
    crossing_solver *solver;
    event_probe **probe; /* [n_records]: the neurons here that a record wants */
    int *n_probes;       /* [n_records] */
    double sample;       /* next time at which one is looked at; INFINITY: none */
    event_clock clock;
    double horizon; /* beyond, time is not counted in windows */
    uint64_t seed;
    bool failed; /* no memory */
    event_counts counts;
} event_slice;

/* A source of spikes that reach rows of synapses. */
typedef struct event_source {
    const source *of;
    event_ticks *ticks;  /* Poisson: [n] */
    event_agenda agenda; /* Poisson: cells that spike in a window */
    event_spike *spike;  /* a list's, in the order of time */
    size_t next;
} event_source;

/* A record of a variable: what a window has given. */
typedef struct event_trace {
    const record_spec *spec; /* NULL: a record of spikes */
    bool of_threshold;       /* A, else v */
    uint64_t first;          /* row r is that of time (first + r) every */
    real *value;             /* [rows][n_neurons] */
} event_trace;

struct event_engine {
    const circuit *c;
    int n_threads, n_slices;
    event_slice *slice;
    event_source *source; /* [n_sources] */
    event_clock clock;
    uint32_t window;   /* the next one */
    event_queue queue; /* of spikes that arrive at rows of one delay */
    const event_item *arrival;
    size_t n_arrivals;
    bool individual;    /* some synapses have delays of their own */
    double *delay;      /* [n_projections] steps, of rows with one delay */
    uint64_t busy;      /* events of the last window */
    event_list heard;   /* spikes since the last window began */
    event_list ahead;   /* spikes that no one has asked for yet */
    event_trace *trace; /* [n_records] */
};

LSNN_INLINE event_neuron *event_neuron_at(const event_slice *s, size_t column)
{
    return (event_neuron *)(s->neurons + column * s->stride);
}

/* Delays and times of input in steps; what is a whole number but for rounding is one. */
LSNN_INLINE double event_steps(double time, double per_ms)
{
    const double steps = time * per_ms, whole = rint(steps);
    return fabs(steps - whole) <= 1e-9 * (1 + whole * 1e-6) ? whole : steps;
}

/* event_build.c: a slice's neurons at time 0. */
LSNN_MUST_USE lsnn_status event_build_slice(event_engine *e, int s, lsnn_error *err);

LSNN_MUST_USE lsnn_status event_agenda_new(event_agenda *agenda, int n, arena *a, lsnn_error *err);

/* event_slice.c: all that happens to a slice's neurons in a window. `heard` have synapses with delays of their own. */
void event_slice_window(event_engine *e, int s, uint32_t window);
void event_slice_start(event_slice *s, event_part *part, int j); /* once its state is set */

/* event_record.c: samples of variables. */
LSNN_MUST_USE lsnn_status event_record_new(event_engine *e, lsnn_error *err);
/* Takes the slice's samples before `until`; all that arrives until the last of them has. */
void event_record_take(const event_engine *e, event_slice *s, double until);
/* Tells the rows before `end`, which lies in or before the last window. */
LSNN_MUST_USE lsnn_status event_record_tell(event_engine *e, double end, const event_observer *observer,
                                            lsnn_error *err);

/* event_source.c */
LSNN_MUST_USE lsnn_status event_source_new(event_engine *e, lsnn_error *err);
/* Adds the spikes of all sources in the window to e->heard. */
LSNN_MUST_USE lsnn_status event_source_window(event_engine *e, uint32_t window, lsnn_error *err);

/* The next time of a Poisson process whose key is (seed, cell, source), after the one that is used up. */
double event_ticks_start(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate, double from);
double event_ticks_next(event_ticks *t, uint64_t seed, int number, uint64_t cell, double rate);

#endif
