/* Poisson spikes of many cells, block by block and step by step: chance depends on the block and the step alone. */
#ifndef POISSON_H
#define POISSON_H

#include "circuit.h"

#define POISSON_MOST_COUNTS 160

/* Cells of a source. With one rate that is not small, counts come from one random word a cell by the inverse of the distribution
 * (table), else from the gaps between events, at a cost that follows the events; with different rates these are thinned. */
typedef struct poisson {
    const double *mean; /* [n] spikes a step */
    double *most;       /* [n / CIRCUIT_BLOCK, rounded up] largest mean of the block; with several rates */
    bool one_rate, dense;
    int n_thresholds;
    uint32_t threshold[POISSON_MOST_COUNTS]; /* a word of at least threshold[k] means more than k spikes */
} poisson;

LSNN_MUST_USE lsnn_status poisson_new(poisson **out, const source *s, double dt, arena *a, lsnn_error *err);

/* The stream of block `block` (of those that `number` counts) in a step. */
lsnn_random poisson_stream(uint64_t seed, int number, int block, uint64_t step);

/* weight times the number of spikes is added to column[0 .. n-1] for the cells first .. first+n-1; n up to CIRCUIT_BLOCK. */
void poisson_add(const poisson *p, const lsnn_random *stream, int first, int n, real weight, real *column);
/* The cells that spike, ascending, as often as they do; returns how many, at most n_room (the rest is dropped). */
int poisson_spikes(const poisson *p, const lsnn_random *stream, int first, int n, uint32_t *cell, int n_room);

#endif
