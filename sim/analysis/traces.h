/* Signals that were recorded step by step, by span, and their averages: around spikes, and over trials. */
#ifndef TRACES_H
#define TRACES_H

#include "raster.h"

/* Span k holds the samples at times (after its start) s dt for s < n_steps, of n_elements signals. */
typedef struct traces {
    const char *name, *unit;
    int n_elements, n_spans;
    size_t n_steps;
    double dt;
    const uint32_t *neuron; /* [n_elements]: of the population whose spikes are looked at; NULL: of another */
    const float *values;    /* [n_spans][n_steps][n_elements] */
} traces;

/* Spike-triggered average of element e by neuron i: mean[before + 1 + after] at lags -before .. after steps. A spike whose
 * window leaves its span is left out. Returns how many counted; without any the mean is NaN. */
size_t traces_triggered(double *mean, int before, int after, const traces *x, int e, const trains *t, int i);
/* Mean and sd (dividing by n) over the elements and those spans for which `use` is true: [n_steps] each. */
size_t traces_trajectory(double *mean, double *sd, const traces *x, const bool *use);

#endif
