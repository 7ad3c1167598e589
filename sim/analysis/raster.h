/* Spikes of one population as arrays. All times of sim/analysis are in ms, all rates in Hz; this folder knows no files.
 *
 * A raster holds spikes in the order of time; trains hold those of some spans of time (trials, or one window), by neuron. */
#ifndef RASTER_H
#define RASTER_H

#include "arena.h"
#include <stdbool.h>
#include <stdint.h>

/* [start, stop): half open, as all intervals and bins here. */
typedef struct span {
    double start, stop;
} span;

typedef struct raster {
    int n_neurons;
    size_t n;
    double *time;     /* [n] */
    uint32_t *neuron; /* [n], from 0 */
} raster;

/* Puts spikes in the order of time, equal times in the order that they had. Times are finite and not negative. */
LSNN_MUST_USE lsnn_status raster_sort(raster *r, arena *a, lsnn_error *err);
/* The part of a sorted raster that lies in a span, without a copy. */
raster raster_within(const raster *r, span s);
/* A copy with these neurons only, counted 0, 1, ... in the order of the list; equal entries are not allowed. */
LSNN_MUST_USE lsnn_status raster_of_neurons(raster *out, const raster *r, const uint32_t *neurons, int n, arena *a,
                                            lsnn_error *err);

/* The bin of a time from 0 on. Times on a grid are rarely exact, so what lies on the edge of a bin but for a millionth of its
 * width belongs to the bin that starts there. */
static inline size_t raster_bin(double time, double bin)
{
    return (size_t)(time / bin + 1e-6);
}

typedef struct trains {
    int n_neurons, n_spans;
    const span *spans;   /* in any order; they may overlap */
    const size_t *first; /* [n_neurons * n_spans + 1] */
    const double *time;  /* after the start of the span; ascending in each train */
} trains;

LSNN_MUST_USE lsnn_status raster_trains(trains *out, const raster *r, const span *spans, int n_spans, arena *a,
                                        lsnn_error *err);

/* Spikes of neuron i in span k. */
static inline const double *raster_train(const trains *t, int i, int k, size_t *n)
{
    const size_t cell = (size_t)i * (size_t)t->n_spans + (size_t)k;
    *n = t->first[cell + 1] - t->first[cell];
    return t->time + t->first[cell];
}
/* Spikes of neuron i, of all neurons, in all spans; the length of all spans. */
size_t raster_count(const trains *t, int i);
size_t raster_total(const trains *t);
double raster_duration(const trains *t);
/* The length of the shortest span. */
double raster_shortest(const trains *t);

#endif
