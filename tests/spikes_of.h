/* Rasters and trains for tests of sim/analysis. */
#ifndef SPIKES_OF_H
#define SPIKES_OF_H

#include "raster.h"

#include <criterion/criterion.h>
#include <gsl/gsl_randist.h>
#include <math.h>

static inline arena *memory(void)
{
    arena *a;
    cr_assert_eq(arena_new(&a, NULL), LSNN_OK);
    return a;
}

static inline raster raster_of(arena *a, int n_neurons, size_t n, const double *time, const uint32_t *neuron)
{
    raster r = {.n_neurons = n_neurons, .n = n};
    cr_assert_eq(arena_take(a, &r.time, n + 1, sizeof *r.time, NULL), LSNN_OK);
    cr_assert_eq(arena_take(a, &r.neuron, n + 1, sizeof *r.neuron, NULL), LSNN_OK);
    for (size_t k = 0; k < n; k++) {
        r.time[k] = time[k];
        r.neuron[k] = neuron ? neuron[k] : 0;
    }
    cr_assert_eq(raster_sort(&r, a, NULL), LSNN_OK);
    return r;
}

static inline trains trains_of(arena *a, const raster *r, const span *spans, int n_spans)
{
    trains t;
    cr_assert_eq(raster_trains(&t, r, spans, n_spans, a, NULL), LSNN_OK);
    return t;
}

/* One neuron, one span. */
static inline trains one_train(arena *a, double length, size_t n, const double *time)
{
    static span whole;
    whole = (span){0, length};
    const raster r = raster_of(a, 1, n, time, NULL);
    return trains_of(a, &r, &whole, 1);
}

/* Neurons with gamma intervals of this order and mean (order 1: Poisson). */
static inline trains gamma_trains(arena *a, int n_neurons, double length, double order, double mean)
{
    static span whole;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    const size_t room = (size_t)(2 * length / mean) * (size_t)n_neurons + 100;
    double *time;
    uint32_t *neuron;
    size_t n = 0;
    gsl_rng_set(random, 5);
    cr_assert_eq(arena_take(a, &time, room, sizeof *time, NULL), LSNN_OK);
    cr_assert_eq(arena_take(a, &neuron, room, sizeof *neuron, NULL), LSNN_OK);
    for (int i = 0; i < n_neurons; i++)
        for (double t = gsl_ran_gamma(random, order, mean / order); t < length && n < room;
             t += gsl_ran_gamma(random, order, mean / order)) {
            time[n] = t;
            neuron[n++] = (uint32_t)i;
        }
    gsl_rng_free(random);
    whole = (span){0, length};
    const raster r = raster_of(a, n_neurons, n, time, neuron);
    return trains_of(a, &r, &whole, 1);
}

#endif
