/* What grid.c and its parts share. */
#ifndef GRID_INSIDE_H
#define GRID_INSIDE_H

#include "grid.h"
#include "poisson.h"

/* Spikes of a population or source in a slice, in the steps of an interval. */
typedef struct grid_train {
    uint32_t *who;   /* neurons of the population, or cells of the source */
    uint32_t *start; /* [interval + 1] */
    int room;        /* of `who` */
} grid_train;

/* A state that has become inf or nan. */
typedef struct grid_fault {
    const char *state; /* NULL: none */
    int population, neuron;
} grid_fault;

typedef struct grid_slice {
    real *ring;           /* [n_slots][n_columns]: input of the steps to come */
    real *bias;           /* [n_columns] of constant currents; NULL: none */
    lsnn_slice *view;     /* [n_populations] */
    real **output;        /* [n_populations][width] */
    grid_train *train[2]; /* [n_populations + n_sources], of even and odd intervals */
    grid_fault fault[2];  /* the first one after an even or odd interval */
    uint64_t events, driven;
} grid_slice;

struct grid {
    const circuit *c;
    int n_threads, interval, n_slots; /* n_slots is a power of two */
    grid_slice *slice;
    poisson **poisson;      /* [n_sources]; NULL where there is none */
    uint32_t **spike_order; /* [n_sources] spikes of a list by step and then cell */
    real **trace[2];        /* [n_records][rows of an interval][n_neurons] */
    uint64_t step;          /* done */
    uint64_t first;         /* of the steps that an observer may look at */
    int n_now, parity;      /* how many they are, and of which sort their interval is */
    statistics *statistics;
    double seconds;
};

/* Adds the spikes that the trains of interval `parity` hold to the slice's ring: those of the sources for the steps that begin at
 * `first`, or those of neurons. */
void grid_deliver(grid *g, int s, int parity, uint64_t first, int n, bool sources);
/* Draws the spikes of sources with cells for the steps first .. first+n-1. */
void grid_emit(grid *g, int s, int parity, uint64_t first, int n);
/* Poisson drives of one step. */
void grid_drive(grid *g, int s, uint64_t step);
LSNN_MUST_USE lsnn_status grid_sources_new(grid *g, lsnn_error *err);

static inline real *grid_slot(const grid *g, int s, uint64_t step)
{
    return g->slice[s].ring + (step & (uint64_t)(g->n_slots - 1)) * (size_t)g->c->slice[s].n_columns;
}

#endif
